// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/record.hpp>
#include <base/bytes.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace oakum::advisory {

class AdvisoryFile;

// The base score of a CVSS vector; risk::base_score is one.
using BaseScore = std::optional<double> (*)(std::string_view vector);

// Turns records into the file that AdvisoryFile reads. Records may come in any order and more than once: of
// one source's records with one id the newest counts, of equally old ones the later added. Memory grows with
// distinct strings and ranges, not with records. Not shared between threads.
class AdvisoryCompiler {
  public:
    explicit AdvisoryCompiler(BaseScore score);
    ~AdvisoryCompiler();
    AdvisoryCompiler(AdvisoryCompiler&&) noexcept;
    AdvisoryCompiler& operator=(AdvisoryCompiler&&) noexcept;

    // A record without an id says which supplements there are of Apple's releases, and not what they fix.
    void add(const Record& record);
    void add(const KevEntry& entry);
    void add(const EpssScore& score); // kept only for advisories that records or KEV name

    struct Stats {
        std::uint64_t records = 0, replaced = 0, withdrawn = 0, advisories = 0, rules = 0;
        std::uint64_t criteria_refused =
            0; // CPE names that cannot be read, or whose vendor or product is a wildcard
    };
    // What an advisory says of since when it is in our data: as `before` says; what is not in there, since
    // `now`. Of what `before` does not know it of, it stays not known. Without `now` nothing is said.
    struct Since {
        const AdvisoryFile* before = nullptr;
        std::optional<base::TimePoint> now{};
    };
    // The file, the same bytes for the same input in the same order. May be called once. Errors: too_large
    // (beyond 4 GiB of strings).
    base::Result<base::Bytes> compile(const Since& since);
    base::Result<base::Bytes> compile(); // without `now`
    Stats stats() const;                 // complete after compile()

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::advisory
