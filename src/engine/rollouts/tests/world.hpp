// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../fleet/tests/house.hpp"

#include <rollout/place.hpp>
#include <rollouts/rollouts.hpp>

#include <doctest/doctest.h>

namespace oakum::rollouts::test {

using install::Reason;
using install::State;

// A house whose polls ask the real rollouts.
struct World : fleet::test::House {
    shard::Timers timers{executor, clock};
    Rollouts rollouts{core, timers, dice, Approval::not_required, log};
    fleet::Polling asked{core, rollouts, dice};
    ports::ReleaseId release{ids.next()};
    std::vector<fleet::DeviceActor> devices;

    World() {
        ports::ReleaseRow row;
        row.id = release;
        row.name = "gateway";
        row.version = "2.0";
        row.models = {"GW-1"};
        row.state = "published";
        row.target_path = "gateway/2.0/gateway.tar";
        row.counter = 2;
        put(row);
        rollouts.start();
    }
    // Another version of the release, published.
    ports::ReleaseId publish(std::string version, std::uint64_t counter) {
        ports::ReleaseRow row = *control.find<ports::ReleaseRow>(fleet::test::kTenant, release);
        row.id = ids.next_as<ports::ReleaseId>();
        row.version = std::move(version);
        row.counter = counter;
        row.row_version = 0;
        put(row);
        return row.id;
    }
    void enrol_many(int count, const std::string& model = "GW-1") {
        token("t-" + std::to_string(devices.size()), static_cast<std::uint32_t>(count));
        const std::string secret = "t-" + std::to_string(devices.size());
        for (int i = 0; i < count; ++i) {
            const auto enrolled = enrol(secret, "S" + std::to_string(devices.size()), model);
            REQUIRE(enrolled.ok());
            devices.push_back(actor(*enrolled));
        }
    }
    rollout::Plan plan(std::vector<std::pair<std::uint32_t, rollout::Gate>> waves) {
        rollout::Plan plan;
        plan.name = "to 2.0";
        plan.release = release;
        plan.step_timeout = std::chrono::minutes(10);
        for (const auto& [percent, gate] : waves)
            plan.waves.push_back({"wave " + std::to_string(percent), percent * 10'000, gate});
        return plan;
    }
    ports::RolloutId start(rollout::Plan plan, schedule::Priority priority = schedule::Priority::normal) {
        const auto id =
            result<ports::RolloutId>([&](auto reply) { rollouts.create(admin, plan, priority, reply); });
        REQUIRE(id.ok());
        REQUIRE(act(*id, rollout::Event::start).ok());
        return *id;
    }
    base::Status act(ports::RolloutId id, rollout::Event event) {
        return status([&](auto reply) { rollouts.act(admin, id, event, "test", reply); });
    }
    fleet::PollAnswer ask(const fleet::DeviceActor& device, const std::string& version = "1.0",
                          const std::string& boot = "b1") {
        fleet::PollReport report;
        report.boot_id = boot;
        report.running_version = version;
        const auto answer = result<fleet::PollAnswer>([&](auto reply) { asked.poll(device, report, reply); });
        REQUIRE(answer.ok());
        return *answer;
    }
    std::optional<std::string> offered(const fleet::DeviceActor& device) {
        const fleet::PollAnswer answer = ask(device);
        return answer.offer ? std::optional(answer.offer->deployment) : std::nullopt;
    }
    install::Outcome tell(const fleet::DeviceActor& device, const std::string& deployment, State state,
                          std::uint64_t sequence, Reason reason = Reason::none,
                          const std::string& runs = "1.0") {
        install::ReportSeen seen;
        seen.state = state;
        seen.sequence = sequence;
        seen.reason = reason;
        seen.running_version = runs;
        seen.healthy = reason == Reason::none;
        const auto outcome = result<install::Outcome>([&](auto reply) {
            rollouts.report(device, ports::DeploymentId::parse(deployment).value(), seen, reply);
        });
        REQUIRE(outcome.ok());
        return *outcome;
    }
    void update(const fleet::DeviceActor& device) {
        const auto deployment = offered(device);
        REQUIRE(deployment);
        tell(device, *deployment, State::installing, 1);
        tell(device, *deployment, State::installed, 2, Reason::none, "2.0");
    }
    rollout::Counts totals(ports::RolloutId id) {
        rollout::Counts sum;
        for (const auto& [key, counts] : rollouts.counts(fleet::test::kTenant, id))
            sum = sum + counts;
        return sum;
    }
    rollout::State state(ports::RolloutId id) {
        return control.find<ports::RolloutRow>(fleet::test::kTenant, id)->state;
    }
    void look() {
        rollouts.look_at_gates();
        settle();
    }
};

inline constexpr rollout::Gate kEasy{
    .minimum = 1, .tolerated_failure_ppm = 500'000, .unproven = rollout::Unproven::open, .soak = {}};

} // namespace oakum::rollouts::test
