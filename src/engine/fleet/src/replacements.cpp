// SPDX-License-Identifier: Apache-2.0
#include "deed_change.hpp"
#include "edit_record.hpp"
#include "facts.hpp"

#include <base/digest.hpp>
#include <device/lifecycle.hpp>
#include <device/replacement.hpp>
#include <fleet/replacements.hpp>

#include <algorithm>

namespace oakum::fleet {
namespace {

void add_state(DeedChange& change, std::string_view key, std::string before, std::string after) {
    if (before == after) return;
    for (auto* half : {&change.before, &change.after}) {
        half->emplace_back();
        half->back().key = key;
    }
    change.before.back().value = std::move(before);
    change.after.back().value = std::move(after);
}

void add_link(DeedChange& change, std::string_view key, DeviceId to, const std::optional<device::Fact>& held,
              const std::string& person, base::TimePoint now) {
    if (held && held->value == to.text()) return;
    device::Fact none;
    none.key = key;
    change.before.push_back(held.value_or(none));
    change.after.push_back({std::string(key), to.text(), device::FactSource::person, person, minute_of(now)});
}

// Of the place, on the new device.
DeedChange change_of_fresh(const ports::DeviceRow& old, std::span<const device::Fact> old_facts,
                           const ports::DeviceRow& fresh, std::span<const device::Fact> fresh_facts,
                           const std::string& person, base::TimePoint now) {
    DeedChange change;
    for (auto& [before, after] : device::passed_on(old_facts, fresh_facts, person, minute_of(now))) {
        change.before.push_back(std::move(before));
        change.after.push_back(std::move(after));
    }
    add_state(change, ports::kEditedGroup, state_of(fresh, ports::kEditedGroup),
              state_of(old, ports::kEditedGroup));
    if (old.hold) add_state(change, ports::kEditedHold, state_of(fresh, ports::kEditedHold), "held");
    return change;
}

// Both name each other, and the old one is out of the way.
bool is_done(const LiveFleet& fleet, TenantId tenant, DeviceId old, DeviceId fresh) {
    const auto row = fleet.device({tenant, old});
    const auto by = fleet.fact({tenant, old}, device::kReplacedBy),
               of = fleet.fact({tenant, fresh}, device::kReplaces);
    return row && row->lifecycle == device::Lifecycle::retired && by && by->value == fresh.text() && of &&
           of->value == old.text();
}

base::Error nothing_to_do() {
    return base::conflict("there is nothing to do: it took that place already");
}

std::string stamp_of(DeviceId old, DeviceId fresh, const ReplacementPreview& preview) {
    std::string text = old.text() + fresh.text() + (preview.retires ? "retires" : "");
    for (std::size_t i = 0; i < preview.after.size(); ++i)
        text += '\n' + preview.after[i].key + '=' + preview.before[i].value + '\n' + preview.after[i].value;
    for (const BoundDecision& decision : preview.decisions)
        text += '\n' + decision.id.text() + (decision.passes ? "+" : "-") + decision.note;
    return base::sha256(text).hex().substr(0, 32);
}

} // namespace

std::string called(const LiveFleet& fleet, DeviceKey key) {
    for (const std::string_view name : {device::key::name, device::key::serial})
        if (const auto fact = fleet.fact(key, name); fact && !fact->value.empty())
            return fact->value.substr(0, 64);
    return key.device.text();
}

base::Result<ReplacementPreview> Replacements::look(const access::Actor& actor, DeviceId old,
                                                    DeviceId fresh) const {
    const TenantId tenant = tenant_of(actor);
    for (const DeviceId id : {old, fresh})
        for (const access::Action action : {access::Action::device_edit, access::Action::device_operate})
            TRY(may_on_device(core_, actor, action, id));
    const auto old_row = core_.fleet.device({tenant, old}), fresh_row = core_.fleet.device({tenant, fresh});
    if (!old_row || !fresh_row)
        return base::not_found("there is no device " + (old_row ? fresh : old).text());
    const std::vector<device::Fact> old_facts = core_.fleet.facts({tenant, old}),
                                    fresh_facts = core_.fleet.facts({tenant, fresh});
    const std::string old_id = old.text(), fresh_id = fresh.text();
    TRY(device::may_replace({old_id, old_row->lifecycle, old_facts},
                            {fresh_id, fresh_row->lifecycle, fresh_facts}));
    // Into a group that the actor may put devices into, as by hand.
    if (fresh_row->group != old_row->group)
        TRY(check_target(core_, actor, {Deed::Kind::move, {}, old_row->group}));
    DeedChange change =
        change_of_fresh(*old_row, old_facts, *fresh_row, fresh_facts, actor.name, core_.clock.now());
    ReplacementPreview preview;
    preview.before = std::move(change.before);
    preview.after = std::move(change.after);
    preview.retires = old_row->lifecycle != device::Lifecycle::retired;
    preview.to_be_accepted = fresh_row->lifecycle == device::Lifecycle::pending;
    preview.decisions = decisions_.bound_to(actor, old, fresh);
    preview.stamp = stamp_of(old, fresh, preview);
    return preview;
}

// One replacement under way, step after step: what it is, the new device, decisions, the old device. On the
// writer's executor.
struct Replacements::Run : std::enable_shared_from_this<Replacements::Run> {
    Run(Core& its, DecisionsByDevice& who_decides, access::Actor who, DeviceId from, DeviceId to,
        ReplacementPreview seen, std::string reason, shard::Completion<ports::EditRow> then)
        : core(its), decisions(who_decides), actor(std::move(who)), tenant(tenant_of(actor)), old(from),
          fresh(to), preview(std::move(seen)), why(std::move(reason)), done(std::move(then)) {}

    Core& core;
    DecisionsByDevice& decisions;
    const access::Actor actor;
    const TenantId tenant;
    const DeviceId old, fresh;
    const ReplacementPreview preview;
    const std::string why;
    shard::Completion<ports::EditRow> done;
    ports::EditRow edit;
    std::string old_name, fresh_name;
    std::vector<std::pair<ports::ExceptionId, ports::ExceptionId>> passing; // and under which id
    std::size_t next = 0;

    void begin();
    void change_fresh();
    void pass_decisions();
    void change_old();
    void finish(std::string state);
    base::Status decide_fresh(shard::Transaction& transaction) const;
    base::Status decide_old(shard::Transaction& transaction) const;
    void submit(DeviceId device, base::Status (Run::*decide)(shard::Transaction&) const, void (Run::*then)());
};

void Replacements::Run::begin() {
    old_name = called(core.fleet, {tenant, old});
    fresh_name = called(core.fleet, {tenant, fresh});
    edit.id = core.ids.next_as<ports::EditId>();
    edit.kind = kKind;
    edit.name = "replace " + old_name + " by " + fresh_name;
    edit.query = "id in (" + old.text() + ", " + fresh.text() + ")";
    edit.state = "running";
    edit.actor = actor.text();
    edit.why = why;
    edit.total = 2;
    for (const BoundDecision& decision : preview.decisions)
        if (decision.passes)
            passing.emplace_back(decision.id, core.ids.next_as<ports::ExceptionId>());
        else
            edit.reasons.push_back((decision.sentence + ": " + decision.note).substr(0, 512));
    if (edit.reasons.size() > 20) edit.reasons.resize(20);
    keep_edit(core, tenant, edit,
              shard::AuditEntry{actor.text(), "device.replace", "device " + old.text(), "",
                                json_of({{"by", fresh.text()}, {"edit", edit.id.text()}}), why},
              Keep::once, [self = shared_from_this()](base::Result<ports::EditRow> kept) {
                  if (!kept.ok()) return self->done(std::move(kept));
                  self->submit(self->fresh, &Run::decide_fresh, &Run::pass_decisions);
              });
}

void Replacements::Run::submit(DeviceId device, base::Status (Run::*decide)(shard::Transaction&) const,
                               void (Run::*then)()) {
    core.writer.submit(
        shard::place_of(tenant, device), shard::Priority::person,
        [self = shared_from_this(), decide](shard::Transaction& transaction) {
            return ((*self).*decide)(transaction);
        },
        [self = shared_from_this(), then](base::Status status) {
            if (status.ok()) return ((*self).*then)();
            self->edit.reasons.insert(self->edit.reasons.begin(),
                                      "the rest was not done: " + status.error().message.substr(0, 256));
            self->finish("interrupted");
        });
}

base::Status Replacements::Run::decide_fresh(shard::Transaction& transaction) const {
    auto row = transaction.device(fresh);
    const auto old_row = core.fleet.device({tenant, old});
    if (!row || !old_row) return base::not_found("a device is gone");
    const std::vector<device::Fact> facts = transaction.facts(fresh),
                                    old_facts = core.fleet.facts({tenant, old});
    const std::string old_id = old.text(), fresh_id = fresh.text();
    TRY(device::may_replace({old_id, old_row->lifecycle, old_facts}, {fresh_id, row->lifecycle, facts}));
    DeedChange change = change_of_fresh(*old_row, old_facts, *row, facts, actor.name, transaction.now());
    // Somebody was quicker by a moment, or it was sent twice.
    if (change.empty() && is_done(core.fleet, tenant, old, fresh)) return nothing_to_do();
    add_link(change, device::kReplaces, old, transaction.fact(fresh, device::kReplaces), actor.name,
             transaction.now());
    TRY(make_change(transaction, core.software, change, *row,
                    "it took the place of " + old_name + ", " + said_by(actor, why)));
    transaction.put(*row);
    for (const auto& [from, to] : passing)
        add_state(change, kEditedException, "", to.text());
    transaction.put(ports::EditedDeviceRow{edit.id, fresh, 0, false, false, std::move(change.before),
                                           std::move(change.after)});
    transaction.change("device", fresh.text(), json_of({{"what", "device.replace"}}));
    return {};
}

// One after the other; what cannot be passed on is said and stays as it is.
void Replacements::Run::pass_decisions() {
    if (next == 0) ++edit.changed;
    if (next == passing.size()) return submit(old, &Run::decide_old, &Run::change_old);
    const auto& [from, to] = passing[next++];
    decisions.pass_on(actor, {from, to, old, fresh, why}, [self = shared_from_this()](base::Status status) {
        self->core.writer.executor().post([self, status = std::move(status)] {
            if (!status.ok())
                self->edit.reasons.push_back(
                    ("a decision was not passed on: " + status.error().message).substr(0, 512));
            self->pass_decisions();
        });
    });
}

base::Status Replacements::Run::decide_old(shard::Transaction& transaction) const {
    auto row = transaction.device(old);
    if (!row) return base::not_found("the old device is gone");
    const auto link = transaction.fact(old, device::kReplacedBy);
    if (link && link->value != fresh.text())
        return base::conflict("another device took the place of " + old_name + " meanwhile");
    DeedChange change;
    add_link(change, device::kReplacedBy, fresh, link, actor.name, transaction.now());
    add_state(change, ports::kEditedLifecycle, state_of(*row, ports::kEditedLifecycle),
              std::string(device::to_string(device::Lifecycle::retired)));
    TRY(make_change(transaction, core.software, change, *row,
                    fresh_name + " took its place, " + said_by(actor, why)));
    transaction.put(*row);
    transaction.put(ports::EditedDeviceRow{edit.id, old, 0, false, false, std::move(change.before),
                                           std::move(change.after)});
    transaction.change("device", old.text(), json_of({{"what", "device.replace"}}));
    return {};
}

void Replacements::Run::change_old() {
    ++edit.changed;
    finish("done");
}

void Replacements::Run::finish(std::string state) {
    edit.state = std::move(state);
    keep_edit(
        core, tenant, edit,
        shard::AuditEntry{actor.text(), "edit.done", "edit " + edit.id.text(), "", counts_of(edit), why},
        Keep::until_stored,
        [self = shared_from_this()](base::Result<ports::EditRow> kept) { self->done(std::move(kept)); });
}

void Replacements::preview(access::Actor actor, DeviceId old, DeviceId fresh,
                           shard::Completion<ReplacementPreview> done) {
    background_.post([this, actor = std::move(actor), old, fresh, done = std::move(done)] {
        done(look(actor, old, fresh));
    });
}

void Replacements::apply(access::Actor actor, DeviceId old, DeviceId fresh, std::string stamp,
                         std::string why, shard::Completion<ports::EditRow> done) {
    background_.post([this, actor = std::move(actor), old, fresh, stamp = std::move(stamp),
                      why = std::move(why), done = std::move(done)]() mutable {
        auto seen = look(actor, old, fresh);
        if (!seen.ok()) return done(std::move(seen).error());
        if (seen->stamp != stamp)
            return done(
                base::conflict("nothing was changed: what was looked at is not what is there now; look at "
                               "it again")
                    .at("/stamp"));
        const bool passes = std::ranges::any_of(seen->decisions, &BoundDecision::passes);
        if (seen->after.empty() && !passes && is_done(core_.fleet, tenant_of(actor), old, fresh))
            return done(nothing_to_do());
        auto run = std::make_shared<Run>(core_, decisions_, std::move(actor), old, fresh, std::move(*seen),
                                         std::move(why), std::move(done));
        core_.writer.executor().post([run] { run->begin(); });
    });
}

} // namespace oakum::fleet
