// SPDX-License-Identifier: Apache-2.0
#include <floor/judge.hpp>

#include <connector/connector.hpp>
#include <connector/floor.hpp>
#include <version/version.hpp>

namespace oakum::floor {
namespace {

using version::Scheme;
using version::Version;

constexpr std::array<std::string_view, kStandings> kStandingNames{"keeps",  "short",   "overdue",
                                                                  "cannot", "unknown", "excepted"};
struct Words {
    std::string_view name, words;
};
constexpr std::array<Words, kObstacles> kObstacleWords{{
    {"", ""},
    {"end_of_life", "end of life: its model is offered nothing so new any more"},
    {"not_offered", "not offered: its maker has nothing so new for it yet"},
    {"personal", "personal: it is a person's own, or not known to be the company's: its owner decides"},
    {"not_supervised", "not supervised: it can be asked to update, and not be made to"},
    {"too_old", "its system is older than iOS 17, which takes no date by which it has to update: update it "
                "once by hand"},
    {"no_system", "no management system that is connected here manages it"},
    {"silent", "it has not been heard of for long"},
    {"no_version", "it does not say what it runs"},
    {"no_model", "what its model is offered is not known here"},
}};

// What is compared, and what there would be.
struct Aim {
    Standing standing = Standing::unknown; // keeps, short_of_it, unknown
    Obstacle obstacle = Obstacle::none;
    std::string wanted;
    base::TimePoint released{}; // of the latest: since when it could have run something newer
};

std::string branch_of(std::string_view version) {
    auto branch = version::ios_branch(version);
    return branch.ok() ? *std::move(branch) : std::string();
}

Aim aim_ios(const Policy& policy, const Offered& offered, const Known& device) {
    Aim aim;
    const Offered::Model model = offered.model(device.model);
    const auto running = Version::parse(Scheme::ios, device.os_version);
    std::string key;
    if (policy.latest) {
        if (!model.known) return {Standing::unknown, Obstacle::no_model, "", {}};
        if (!running.ok()) return {Standing::unknown, Obstacle::no_version, "", {}};
        if (model.newest == nullptr) return {Standing::short_of_it, Obstacle::end_of_life, "", {}};
        aim.wanted = model.newest->version;
        key = model.newest->key;
        // Not of the newest: whoever never updates would have time anew with each release.
        const Offered::Release* first = offered.first_after(device.model, running->key());
        aim.released = (first != nullptr ? first : model.newest)->released;
    } else {
        aim.wanted = policy.version;
        if (const Offered::Release* release = offered.find(policy.version)) aim.released = release->released;
        if (const auto wanted = Version::parse(Scheme::ios, policy.version); wanted.ok()) key = wanted->key();
    }
    if (!running.ok()) return {Standing::unknown, Obstacle::no_version, aim.wanted, {}};
    aim.standing = version::compare_keys(running->key(), key) < 0 ? Standing::short_of_it : Standing::keeps;
    if (aim.standing == Standing::short_of_it && !policy.latest && model.known &&
        (model.newest == nullptr || version::compare_keys(model.newest->key, key) < 0)) {
        // A model whose newest is of an older branch than what is newest of all stays there.
        const Offered::Release* all = offered.newest();
        const bool left = model.newest == nullptr ||
                          (all != nullptr && branch_of(model.newest->version) != branch_of(all->version));
        aim.obstacle = left ? Obstacle::end_of_life : Obstacle::not_offered;
    }
    return aim;
}

Aim aim_android(const Policy& policy, const Known& device) {
    Aim aim;
    if (policy.latest) {
        if (device.update_status == "UP_TO_DATE") return {Standing::keeps, Obstacle::none, "", {}};
        if (device.update_status.ends_with("UPDATE_AVAILABLE"))
            return {Standing::short_of_it, Obstacle::none, "", {}};
        return {Standing::unknown, Obstacle::no_version, "", {}};
    }
    aim.wanted = policy.version;
    if (!policy.patch_level.empty()) aim.wanted += (aim.wanted.empty() ? "" : ", ") + policy.patch_level;
    bool below = false, unknown = false;
    if (!policy.version.empty()) {
        const auto wanted = connector::api_level_of(policy.version);
        const auto running = connector::api_level_of(device.os_version);
        unknown = !wanted || !running;
        below = wanted && running && *running < *wanted;
    }
    if (!policy.patch_level.empty()) {
        unknown = unknown || device.patch_level.empty();
        below = below || (!device.patch_level.empty() && device.patch_level < policy.patch_level);
    }
    if (!below && unknown) return {Standing::unknown, Obstacle::no_version, aim.wanted, {}};
    aim.standing = below ? Standing::short_of_it : Standing::keeps;
    if (below && device.update_status == "UP_TO_DATE") aim.obstacle = Obstacle::not_offered;
    if (const auto released = base::parse_time(policy.patch_level); released.ok()) aim.released = *released;
    return aim;
}

// iOS 17 or later.
bool takes_a_date(std::string_view os_version) {
    const auto running = Version::parse(Scheme::ios, os_version);
    static const std::string first = Version::parse(Scheme::ios, "17.0").value().key();
    return running.ok() && version::compare_keys(running->key(), first) >= 0;
}

Obstacle obstacle_of(const Policy& policy, const Known& device) {
    if (device.connector.empty()) return Obstacle::no_system;
    if (device.ownership != "company") return Obstacle::personal;
    if (policy.platform == "ios") {
        // By Apple's schemas the enforcement of a version takes no supervision; other systems ask for it.
        if (device.connector != connector::kOwnManagement) {
            if (device.supervised != "yes") return Obstacle::not_supervised;
        } else if (!takes_a_date(device.os_version)) {
            return Obstacle::too_old;
        }
    }
    return device.silent ? Obstacle::silent : Obstacle::none;
}

} // namespace

std::string_view to_string(Standing standing) {
    return kStandingNames[static_cast<std::size_t>(standing)];
}
std::string_view to_string(Obstacle obstacle) {
    return kObstacleWords[static_cast<std::size_t>(obstacle)].name;
}
std::string_view words(Obstacle obstacle) {
    return kObstacleWords[static_cast<std::size_t>(obstacle)].words;
}

base::TimePoint deadline(base::TimePoint from, std::uint32_t days, std::uint32_t hour,
                         const schedule::ZoneRules& zone) {
    const auto day = std::chrono::floor<std::chrono::days>(schedule::local_of(zone, from));
    return schedule::time_of(zone, day + std::chrono::days(days) + std::chrono::hours(hour));
}

Judgement judge(const Floor& floor, const Offered& offered, const Known& device,
                const schedule::ZoneRules& spare, base::TimePoint now) {
    const Policy& policy = floor.policy;
    const Aim aim = policy.platform == "ios" ? aim_ios(policy, offered, device) : aim_android(policy, device);
    Judgement judged{aim.standing, aim.obstacle, aim.wanted, std::nullopt};
    if (judged.standing == Standing::keeps) return judged;
    if (device.excepted) return {Standing::excepted, Obstacle::none, aim.wanted, std::nullopt};
    if (judged.standing == Standing::unknown) return judged;
    if (judged.obstacle == Obstacle::none) judged.obstacle = obstacle_of(policy, device);
    if (judged.obstacle != Obstacle::none) {
        judged.standing = Standing::cannot;
        return judged;
    }
    const schedule::ZoneRules& zone = device.zone != nullptr ? *device.zone : spare;
    const base::TimePoint from = std::max(floor.since, aim.released);
    judged.deadline = deadline(from, policy.days, policy.hour, zone);
    if (device.exploited)
        judged.deadline =
            std::min(*judged.deadline, deadline(std::max(from, device.exploited_since.value_or(from)),
                                                policy.exploited_days, policy.hour, zone));
    if (*judged.deadline <= now) judged.standing = Standing::overdue;
    return judged;
}

} // namespace oakum::floor
