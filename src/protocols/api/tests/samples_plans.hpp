// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_shared.hpp"

#include <api/floors_service.hpp>
#include <rehearsal/report.hpp>
#include <rollout/preset.hpp>

// Rehearsals, floors, windows and budgets.
namespace oakum::api::test {

// Thirty devices, played for real: the answer has no member that is made up.
inline rehearsal::Report rehearsed() {
    rehearsal::Report report;
    report.name = "gateway 1.4.3";
    report.release = "gateway@1.4.3";
    report.setting.plan = rollout::preset(rollout::Care::normal);
    report.setting.start = base::from_unix_ms(1'795'000'000'000);
    report.fleet.in_scope = 31;
    report.fleet.asked = report.fleet.read = 30;
    rehearsal::Scene scene;
    scene.plan = report.setting.plan;
    scene.start = report.setting.start;
    scene.models = {"gw-200"};
    scene.openings.push_back({scene.start, scene.start + std::chrono::hours(24 * 120), {}, true});
    scene.openings[0].open.push_back({scene.openings[0].from, scene.openings[0].until});
    scene.kinds.push_back({.turn = 300, .points = 2});
    scene.kind_of.assign(30, 0);
    report.play(scene, 2);
    return report;
}

inline RolloutTimes rollout_times() {
    RolloutTimes v;
    v.waves.push_back({"canary",
                       3,
                       {{kAt, kAt + std::chrono::hours(2), 4}},
                       1,
                       1,
                       2,
                       "3 of 9 devices can be changed now."});
    return v;
}
inline Floor a_floor() {
    Floor v;
    v.kept.policy.name = "phones";
    v.kept.policy.platform = "ios";
    v.kept.policy.version = "26.4";
    v.kept.policy.install = floor::Hours{1'320, 300};
    v.kept.by = "user anna";
    v.kept.exceptions.push_back(
        {1,
         "model = \"TC52\"",
         "the scanner's app",
         "user anna",
         base::from_unix_ms(1'795'000'000'000),
         exception::State::approved,
         {{base::from_unix_ms(1'790'000'000'000), exception::State::approved, "user ben", ""}}});
    v.words = "iOS 26.4";
    v.sentence = "1 of 3 devices keeps iOS 26.4; 1 can be brought there; 1 cannot keep it.";
    v.devices = "platform in (ios, ipados)";
    v.total = 3;
    v.keeps = v.short_of_it = v.cannot = 1;
    v.reasons.push_back({"personal", "personal: the device is a person's own", 1});
    v.models.push_back({"iPhone 15 Pro", 3, 2, "26.6.1"});
    v.models.push_back({"iPhone 99", 0, 0, std::nullopt});
    Floor::Device device;
    device.name = "phone 1";
    device.model = "iPhone 15 Pro";
    device.runs = "26.3";
    device.wanted = "26.4";
    device.standing = "short";
    device.deadline = base::from_unix_ms(1'790'000'000'000);
    device.local = "Mon 2026-09-21 19:00";
    v.below.push_back(device);
    v.warnings = {"2 devices of the model iPhone XS cannot run 26.4."};
    v.offered_as_of = base::from_unix_ms(1'787'356'800'000);
    return v;
}

inline ScheduleDates schedule_dates() {
    return {.name = "nights",
            .kind = schedule::Kind::window,
            .clock = "Europe/Berlin",
            .devices = 4,
            .times = {{kAt, kAt + std::chrono::hours(3)}},
            .more = 1};
}
inline Schedule a_schedule() {
    Schedule v;
    v.rule.name = "nights";
    v.rule.query = "site = Kiel";
    v.rule.yields_to = schedule::Priority::urgent;
    v.rule.times.push_back(schedule::Times::make(schedule::parse_local("2026-01-05T02:00").value(),
                                                 std::chrono::hours(2),
                                                 schedule::Recurrence::parse("FREQ=DAILY").value())
                               .value());
    v.sentence =
        "Installing is allowed every day at 02:00 for 2 h, by each device's own clock, on 3 devices.";
    v.times_in_words = {"every day at 02:00 for 2 h"};
    v.devices = 3;
    v.places.push_back({"Europe/Berlin", true, 2, kAt, kAt + std::chrono::hours(2), "Mon 2026-11-23 02:00"});
    v.places.push_back({"", false, 1, std::nullopt, std::nullopt, std::nullopt});
    v.warnings = {"1 device without a known time zone."};
    return v;
}
inline Budget a_budget() {
    Budget v;
    v.budget = {"pairs",
                "model = GW-1",
                {"site", "tag.role"},
                budget::Devices{1},
                schedule::Priority::emergency,
                "they are pairs"};
    v.sentence =
        "At most 1 device with the same site and tag.role is out of service at once, of 3 devices in 2 "
        "groups.";
    v.devices = 3;
    v.groups = 2;
    v.full = 1;
    v.tightest.push_back({"site Kiel and tag.role door", 2, 1, 1});
    v.warnings = {"1 group is a device that nobody stands in for."};
    return v;
}

} // namespace oakum::api::test
