// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <fleet/replacements.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::fleet {

// Imports and bulk actions as they were recorded, and their undoing: each device gets back what the edit
// changed on it, where nobody changed it since. Devices that the edit made and that did nothing since are
// removed. Whoever is bound to some groups sees his own edits only.
class Edits {
  public:
    static constexpr std::size_t kReasons = 20; // that are kept with an edit
    // Who asked for something longer is answered by then, with what was done so far.
    static constexpr base::Duration kAnswerWithin = std::chrono::seconds(20);

    Edits(Core& core, ports::Executor& background) : core_(core), background_(background) {}

    // Before any is undone: who takes back the decisions that an edit made.
    void heed(DecisionsByDevice& decisions) { decisions_ = &decisions; }
    // At start, on the writer's executor: what ran when the process ended is interrupted, and can be undone.
    void start();

    // Newest first; of one kind when it is named.
    base::Result<std::vector<ports::EditRow>> list(const access::Actor& actor, std::string_view kind) const;
    base::Result<ports::EditRow> get(const access::Actor& actor, ports::EditId edit) const;
    // Blocking: reads the history. In its order, behind `after` when given; without devices that the actor
    // does not see, so a page may be short: `next` is nothing at the end only.
    struct Devices {
        std::vector<ports::EditedDeviceRow> rows;
        std::optional<DeviceId> next;
    };
    base::Result<Devices> devices(const access::Actor& actor, ports::EditId edit,
                                  std::optional<DeviceId> after, std::size_t limit) const;
    // The edit as it is afterwards: counts of what was put back and left alone, and why. Errors: denied,
    // not_found, conflict (it runs, was undone, cannot be undone), unavailable.
    void undo(access::Actor actor, ports::EditId edit, std::string why,
              shard::Completion<ports::EditRow> done);
    // Asks one that runs to end where it is: what was done stays, is recorded and can be undone. Its state is
    // "cancelling" until the devices on their way are through, then "cancelled". Errors: denied, not_found,
    // conflict (it does not run).
    void cancel(access::Actor actor, ports::EditId edit, std::string why,
                shard::Completion<ports::EditRow> done);

  private:
    struct Undo;

    void count_devices(TenantId tenant, ports::EditRow& row) const;

    Core& core_;
    ports::Executor& background_;
    DecisionsByDevice* decisions_ = nullptr;
};

// Why it cannot be undone, in a sentence; empty: it can.
std::string why_not_undone(const ports::EditRow& edit);

} // namespace oakum::fleet
