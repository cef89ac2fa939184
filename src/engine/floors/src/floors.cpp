// SPDX-License-Identifier: Apache-2.0
#include <floors/floors.hpp>

#include <floor_files/floor_json.hpp>

#include <algorithm>

namespace oakum::floors {

using access::Action;
using device::TenantId;
using floor::Exception;
using floor::Floor;
using floor::Policy;
using ports::DocumentRow;

namespace {

constexpr std::size_t kMostModelsNamed = 3;

std::string document_of(const std::string& name) {
    return std::string(Floors::kPrefix) + name;
}

base::Error none(const std::string& name) {
    return base::not_found("there is no floor \"" + name.substr(0, 40) + "\"");
}

base::Result<Floor> held(const shard::Transaction& transaction, const std::string& name) {
    const std::string text = transaction.document(document_of(name));
    if (text.empty()) return none(name);
    return floor_files::read_floor(text);
}

base::Result<fleet::Selection> selection(TenantId tenant, const fleet::Scope& scope,
                                         const std::string& query) {
    fleet::Selection selection;
    selection.tenant = tenant;
    selection.scope = scope;
    TRY_VALUE(selection.query, device::parse_query(query));
    return selection;
}

Action action_of(exception::Event event) {
    return event == exception::Event::withdrawn ? Action::exception_withdraw : Action::exception_approve;
}

} // namespace

void Floors::start() {
    core_.writer.on_committed([this](const shard::Committed& committed) {
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows)
                if (std::holds_alternative<ports::FeedRow>(row)) {
                    background_.post([this] { catalogue_.read(); });
                    return;
                }
    });
    background_.post([this] { catalogue_.read(); });
}

std::vector<Floor> Floors::all(TenantId tenant) const {
    std::vector<Floor> floors;
    for (const auto& row : core_.control.list<DocumentRow>(tenant)) {
        if (row->body.empty() || !row->name.starts_with(kPrefix)) continue;
        auto floor = floor_files::read_floor(row->body);
        if (floor.ok()) floors.push_back(*std::move(floor));
    }
    std::ranges::sort(floors, {}, [](const Floor& floor) { return floor.policy.name; });
    return floors;
}

base::Result<std::vector<View>> Floors::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, Action::policy_read));
    std::vector<View> views;
    for (const Floor& floor : all(fleet::tenant_of(actor)))
        views.push_back(kept_view(fleet::tenant_of(actor), fleet::scope_of(actor), floor));
    return views;
}

View Floors::kept_view(TenantId tenant, const fleet::Scope& scope, const Floor& floor) const {
    const base::TimePoint now = core_.clock.now();
    const auto offered = catalogue_.offered();
    {
        base::Lock lock(mutex_);
        std::erase_if(
            kept_, [now](const auto& each) { return now < each.second.at || now - each.second.at >= kKept; });
        for (const auto& [of, kept] : kept_)
            if (of == floor && kept.tenant == tenant && kept.scope == scope && kept.offered == offered)
                return kept.view;
    }
    View found = view(tenant, scope, floor);
    base::Lock lock(mutex_);
    if (kept_.size() >= kMostKept) kept_.clear();
    kept_.emplace_back(floor, Kept{tenant, scope, now, offered, found});
    return found;
}

base::Result<View> Floors::get(const access::Actor& actor, const std::string& name) const {
    TRY(fleet::may_do(actor, Action::policy_read));
    const std::string text = core_.control.document(fleet::tenant_of(actor), document_of(name));
    if (text.empty()) return none(name);
    TRY_VALUE(const Floor floor, floor_files::read_floor(text));
    return view(fleet::tenant_of(actor), fleet::scope_of(actor), floor);
}

std::vector<std::string> Floors::unoffered(TenantId tenant, const fleet::Scope& scope,
                                           const Policy& policy) const {
    std::vector<std::string> sentences;
    const auto offered = catalogue_.offered();
    const auto whom = selection(tenant, scope, floor::devices_of(policy));
    if (policy.platform != "ios" || policy.version.empty() || offered->empty() || !whom.ok())
        return sentences;
    const floor::Offered::Release* wanted = offered->find(policy.version);
    if (wanted == nullptr) return sentences;
    for (const fleet::Facet& facet : core_.fleet.facet(*whom, device::key::model, View::kMostModels)) {
        const floor::Offered::Model model = offered->model(facet.value);
        if (!model.known || (model.newest != nullptr && model.newest->key >= wanted->key)) continue;
        sentences.push_back(std::to_string(facet.count) + (facet.count == 1 ? " device" : " devices") +
                            " of the model " + facet.value + " cannot run " + policy.version + ": " +
                            (model.newest != nullptr
                                 ? "the newest that it is offered is " + model.newest->version
                                 : "it is offered nothing any more"));
    }
    return sentences;
}

base::Status Floors::check(const access::Actor& actor, const Policy& policy) const {
    TRY(floor::check(policy));
    if (const auto query = device::parse_query(policy.query); !query.ok())
        return base::Error(query.error()).at("/query ");
    if (!zones_.find(policy.zone_if_unknown))
        return base::invalid("this server knows no time zone \"" + policy.zone_if_unknown.substr(0, 64) +
                             "\"; it is a name such as Europe/Berlin")
            .at("/zone_if_unknown");
    if (policy.platform != "ios") return {};
    const auto offered = catalogue_.offered();
    if (offered->empty()) {
        if (policy.latest)
            return base::invalid("what Apple offers to which model is not known here: import its list, the "
                                 "source \"apple\" has it")
                .at("/latest");
        return {};
    }
    if (policy.latest) return {};
    if (offered->find(policy.version) == nullptr)
        return base::invalid("Apple's list of " + base::to_date(offered->as_of()) + " has no iOS " +
                             policy.version + "; the newest is " + offered->newest()->version)
            .at("/version");
    const auto sentences = unoffered(fleet::tenant_of(actor), fleet::scope_of(actor), policy);
    if (sentences.empty() || policy.accepts_unoffered) return {};
    std::string text;
    for (std::size_t i = 0; i < sentences.size() && i < kMostModelsNamed; ++i)
        text += sentences[i] + "; ";
    return base::invalid(text + (sentences.size() > kMostModelsNamed ? "and more models; " : "") +
                         "take the newest that each model is offered, narrow the query, or accept that they "
                         "stay below")
        .at("/version");
}

base::Result<View> Floors::preview(const access::Actor& actor, const Policy& policy) const {
    TRY(fleet::may_do(actor, Action::policy_read));
    TRY(check(actor, policy));
    Floor floor;
    const std::string text = core_.control.document(fleet::tenant_of(actor), document_of(policy.name));
    if (!text.empty()) {
        TRY_VALUE(floor, floor_files::read_floor(text));
    }
    const base::TimePoint now = core_.clock.now();
    if (text.empty() || floor::asks_for_more(floor.policy, policy)) floor.since = now;
    floor.policy = policy;
    floor.set = now;
    floor.by = actor.text();
    return view(fleet::tenant_of(actor), fleet::scope_of(actor), floor);
}

void Floors::put(const access::Actor& actor, Policy policy, shard::Completion<View> done) {
    if (auto allowed = fleet::may_do(actor, Action::policy_edit); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto sound = check(actor, policy); !sound.ok()) return done(std::move(sound).error());
    const TenantId tenant = fleet::tenant_of(actor);
    core_.writer.submit<Floor>(
        shard::control_of(tenant), shard::Priority::person,
        [actor, policy](shard::Transaction& transaction) -> base::Result<Floor> {
            const std::string before = transaction.document(document_of(policy.name));
            Floor floor;
            if (!before.empty()) {
                TRY_VALUE(floor, floor_files::read_floor(before));
                if (floor.policy == policy) return floor;
                ++floor.version;
            }
            std::size_t others = 0;
            for (const auto& row : transaction.list<DocumentRow>())
                others += row->name.starts_with(kPrefix) && !row->body.empty() ? 1 : 0;
            if (before.empty() && others >= kMostFloors) return base::conflict("there are 20 floors already");
            floor.set = transaction.now();
            if (before.empty() || floor::asks_for_more(floor.policy, policy)) floor.since = floor.set;
            floor.policy = policy;
            floor.by = actor.text();
            const std::string after = floor_files::write_floor(floor);
            TRY(floor_files::read_floor(after));
            transaction.put(DocumentRow{document_of(policy.name), after});
            transaction.audit({actor.text(), "floor.set", "floor " + policy.name, before, after, policy.why});
            transaction.change("floor", policy.name);
            return floor;
        },
        [this, tenant, done = std::move(done)](base::Result<Floor> floor) {
            if (!floor.ok()) return done(std::move(floor).error());
            // Who may edit policies sees the whole fleet.
            background_.post([this, tenant, floor = *floor, done] { done(view(tenant, {}, floor)); });
        });
}

void Floors::remove(const access::Actor& actor, std::string name, std::string why,
                    std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, Action::policy_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, name = std::move(name),
         why = std::move(why)](shard::Transaction& transaction) -> base::Status {
            const std::string before = transaction.document(document_of(name));
            if (before.empty()) return none(name);
            transaction.put(DocumentRow{document_of(name), ""});
            transaction.audit({actor.text(), "floor.remove", "floor " + name, before, "", why});
            transaction.change("floor", name);
            return {};
        },
        std::move(done));
}

void Floors::change(const access::Actor& actor, std::string name, std::string deed, std::string why,
                    std::function<base::Status(Floor&, base::TimePoint now)> edit,
                    shard::Completion<View> done) {
    const TenantId tenant = fleet::tenant_of(actor);
    core_.writer.submit<Floor>(
        shard::control_of(tenant), shard::Priority::person,
        [actor, name, deed = std::move(deed), why = std::move(why),
         edit = std::move(edit)](shard::Transaction& transaction) -> base::Result<Floor> {
            TRY_VALUE(Floor floor, held(transaction, name));
            const std::string before = floor_files::write_floor(floor);
            TRY(edit(floor, transaction.now()));
            const std::string after = floor_files::write_floor(floor);
            TRY(floor_files::read_floor(after));
            transaction.put(DocumentRow{document_of(name), after});
            transaction.audit({actor.text(), deed, "floor " + name, before, after, why});
            transaction.change("floor", name);
            return floor;
        },
        [this, tenant, done = std::move(done)](base::Result<Floor> floor) {
            if (!floor.ok()) return done(std::move(floor).error());
            background_.post([this, tenant, floor = *floor, done] { done(view(tenant, {}, floor)); });
        });
}

void Floors::except(const access::Actor& actor, std::string name, Exception wish,
                    shard::Completion<View> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, Action::exception_ask));
        if (!actor.whole_tenant())
            return base::denied("a floor is for the whole fleet, and so is what is excepted from it");
        TRY(floor::check(wish, core_.clock.now()));
        if (const auto query = device::parse_query(wish.query); !query.ok())
            return base::Error(query.error()).at("/query ");
        return {};
    }();
    if (!allowed.ok()) return done(base::Error(allowed.error()));
    const std::string why = wish.reason;
    change(
        actor, std::move(name), "floor.except", why,
        [wish = std::move(wish), by = actor.text(), second = rule_ == access::SecondPerson::required](
            Floor& floor, base::TimePoint now) mutable -> base::Status {
            // Those that are over make room.
            if (floor.exceptions.size() >= floor::kMostExceptions)
                std::erase_if(floor.exceptions, [now](const Exception& one) {
                    return exception::is_over(one.state) || one.until <= now;
                });
            if (floor.exceptions.size() >= floor::kMostExceptions)
                return base::conflict("there are 50 exceptions of it already");
            wish.number = 1;
            for (const Exception& one : floor.exceptions)
                wish.number = std::max(wish.number, one.number + 1);
            wish.asked_by = by;
            wish.state = exception::State::asked;
            wish.history = {{now, exception::State::asked, by, wish.reason}};
            if (!second) {
                wish.state = exception::State::approved;
                wish.history.push_back(
                    {now, exception::State::approved, by, "no second person is asked for here"});
            }
            floor.exceptions.push_back(wish);
            return {};
        },
        std::move(done));
}

void Floors::decide(const access::Actor& actor, std::string name, std::uint32_t number,
                    exception::Event event, std::string why, shard::Completion<View> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, action_of(event)));
        if (!actor.whole_tenant())
            return base::denied("a floor is for the whole fleet, and so is what is excepted from it");
        if (why.size() > 1024) return base::invalid("a reason of at most 1,024 bytes").at("/why");
        if (event == exception::Event::refused && why.empty()) return base::invalid("say why").at("/why");
        return {};
    }();
    if (!allowed.ok()) return done(base::Error(allowed.error()));
    change(
        actor, std::move(name), "floor." + std::string(exception::to_string(event)), why,
        [number, event, why, actor, rule = rule_](Floor& floor, base::TimePoint now) -> base::Status {
            const auto one = std::ranges::find(floor.exceptions, number, &Exception::number);
            if (one == floor.exceptions.end())
                return base::not_found("it has no exception " + std::to_string(number));
            if (event == exception::Event::approved) {
                if (one->until <= now) return base::conflict("it is over");
                TRY(access::may_approve(actor, one->asked_by, rule).status());
            }
            TRY_VALUE(one->state, exception::step(one->state, event));
            one->history.push_back({now, one->state, actor.text(), why});
            return {};
        },
        std::move(done));
}

} // namespace oakum::floors
