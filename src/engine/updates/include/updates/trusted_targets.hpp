// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/client.hpp>
#include <trust/reader.hpp>
#include <updates/ports.hpp>

namespace oakum::updates {

// The Trust port over TUF metadata: each look-up brings the whole chain up to date (root, timestamp,
// snapshot, targets, delegations), verifies it against what was trusted before, and keeps the bytes. Where
// the root names a director, its word for this device has to agree (Uptane's full verification). Borrows its
// ports.
class TrustedTargets final : public Trust {
  public:
    // `keep` holds nothing else; "root.json" is in it since enrolment.
    TrustedTargets(Repository& repository, Keep& keep, const trust::Reader& reader)
        : repository_(repository), keep_(keep), reader_(reader) {}
    std::variant<Listed, NotTrusted> look_up(const Question& question, base::TimePoint now) override;
    // Brings the top of the chain up to date without looking for anything. Nothing: it is.
    std::optional<NotTrusted> refresh(base::TimePoint now);

  private:
    using Outcome = std::variant<std::monostate, trust::Found, trust::NotListed, NotTrusted>;
    Outcome follow(trust::Client& client, trust::Step step);
    std::variant<Listed, NotTrusted> direct(const trust::Root& root, const Question& question,
                                            const std::optional<trust::TargetFile>& image,
                                            const std::optional<base::Bytes>& stored, base::TimePoint now);
    Repository& repository_;
    Keep& keep_;
    const trust::Reader& reader_;
};

} // namespace oakum::updates
