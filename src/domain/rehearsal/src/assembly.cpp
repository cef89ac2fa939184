// SPDX-License-Identifier: Apache-2.0
#include <rehearsal/assembly.hpp>

#include <rollout/place.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::rehearsal {
namespace {

using base::invalid;

// As far as it is looked for the next opening, beyond the time that is played.
constexpr base::Duration kBeyond = schedule::kReach;

schedule::Openings all_of(base::TimePoint from, base::Duration reach) {
    schedule::Openings open;
    open.from = from;
    open.until = from + reach;
    open.open.push_back({open.from, open.until});
    return open;
}

} // namespace

base::Status check(const Setting& setting) {
    TRY(rollout::check(setting.plan));
    if (setting.days < 1 || setting.days * 86'400 > kLongest)
        return invalid("1 to " + std::to_string(kLongest / 86'400) + " days are played").at("days");
    if (!(setting.offline >= 0 && setting.offline <= kMostOffline))
        return invalid("the share of its time for which a device is out of reach is 0 to 0.9").at("offline");
    if (setting.turn < 1 || setting.turn > 86'400)
        return invalid("devices poll each 1 to 86400 seconds").at("poll");
    return {};
}

Assembly::Assembly(Setting setting, schedule::Zones& zones)
    : setting_(std::move(setting)), zones_(zones), rules_(setting_.rules, zones), budgets_(setting_.budgets) {
    for (const rollout::Wave& wave : setting_.plan.waves) {
        auto query = device::parse_query(wave.query); // check() read it
        wave_queries_.push_back(wave.query.empty() || !query.ok() ? std::nullopt
                                                                  : std::optional(*std::move(query)));
    }
    scene_.plan = setting_.plan;
    scene_.start = std::chrono::floor<std::chrono::seconds>(setting_.start);
    scene_.horizon = setting_.days * 86'400;
    scene_.turn = setting_.turn;
    scene_.download_bytes = setting_.download_bytes;
    scene_.offline = setting_.offline;
    scene_.openings.push_back(all_of(scene_.start, std::chrono::seconds(scene_.horizon) + kBeyond));
}

void Assembly::add(const device::DeviceView& device, std::optional<double> points, std::uint32_t count) {
    if (count == 0) return;
    notes_.devices += count;
    if (!points) notes_.without_points += count;
    Kind kind;
    kind.model = model(device.fact(device::key::model).value_or("no model"));
    kind.turn = turn(device, count);
    kind.keeps = device.fact(device::key::protocol).value_or("native") == "native";
    kind.openings = openings(device, count);
    kind.groups = groups(device, count);
    kind.points = static_cast<float>(points.value_or(0));
    kind.waves = waves(device);
    const auto [at, fresh] = kinds_.try_emplace(
        {kind.model, kind.turn, kind.keeps, kind.openings, kind.groups, kind.points, kind.waves},
        static_cast<std::uint32_t>(scene_.kinds.size()));
    if (fresh) scene_.kinds.push_back(std::move(kind));
    scene_.kind_of.insert(scene_.kind_of.end(), count, at->second);
}

std::uint32_t Assembly::model(std::string_view name) {
    const auto at = models_.find(name);
    if (at != models_.end()) return at->second;
    const auto place = static_cast<std::uint32_t>(scene_.models.size());
    scene_.models.emplace_back(name);
    models_.emplace(name, place);
    return place;
}

std::uint32_t Assembly::turn(const device::DeviceView& device, std::uint32_t count) {
    const auto text = device.fact(device::key::cadence);
    std::uint32_t seconds = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (seconds == 0) {
        notes_.cadence_unknown += count;
        seconds = setting_.turn;
    }
    return std::clamp<std::uint32_t>(seconds, 1, kLongest);
}

std::uint32_t Assembly::waves(const device::DeviceView& device) const {
    std::uint32_t held = 0;
    for (std::size_t i = 0; i < wave_queries_.size(); ++i)
        if (!wave_queries_[i] || device::evaluate(*wave_queries_[i], device) == device::Truth::yes)
            held |= 1U << i;
    return held;
}

std::uint32_t Assembly::openings(const device::DeviceView& device, std::uint32_t count) {
    const std::uint64_t bound = rules_.bound(device, setting_.priority);
    if (bound == 0) return 0;
    const std::string_view name = device.fact(device::key::timezone).value_or("");
    const std::shared_ptr<const schedule::ZoneRules> zone = name.empty() ? nullptr : zones_.find(name);
    if (!zone) notes_.zone_unknown += count;
    const auto [at, fresh] = windows_.try_emplace({bound, zone ? zone->name : std::string()},
                                                  static_cast<std::uint32_t>(scene_.openings.size()));
    if (fresh) {
        const base::Duration reach = std::chrono::seconds(scene_.horizon) + kBeyond;
        scene_.openings.push_back(
            schedule::openings(rules_.with_clocks(bound, zone.get()), scene_.start, reach));
        scene_.openings.back().zone_known = zone != nullptr;
    }
    const schedule::Interval* first = scene_.openings[at->second].at_or_after(scene_.start);
    if (first == nullptr || first->from >= scene_.start + std::chrono::seconds(scene_.horizon))
        notes_.never_open += count;
    return at->second;
}

std::vector<std::uint32_t> Assembly::groups(const device::DeviceView& device, std::uint32_t count) {
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < setting_.budgets.size(); ++i) {
        if (!budget::binds(setting_.budgets[i], setting_.priority) || !budgets_.counts(i, device)) continue;
        const auto [at, fresh] =
            groups_.try_emplace(budgets_.group(i, device), static_cast<std::uint32_t>(scene_.groups.size()));
        if (fresh) {
            scene_.groups.push_back({"budget \"" + setting_.budgets[i].name + "\"", 0, 0});
            budget_of_.push_back(i);
        }
        scene_.groups[at->second].devices += count;
        places.push_back(at->second);
    }
    return places;
}

Scene Assembly::scene() && {
    for (std::size_t i = 0; i < scene_.groups.size(); ++i)
        scene_.groups[i].allowed =
            budget::allowed(setting_.budgets[budget_of_[i]].limit, scene_.groups[i].devices);
    return std::move(scene_);
}

} // namespace oakum::rehearsal
