// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "import.hpp"

#include <assessment/arrival.hpp>

namespace oakum::assessment {

// Read through once to count and refuse; kept; everything compiled anew; every set assessed. Each step may be
// done again after an interruption; the first two change nothing that a reader sees. Imports that wait
// together are read and kept first, and compiled once.
class Assessor::Import final : public ImportWork {
  public:
    // `payload`: of one that was interrupted, or import_payload of what arrived. Errors: invalid.
    static base::Result<std::unique_ptr<Import>> make(Assessor& assessor, device::TenantId tenant,
                                                      const std::string& payload);

    base::Result<shard::Progress> step() override;
    std::vector<Imported> imported() const override;

  private:
    struct Feed {
        Arrival arrival;
        std::string kept; // as what it is to be kept; also that it was read before an interruption
        bool read = false, is_kept = false, done = false;
        bool earlier = false; // scores of an earlier day than those that are held
        base::Digest256 digest;
        feeds::FeedKind kind = feeds::FeedKind::nvd;
        ports::FeedRow row;
        std::string told; // "1674 records read"
        Imported outcome;
    };
    Import(Assessor& assessor, device::TenantId tenant) : assessor_(assessor), tenant_(tenant) {}

    base::Result<shard::Progress> unpack();
    base::Result<shard::Progress> read();
    base::Result<shard::Progress> keep();
    base::Result<shard::Progress> compile();
    base::Result<shard::Progress> assess();
    base::Result<shard::Progress> end() const;
    base::Status read(Feed& feed);
    base::Status judge(Feed& feed);
    base::Status keep(Feed& feed);
    base::Status remember_scores(const Feed& feed);
    void note(ports::FeedRow row, bool changed);
    // One that is not imported: alone, or with it all that came together.
    base::Status refuse(Feed& feed, base::Error why);
    void discard(const Feed& feed);
    std::string payload() const;
    std::string told() const;
    shard::Progress progress(std::uint64_t done, std::string detail) const;

    Assessor& assessor_;
    const device::TenantId tenant_;
    std::vector<Feed> feeds_;
    Force force_ = Force::no;
    Together together_ = Together::no;
    int stage_ = 0;
};

} // namespace oakum::assessment
