// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/store.hpp>

#include <array>

namespace oakum::ports {

// What removes evidence when people decided that its time is over. Each call is one short step, of at most
// `limit` rows of each table, so that commits are not held up; called again until it is finished. Blocking,
// callable from any thread. Errors: unavailable, corrupt.
class EvidencePruner {
  public:
    virtual ~EvidencePruner() = default;
    // Audit records up to that number: an anchor in the log stands for them (governance/anchor.hpp).
    virtual base::Result<Pruner::Pruned> prune_audit(TenantId tenant, std::uint64_t through,
                                                     std::size_t limit) = 0;
    // Of all tenants: findings of software sets, and which sets a device had, that ended before.
    virtual base::Result<Pruner::Pruned> prune_findings(base::TimePoint before, std::size_t limit) = 0;
};

// What is kept for a time, told apart.
enum class Kept : std::uint8_t {
    audit,
    findings,
    history,
    edits,
    alarms,
    tokens,
    jobs,
    sessions,
    messages,
    changes
};
using KeptCounts = std::array<std::uint64_t, static_cast<std::size_t>(Kept::changes) + 1>;
struct Older {
    Retention retention;
    base::TimePoint audit_before{}, findings_before{};
};

// How much the two pruners would find, for people who look before they decide. Blocking, callable from
// several threads; what is asked for is counted. Errors: unavailable, corrupt.
class Ages {
  public:
    virtual ~Ages() = default;
    struct Counted {
        KeptCounts of{};
        bool about = false; // histories and what ran were counted on a part of the devices
    };
    virtual base::Result<Counted> count_older(TenantId tenant, const Older& than) = 0;
};

} // namespace oakum::ports
