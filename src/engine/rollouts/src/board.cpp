// SPDX-License-Identifier: Apache-2.0
#include <rollout/place.hpp>
#include <rollouts/board.hpp>

namespace oakum::rollouts {

base::Result<Running> running_of(device::TenantId tenant, const ports::RolloutRow& rollout,
                                 const ports::ReleaseRow& release) {
    Running running;
    running.tenant = tenant;
    running.id = rollout.id;
    running.key0 = rollout.key0;
    running.key1 = rollout.key1;
    running.open_share_ppm =
        rollout.plan.waves.at(std::min<std::size_t>(rollout.open_wave, rollout.plan.waves.size() - 1))
            .share_ppm;
    TRY_VALUE(running.query, device::parse_query(rollout.plan.query));
    running.release = release.id;
    running.version = release.version;
    running.models = release.models;
    running.hw_revisions = release.hw_revisions;
    if (!release.min_from.empty()) {
        TRY_VALUE(running.min_from, version::Version::parse(version::Scheme::generic, release.min_from));
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

} // namespace

const Running* offered(const Board& board, const fleet::Glance& device) {
    if (board.running.empty() || device.lifecycle() != device::Lifecycle::active || device.hold() ||
        device.has_deployment())
        return nullptr;
    const device::DeviceId id = device.id();
    for (const Running& rollout : board.running) {
        if (rollout.tenant != device.tenant()) continue;
        if (rollout.id <= device.desired_rollout()) return nullptr; // newest first: all that follow are older
        if (rollout::place_of(rollout.key0, rollout.key1, id) >= rollout.open_share_ppm) continue;
        if (device.running_version() == rollout.version ||
            !contains(rollout.models, device.fact(device::key::model)))
            continue;
        if (!rollout.hw_revisions.empty() &&
            !contains(rollout.hw_revisions, device.fact(device::key::hw_revision)))
            continue;
        if (too_old(rollout, device.running_version())) continue;
        if (device::evaluate(rollout.query, device) == device::Truth::yes) return &rollout;
    }
    return nullptr;
}

} // namespace oakum::rollouts
