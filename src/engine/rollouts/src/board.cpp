// SPDX-License-Identifier: Apache-2.0
#include <fleet/uptake.hpp>
#include <rollout/asked.hpp>
#include <rollout/place.hpp>
#include <rollouts/board.hpp>

#include <install/deployment.hpp>

#include <algorithm>
#include <set>
#include <span>

namespace oakum::rollouts {

base::Result<device::Query> scope_query(const ports::RolloutRow& rollout, const ports::ReleaseRow& release,
                                        const std::optional<floor::Policy>& level) {
    std::string text = rollout::of_models(release.models);
    if (level) {
        floor::Policy all = *level;
        all.query.clear(); // the plan's says which of them
        const std::string phones = "((enrolled = no or " + std::string(fleet::kConnectorKey) + " = " +
                                   std::string(connector::kOwnManagement) + ") and " +
                                   floor::devices_of(all) + ")";
        text = release.models.empty() ? phones : "(" + text + " or " + phones + ")";
    }
    if (!rollout.plan.query.empty()) text = "(" + rollout.plan.query + ") and " + text;
    return device::parse_query(text);
}

base::Result<Running> running_of(device::TenantId tenant, const ports::RolloutRow& rollout,
                                 const ports::ReleaseRow& release, const std::optional<floor::Policy>& level,
                                 std::shared_ptr<const Steered> steered) {
    Running running;
    running.tenant = tenant;
    running.id = rollout.id;
    running.key0 = rollout.key0;
    running.key1 = rollout.key1;
    for (const rollout::Wave& wave : rollout.plan.waves) {
        RunningWave& kept = running.waves.emplace_back();
        kept.share_ppm = wave.share_ppm;
        kept.pace = wave.pace;
        kept.name = wave.name;
        running.paced = running.paced || rollout::is_paced(wave.pace);
        if (!wave.query.empty()) {
            TRY_VALUE(kept.query, device::parse_query(wave.query));
        }
    }
    running.open_wave = rollout.open_wave;
    TRY_VALUE(running.query, device::parse_query(rollout.plan.query));
    TRY_VALUE(running.scope, scope_query(rollout, release, level));
    running.release = release.id;
    running.version = release.version;
    running.models = release.models;
    running.hw_revisions = release.hw_revisions;
    if (!release.min_from.empty()) {
        TRY_VALUE(running.min_from, version::Version::parse(version::Scheme::generic, release.min_from));
    }
    if (level) {
        running.level.emplace();
        running.level->floor.policy = *level;
        running.level->steered = std::move(steered);
    }
    return running;
}

namespace {

bool contains(const std::vector<std::string>& list, std::optional<std::string_view> value) {
    return value && std::find(list.begin(), list.end(), *value) != list.end();
}

// Too old, or not known, to be brought to the release in one step.
bool too_old(const Running& rollout, std::string_view running_version) {
    if (!rollout.min_from) return false;
    const auto runs = version::Version::parse(version::Scheme::generic, running_version);
    return !runs.ok() || version::compare_keys(runs->key(), rollout.min_from->key()) < 0;
}

// An equality of a fact that holds for every device that the query holds for.
struct Implied {
    std::string_view key;
    const std::vector<device::Literal>* values;
};

// Such terms stand in the topmost conjunction. Only of types whose equality is that of texts.
std::vector<Implied> implied(const device::Query& query) {
    std::vector<Implied> found;
    const auto walk = [&](const auto& self, std::uint32_t at) -> void {
        const device::Node& node = query.nodes[at];
        if (node.kind == device::Node::Kind::conjunction) {
            self(self, node.left);
            self(self, node.right);
        }
        if (node.kind != device::Node::Kind::term) return;
        const device::Term& term = query.terms[node.left];
        const bool text = term.type == device::ValueType::text ||
                          term.type == device::ValueType::criticality ||
                          term.type == device::ValueType::exposure;
        const bool exact = std::none_of(term.values.begin(), term.values.end(),
                                        [](const device::Literal& literal) { return literal.prefix; });
        if (term.field == device::Field::fact && !term.presence && term.compare == device::Compare::equal &&
            text && exact)
            found.push_back({term.name, &term.values});
    };
    walk(walk, query.root);
    return found;
}

} // namespace

floor::Judgement how_it_stands(const Level& level, const fleet::Glance& device) {
    static const floor::Offered nothing;
    const auto fact = [&](std::string_view key) { return device.fact(key).value_or(""); };
    const floor::Known known{.os_version = fact(device::key::os_version),
                             .patch_level = fact(device::key::patch_level),
                             .model = fact(device::key::model),
                             .ownership = fact("x.ownership"),
                             .supervised = fact("x.supervised"),
                             .connector = fact("x.connector"),
                             .update_status = fact("x.update_status"),
                             .silent = device.lifecycle() == device::Lifecycle::quiet};
    const bool offered = level.steered && level.steered->offered;
    // Without a deadline: a rollout has waves.
    return floor::judge(level.floor, offered ? *level.steered->offered : nothing, known, schedule::utc(), {});
}

namespace {

Fit fit_of_phone(const Level& level, const fleet::Glance& device) {
    switch (how_it_stands(level, device).standing) {
    case floor::Standing::keeps:
        return Fit::runs_it;
    case floor::Standing::cannot:
    case floor::Standing::unknown:
        return Fit::cannot_comply;
    case floor::Standing::short_of_it:
    case floor::Standing::overdue:
    case floor::Standing::excepted:
        break;
    }
    const auto connector = device.fact("x.connector");
    if (!connector || !level.steered) return Fit::not_steered;
    if (level.steered->read_only.contains(*connector)) return Fit::set_there;
    return level.steered->connectors.contains(*connector) ? Fit::fits : Fit::not_steered;
}

} // namespace

Fit fit_of(const Running& rollout, const fleet::Glance& device) {
    if (by_level(rollout, device)) {
        const auto platform = device.fact(device::key::platform).value_or("");
        const bool its = rollout.level->floor.policy.platform == "ios"
                             ? platform == "ios" || platform == "ipados"
                             : platform == rollout.level->floor.policy.platform;
        return its ? fit_of_phone(*rollout.level, device) : Fit::other_model;
    }
    if (device.running_version() == rollout.version) return Fit::runs_it;
    if (!contains(rollout.models, device.fact(device::key::model))) return Fit::other_model;
    if (!rollout.hw_revisions.empty() &&
        !contains(rollout.hw_revisions, device.fact(device::key::hw_revision)))
        return Fit::other_hardware;
    return too_old(rollout, device.running_version()) ? Fit::too_old : Fit::fits;
}

bool is_for(const Running& rollout, const fleet::Glance& device) {
    return fits(rollout, device) && device::evaluate(rollout.query, device) == device::Truth::yes;
}

std::optional<std::uint32_t> wave_of(const Running& rollout, const fleet::Glance& device,
                                     std::uint32_t last) {
    const std::size_t looked = std::min<std::size_t>(rollout.waves.size(), std::size_t{last} + 1);
    return rollout::wave_of(std::span(rollout.waves).first(looked),
                            rollout::place_of(rollout.key0, rollout.key1, device.id()), [&](std::uint32_t i) {
                                const auto& query = rollout.waves[i].query;
                                return !query || device::evaluate(*query, device) == device::Truth::yes;
                            });
}

std::size_t Board::Hash::operator()(std::string_view text) const {
    std::size_t hash = 0xCBF29CE484222325ULL;
    for (const char c : text)
        hash =
            (hash ^ static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c)) * 0x100000001B3ULL;
    return hash;
}

namespace {
constexpr std::string_view kOwnProtocol = "native"; // of devices that say none, too

std::pair<device::TenantId, ports::RolloutId> place_of_taking_back(const TakingBack& rollout) {
    return {rollout.tenant, rollout.id};
}
} // namespace

Board::Board(std::vector<Running> running, std::vector<TakingBack> taking_back)
    : running_(std::move(running)), taking_back_(std::move(taking_back)) {
    std::sort(running_.begin(), running_.end(),
              [](const Running& a, const Running& b) { return a.id > b.id; });
    std::ranges::sort(taking_back_, {}, place_of_taking_back);
    any_urgent_ = std::ranges::any_of(
        running_, [](const Running& each) { return each.priority > schedule::Priority::normal; });
    std::map<device::TenantId, std::map<std::string, Places>> filed;
    std::map<device::TenantId, Places> any;
    for (std::uint32_t at = 0; at < running_.size(); ++at) {
        if (running_[at].level) {
            any[running_[at].tenant].push_back(at);
            continue;
        }
        for (const std::string& model : running_[at].models) {
            Places& places = filed[running_[at].tenant][model];
            if (places.empty() || places.back() != at) places.push_back(at);
        }
    }
    for (const auto& [tenant, models] : filed)
        for (const auto& [model, places] : models)
            tenants_[tenant].by_name.emplace(model, bucket_of(places));
    for (const auto& [tenant, places] : any)
        tenants_[tenant].any = bucket_of(places);
}

const TakingBack* Board::taking_back(device::TenantId tenant, ports::RolloutId id) const {
    const auto found =
        std::ranges::lower_bound(taking_back_, std::pair(tenant, id), {}, place_of_taking_back);
    return found != taking_back_.end() && found->tenant == tenant && found->id == id ? &*found : nullptr;
}

Board::Bucket Board::bucket_of(const Places& places) const {
    // The keys with the most different values tell the rollouts apart best.
    std::map<std::string_view, std::set<std::string, std::less<>>> values;
    for (const std::uint32_t at : places)
        for (const Implied& equality : implied(running_[at].query))
            for (const device::Literal& literal : *equality.values)
                values[equality.key].insert(literal.text);
    std::vector<std::string_view> keys;
    for (const auto& [key, distinct] : values)
        keys.push_back(key);
    std::stable_sort(keys.begin(), keys.end(), [&](std::string_view a, std::string_view b) {
        return values[a].size() > values[b].size();
    });
    if (keys.size() > kMostSlices) keys.resize(kMostSlices);

    Bucket bucket;
    for (const std::string_view key : keys)
        bucket.slices.push_back({std::string(key), {}});
    for (const std::uint32_t at : places) {
        const std::vector<Implied> equalities = implied(running_[at].query);
        const Implied* chosen = nullptr;
        Slice* slice = nullptr;
        for (Slice& candidate : bucket.slices)
            for (const Implied& equality : equalities)
                if (chosen == nullptr && equality.key == candidate.key) {
                    chosen = &equality;
                    slice = &candidate;
                }
        if (chosen == nullptr) {
            bucket.rest.push_back(at);
            continue;
        }
        for (const device::Literal& literal : *chosen->values) {
            Places& under = slice->by_value[literal.text];
            if (under.empty() || under.back() != at) under.push_back(at);
        }
    }
    std::erase_if(bucket.slices, [](const Slice& slice) { return slice.by_value.empty(); });
    return bucket;
}

std::array<const Board::Bucket*, 2> Board::find(const fleet::Glance& device) const {
    const auto models = tenants_.find(device.tenant());
    if (models == tenants_.end()) return {};
    const Bucket* any = &models->second.any;
    const auto model = device.fact(device::key::model);
    if (!model) return {any, nullptr};
    const auto bucket = models->second.by_name.find(*model);
    return {any, bucket == models->second.by_name.end() ? nullptr : &bucket->second};
}

bool Board::leaves_for(const Running& rollout, const fleet::Glance& device) const {
    if (rollout.priority == schedule::Priority::normal || by_level(rollout, device)) return false;
    const ports::DeploymentRow* update = device.deployment();
    if (update == nullptr || update->is_rollback || update->rollout >= rollout.id) return false;
    const bool ours = device.fact(device::key::protocol).value_or(kOwnProtocol) == kOwnProtocol;
    if (!install::can_be_superseded(update->state, ours ? install::Speaks::ours : install::Speaks::foreign))
        return false;
    // One that offers nothing more lets its devices go to whatever cannot wait.
    const auto at = std::ranges::lower_bound(running_, update->rollout, std::greater(), &Running::id);
    const bool runs = at != running_.end() && at->id == update->rollout;
    return !runs || rollout.priority > at->priority;
}

const Running* Board::offered(const fleet::Glance& device, Waves waves, Reached reached) const {
    const bool there = device.lifecycle() == device::Lifecycle::active ||
                       (reached == Reached::by_hand && device.lifecycle() == device::Lifecycle::quiet);
    const bool busy = device.has_deployment();
    const bool may_leave = any_urgent_ && waves == Waves::open && reached == Reached::by_poll;
    if (running_.empty() || !there || device.hold() || (busy && !may_leave)) return nullptr;
    const ports::RolloutId newest = device.desired_rollout();
    const Running* found = nullptr;
    candidates(device, [&](std::uint32_t at) {
        const Running& rollout = running_[at];
        if (rollout.id <= newest) return false; // newest first: all that follow are older
        const bool placed = waves == Waves::all || wave_of(rollout, device, rollout.open_wave);
        if (placed && (!busy || leaves_for(rollout, device)) && is_for(rollout, device)) found = &rollout;
        return found == nullptr;
    });
    return found;
}

} // namespace oakum::rollouts
