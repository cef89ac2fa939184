// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <risk/deadline_policy.hpp>
#include <shard/writer.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace oakum::assessment {

using Policy = std::shared_ptr<const risk::DeadlinePolicy>; // shared: a change swaps it while others count

// By which policy deadlines are decided: one at a time for a tenant, kept with when it was in force. The
// policies that come with Oakum, and tables that people add; a table is never changed, only left out of the
// list. Any thread.
class Deadlines {
  public:
    static constexpr std::size_t kMaxTables = 50;

    Deadlines(shard::Writer& writer, const shard::ControlTables& control, ports::Clock& clock)
        : writer_(writer), control_(control), clock_(clock) {}

    // Now; and at a moment: before anybody chose, the default.
    Policy in_force(device::TenantId tenant) const;
    Policy in_force(device::TenantId tenant, base::TimePoint at) const;

    struct Listed {
        Policy policy; // as it is in force, or as it comes
        bool in_use = false;
        std::string added_by; // empty: it comes with Oakum
        std::optional<base::TimePoint> added;
    };
    struct Use {
        base::TimePoint from{};
        std::string policy, by, why;
    };
    struct View {
        std::vector<Listed> policies;
        std::vector<Use> uses; // the newest first
        std::string stamp;     // differs when anything of this differs
    };
    // Errors: denied.
    base::Result<View> list(const access::Actor& actor) const;

    // What somebody would have in force.
    struct Wish {
        std::string policy;
        std::vector<risk::DeadlinePolicy::Days> days; // where it leaves them to be chosen
    };
    // Errors: denied, not_found, invalid (days).
    base::Result<Policy> wished(const access::Actor& actor, const Wish& wish) const;
    // `stamp`: of what was previewed. Errors: also conflict (it was changed since). Audited; change
    // "policy".
    void use(access::Actor actor, Wish wish, std::string stamp, std::string why,
             shard::Completion<View> done);

    // A table of their own under a name; gives its id. Errors: invalid (its lines), conflict (the name),
    // too_large.
    void add(access::Actor actor, std::string name, std::string table, shard::Completion<std::string> done);
    // Errors: not_found, conflict (it is in use).
    void remove(access::Actor actor, std::string policy, std::string why,
                std::function<void(base::Status)> done);

  private:
    struct Kept;
    std::shared_ptr<const Kept> kept(device::TenantId tenant) const;
    View view(device::TenantId tenant) const;

    shard::Writer& writer_;
    const shard::ControlTables& control_;
    ports::Clock& clock_;
    mutable base::Mutex mutex_;
    mutable std::map<device::TenantId, std::shared_ptr<const Kept>> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::assessment
