// SPDX-License-Identifier: Apache-2.0
#include <schedules/schedules.hpp>

#include <schedule_files/rule_json.hpp>

#include <algorithm>
#include <utility>

namespace oakum::schedules {

using device::TenantId;
using schedule::Openings;
using schedule::Priority;
using schedule::Rule;

namespace {

std::string json_of(const Rule& rule) {
    std::string text;
    json::Writer writer(text);
    schedule_files::write_rule(writer, rule);
    return text;
}

// The rules with this one among them, in the place of the one of its name.
struct Replaced {
    std::string text;        // as they are kept
    std::optional<Rule> was; // the one of its name
};
base::Result<Replaced> replaced(const std::string& kept, const Rule& rule) {
    Replaced out;
    TRY_VALUE(std::vector<Rule> rules, schedule_files::read_rules(kept));
    const auto before = std::ranges::find(rules, rule.name, &Rule::name);
    if (before == rules.end()) {
        if (rules.size() >= schedule_files::kMostRules)
            return base::too_large("there are " + std::to_string(schedule_files::kMostRules) +
                                   " windows and freezes already");
        rules.push_back(rule);
    } else {
        if (before->kind != rule.kind)
            return base::conflict("\"" + rule.name + "\" is a " +
                                  std::string(schedule::to_string(before->kind)) +
                                  "; remove it first, or take another name")
                .at("/name");
        out.was = std::exchange(*before, rule);
    }
    out.text = schedule_files::write_rules(rules);
    // What cannot be read again would shut every device, and could not be removed.
    TRY(schedule_files::read_rules(out.text));
    return out;
}

} // namespace

void Schedules::start() {
    core_.writer.on_committed([this](const shard::Committed& committed) {
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows)
                if (const auto* document = std::get_if<ports::DocumentRow>(&row);
                    document != nullptr && document->name == kDocument)
                    return rebuild();
    });
    rebuild();
}

void Schedules::rebuild() {
    auto books = std::make_shared<Books>();
    for (const TenantId tenant : core_.control.tenants()) {
        const std::string body = core_.control.document(tenant, kDocument);
        if (body.empty()) continue;
        // What cannot be read was not written by this version: nothing is known of any window, and nothing
        // may be installed until somebody looks.
        auto rules = schedule_files::read_rules(body);
        if (!rules.ok()) {
            Rule shut;
            shut.name = "unreadable";
            shut.zone_if_unknown.clear();
            rules = std::vector<Rule>{shut};
        }
        if (!rules->empty()) (*books)[tenant] = std::make_shared<const Book>(std::move(*rules), zones_);
    }
    books_.store(std::move(books));
}

std::shared_ptr<const Book> Schedules::book(TenantId tenant) const {
    const std::shared_ptr<const Books> books = books_.load();
    if (!books) return nullptr;
    const auto at = books->find(tenant);
    return at == books->end() ? nullptr : at->second;
}

bool Schedules::may_begin(const fleet::Glance& device, Priority priority, fleet::Keeps keeps) const {
    const std::shared_ptr<const Book> rules = book(device.tenant());
    if (!rules) return true;
    const std::uint64_t bound = rules->bound(device, priority);
    if (bound == 0) return true;
    const base::TimePoint now = core_.clock.now();
    return rules->openings(bound, device, now)
        ->may_begin(now, keeps == fleet::Keeps::yes ? schedule::kAhead : base::Duration::zero());
}

std::shared_ptr<const Openings> Schedules::openings(const fleet::Glance& device, Priority priority) const {
    const std::shared_ptr<const Book> rules = book(device.tenant());
    if (!rules) return nullptr;
    const std::uint64_t bound = rules->bound(device, priority);
    return bound == 0 ? nullptr : rules->openings(bound, device, core_.clock.now());
}

bool Schedules::opened(const fleet::Glance& device, Priority priority, base::TimePoint from,
                       base::TimePoint to) const {
    const std::shared_ptr<const Book> rules = book(device.tenant());
    if (!rules || to <= from) return true;
    const std::uint64_t bound = rules->bound(device, priority);
    if (bound == 0) return true;
    const std::string zone(device.fact(device::key::timezone).value_or(""));
    return rules->between(bound, zone, from, to).touches(from, to);
}

Standing Schedules::standing(const fleet::Glance& device, Priority priority) const {
    Standing standing;
    standing.zone = device.fact(device::key::timezone).value_or("");
    standing.zone_known = zones_.find(standing.zone) != nullptr;
    const std::shared_ptr<const Book> rules = book(device.tenant());
    const std::uint64_t bound = rules ? rules->bound(device, priority) : 0;
    if (bound == 0) return standing;
    standing.bound = true;
    for (std::size_t i = 0; i < rules->rules().size(); ++i)
        if ((bound >> i & 1) != 0)
            (rules->rules()[i].kind == schedule::Kind::window ? standing.windows : standing.freezes)
                .push_back(rules->rules()[i].name);
    const base::TimePoint now = core_.clock.now();
    const std::shared_ptr<const Openings> open = rules->openings(bound, device, now);
    standing.open = open->is_open(now);
    const schedule::Interval* next = open->at_or_after(now);
    if (next == nullptr) return standing;
    standing.at = *next;
    const auto zone = zones_.find(standing.zone);
    const schedule::ZoneRules& clock = zone ? *zone : schedule::utc();
    const std::string which = zone ? "" : " UTC";
    const schedule::LocalTime from = schedule::local_of(clock, next->from);
    standing.local = schedule::in_words(from) + which;
    standing.span =
        schedule::in_words(from, schedule::local_of(clock, next->to), schedule::local_of(clock, now)) + which;
    return standing;
}

base::Status Schedules::check(const Rule& rule) const {
    TRY(schedule::check(rule));
    if (const auto query = device::parse_query(rule.query); !query.ok())
        return base::Error(query.error()).at("/query ");
    for (const auto& [name, place] :
         {std::pair(&rule.zone, "/zone"), std::pair(&rule.zone_if_unknown, "/zone_if_unknown")})
        if (!name->empty() && !zones_.find(*name))
            return base::invalid("this server knows no time zone \"" + *name +
                                 "\"; it is a name such as Europe/Berlin, and comes with the package tzdata")
                .at(place);
    return {};
}

base::Result<Preview> Schedules::preview(const access::Actor& actor, Rule rule) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    TRY(check(rule));
    TRY(replaced(core_.control.document(fleet::tenant_of(actor), kDocument), rule));
    return view(fleet::tenant_of(actor), fleet::scope_of(actor), rule);
}

void Schedules::put(access::Actor actor, Rule rule, shard::Completion<Preview> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto sound = check(rule); !sound.ok()) return done(std::move(sound).error());
    const TenantId tenant = fleet::tenant_of(actor);
    core_.writer.submit<base::Nothing>(
        shard::control_of(tenant), shard::Priority::person,
        [actor, rule](shard::Transaction& transaction) -> base::Result<base::Nothing> {
            TRY_VALUE(Replaced next, replaced(transaction.document(kDocument), rule));
            if (next.was == rule) return base::Nothing{};
            transaction.put(ports::DocumentRow{kDocument, std::move(next.text)});
            const std::string kind(schedule::to_string(rule.kind));
            transaction.audit({actor.text(), kind + ".set", kind + " " + rule.name,
                               next.was ? json_of(*next.was) : "{}", json_of(rule), rule.why});
            transaction.change("schedule", rule.name);
            return base::Nothing{};
        },
        [this, tenant, rule, done = std::move(done)](base::Result<base::Nothing> result) {
            if (!result.ok()) return done(std::move(result).error());
            done(view(tenant, {}, rule)); // who may edit policies sees the whole fleet
        });
}

void Schedules::remove(access::Actor actor, std::string name, std::string why,
                       std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, name = std::move(name),
         why = std::move(why)](shard::Transaction& transaction) -> base::Status {
            TRY_VALUE(std::vector<Rule> rules, schedule_files::read_rules(transaction.document(kDocument)));
            const auto found = std::ranges::find(rules, name, &Rule::name);
            if (found == rules.end())
                return base::not_found("there is no window or freeze \"" + name.substr(0, 60) + "\"");
            const std::string kind(schedule::to_string(found->kind));
            const std::string was = json_of(*found);
            rules.erase(found);
            transaction.put(
                ports::DocumentRow{kDocument, rules.empty() ? "" : schedule_files::write_rules(rules)});
            transaction.audit({actor.text(), kind + ".remove", kind + " " + name, was, "{}", why});
            transaction.change("schedule", name);
            return {};
        },
        std::move(done));
}

} // namespace oakum::schedules
