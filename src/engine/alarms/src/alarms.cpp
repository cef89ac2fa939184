// SPDX-License-Identifier: Apache-2.0
#include <alarms/alarms.hpp>

#include <alarms/observe.hpp>
#include <alarms/outbox.hpp>

#include <base/bytes.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <array>
#include <tuple>

namespace oakum::alarms {

using device::TenantId;
using ports::AlarmRow;

namespace {

constexpr std::size_t kLongestWhy = 1024;
constexpr base::Duration kLongestMute = 366 * std::chrono::hours(24);

// To the screens.
void note(shard::Transaction& transaction, const AlarmRow& row) {
    std::string summary;
    json::Writer(summary)
        .begin_object()
        .member("state", to_string(state_of(row, transaction.now())))
        .member("kind", alarm::to_string(row.cause.kind))
        .end_object();
    transaction.change("alarm", row.id.text(), std::move(summary));
}

} // namespace

std::string_view to_string(State state) {
    constexpr std::array<std::string_view, 4> kNames{"open", "acknowledged", "muted", "closed"};
    return kNames[static_cast<std::size_t>(state)];
}

State state_of(const AlarmRow& row, base::TimePoint now) {
    if (row.closed) return State::closed;
    if (row.muted_until && *row.muted_until > now) return State::muted;
    return row.acknowledged ? State::acknowledged : State::open;
}

bool passes(Filter filter, State state) {
    switch (filter) {
    case Filter::open:
        return state == State::open || state == State::acknowledged;
    case Filter::muted:
        return state == State::muted;
    case Filter::closed:
        return state == State::closed;
    case Filter::all:
        return true;
    }
    return false;
}

std::uint64_t count(const fleet::LiveFleet& fleet, TenantId tenant, const fleet::Scope& scope,
                    std::string_view query) {
    auto parsed = device::parse_query(query);
    return parsed.ok() ? fleet.count({tenant, scope, std::move(*parsed)}).yes : 0;
}

Alarms::Sight Alarms::sight(const access::Actor& actor, const AlarmRow& row) const {
    if (row.cause.query.empty()) return {true, std::nullopt};
    // What is over concerns nobody now; who sees the whole fleet may read it all the same.
    if (row.closed) return {actor.whole_tenant(), std::nullopt};
    const std::uint64_t devices =
        count(core_.fleet, fleet::tenant_of(actor), fleet::scope_of(actor), row.cause.query);
    return {actor.whole_tenant() || devices > 0, devices};
}

std::optional<View> Alarms::view(const access::Actor& actor, const AlarmRow& row) const {
    const Sight sight = this->sight(actor, row);
    if (!sight.sees) return std::nullopt;
    View view{row, state_of(row, core_.clock.now()), {}, sight.devices};
    if (!actor.whole_tenant())
        view.row.cause = alarm::part_of(std::move(view.row.cause), [&](const std::string& query) {
            return count(core_.fleet, fleet::tenant_of(actor), fleet::scope_of(actor), query) > 0;
        });
    view.words = alarm::words(view.row.cause, sight.devices);
    return view;
}

base::Result<std::vector<View>> Alarms::list(const access::Actor& actor, Filter filter) const {
    TRY(fleet::may_do(actor, access::Action::alarm_read));
    const base::TimePoint now = core_.clock.now();
    std::vector<View> views;
    for (const auto& row : core_.control.list<AlarmRow>(fleet::tenant_of(actor)))
        if (passes(filter, state_of(*row, now)))
            if (auto seen = view(actor, *row)) views.push_back(std::move(*seen));
    std::ranges::sort(views, [](const View& a, const View& b) {
        const auto place = [](const View& v) {
            return std::tuple(v.state, alarm::urgency(v.row.cause) != alarm::Urgency::at_once);
        };
        if (place(a) != place(b)) return place(a) < place(b);
        if (a.state == State::closed && a.row.closed != b.row.closed) return a.row.closed > b.row.closed;
        return a.row.id > b.row.id;
    });
    return views;
}

base::Result<View> Alarms::get(const access::Actor& actor, alarm::AlarmId id) const {
    TRY(fleet::may_do(actor, access::Action::alarm_read));
    const auto row = core_.control.find<AlarmRow>(fleet::tenant_of(actor), id);
    auto seen = row ? view(actor, *row) : std::nullopt;
    if (!seen) return base::not_found("there is no alarm " + id.text());
    return std::move(*seen);
}

void Alarms::change(const access::Actor& actor, alarm::AlarmId id, std::string action, std::string why,
                    Change change, std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::alarm_edit); !allowed.ok())
        return done(std::move(allowed));
    if (why.size() > kLongestWhy || !base::is_utf8(why))
        return done(base::invalid("a reason of at most 1,024 bytes").at("/why"));
    if (auto seen = get(actor, id); !seen.ok()) return done(std::move(seen).error());
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, id, action = std::move(action), why = std::move(why),
         change = std::move(change)](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<AlarmRow>(id);
            if (!stored) return base::not_found("there is no alarm " + id.text());
            if (stored->closed) return base::conflict("the alarm is closed: what caused it is over");
            AlarmRow row = *stored;
            TRY(change(row, transaction.now()));
            if (row == *stored) return {};
            transaction.audit({actor.text(), action, "alarm " + id.text(),
                               std::string(to_string(state_of(*stored, transaction.now()))),
                               std::string(to_string(state_of(row, transaction.now()))), why});
            note(transaction, row);
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

void Alarms::acknowledge(const access::Actor& actor, alarm::AlarmId id, std::string why,
                         std::function<void(base::Status)> done) {
    change(
        actor, id, "alarm.acknowledge", why,
        [name = actor.name, why](AlarmRow& row, base::TimePoint now) -> base::Status {
            row.acknowledged = now;
            row.acknowledged_by = name;
            row.why = why;
            return {};
        },
        std::move(done));
}

void Alarms::mute(const access::Actor& actor, alarm::AlarmId id, base::TimePoint until, std::string why,
                  std::function<void(base::Status)> done) {
    const base::TimePoint now = core_.clock.now();
    if (until <= now || until > now + kLongestMute)
        return done(base::invalid("it is muted until a time that comes within a year").at("/until"));
    if (const auto row = core_.control.find<AlarmRow>(fleet::tenant_of(actor), id);
        row && !row->closed && !actor.whole_tenant() && sight(actor, *row).sees) {
        // Silence is for everybody: also for those whose devices this person does not see.
        const std::uint64_t all = count(core_.fleet, fleet::tenant_of(actor), {}, row->cause.query);
        if (row->cause.query.empty() || sight(actor, *row).devices != all)
            return done(
                base::denied("it concerns more than the groups that you see; acknowledge it instead"));
    }
    change(
        actor, id, "alarm.mute", why,
        [name = actor.name, until, why](AlarmRow& row, base::TimePoint) -> base::Status {
            row.muted_until = until;
            row.muted_by = name;
            row.why = why;
            return {};
        },
        std::move(done));
}

void Alarms::unmute(const access::Actor& actor, alarm::AlarmId id, std::string why,
                    std::function<void(base::Status)> done) {
    change(
        actor, id, "alarm.unmute", why,
        [](AlarmRow& row, base::TimePoint) -> base::Status {
            row.muted_until.reset();
            row.muted_by.clear();
            return {};
        },
        std::move(done));
}

void Alarms::take(TenantId tenant, alarm::Look look, shard::Completion<Taken> done) {
    {
        base::Lock lock(mutex_);
        checked_[tenant] = core_.clock.now();
    }
    // Most looks find what was found before: no command then.
    const alarm::Changes expected = alarm::compare(held(core_.control, tenant), look);
    if (expected.opened.empty() && expected.changed.empty() && expected.closed.empty()) return done(Taken{});
    // Counted here, since the writer's thread does not look through a fleet.
    std::map<std::string, std::uint64_t> devices;
    const auto note_devices = [&](const alarm::Cause& cause) {
        if (!cause.query.empty()) devices[cause.query] = count(core_.fleet, tenant, {}, cause.query);
    };
    for (const alarm::Cause& cause : expected.opened)
        note_devices(cause);
    for (const alarm::Changes::Changed& changed : expected.changed)
        if (changed.worse) note_devices(changed.cause);
    core_.writer.submit<Taken>(
        shard::control_of(tenant), shard::Priority::person,
        [this, look = std::move(look),
         devices = std::move(devices)](shard::Transaction& transaction) -> base::Result<Taken> {
            std::vector<alarm::Held> held;
            for (const auto& row : transaction.list<AlarmRow>())
                if (!row->closed) held.push_back({row->id, row->cause});
            const alarm::Changes changes = alarm::compare(held, look);
            Taken taken{changes.opened.size(), 0, changes.closed.size()};
            const auto put = [&](AlarmRow row, std::vector<alarm::Told>& told) {
                note(transaction, row);
                if (state_of(row, transaction.now()) != State::muted) {
                    const auto counted = row.closed ? devices.end() : devices.find(row.cause.query);
                    told.push_back(
                        told_of(row, alarm::words(row.cause, counted == devices.end()
                                                                 ? std::nullopt
                                                                 : std::optional(counted->second))));
                }
                transaction.put(std::move(row));
            };
            std::vector<alarm::Told> opened, worse, closed, quietly;
            for (const alarm::Cause& cause : changes.opened) {
                AlarmRow row;
                row.id = core_.ids.next_as<alarm::AlarmId>();
                row.cause = cause;
                row.opened = transaction.now();
                put(std::move(row), opened);
            }
            for (const alarm::Changes::Changed& changed : changes.changed) {
                AlarmRow row = *transaction.find<AlarmRow>(changed.id);
                row.cause = changed.cause;
                if (changed.worse) {
                    ++taken.worse;
                    row.acknowledged.reset();
                    row.acknowledged_by.clear();
                }
                put(std::move(row), changed.worse ? worse : quietly);
            }
            for (const alarm::AlarmId id : changes.closed) {
                AlarmRow row = *transaction.find<AlarmRow>(id);
                const bool muted = state_of(row, transaction.now()) == State::muted;
                row.closed = transaction.now();
                put(std::move(row), muted ? quietly : closed);
            }
            tell(transaction, core_.ids, alarm::Telling::opened, opened);
            tell(transaction, core_.ids, alarm::Telling::worse, worse);
            tell(transaction, core_.ids, alarm::Telling::closed, closed);
            return taken;
        },
        std::move(done));
}

alarm::Words Alarms::words_for_all(TenantId tenant, const AlarmRow& row) const {
    std::optional<std::uint64_t> devices;
    if (!row.cause.query.empty() && !row.closed) devices = count(core_.fleet, tenant, {}, row.cause.query);
    return alarm::words(row.cause, devices);
}

std::optional<base::TimePoint> Alarms::checked(TenantId tenant) const {
    base::Lock lock(mutex_);
    const auto at = checked_.find(tenant);
    return at == checked_.end() ? std::nullopt : std::optional(at->second);
}

} // namespace oakum::alarms
