// SPDX-License-Identifier: Apache-2.0
#include "deed_change.hpp"
#include "edit_record.hpp"
#include "put_back.hpp"

#include <fleet/edits.hpp>

#include <algorithm>
#include <utility>

namespace oakum::fleet {
namespace {

constexpr std::size_t kWindow = 256, kMostOnPage = 1000;
constexpr base::Duration kProgressEvery = std::chrono::seconds(2);

// Whoever may do such an edit may undo it.
access::Action action_of(const ports::EditRow& row) {
    return row.kind == "import" ? access::Action::device_import : access::Action::device_operate;
}

bool sees(const access::Actor& actor, const ports::EditRow& row) {
    return actor.whole_tenant() || row.actor == actor.text();
}

} // namespace

std::string why_not_undone(const ports::EditRow& edit) {
    if (edit.state == "running" || edit.state == "cancelling" || edit.state == "undoing")
        return "it is under way; wait for its end";
    if (edit.state == "undone") return "it was undone already";
    if (edit.lasting) return "an identity that was revoked does not come back: the devices enrol again";
    if (edit.state == "done" && edit.fresh + edit.changed == 0) return "it changed nothing";
    return {};
}

// One undoing under way: windows are read by the background and put back by the writer's executor.
struct Edits::Undo : std::enable_shared_from_this<Edits::Undo> {
    Undo(const Edits& its, access::Actor who, std::string reason, shard::Completion<ports::EditRow> then)
        : core(its.core_), background(its.background_), decides(its.decisions_), actor(std::move(who)),
          tenant(tenant_of(actor)), scope(scope_of(actor)), why(std::move(reason)), done(std::move(then)) {}

    Core& core;
    ports::Executor& background;
    DecisionsByDevice* const decides;
    const access::Actor actor;
    const TenantId tenant;
    const Scope scope;
    const std::string why;
    shard::Completion<ports::EditRow> done;
    ports::EditRow edit;
    std::vector<ports::EditedDeviceRow> window;
    std::optional<DeviceId> after;
    std::size_t under_way = 0;
    std::vector<ports::ExceptionId> decisions; // that the edit made
    std::string broken;                        // why nothing can be stored
    base::Duration began_at{}, told_at{};

    void begin(ports::EditId id);
    void step();
    void put_window_back();
    void note(const ports::EditedDeviceRow& row, const base::Result<PutBack>& result);
    std::string name_of(DeviceId device) const;
    void leave(std::string name, const std::vector<std::string>& left);
    void window_ended();
    void take_back_decisions();
    void finish(std::string state);
};

void Edits::Undo::begin(ports::EditId id) {
    core.writer.submit<ports::EditRow>(
        shard::control_of(tenant), shard::Priority::person,
        [self = shared_from_this(), id](shard::Transaction& transaction) -> base::Result<ports::EditRow> {
            const auto stored = transaction.find<ports::EditRow>(id);
            if (!stored) return base::not_found("there is no edit " + id.text());
            if (std::string no = why_not_undone(*stored); !no.empty()) return base::conflict(std::move(no));
            ports::EditRow row = *stored;
            row.state = "undoing";
            row.undone_by = self->actor.text();
            row.left.clear(); // the counts go on: what was looked at is marked
            transaction.put(row);
            transaction.change("edit", id.text(), counts_of(row));
            transaction.audit({self->actor.text(), "edit.undo", "edit " + id.text(), "", "", self->why});
            return row;
        },
        [self = shared_from_this()](base::Result<ports::EditRow> row) {
            if (!row.ok()) return self->done(std::move(row).error());
            self->edit = std::move(*row);
            self->began_at = self->told_at = self->core.clock.steady();
            self->background.post([self] { self->step(); });
        });
}

// On the background, as long as nothing is under way.
void Edits::Undo::step() {
    auto rows = core.history.edited_devices(tenant, edit.id, after, kWindow);
    core.writer.executor().post([self = shared_from_this(), rows = std::move(rows)]() mutable {
        if (!rows.ok()) {
            self->broken = "what it did could not be read: " + rows.error().text();
            return self->finish("interrupted");
        }
        self->window = std::move(*rows);
        if (self->window.empty()) return self->take_back_decisions();
        self->after = self->window.back().device;
        self->put_window_back();
    });
}

void Edits::Undo::put_window_back() {
    under_way = 1; // until all are on their way
    const std::string sentence =
        actor.text() + " undid " + edit.name + " of " + edit.actor + (why.empty() ? "" : ": " + why);
    for (const ports::EditedDeviceRow& row : window) {
        if (!core.fleet.in_scope({tenant, row.device}, scope)) {
            if (!row.undone) leave("a device", {"you do not see it any more"});
            continue;
        }
        for (const device::Fact& made : row.after) // also when an undo broke off behind this device
            if (made.key == kEditedException)
                if (const auto id = ports::ExceptionId::parse(made.value); id.ok()) decisions.push_back(*id);
        if (row.undone) continue;
        ++under_way;
        core.writer.submit<PutBack>(
            shard::place_of(tenant, row.device), shard::Priority::person,
            [self = shared_from_this(), &row, sentence](shard::Transaction& transaction) {
                return put_back(transaction, self->core.software, row, sentence);
            },
            [self = shared_from_this(), &row](base::Result<PutBack> result) {
                self->note(row, result);
                if (--self->under_way == 0) self->window_ended();
            });
    }
    if (--under_way == 0) window_ended();
}

void Edits::Undo::note(const ports::EditedDeviceRow& row, const base::Result<PutBack>& result) {
    if (!result.ok() && result.error().kind == base::ErrorKind::unavailable) {
        broken = result.error().message;
        return;
    }
    if (!result.ok()) return leave(name_of(row.device), {result.error().message});
    edit.put_back += result->anything ? 1 : 0;
    if (!result->left.empty()) leave(name_of(row.device), result->left);
}

std::string Edits::Undo::name_of(DeviceId device) const {
    const auto serial = core.fleet.fact({tenant, device}, device::key::serial);
    return serial ? serial->value.substr(0, 64) : device.text();
}

void Edits::Undo::leave(std::string name, const std::vector<std::string>& left) {
    ++edit.left_alone;
    if (edit.left.size() >= kReasons) return;
    std::string sentence = std::move(name) + ": ";
    for (std::size_t i = 0; i < left.size() && i < 4; ++i)
        sentence += (i > 0 ? "; " : "") + left[i];
    edit.left.push_back(sentence.substr(0, 256));
}

void Edits::Undo::window_ended() {
    if (!broken.empty()) return finish("interrupted");
    const base::Duration now = core.clock.steady();
    if (done && now - began_at >= kAnswerWithin) std::exchange(done, nullptr)(edit);
    const auto go_on = [self = shared_from_this()] { self->background.post([self] { self->step(); }); };
    if (now - told_at < kProgressEvery) return go_on();
    told_at = now;
    keep_edit(core, tenant, edit, std::nullopt, Keep::once,
              [go_on](const base::Result<ports::EditRow>&) { go_on(); });
}

// One after the other, then the end.
void Edits::Undo::take_back_decisions() {
    if (decisions.empty() || decides == nullptr) return finish("undone");
    const ports::ExceptionId id = decisions.back();
    decisions.pop_back();
    decides->take_back(actor, id, why, [self = shared_from_this(), id](base::Status status) {
        self->core.writer.executor().post([self, id, status = std::move(status)] {
            if (!status.ok()) self->leave("exception " + id.text(), {status.error().message});
            self->take_back_decisions();
        });
    });
}

// What was put back is marked: undoing what was interrupted goes on with the rest.
void Edits::Undo::finish(std::string state) {
    edit.state = std::move(state);
    if (!broken.empty()) edit.left.push_back("the rest was not tried: " + broken.substr(0, 256));
    keep_edit(
        core, tenant, edit,
        shard::AuditEntry{actor.text(), "edit.undone", "edit " + edit.id.text(), "", counts_of(edit), why},
        Keep::until_stored, [self = shared_from_this()](base::Result<ports::EditRow> row) {
            if (self->done) self->done(std::move(row));
        });
}

void Edits::start() {
    for (const TenantId tenant : core_.control.tenants())
        for (const auto& held : core_.control.list<ports::EditRow>(tenant)) {
            if (held->state != "running" && held->state != "cancelling" && held->state != "undoing") continue;
            background_.post([this, tenant, row = *held]() mutable {
                if (row.state != "undoing") count_devices(tenant, row);
                if (row.state == "cancelling") row.undone_by.clear();
                row.state = "interrupted";
                keep_edit(core_, tenant, std::move(row), std::nullopt, Keep::until_stored,
                          [](const base::Result<ports::EditRow>&) {});
            });
        }
}

// Its own counts lag behind what it did.
void Edits::count_devices(TenantId tenant, ports::EditRow& row) const {
    std::uint64_t fresh = 0, changed = 0;
    for (std::optional<DeviceId> after;;) {
        const auto page = core_.history.edited_devices(tenant, row.id, after, kMostOnPage);
        if (!page.ok()) return;
        if (page->empty()) break;
        for (const ports::EditedDeviceRow& edited : *page)
            ++(edited.created ? fresh : changed);
        after = page->back().device;
    }
    row.fresh = fresh;
    row.changed = changed;
}

base::Result<std::vector<ports::EditRow>> Edits::list(const access::Actor& actor,
                                                      std::string_view kind) const {
    TRY(may_do(actor, access::Action::device_read));
    std::vector<ports::EditRow> rows;
    for (const auto& row : core_.control.list<ports::EditRow>(tenant_of(actor)))
        if (sees(actor, *row) && (kind.empty() || row->kind == kind)) rows.push_back(*row);
    std::reverse(rows.begin(), rows.end()); // ids made later sort later
    return rows;
}

base::Result<ports::EditRow> Edits::get(const access::Actor& actor, ports::EditId edit) const {
    TRY(may_do(actor, access::Action::device_read));
    const auto row = core_.control.find<ports::EditRow>(tenant_of(actor), edit);
    if (!row || !sees(actor, *row)) return base::not_found("there is no edit " + edit.text());
    return *row;
}

base::Result<Edits::Devices> Edits::devices(const access::Actor& actor, ports::EditId edit,
                                            std::optional<DeviceId> after, std::size_t limit) const {
    TRY_VALUE(const ports::EditRow row, get(actor, edit));
    const TenantId tenant = tenant_of(actor);
    limit = std::clamp<std::size_t>(limit, 1, kMostOnPage);
    Devices page;
    TRY_VALUE(page.rows, core_.history.edited_devices(tenant, row.id, after, limit + 1));
    if (page.rows.size() > limit) {
        page.rows.pop_back();
        page.next = page.rows.back().device;
    }
    const Scope scope = scope_of(actor);
    std::erase_if(page.rows, [&](const ports::EditedDeviceRow& edited) {
        return !core_.fleet.in_scope({tenant, edited.device}, scope);
    });
    return page;
}

void Edits::undo(access::Actor actor, ports::EditId edit, std::string why,
                 shard::Completion<ports::EditRow> done) {
    const auto row = get(actor, edit);
    if (!row.ok()) return done(row.error());
    if (auto status = may_do(actor, action_of(*row)); !status.ok()) return done(std::move(status).error());
    std::make_shared<Undo>(*this, std::move(actor), std::move(why), std::move(done))->begin(edit);
}

void Edits::cancel(access::Actor actor, ports::EditId edit, std::string why,
                   shard::Completion<ports::EditRow> done) {
    const auto seen = get(actor, edit);
    if (!seen.ok()) return done(seen.error());
    if (auto status = may_do(actor, action_of(*seen)); !status.ok()) return done(std::move(status).error());
    core_.writer.submit<ports::EditRow>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, edit, why = std::move(why)](shard::Transaction& transaction) -> base::Result<ports::EditRow> {
            const auto stored = transaction.find<ports::EditRow>(edit);
            if (!stored) return base::not_found("there is no edit " + edit.text());
            if (stored->state == "cancelling") return *stored;
            if (stored->state == "undoing")
                return base::conflict("it is being undone; that goes on to its end");
            if (stored->state != "running")
                return base::conflict("it does not run any more: it is " + stored->state);
            ports::EditRow row = *stored;
            row.state = "cancelling";
            row.undone_by = actor.text(); // who it was, until it has ended
            transaction.put(row);
            transaction.change("edit", edit.text(), counts_of(row));
            transaction.audit({actor.text(), "edit.cancel", "edit " + edit.text(), "", counts_of(row), why});
            return row;
        },
        std::move(done));
}

} // namespace oakum::fleet
