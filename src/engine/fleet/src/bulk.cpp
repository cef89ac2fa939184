// SPDX-License-Identifier: Apache-2.0
#include "deed_change.hpp"
#include "edit_record.hpp"
#include "facts.hpp"

#include <fleet/bulk.hpp>
#include <fleet/edits.hpp>
#include <fleet/registry.hpp>

#include <algorithm>
#include <base/digest.hpp>
#include <utility>

namespace oakum::fleet {
namespace {

constexpr std::size_t kPiece = 16'384, kWindow = 256;
constexpr std::size_t kShown = 10, kShownOfLeftOut = 3;
constexpr base::Duration kProgressEvery = std::chrono::seconds(2);
// A full queue or disk may be better in a moment: tried after 1, 2, 4, 8 and 16 s.
constexpr int kTries = 6;
// What the empty query means, in its language.
constexpr std::string_view kEverybody = "lifecycle != retired";
constexpr std::string_view kNoDevice = "no such device", kRetired = "retired";

// Of a device that is so already.
std::string_view already(Deed::Kind kind) {
    switch (kind) {
    case Deed::Kind::set:
        return "so already";
    case Deed::Kind::move:
        return "in this group already";
    case Deed::Kind::hold:
        return "held already";
    case Deed::Kind::release:
        return "not held";
    case Deed::Kind::retire:
        return "retired already";
    case Deed::Kind::re_enrol:
        return "asked to enrol again already";
    }
    return "so already";
}

// "set owner to anna, take back tag.x"; `group` is the name of the one to move to.
std::string name_of(const Deed& deed, const std::string& group) {
    switch (deed.kind) {
    case Deed::Kind::set: {
        std::string name;
        for (const auto& [key, value] : deed.facts) {
            name += name.empty() ? "" : ", ";
            name += value.empty() ? "take back " + key : "set " + key + " to " + value;
        }
        return name.substr(0, 512);
    }
    case Deed::Kind::move:
        return group.empty() ? "take out of the group" : "move to " + group;
    case Deed::Kind::hold:
    case Deed::Kind::release:
    case Deed::Kind::retire:
        return std::string(to_string(deed.kind));
    case Deed::Kind::re_enrol:
        return "ask to enrol again";
    }
    return {};
}

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// The same for the same devices in any order. Who makes it up may do the deed anyway: it guards against
// surprise, not against malice.
std::string stamp_of(const BulkWish& wish, const std::vector<DeviceId>& devices) {
    std::uint64_t sum = 0;
    for (const DeviceId& id : devices)
        sum += mixed(id.get().high ^ mixed(id.get().low));
    std::string text = std::string(to_string(wish.deed.kind)) + '\n' + wish.deed.group.text() + '\n';
    for (const auto& [key, value] : wish.deed.facts)
        text += key + '=' + value + '\n';
    text += wish.query + '\n' + wish.chosen + '\n' + std::to_string(sum);
    return std::to_string(devices.size()) + "." + base::sha256(text).hex().substr(0, 16);
}

base::Error not_as_shown(const std::string& stamp, std::size_t now) {
    const std::string then = stamp.substr(0, stamp.find('.'));
    const bool number =
        !then.empty() && then.size() < 12 && then.find_first_not_of("0123456789") == std::string::npos;
    std::string message = "nothing was changed: what was looked at is not what is there now";
    if (number && then != std::to_string(now))
        message += " (" + then + " devices would have been changed then, " + std::to_string(now) + " now)";
    return base::conflict(message + "; look at it again").at("/stamp");
}

// What a deed would do to one device, or why it is left out.
base::Result<DeedChange> decide(const Deed& deed, const std::string& person, const ports::DeviceRow& device,
                                const HeldFact& held, base::TimePoint now) {
    if (device.lifecycle == device::Lifecycle::retired) {
        if (deed.kind == Deed::Kind::retire) return DeedChange();
        if (deed.kind != Deed::Kind::re_enrol) return base::conflict(std::string(kRetired));
    }
    return change_by(deed, person, device, held, now);
}

base::Status check(const BulkWish& wish) {
    TRY(check(wish.deed));
    if (wish.named && wish.devices.empty()) return base::invalid("no device is named").at("/devices");
    if (wish.devices.size() > Bulk::kMostNamed)
        return base::too_large("more than 10,000 devices are named; select them by a query").at("/devices");
    return {};
}

} // namespace

// Goes over the devices, piece by piece on the background, so that others get their turn in between.
struct Bulk::Look : std::enable_shared_from_this<Bulk::Look> {
    Look(Core& its, ports::Executor& executor, access::Actor who, BulkWish what)
        : core(its), background(executor), actor(std::move(who)), tenant(tenant_of(actor)),
          scope(scope_of(actor)), wish(std::move(what)) {}

    Core& core;
    ports::Executor& background;
    const access::Actor actor;
    const TenantId tenant;
    const Scope scope;
    BulkWish wish;
    std::vector<DeviceId> matched, changing;
    std::size_t next = 0;
    BulkPreview preview;
    std::function<void(base::Status)> then;

    base::Status select();
    void begin();
    void step();
    void look_at(DeviceId id);
    void leave_out(DeviceId id, std::string_view reason, bool already);
    void finish();
};

base::Status Bulk::Look::select() {
    TRY(may_do(actor, action_of(wish.deed.kind)));
    TRY(check(wish));
    TRY(check_target(core, actor, wish.deed));
    std::string group;
    if (wish.deed.kind == Deed::Kind::move && !wish.deed.group.is_zero())
        if (const auto row = core.control.find<ports::GroupRow>(tenant, wish.deed.group)) group = row->name;
    preview.name = name_of(wish.deed, group);
    if (wish.named) {
        std::sort(wish.devices.begin(), wish.devices.end());
        wish.devices.erase(std::unique(wish.devices.begin(), wish.devices.end()), wish.devices.end());
        matched = wish.devices;
        return {};
    }
    if (wish.choose) {
        TRY_VALUE(matched, wish.choose());
        return {};
    }
    TRY_VALUE(const Selection selection, Registry(core).selection(actor, wish.query, Records::listed));
    core.fleet.each(selection, [&](const Glance& device) { matched.push_back(device.id()); });
    preview.unknown = core.fleet.count(selection).unknown;
    return {};
}

void Bulk::Look::begin() {
    background.post([self = shared_from_this()] {
        if (auto status = self->select(); !status.ok()) return self->then(std::move(status));
        self->step();
    });
}

void Bulk::Look::step() {
    const std::size_t end = std::min(matched.size(), next + kPiece);
    for (; next < end; ++next)
        look_at(matched[next]);
    if (next == matched.size()) return finish();
    background.post([self = shared_from_this()] { self->step(); });
}

void Bulk::Look::leave_out(DeviceId id, std::string_view reason, bool already) {
    auto& left = preview.left_out;
    auto at = std::find_if(left.begin(), left.end(), [&](const auto& one) { return one.reason == reason; });
    if (at == left.end()) at = left.insert(at, {std::string(reason), already, 0, {}});
    ++at->count;
    if (at->sample.size() < kShownOfLeftOut && reason != kNoDevice) at->sample.push_back(id);
}

void Bulk::Look::look_at(DeviceId id) {
    const DeviceKey key{tenant, id};
    const auto row = core.fleet.device(key);
    if (!row || (wish.named && !core.fleet.in_scope(key, scope))) return leave_out(id, kNoDevice, false);
    const auto change = decide(
        wish.deed, actor.name, *row, [&](std::string_view name) { return core.fleet.fact(key, name); },
        core.clock.now());
    if (!change.ok()) return leave_out(id, change.error().message, false);
    if (change->empty()) return leave_out(id, already(wish.deed.kind), true);
    changing.push_back(id);
}

void Bulk::Look::finish() {
    preview.matched = matched.size();
    preview.changes = changing.size();
    const std::size_t shown = std::min(kShown, changing.size());
    for (std::size_t i = 0; i < shown; ++i)
        preview.sample.push_back(changing[i * changing.size() / shown]);
    std::stable_sort(preview.left_out.begin(), preview.left_out.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    preview.stamp = stamp_of(wish, changing);
    then({});
}

// One bulk action under way: windows of devices, each device as a command of its own. On the writer's
// executor.
struct Bulk::Run : std::enable_shared_from_this<Bulk::Run> {
    Run(std::shared_ptr<Look> seen, std::string reason, shard::Completion<ports::EditRow> then)
        : look(std::move(seen)), core(look->core), why(std::move(reason)), done(std::move(then)) {}

    const std::shared_ptr<Look> look;
    Core& core;
    const std::string why;
    shard::Completion<ports::EditRow> done;
    ports::EditRow edit;
    std::vector<DeviceId> devices;
    std::map<std::string, std::uint64_t> refusals;
    std::size_t next = 0, under_way = 0;
    std::vector<DeviceId> again; // of this window, that could not be stored
    int tries = 0;               // in vain, one after the other
    std::string unavailable;     // why they could not be stored
    std::string broken;          // why the rest was not tried
    base::Duration began_at{}, told_at{};

    void begin();
    void step();
    void submit(DeviceId id);
    base::Result<bool> change(shard::Transaction& transaction, DeviceId id) const;
    void note(DeviceId id, const base::Result<bool>& changed);
    void window_ended();
    void finish();
    void refuse(const std::string& reason, std::uint64_t count = 1);
    ports::EditRow row() const;
    shard::AuditEntry audited(const char* action, std::string after) const;
};

void Bulk::Run::refuse(const std::string& reason, std::uint64_t count) {
    edit.refused += count;
    if (refusals.size() < Edits::kReasons || refusals.contains(reason)) refusals[reason] += count;
}

ports::EditRow Bulk::Run::row() const {
    ports::EditRow row = edit;
    for (const auto& [reason, count] : refusals)
        row.reasons.push_back(std::to_string(count) + (count == 1 ? " device: " : " devices: ") + reason);
    if (!broken.empty()) row.reasons.push_back("the rest was not tried: " + broken.substr(0, 256));
    return row;
}

shard::AuditEntry Bulk::Run::audited(const char* action, std::string after) const {
    return {look->actor.text(), action, "edit " + edit.id.text(), "", std::move(after), why};
}

void Bulk::Run::begin() {
    edit.id = core.ids.next_as<ports::EditId>();
    edit.kind = "bulk";
    edit.name = look->preview.name;
    if (!look->wish.named) edit.query = look->wish.query.empty() ? std::string(kEverybody) : look->wish.query;
    if (look->wish.choose) edit.query += ", of them those " + look->wish.chosen;
    edit.state = "running";
    edit.actor = look->actor.text();
    edit.why = why;
    edit.lasting = is_lasting(look->wish.deed.kind);
    edit.total = look->preview.matched;
    for (const auto& left : look->preview.left_out)
        if (left.already)
            edit.unchanged += left.count;
        else
            refuse(left.reason, left.count);
    // Shard by shard, as they are stored.
    std::vector<std::pair<device::ShardId, DeviceId>> places;
    places.reserve(look->changing.size());
    for (const DeviceId& id : look->changing)
        places.emplace_back(device::shard_of(look->tenant, id), id);
    std::sort(places.begin(), places.end());
    for (const auto& [shard, id] : places)
        devices.push_back(id);
    look->matched = look->changing = {};
    began_at = told_at = core.clock.steady();
    const std::string what =
        json_of({{"what", edit.name},
                 {"devices", std::to_string(devices.size())},
                 {look->wish.named ? "named" : "query",
                  look->wish.named ? std::to_string(look->wish.devices.size()) : edit.query}});
    keep_edit(core, look->tenant, row(), audited("edit.bulk", what), Keep::once,
              [self = shared_from_this()](base::Result<ports::EditRow> kept) {
                  if (!kept.ok()) return self->done(std::move(kept));
                  self->step();
              });
}

void Bulk::Run::step() {
    under_way = 1; // until all are on their way
    for (const std::size_t end = std::min(devices.size(), next + kWindow); next < end; ++next)
        // Somebody may have moved it out of reach meanwhile.
        if (core.fleet.in_scope({look->tenant, devices[next]}, look->scope))
            submit(devices[next]);
        else
            refuse(std::string(kNoDevice));
    if (--under_way == 0) window_ended();
}

void Bulk::Run::submit(DeviceId id) {
    ++under_way;
    core.writer.submit<bool>(
        shard::place_of(look->tenant, id), shard::Priority::person,
        [self = shared_from_this(), id](shard::Transaction& transaction) {
            return self->change(transaction, id);
        },
        [self = shared_from_this(), id](const base::Result<bool>& changed) {
            self->note(id, changed);
            if (--self->under_way == 0) self->window_ended();
        });
}

// Whether anything was to be changed.
base::Result<bool> Bulk::Run::change(shard::Transaction& transaction, DeviceId id) const {
    auto device = transaction.device(id);
    if (!device) return base::not_found(std::string(kNoDevice));
    const Deed& deed = look->wish.deed;
    TRY_VALUE(DeedChange change,
              decide(
                  deed, look->actor.name, *device,
                  [&](std::string_view key) { return transaction.fact(id, key); }, transaction.now()));
    if (change.empty()) return false;
    TRY(make_change(transaction, core.software, change, *device, said_by(look->actor, why)));
    transaction.put(*device);
    transaction.put(ports::EditedDeviceRow{edit.id, id, 0, false, false, std::move(change.before),
                                           std::move(change.after)});
    transaction.change("device", id.text(), json_of({{"what", audited_as(deed.kind)}}));
    return true;
}

void Bulk::Run::note(DeviceId id, const base::Result<bool>& changed) {
    if (changed.ok()) {
        ++(*changed ? edit.changed : edit.unchanged);
        return;
    }
    if (changed.error().kind != base::ErrorKind::unavailable) return refuse(changed.error().message);
    unavailable = changed.error().message;
    again.push_back(id);
}

void Bulk::Run::window_ended() {
    const bool in_vain = !again.empty();
    tries = in_vain ? tries + 1 : 0;
    devices.insert(devices.end(), again.begin(), again.end());
    again.clear();
    if (tries == kTries) broken = unavailable;
    if (next < devices.size() && broken.empty())
        if (const auto who = cancelled_by(core, look->tenant, edit.id)) {
            edit.state = "cancelled";
            broken = "it was cancelled by " + *who;
        }
    if (next == devices.size() || !broken.empty()) return finish();
    const base::Duration now = core.clock.steady();
    if (done && now - began_at >= Edits::kAnswerWithin) std::exchange(done, nullptr)(row());
    // A new turn for each window, so that a long run of refusals does not deepen the stack.
    const auto go_on = [self = shared_from_this()] {
        self->core.writer.executor().post([self] { self->step(); });
    };
    if (in_vain)
        return core.writer.executor().post_after(std::chrono::seconds(1 << (tries - 1)),
                                                 [self = shared_from_this()] { self->step(); });
    if (now - told_at < kProgressEvery) return go_on();
    told_at = now;
    keep_edit(core, look->tenant, row(), std::nullopt, Keep::once,
              [go_on](const base::Result<ports::EditRow>&) { go_on(); });
}

void Bulk::Run::finish() {
    if (edit.state == "running") edit.state = broken.empty() ? "done" : "interrupted";
    ports::EditRow last = row();
    shard::AuditEntry entry = audited("edit.done", counts_of(last));
    keep_edit(core, look->tenant, std::move(last), std::move(entry), Keep::until_stored,
              [self = shared_from_this()](base::Result<ports::EditRow> kept) {
                  if (self->done) self->done(std::move(kept));
              });
}

void Bulk::preview(access::Actor actor, BulkWish wish, shard::Completion<BulkPreview> done) {
    auto look = std::make_shared<Look>(core_, background_, std::move(actor), std::move(wish));
    look->then = [raw = look.get(), done = std::move(done)](base::Status status) {
        if (!status.ok()) return done(std::move(status).error());
        done(std::move(raw->preview));
    };
    look->begin();
}

void Bulk::apply(access::Actor actor, BulkWish wish, std::string stamp, std::string why,
                 shard::Completion<ports::EditRow> done) {
    auto look = std::make_shared<Look>(core_, background_, std::move(actor), std::move(wish));
    look->then = [raw = look.get(), stamp = std::move(stamp), why = std::move(why),
                  done = std::move(done)](base::Status status) mutable {
        if (!status.ok()) return done(std::move(status).error());
        if (stamp != raw->preview.stamp) return done(not_as_shown(stamp, raw->changing.size()));
        if (raw->changing.empty())
            return done(base::conflict("there is nothing to do: no device would be changed"));
        auto run = std::make_shared<Run>(raw->shared_from_this(), std::move(why), std::move(done));
        raw->core.writer.executor().post([run] { run->begin(); });
    };
    look->begin();
}

} // namespace oakum::fleet
