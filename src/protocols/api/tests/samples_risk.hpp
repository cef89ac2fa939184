// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_devices.hpp"
#include "samples_shared.hpp"

#include <api/figures_service.hpp>
#include <api/findings_service.hpp>

// Deadlines, fixes, proof and feeds.
namespace oakum::api::test {

inline DeadlinePolicy policy() {
    DeadlinePolicy v;
    v.id = "exploited-or-not";
    v.name = "Exploited, or not";
    v.source = "Two terms of your own.";
    v.in_use = true;
    v.own = true;
    v.added_by = "user anna";
    v.added = kAt;
    v.columns = {"known_exploited"};
    v.outcomes = {{"exploited", 14, true, true}, {"others", 90, false, true}};
    v.rows = {{{"yes"}, "exploited", 14, true}, {{"*"}, "others", 90, false}};
    v.table = "known_exploited,days\nyes,14\n*,90\n";
    return v;
}
inline DeadlinePolicies policies() {
    return {{policy()}, {{kAt, "exploited-or-not", "user anna", "agreed"}}, "00112233aabbccdd"};
}
inline DeadlinePreview policy_preview() {
    DeadlinePreview v;
    v.policy = "exploited-or-not";
    v.stamp = "00112233aabbccdd";
    v.sentence = "\"Exploited, or not\" would give 12 open findings an earlier deadline and 3 a later one.";
    v.devices = 412;
    v.overdue_before = 10;
    v.overdue_after = 13;
    v.newly_overdue = 4;
    v.no_longer_overdue = 1;
    v.findings = 800;
    v.sooner = 12;
    v.later = 3;
    v.on_assumption_before = 7;
    v.on_assumption_after = 0;
    v.rows = {{3, true, 2, 0}, {std::nullopt, false, 500, 12}};
    return v;
}
inline Fix fix() {
    Fix v;
    v.id = "gateway-1.4.3";
    v.name = "gateway";
    v.version = "1.4.3";
    v.release = id<rollout::ReleaseId>(3);
    v.models = {"gw-200"};
    v.devices = 380;
    v.risk_removed = 100.5;
    v.cumulative_risk_removed = 100.5;
    v.findings_ended = 800;
    v.exploited_ended = 380;
    v.brings = 2;
    v.state = Fix::State::rolling_out;
    v.rollout = rollout_ref();
    v.sentence = "Ends 800 findings.";
    v.due = kAt;
    v.restarts = 380;
    v.windows = 1;
    v.owner = "line 4";
    v.reason = "support of openssl 1.1.1 ended on 2023-09-11 (endoflife.date, 2022-05)";
    v.references = {"openssl 3.0.14"};
    return v;
}
inline DeadlineRecord deadlines() {
    DeadlineRecord v;
    v.query = "kind = camera";
    v.as_of = kAt;
    v.policy = "CISA BOD 26-04";
    v.definition = "Each finding of each device.";
    v.rows = {{std::nullopt, 10, 2, 5, 1, 3, 30}, {group_ref(), 4, 1, 2, 0, 1, 9}};
    return v;
}
inline FixChoice fix_choice() {
    FixChoice v;
    v.steps = {{"01jd2m6c7g3v8x0w5n4t9r1k2p", "gateway", "1.4.3", 100.5, 380}};
    v.removed = 100.5;
    v.at_most = 100.5;
    v.total_risk = 200;
    v.exact = true;
    v.sentence = "With 2 windows: gateway 1.4.3 removes 50 % of the risk; nothing removes more.";
    return v;
}
inline SupportEnd support_end() {
    return {"component", "openssl", "1.1.1", kAt, "endoflife.date, 2022-05", false, true};
}
inline Hole hole() {
    return {.device = device_ref(),
            .advisory = finding().advisory,
            .since = kAt,
            .closed = kAt,
            .due = kAt,
            .days = 4.5,
            .standing = Hole::Standing::kept_late};
}
inline ExposureWindows windows() {
    return {.query = std::nullopt,
            .as_of = kAt,
            .definition = "Kaplan-Meier.",
            .rows = {{.of = ExposureWindows::Class::exploited,
                      .closed = 3,
                      .open = 1,
                      .median_days = 4.5,
                      .p90_days = std::nullopt,
                      .longest_open_days = 12.0}}};
}
inline Figures figures() {
    Figures v;
    v.group = GroupRef{device::GroupId(base::Id128{1, 7}), "Plant 3"};
    v.from = v.to = v.first_day.emplace(base::from_unix_ms(1'795'392'000'000));
    v.as_of = kAt;
    v.held = "The server's clock jumped.";
    ports::FiguresRow row;
    row.day = v.from;
    row.at = kAt;
    row.devices = 40;
    row.assessed = 38;
    row.exposed = 20;
    row.exploited = 5;
    row.overdue = 3;
    row.cannot_tell = 2;
    row.quiet = 1;
    row.findings_open = 90;
    row.verified = 7;
    row.risk_thousandths = 12'345;
    v.days = {row};
    v.marks = {{kAt, "exploited", "", {}, "3 vulnerabilities that are exploited were found open."},
               {kAt, "feed", "kev", {}, "Advisories were imported: kev, 1400 records."}};
    return v;
}
inline Adoption adoption() {
    Adoption v;
    v.model = "gw-200";
    v.from = v.to = base::from_unix_ms(1'795'392'000'000);
    v.as_of = kAt;
    v.held = "The server's clock jumped.";
    v.models = {{"gw-200", 40}, {std::nullopt, 2}};
    v.rows = {{v.from, Adoption::Kind::version, "1.4.3", 30},
              {v.from, Adoption::Kind::others, std::nullopt, 7},
              {v.from, Adoption::Kind::unknown, std::nullopt, 3}};
    return v;
}
inline FixEnds fix_ends() {
    FixEnds v;
    v.fix = "vendor:gw-200";
    v.sentence = "2 vulnerabilities are open there on 40 devices.";
    v.query = "model = \"gw-200\"";
    v.component = "android";
    v.total = 2;
    v.left_out = 1;
    v.rows = {{{"CVE-2024-6387", "a race in sshd", Severity::high, true}, 40, 12.5}};
    return v;
}
inline Heat heat() {
    Heat::Row group, site;
    group.group = GroupRef{device::GroupId(base::Id128{1, 7}), "Plant 3"};
    group.query = "group = \"Plant 3\"";
    group.owner = "line 4";
    group.devices = 40;
    group.assessed = 38;
    group.exposed = 20;
    group.exploited = 5;
    group.overdue = 3;
    group.cannot_tell = 2;
    group.quiet = 1;
    group.risk = 12.5;
    site.site = "plant-3";
    site.query = "site = \"plant-3\"";
    return {.as_of = kAt, .rows = {group, site}};
}
inline AdvisoryThen advisory_then() {
    return {.id = "CVE-2024-6387",
            .as_of = kAt,
            .devices = 40,
            .affected = 12,
            .not_affected = 26,
            .cannot_tell = 2,
            .complete = true,
            .sentence = "12 devices were affected."};
}
inline Feed feed() {
    return {.name = "kev",
            .imported = kAt,
            .newest = kAt,
            .accepted = 1400,
            .rejected = 1,
            .rejects = {"line 17: no id"},
            .stale = false};
}

} // namespace oakum::api::test
