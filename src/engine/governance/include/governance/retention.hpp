// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <ports/clock.hpp>
#include <ports/evidence.hpp>
#include <retention/policy.hpp>
#include <shard/writer.hpp>

#include <array>
#include <map>
#include <string>

// How long things are kept: what people decided, and what that would remove.
namespace oakum::governance {

inline constexpr const char* kRetention = "setting/retention";
// Findings that ended before this are not whole any more; the document's name.
inline constexpr const char* kFindingsSince = "retention/findings_since";

// Without a document: as the rules say when nobody decided. Of one that cannot be read all is kept that may
// be.
retention::Policy retention_policy(std::string_view document);
// What goes now by that policy; a time that is the epoch: nothing.
ports::Older cuts(const retention::Policy& policy, base::TimePoint now);
// From when on findings and what ran are whole; the epoch: from the beginning.
base::TimePoint findings_since(const shard::ControlTables& control, device::TenantId tenant);

// By kind.
using Removed = std::array<std::uint64_t, retention::kKindCount>;
Removed by_kind(const ports::KeptCounts& counts);

// Evidence packs, as files. Blocking.
class Reports {
  public:
    virtual ~Reports() = default;
    virtual std::uint64_t older(base::TimePoint before) const = 0;
    virtual base::Result<std::uint64_t> remove_older(base::TimePoint before) = 0;
};

using RetentionChanges = std::map<retention::Kind, retention::Days>;

class Retentions {
  public:
    Retentions(shard::Writer& writer, shard::ControlTables& control, ports::Ages& ages,
               const Reports& reports, ports::Executor& background, ports::Clock& clock)
        : writer_(writer), control_(control), ages_(ages), reports_(reports), background_(background),
          clock_(clock) {}

    // Errors: denied.
    base::Result<retention::Policy> get(const access::Actor& actor) const;
    struct Preview {
        retention::Policy policy; // as it would be
        Removed goes{};           // what would be removed by it today
        bool about = false;       // histories and what ran were counted on a part of the devices
    };
    // Answered on the background's thread. Errors: denied, invalid at the kind.
    void preview(const access::Actor& actor, RetentionChanges changes, shard::Completion<Preview> done);
    // Audited. Errors: the same.
    void set(const access::Actor& actor, RetentionChanges changes, std::string why,
             shard::Completion<retention::Policy> done);

  private:
    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Ages& ages_;
    const Reports& reports_;
    ports::Executor& background_;
    ports::Clock& clock_;
};

} // namespace oakum::governance
