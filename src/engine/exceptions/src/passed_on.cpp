// SPDX-License-Identifier: Apache-2.0
#include "record.hpp"

#include <exception/binding.hpp>
#include <exceptions/passed_on.hpp>

#include <algorithm>

namespace oakum::exceptions {

using device::DeviceId;
using exception::Binding;
using exception::Passing;
using exception::State;
using ports::ExceptionRow;

namespace {

std::string fact_of(const fleet::Core& core, fleet::DeviceKey key, std::string_view name) {
    const auto fact = core.fleet.fact(key, name);
    return fact ? fact->value : std::string();
}

// What the device itself or its records say; what a person stated by hand makes nothing the same.
std::string own_word(const fleet::Core& core, fleet::DeviceKey key, std::string_view name) {
    const auto fact = core.fleet.fact(key, name);
    const bool counts = fact && (fact->source == device::FactSource::reported ||
                                 fact->source == device::FactSource::imported);
    return counts ? fact->value : std::string();
}

// Both known, and the same: what is not known is not the same kind.
bool same_kind(const fleet::Core& core, device::TenantId tenant, DeviceId old, DeviceId fresh) {
    const std::string model = own_word(core, {tenant, old}, device::key::model);
    return !model.empty() && model == own_word(core, {tenant, fresh}, device::key::model) &&
           own_word(core, {tenant, old}, device::key::manufacturer) ==
               own_word(core, {tenant, fresh}, device::key::manufacturer);
}

// Where a second person approves, nobody's approval goes anywhere without one.
bool goes_as_it_is(access::SecondPerson rule, bool same) {
    return rule == access::SecondPerson::not_required && same;
}

Binding binding(const fleet::Core& core, device::TenantId tenant, const ExceptionRow& row, DeviceId old) {
    return exception::binding_of(row.wish.scope, old.text(),
                                 fact_of(core, {tenant, old}, device::key::serial));
}

std::string note_of(Passing passing, const ExceptionRow& row, Binding bound, access::SecondPerson rule) {
    if (passing == Passing::as_it_is) return "passes on as it was approved, until the same day";
    if (passing == Passing::asked_anew && row.state == State::asked) return "is asked for the new device too";
    if (passing == Passing::asked_anew)
        return rule == access::SecondPerson::required
                   ? "is asked for anew; it counts for the new device once somebody else approves it"
                   : "is decided anew, as yours, since the new device is not known to be of the same model";
    return bound == Binding::among_others
               ? "stays with the old device, since its query says more than which device; ask for it anew"
               : "stays with the old device";
}

// Whether somebody decided the same for the new device already.
bool is_decided(const std::vector<shard::Held<ExceptionRow>>& rows, const exception::Wish& wish) {
    return std::ranges::any_of(
        rows, [&](const auto& row) { return !exception::is_over(row->state) && row->wish == wish; });
}

exception::Wish wish_for(const exception::Wish& wish, DeviceId fresh) {
    exception::Wish heir = wish;
    heir.scope = exception::scope_for(wish.scope, fresh.text());
    return heir;
}

} // namespace

std::vector<fleet::BoundDecision> PassedOn::bound_to(const access::Actor& actor, DeviceId old,
                                                     DeviceId fresh) const {
    const device::TenantId tenant = fleet::tenant_of(actor);
    const bool same = goes_as_it_is(rule_, same_kind(core_, tenant, old, fresh));
    const bool may_ask = fleet::may_do(actor, access::Action::exception_ask).ok();
    std::vector<fleet::BoundDecision> found;
    const auto rows = core_.control.list<ExceptionRow>(tenant);
    for (const auto& row : rows) {
        if (exception::is_over(row->state) || !sees(actor, row->wish.scope)) continue;
        const Binding bound = binding(core_, tenant, *row, old);
        if (bound == Binding::none || binding(core_, tenant, *row, fresh) != Binding::none) continue;
        if (is_decided(rows, wish_for(row->wish, fresh))) continue;
        const exception::Passing passing = exception::passing_of(row->state, bound, same);
        std::string group;
        if (const auto held = core_.control.find<ports::GroupRow>(tenant, row->wish.scope.group))
            group = held->name;
        fleet::BoundDecision decision{row->id, exception::sentence_of(row->wish, group),
                                      passing != exception::Passing::stays,
                                      note_of(passing, *row, bound, rule_)};
        // Whoever sees some groups decides for one of these.
        const bool within = actor.whole_tenant() || !row->wish.scope.group.is_zero();
        if (decision.passes && (!may_ask || !within)) {
            decision.passes = false;
            decision.note =
                "stays with the old device, since you may not decide for it; ask somebody who may";
        }
        found.push_back(std::move(decision));
    }
    return found;
}

void PassedOn::pass_on(const access::Actor& actor, PassOn wish, std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::exception_ask); !allowed.ok())
        return done(std::move(allowed));
    const device::TenantId tenant = fleet::tenant_of(actor);
    const auto held = core_.control.find<ExceptionRow>(tenant, wish.from);
    if (!held || !sees(actor, held->wish.scope))
        return done(base::not_found("there is no exception " + wish.from.text()));
    const exception::Passing how =
        exception::passing_of(held->state, binding(core_, tenant, *held, wish.old),
                              goes_as_it_is(rule_, same_kind(core_, tenant, wish.old, wish.fresh)));
    if (how == exception::Passing::stays)
        return done(base::conflict("the exception is over, or does not hang on that device any more"));
    const std::string names = fleet::called(core_.fleet, {tenant, wish.fresh}) + " took the place of " +
                              fleet::called(core_.fleet, {tenant, wish.old});
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [actor, wish, how, names, rule = rule_](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ExceptionRow>(wish.from);
            if (!stored || exception::is_over(stored->state)) return base::conflict("the exception is over");
            if (stored->wish.expires && *stored->wish.expires <= transaction.now())
                return base::conflict("the time of the exception is over");
            ExceptionRow row;
            row.id = wish.to;
            row.wish = wish_for(stored->wish, wish.fresh);
            const auto rows = transaction.list<ExceptionRow>();
            if (is_decided(rows, row.wish)) return {}; // it was sent twice, or gone on with
            TRY(check_room(rows, row.wish.scope));
            const bool as_it_is = how == exception::Passing::as_it_is && stored->state == State::approved;
            row.asked_by = as_it_is ? stored->asked_by : actor.text();
            const std::string why = names + "; passed on by " + actor.text() + " from exception " +
                                    wish.from.text() + (wish.why.empty() ? "" : ": " + wish.why);
            row.history.push_back({transaction.now(), State::asked, row.asked_by, why});
            if (as_it_is)
                row.history.push_back({transaction.now(), State::approved, actor.text(), why});
            else if (rule == access::SecondPerson::not_required)
                row.history.push_back(
                    {transaction.now(), State::approved, row.asked_by, "no second person is asked for here"});
            row.state = row.history.back().to;
            const std::string summary = summary_of(row, why, {});
            transaction.audit({actor.text(), "exception.pass_on", "exception " + row.id.text(),
                               "exception " + wish.from.text(), summary, why});
            transaction.change("exception", row.id.text(), summary);
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

void PassedOn::take_back(const access::Actor& actor, ports::ExceptionId id, std::string why,
                         std::function<void(base::Status)> done) {
    const auto held = core_.control.find<ExceptionRow>(fleet::tenant_of(actor), id);
    if (!held || exception::is_over(held->state)) return done({});
    exceptions_.decide(actor, id, exception::Event::withdrawn,
                       why.empty() ? "the replacement of the device was undone" : std::move(why),
                       std::move(done));
}

} // namespace oakum::exceptions
