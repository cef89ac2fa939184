// SPDX-License-Identifier: Apache-2.0
#include "record.hpp"

#include <exceptions/exceptions.hpp>

#include <base/bytes.hpp>
#include <risk/cvss.hpp>

#include <algorithm>

namespace oakum::exceptions {

using device::TenantId;
using exception::Event;
using exception::State;
using ports::ExceptionId;
using ports::ExceptionRow;
using shard::Transaction;

namespace {

constexpr std::size_t kLongestWhy = 1024;
const std::string kTimer = "exception";

// Whoever sees some groups decides for one of these, and not beyond.
bool reaches(const access::Actor& actor, const exception::Scope& scope) {
    return actor.whole_tenant() || (!scope.group.is_zero() && sees(actor, scope));
}

base::Error none(ExceptionId id) {
    return base::not_found("there is no exception " + id.text());
}

access::Action action_of(Event event) {
    return event == Event::withdrawn ? access::Action::exception_withdraw : access::Action::exception_approve;
}

// Some version of CVSS has these metrics, with these values.
base::Status check_metric(const exception::Wish& wish) {
    if (wish.metric.empty()) return {};
    for (const char* plain : {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                              "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"})
        if (const auto changed = risk::Cvss::parse(std::string(plain) + "/" + wish.metric);
            changed.ok() && changed->overall_score)
            return {};
    return base::invalid(
               "environmental metrics of a score, such as MAV:A (attackers have to be near) or MC:L")
        .at("/metric");
}

bool passes(Filter filter, const ExceptionRow& row, bool soon) {
    switch (filter) {
    case Filter::current:
        return !exception::is_over(row.state);
    case Filter::asked:
        return row.state == State::asked;
    case Filter::in_force:
        return row.state == State::approved;
    case Filter::ending:
        return soon;
    case Filter::over:
        return exception::is_over(row.state);
    case Filter::all:
        break;
    }
    return true;
}

bool ends_soon(const ExceptionRow& row, base::TimePoint now) {
    return row.state == State::approved && row.wish.expires && *row.wish.expires - now < exception::kSoon;
}

} // namespace

bool sees(const access::Actor& actor, const exception::Scope& scope) {
    return actor.whole_tenant() || scope.group.is_zero() ||
           std::ranges::find(actor.scope, scope.group.get()) != actor.scope.end();
}

std::string words_of(const ExceptionRow& row) {
    const exception::Wish& wish = row.wish;
    std::string words = wish.kind == exception::Kind::accept         ? "accepted"
                        : wish.kind == exception::Kind::mitigate     ? "mitigated (" + wish.metric + ")"
                        : wish.kind == exception::Kind::not_affected ? "stated as not affected"
                                                                     : "suppressed";
    words += " by " + row.asked_by;
    if (wish.expires) words += " until " + base::to_date(*wish.expires);
    for (const exception::Step& step : row.history)
        if (step.to == State::approved && step.actor != row.asked_by) words += ", approved by " + step.actor;
    return words + ": " + wish.reason;
}

void Exceptions::start() {
    timers_.handle(kTimer, [this](const shard::Timer& timer) { expire(timer); });
    for (const TenantId tenant : core_.control.tenants())
        for (const auto& row : core_.control.list<ExceptionRow>(tenant))
            arm(tenant, *row);
    core_.writer.on_committed([this](const shard::Committed& committed) {
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows)
                if (const auto* exception = std::get_if<ExceptionRow>(&row)) arm(shard.tenant, *exception);
    });
}

void Exceptions::arm(TenantId tenant, const ExceptionRow& row) {
    if (exception::is_over(row.state) || !row.wish.expires) return;
    timers_.set(kTimer, {tenant, {}, row.id.get(), row.row_version}, *row.wish.expires);
}

void Exceptions::expire(const shard::Timer& timer) {
    background_.post([this, timer] {
        const ExceptionId id(timer.id);
        const auto held = core_.control.find<ExceptionRow>(timer.tenant, id);
        if (!held || held->row_version != timer.version) return;
        const bool counted = held->state == State::approved;
        const Coverage covers =
            counted ? coverage(core_.fleet, *assessor_.fleet(timer.tenant), timer.tenant, {*held}).front()
                    : Coverage();
        core_.writer.submit(
            shard::control_of(timer.tenant), shard::Priority::terminal,
            [id, timer, covers, counted](Transaction& transaction) -> base::Status {
                const auto stored = transaction.find<ExceptionRow>(id);
                if (!stored || stored->row_version != timer.version) return {};
                ExceptionRow row = *stored;
                TRY_VALUE(row.state, exception::step(row.state, Event::time_passed));
                const std::string why = counted ? "its time is over; what it covered is open again"
                                                : "nobody decided before its time was over";
                row.history.push_back({transaction.now(), row.state, "oakumd", why});
                transaction.audit({"oakumd", "exception.expire", "exception " + id.text(),
                                   std::string(exception::to_string(stored->state)),
                                   std::string(exception::to_string(row.state)), why});
                transaction.change("exception", id.text(), summary_of(row, why, covers));
                transaction.put(std::move(row));
                return {};
            },
            [this, timer, id](base::Status status) {
                if (status.ok()) return;
                log_.write(base::LogLevel::error, "exception",
                           "exception " + id.text() +
                               " could not be ended, and will be later: " + status.error().text());
                background_.post_after(std::chrono::seconds(30), [this, timer] { expire(timer); });
            });
    });
}

View Exceptions::view_of(TenantId tenant, ExceptionRow row, Coverage covers) const {
    View view;
    if (!row.wish.scope.group.is_zero()) {
        const auto group = core_.control.find<ports::GroupRow>(tenant, row.wish.scope.group);
        view.group = group && !group->deleted ? group->name : "a group that is gone";
    }
    view.sentence = exception::sentence_of(row.wish, view.group);
    view.query = query_of(*assessor_.fleet(tenant)->knowledge, row.wish, view.group);
    view.ends_soon = ends_soon(row, core_.clock.now());
    view.covers = covers;
    view.row = std::move(row);
    return view;
}

std::vector<View> Exceptions::list(const access::Actor& actor, Filter filter,
                                   const exception::Period& during) const {
    const TenantId tenant = fleet::tenant_of(actor);
    const base::TimePoint now = core_.clock.now();
    std::vector<ExceptionRow> rows;
    for (const auto& row : core_.control.list<ExceptionRow>(tenant))
        if (sees(actor, row->wish.scope) && passes(filter, *row, ends_soon(*row, now)) &&
            exception::was_during(exception::course_of(row->history), during))
            rows.push_back(*row);
    // What waits for somebody first, then what ends first; what is over last, the newest first.
    std::ranges::sort(rows, [](const ExceptionRow& a, const ExceptionRow& b) {
        if (exception::is_over(a.state) != exception::is_over(b.state)) return exception::is_over(b.state);
        if (exception::is_over(a.state)) return a.id > b.id;
        if (a.state != b.state) return a.state < b.state;
        const auto end = [](const ExceptionRow& row) {
            return row.wish.expires.value_or(base::TimePoint::max());
        };
        return end(a) != end(b) ? end(a) < end(b) : a.id > b.id;
    });
    const auto covers = coverage(core_.fleet, *assessor_.fleet(tenant), tenant, rows);
    std::vector<View> views;
    for (std::size_t i = 0; i < rows.size(); ++i)
        views.push_back(view_of(tenant, std::move(rows[i]), covers[i]));
    return views;
}

base::Result<View> Exceptions::get(const access::Actor& actor, ExceptionId id) const {
    const TenantId tenant = fleet::tenant_of(actor);
    const auto row = core_.control.find<ExceptionRow>(tenant, id);
    if (!row || !sees(actor, row->wish.scope)) return none(id);
    const auto covers = coverage(core_.fleet, *assessor_.fleet(tenant), tenant, {*row});
    return view_of(tenant, *row, covers.front());
}

base::Status Exceptions::may_ask(const access::Actor& actor, const exception::Wish& wish) const {
    TRY(fleet::may_do(actor, access::Action::exception_ask));
    TRY(exception::check(wish, core_.clock.now(), kLongest));
    TRY(check_metric(wish));
    if (!reaches(actor, wish.scope))
        return base::denied("you may decide for the groups that you see: name one of them").at("/group");
    if (!wish.scope.group.is_zero()) {
        const auto group = core_.control.find<ports::GroupRow>(fleet::tenant_of(actor), wish.scope.group);
        if (!group || group->deleted) return base::not_found("there is no such group").at("/group");
        // Who is in it must not hang on what is found on them.
        if (auto query = device::parse_query(group->query); query.ok())
            for (const device::Term& term : query->terms)
                if (term.field == device::Field::finding || device::is_flag(term.field))
                    return base::invalid("the group's own query asks for findings; take one that does not")
                        .at("/group");
    }
    return {};
}

base::Result<Preview> Exceptions::preview(const access::Actor& actor, const exception::Wish& wish) const {
    TRY(may_ask(actor, wish));
    const TenantId tenant = fleet::tenant_of(actor);
    const auto assessed = assessor_.fleet(tenant);
    ExceptionRow row;
    row.wish = wish;
    View view = view_of(tenant, row, coverage(core_.fleet, *assessed, tenant, {row}).front());
    Preview preview;
    preview.covers = view.covers;
    preview.sentence = std::move(view.sentence);
    preview.query = std::move(view.query);
    preview.second_person = rule_ == access::SecondPerson::required;
    const device::GroupId group = actor.whole_tenant() ? device::GroupId() : wish.scope.group;
    auto rows = core_.control.list<ExceptionRow>(tenant);
    const base::TimePoint now = core_.clock.now();
    const assessment::Policy deadlines = assessor_.deadlines().in_force(tenant);
    preview.before = figures_with(core_.fleet, *assessed, tenant, group, rows, deadlines, now);
    rows.push_back(assessment::as_if_approved({row}).front());
    preview.after = figures_with(core_.fleet, *assessed, tenant, group, rows, deadlines, now);
    return preview;
}

void Exceptions::ask(const access::Actor& actor, exception::Wish wish, shard::Completion<ExceptionId> done) {
    if (auto allowed = may_ask(actor, wish); !allowed.ok()) return done(std::move(allowed).error());
    ExceptionRow row;
    row.id = core_.ids.next_as<ExceptionId>();
    row.wish = std::move(wish);
    row.asked_by = actor.text();
    core_.writer.submit<ExceptionId>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [this, row = std::move(row)](Transaction& transaction) mutable -> base::Result<ExceptionId> {
            TRY(check_room(transaction.list<ExceptionRow>(), row.wish.scope));
            row.history.push_back({transaction.now(), State::asked, row.asked_by, row.wish.reason});
            if (rule_ == access::SecondPerson::not_required) {
                row.state = State::approved;
                row.history.push_back(
                    {transaction.now(), State::approved, row.asked_by, "no second person is asked for here"});
            }
            transaction.audit({row.asked_by, "exception.ask", "exception " + row.id.text(), "",
                               summary_of(row, row.wish.reason, {}), row.wish.reason});
            transaction.change("exception", row.id.text(), summary_of(row, row.wish.reason, {}));
            const ExceptionId id = row.id;
            transaction.put(std::move(row));
            return id;
        },
        std::move(done));
}

void Exceptions::decide(const access::Actor& actor, ExceptionId id, Event event, std::string why,
                        std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, action_of(event)); !allowed.ok()) return done(std::move(allowed));
    const TenantId tenant = fleet::tenant_of(actor);
    const auto held = core_.control.find<ExceptionRow>(tenant, id);
    if (!held || !sees(actor, held->wish.scope)) return done(none(id));
    if (!reaches(actor, held->wish.scope))
        return done(base::denied("it is for more than the groups that you see"));
    if (why.size() > kLongestWhy || !base::is_utf8(why))
        return done(base::invalid("a reason of at most 1,024 bytes").at("/why"));
    if (event == Event::refused && why.empty()) return done(base::invalid("say why").at("/why"));
    if (event == Event::approved)
        if (auto second = access::may_approve(actor, held->asked_by, rule_).status(); !second.ok())
            return done(std::move(second));
    const Coverage covers = coverage(core_.fleet, *assessor_.fleet(tenant), tenant, {*held}).front();
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [actor, id, event, covers, why = std::move(why)](Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ExceptionRow>(id);
            if (!stored) return none(id);
            ExceptionRow row = *stored;
            TRY_VALUE(row.state, exception::step(row.state, event));
            if (event == Event::approved) {
                if (row.wish.expires && *row.wish.expires <= transaction.now())
                    return base::conflict("its time is over: ask for another one");
                TRY(check_room(transaction.list<ExceptionRow>(), row.wish.scope));
            }
            row.history.push_back({transaction.now(), row.state, actor.text(), why});
            const std::string action = event == Event::approved  ? "exception.approve"
                                       : event == Event::refused ? "exception.refuse"
                                                                 : "exception.withdraw";
            transaction.audit({actor.text(), action, "exception " + id.text(),
                               std::string(exception::to_string(stored->state)),
                               std::string(exception::to_string(row.state)), why});
            transaction.change("exception", id.text(), summary_of(row, why, covers));
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

} // namespace oakum::exceptions
