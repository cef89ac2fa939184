// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encode.hpp"

#include <api/alarms_service.hpp>
#include <api/apple_service.hpp>
#include <api/carried_service.hpp>
#include <api/channels_service.hpp>
#include <api/connectors_service.hpp>
#include <api/edits_service.hpp>
#include <api/exceptions_service.hpp>
#include <api/figures_service.hpp>
#include <api/findings_service.hpp>
#include <api/floors_service.hpp>
#include <api/groups_service.hpp>
#include <api/lwm2m_service.hpp>
#include <api/notices_service.hpp>
#include <api/search_service.hpp>
#include <api/sources_service.hpp>
#include <api/vex_service.hpp>
#include <governance/open_sessions.hpp>
#include <rehearsal/report.hpp>
#include <rollout/preset.hpp>

// One value of each type that the API answers: everything filled in, so that each member is written once.
namespace oakum::api::test {

inline const base::TimePoint kAt = base::from_unix_ms(1'763'827'380'000);
template <class Id> Id id(std::uint64_t n) {
    return Id(base::Id128{0x0193'0000'0000'0000ULL, n});
}
inline const base::Digest256 kDigest = base::sha256("sample");

inline GroupRef group_ref() {
    return {.id = id<device::GroupId>(1), .name = "Plant 3"};
}
inline Lwm2mEndpoint lwm2m_endpoint() {
    return {"urn:dev:meter-1", "urn:dev:meter-1", group_ref(), true, kAt};
}
inline DeviceRef device_ref() {
    return {.id = id<device::DeviceId>(2),
            .name = "Camera \"7\"",
            .model = "cam-x2",
            .site = "plant-3",
            .owner = "anna",
            .group = group_ref()};
}
inline ReleaseRef release_ref() {
    return {.id = id<rollout::ReleaseId>(3), .name = "gateway", .version = "1.4.3"};
}
inline RolloutRef rollout_ref() {
    return {.id = id<rollout::RolloutId>(4), .name = "everywhere"};
}
inline component::Component sample_component() {
    return {.kind = component::Kind::package,
            .name = "busybox",
            .version = "1.36.0-r2",
            .purl = "pkg:apk/alpine/busybox@1.36.0-r2",
            .cpe = "cpe:2.3:a:busybox:busybox:1.36.0:*:*:*:*:*:*:*",
            .bundle_id = "org.example.app",
            .patch_level = ""};
}
inline rollout::Counts counts() {
    rollout::Counts value;
    value.started = 50;
    value.pending = 10;
    value.verified = 37;
    value.failed = 1;
    value.rolled_back = 1;
    value.silent = 1;
    return value;
}

inline Device device_value() {
    Device v;
    v.id = id<device::DeviceId>(2);
    v.name = "Camera \"7\"";
    v.serial = "CAM-7";
    v.kind = "camera";
    v.manufacturer = "Acme";
    v.model = "cam-x2";
    v.platform = "linux";
    v.firmware_version = "2.1.0";
    v.os_version = "12";
    v.patch_level = "2026-09-05";
    v.site = "plant-3";
    v.zone = "ot";
    v.owner = "line 4";
    v.criticality = "high";
    v.exposure = "internet";
    v.group = group_ref();
    v.lifecycle = device::Lifecycle::active;
    v.last_seen = kAt;
    v.risk = 7.25;
    v.findings_open = 5;
    v.exploited_open = 2;
    v.cannot_tell = 1;
    v.assessed = true;
    v.deployment = DeviceSummary::InDeployment{
        .id = id<rollout::DeploymentId>(5), .state = install::State::downloading, .release = release_ref()};
    v.hold = true;
    v.clone_suspected = true;
    v.sentence = "Camera at plant-3, 2 exploited holes.";
    v.facts = {{.key = "criticality",
                .value = "high",
                .source = device::FactSource::group,
                .at = kAt,
                .assumed = false,
                .inherited_from = group_ref(),
                .detail = "Plant 3",
                .editable = true}};
    v.capabilities = {{.name = "rollback", .available = true, .reason = "two slots"},
                      {.name = "deadline", .available = std::nullopt, .reason = "it never said"}};
    v.findings_by_severity = {.critical = 1, .high = 2, .medium = 1, .low = 1, .none = 0, .unknown = 0};
    v.first_seen = kAt;
    v.last_inventory = kAt;
    v.running_version = "2.1.0";
    v.desired = Device::Desired{.number = 7, .release = release_ref(), .rollout = rollout_ref()};
    v.certificate = Device::Certificate{.serial = "0a1b", .expires = kAt};
    return v;
}
inline Finding finding() {
    return {.advisory = {.id = "CVE-2024-6387",
                         .title = "regreSSHion",
                         .severity = Severity::high,
                         .exploited = true},
            .cvss = 8.1,
            .epss = 0.5,
            .component = sample_component(),
            .verdict = ports::Verdict::affected,
            .state = Finding::State::open,
            .reason = "below the fix",
            .first_seen = kAt,
            .closed = kAt,
            .disclosed = kAt,
            .fixed_in = "1.36.0-r5",
            .fix = release_ref(),
            .exception = id<ports::ExceptionId>(11),
            .decision = "accepted by user anna until 2026-12-31: off"};
}
inline FleetFinding fleet_finding() {
    return {.advisory = finding().advisory,
            .cvss = 8.1,
            .epss = 0.5,
            .component = sample_component(),
            .verdict = ports::Verdict::affected,
            .reason = "below the fix",
            .fixed_in = "1.36.0-r5",
            .devices = 412,
            .disclosed = kAt};
}
inline Software software() {
    return {.layers = {{.layer = ports::Layer::base,
                        .set = device::SetId(kDigest),
                        .origin = "SBOM x.cdx.json",
                        .components = {sample_component()},
                        .total = 1,
                        .since = kAt}},
            .known = true};
}
inline DeviceEvent event() {
    return {.at = kAt,
            .kind = "fact",
            .subject = "owner",
            .before = "",
            .after = "line 4",
            .detail = "anna said so"};
}
inline Deployment deployment() {
    Deployment v;
    v.id = id<rollout::DeploymentId>(5);
    v.device = device_ref();
    v.rollout = rollout_ref();
    v.release = release_ref();
    v.wave = 1;
    v.stratum = "plant-3/cam-x2";
    v.state = install::State::rolled_back;
    v.reason = install::Reason::health_failed;
    v.detail = "<b>\n";
    v.attempt = 2;
    v.progress_percent = 100;
    v.version_before = "2.1.0";
    v.version_after = "2.1.0";
    v.offered_at = v.state_at = kAt;
    v.deadline = v.soak_until = kAt;
    v.resumed = true;
    return v;
}
inline Explanation explanation() {
    return {.sentence = "It waits.",
            .steps = {{.question = "Is its model compatible?",
                       .answer = Explanation::Reply::yes,
                       .because = "named",
                       .inputs = {{.name = "model", .value = "cam-x2", .source = "reported", .at = kAt}}}}};
}
inline DeviceImportResult import_result() {
    using How = DeviceImportResult::How;
    DeviceImportResult v;
    v.dry_run = true;
    v.edit = id<ports::EditId>(5);
    v.form = "table";
    v.system = "Microsoft Intune, all devices";
    v.mapping = {{.column = "Serial No.", .fact = "serial", .how = How::guessed, .person = false},
                 {.column = "User", .fact = std::nullopt, .how = How::left_out, .person = true}};
    v.notes = {"1 column is about persons and left out; ask for them if you need them."};
    v.lines = 4;
    v.created = v.changed = v.unchanged = v.refused = v.kept = v.doubles = 1;
    v.rows = {{.line = 2,
               .outcome = DeviceImportResult::Outcome::created,
               .device = id<device::DeviceId>(9),
               .by = "serial S2",
               .reason = std::nullopt,
               .changes = {{.key = "owner", .before = std::nullopt, .after = "line 4"}}},
              {.line = 3,
               .outcome = DeviceImportResult::Outcome::refused,
               .device = std::nullopt,
               .by = std::nullopt,
               .reason = "criticality: no such value",
               .changes = {}}};
    return v;
}
inline Facets facets() {
    return {.total = 3,
            .facets = {{.key = "model",
                        .values = {{.value = "cam-x2", .count = 2}, {.value = std::nullopt, .count = 1}},
                        .more = false}}};
}
inline QueryPreview preview() {
    return {.count = 2,
            .unknown = 1,
            .sample = {device_ref()},
            .error = QueryPreview::Mistake{.message = "expected a value", .column = 8}};
}
inline Advisory advisory() {
    Advisory v;
    v.id = "CVE-2024-6387";
    v.aliases = {"GHSA-2x8c-95vh-gfv4"};
    v.title = "regreSSHion";
    v.severity = Severity::high;
    v.cvss = 8.1;
    v.epss = 0.5;
    v.exploited = v.ransomware = true;
    v.published = v.modified = kAt;
    v.affected = 412;
    v.not_affected = 5000;
    v.cannot_tell = 31;
    v.sentence = "412 devices are affected.";
    v.description = "A race.";
    v.cvss_vectors = {
        {.source = "nvd@nist.gov", .vector = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", .score = 8.1}};
    v.epss_percentile = 0.97;
    v.epss_history = {{kAt, 0.1}, {kAt + std::chrono::hours(24), 0.25}};
    v.lev = 0.003;
    v.exploited_since = kAt;
    v.required_action = "Apply updates.";
    v.weaknesses = {"CWE-364"};
    v.breakdown = {
        {.model = "gw-200", .version = "1.4.2", .affected = 412, .not_affected = 0, .cannot_tell = 0}};
    v.evidence = {{.verdict = ports::Verdict::affected,
                   .component = sample_component(),
                   .source = "nvd",
                   .reason = "in range",
                   .devices = 412}};
    v.fixes = {{.kind = Advisory::FixKind::release,
                .name = "gateway",
                .version = "1.4.3",
                .release = id<rollout::ReleaseId>(3),
                .state = "published",
                .devices = 380}};
    v.dates = {
        .disclosed = kAt, .known_to_us = kAt, .matched = kAt, .fix_available = kAt, .first_verified = kAt};
    return v;
}
inline Exposure exposure() {
    Exposure v;
    v.query = "site = \"plant-3\"";
    v.as_of = kAt;
    v.devices = 10;
    v.assessed = 8;
    v.cannot_tell = 2;
    v.exposed = 5;
    v.findings_open = 20;
    v.findings_unknown = 3;
    v.exploited_open_devices = 2;
    v.exploited_fixable_devices = 1;
    v.risk = 12.5;
    v.by_severity = {.critical = 1, .high = 5, .medium = 10, .low = 4, .none = 0, .unknown = 0};
    v.top_advisories = {advisory()};
    v.sentence = "2 devices are exposed to something exploited now.";
    v.blind_spots = {.quiet = 1,
                     .no_software = 2,
                     .assumed_exposure = 3,
                     .unmanaged = 4,
                     .not_assessed = 1,
                     .partly_assessed = 6,
                     .unsupported = 2,
                     .deadlines_on_assumption = 7,
                     .stale_feeds = {"kev"}};
    v.funnel = {.affected = 5, .fix_exists = 4, .approved = 3, .offered = 2, .installed = 1, .verified = 1};
    return v;
}
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
inline Job job() {
    return {.id = "01930000",
            .kind = "feed import",
            .state = "running",
            .detail = "reading",
            .done = 3,
            .total = 10,
            .created = kAt,
            .ended = kAt};
}
inline Upload upload() {
    return {.id = id<UploadId>(8),
            .name = "gw.img",
            .length = 10,
            .sha256 = kDigest,
            .offset = 4,
            .finished = false};
}
inline Artifact artifact() {
    return {
        .sha256 = kDigest, .length = 10, .name = "gw.img", .at = kAt, .verified_at = kAt, .damaged = false};
}
inline Attachment attachment() {
    return {.name = "gw.img.minisig",
            .kind = intake::SignatureKind::minisign,
            .by = "user anna",
            .at = kAt,
            .length = 302,
            .sha256 = kDigest};
}
inline Stick stick() {
    Stick v;
    v.sentence = "1 device: gateway 1.4.3, good until 2026-11-29.";
    v.made = v.expires = kAt;
    v.devices = {{device_ref(),
                  {id<rollout::ReleaseId>(3), "gateway", "1.4.3"},
                  id<rollout::DeploymentId>(9).text(),
                  "{}",
                  std::nullopt}};
    v.left_out = {{device_ref(), "another release is on its way to it"}};
    v.nothing_asked = 2;
    v.metadata = {{"1.root.json", "{}"}};
    v.artifacts = {{kDigest, 10, "gw.img"}};
    return v;
}
inline ReceiptTaken receipt_taken() {
    return {"accepted", device_ref(), id<rollout::DeploymentId>(9).text(), install::State::verified,
            "Camera 7 signed that it runs 1.4.3."};
}
inline Release release() {
    Release v;
    v.id = id<rollout::ReleaseId>(3);
    v.name = "gateway";
    v.version = "1.4.3";
    v.state = ReleaseState::published;
    v.artifact.sha256 = kDigest;
    v.artifact.length = 10;
    v.artifact.name = "gw.img";
    v.models = {"gw-200"};
    v.hw_revisions = {"b"};
    v.min_from = "1.2.0";
    v.has_sbom = true;
    v.fixes_count = 41;
    v.brings_count = 2;
    v.devices_running = 3;
    v.created = kAt;
    v.published = kAt;
    v.sentence = "Fixes 41, brings 2.";
    v.notes = "OpenSSH fixed";
    v.counter = 4;
    v.floor = "1.4.0";
    v.target_path = "gateway/1.4.3";
    v.fixes = std::vector<AdvisoryRef>{
        {.id = "CVE-2024-6387", .title = "regreSSHion", .severity = Severity::high, .exploited = true}};
    v.brings = std::vector<AdvisoryRef>{};
    v.sbom_diff = Release::SbomDiff{.against = release_ref(),
                                    .added = {sample_component()},
                                    .removed = {sample_component()},
                                    .changed = {{.name = "openssh", .before = "9.6", .after = "9.8"}}};
    v.adoption = {{.model = "gw-200", .version = "1.4.2", .devices = 500}};
    v.paths_left_out = 2;
    v.paths = {{.model = "gw-200",
                .version = "1.1.0",
                .devices = 12,
                .can = false,
                .through = "1.2.0",
                .why = "It is older than 1.2.0.",
                .query = "model = gw-200 and firmware_version = 1.1.0"}};
    v.compared_with = "gateway 1.4.2";
    v.makers = {"user anna"};
    v.decision = Release::Decision{
        .approved = true, .by = "user bert", .why = "tried in the lab", .at = kAt, .current = true};
    v.checks = {{.name = "sbom",
                 .verdict = intake::Verdict::passed,
                 .sentence = "An SBOM names 41 components, of these very bytes by their SHA-256.",
                 .overridable = false},
                {.name = "exploited",
                 .verdict = intake::Verdict::failed,
                 .sentence = "Compared with gateway 1.4.2 it fixes 41 and brings 2.",
                 .overridable = true}};
    v.actions = {ReleaseAction::publish, ReleaseAction::withdraw, ReleaseAction::approve,
                 ReleaseAction::let_through, ReleaseAction::change};
    return v;
}
inline Rollout rollout_value() {
    Rollout v;
    v.id = id<rollout::RolloutId>(4);
    v.name = "everywhere";
    v.sentence = "Wave 2 of 3 is open.";
    v.state = rollout::State::running;
    v.state_reason = "started by anna";
    v.release = release_ref();
    v.query = "site = \"plant-3\"";
    v.waves_count = 1;
    v.open_wave = 0;
    v.totals = counts();
    v.in_scope = 500;
    v.devices_query = "model in (\"GW\")";
    v.cannot_tell = 7;
    v.person_opens_next = true;
    v.created_by = "anna";
    v.approved_by = "bert";
    v.created = kAt;
    v.started = v.ended = kAt;
    v.plan.name = "everywhere";
    v.plan.release = id<rollout::ReleaseId>(3);
    v.plan.waves = {rollout::Wave{.name = "canary", .share_ppm = 10'000, .gate = {}}};
    v.plan.soak = std::chrono::seconds(60);
    RolloutWave wave;
    wave.name = "canary";
    wave.share_ppm = 10'000;
    wave.state = RolloutWave::State::open;
    wave.opened_at = kAt;
    wave.expected = 5;
    wave.counts = counts();
    wave.strata = {{.stratum = "plant-3/gw-200", .counts = counts()}};
    wave.gate_verdict = RolloutWave::Gate::wait;
    wave.gate_sentence = "12 more are needed.";
    wave.needed = 12;
    v.waves = {wave};
    v.evidence = Rollout::Evidence{.tolerated_failure_ppm = 50'000,
                                   .devices = 80,
                                   .failed = 1,
                                   .pending = 3,
                                   .lines = {{.devices = 0, .halts_at = 1, .proves_up_to = {}},
                                             {.devices = 100, .halts_at = 14, .proves_up_to = 0}}};
    v.blocked = {{.kind = rollout::Blocked::window,
                  .reason = "wait for window \"nights\"",
                  .devices = 3,
                  .until = kAt,
                  .query = "lifecycle = quiet"}};
    v.failures = {{.model = "gw-200",
                   .reason = install::Reason::boot_failed,
                   .devices = 1,
                   .example = Rollout::Example{.device = device_ref(), .detail = "kernel panic"}}};
    v.risk_before = 100;
    v.risk_now = 62.5;
    v.actions = {RolloutAction::pause, RolloutAction::open_next_wave, RolloutAction::roll_back};
    v.warnings = {"2 devices on 1.4.2 could not be ordered back."};
    return v;
}
inline RolloutDecision decision() {
    return {.at = kAt, .decision = "opened wave", .sentence = "The canary was good."};
}
inline SbomAttached sbom() {
    return {.set = device::SetId(kDigest),
            .format = "CycloneDX 1.5",
            .name = "x.cdx.json",
            .components = 3,
            .statements = 1,
            .model = "gw-200",
            .version = "1.4.3",
            .device = id<device::DeviceId>(2),
            .devices = 4,
            .warnings = {"/components/2: no version"}};
}
inline Firmware firmware() {
    return {.model = "gw-200",
            .version = "1.4.2",
            .set = device::SetId(kDigest),
            .sbom_name = "x.cdx.json",
            .at = kAt,
            .components = 3,
            .devices = 500,
            .findings_open = 12};
}
inline SearchResults search_results() {
    return {.items = {{search::Kind::device, search::Match::prefix, "01jc0000000000000000000002",
                       "Camera \"7\"", "cam-x2 at plant-3, serial CAM-7"},
                      {search::Kind::site, search::Match::within, "plant-3", "plant-3", "12 devices"}},
            .left_out = 3,
            .not_held = SearchResults::NotHeld{"CVE-2031-0001", kAt, not_in_our_data("CVE-2031-0001", kAt)}};
}
inline System system_value() {
    System v;
    v.version = "0.1.0";
    v.address = "https://127.0.0.1:8443";
    v.ca_fingerprint = kDigest.hex();
    v.ca_pem = "-----BEGIN CERTIFICATE-----\n";
    v.how_to_trust = "Run this.";
    v.offline_keys_here = true;
    v.now = kAt;
    v.data_as_of = v.newest_advisory = kAt;
    v.stale_feeds = {"epss"};
    v.notices = {"The clock jumped."};
    v.ends = {{.what = "root", .at = kAt, .soon = true}};
    v.setup = {{.step = "devices", .done = true, .sentence = "Devices are here."}};
    return v;
}
inline Health health() {
    return {.status = Health::Status::degraded, .checks = {{.name = "store", .ok = false, .detail = "full"}}};
}
inline Backup backup() {
    return {.file = "auto-20251122T160300Z.oakum",
            .state = Backup::State::verified,
            .by_server = true,
            .began = kAt,
            .ended = kAt + std::chrono::seconds(2),
            .verified = kAt + std::chrono::seconds(2),
            .bytes = 262'144,
            .devices = 7,
            .with_files = true,
            .detail = "1 artifact in it was damaged"};
}
inline SupportBundle support_bundle() {
    return {.made = kAt, .files = {{.name = "versions.json", .text = "{}\n"}}};
}
inline BackupSchedule backup_schedule() {
    return {.every_seconds = 86'400,
            .keep = 7,
            .with_files = true,
            .next = kAt + std::chrono::hours(24),
            .newest_verified = kAt,
            .folder = "/var/lib/oakum/backups",
            .warning = "The last one failed: no room."};
}
inline Group group() {
    return {.id = id<device::GroupId>(1),
            .name = "Plant 3",
            .query = "site = \"plant-3\"",
            .defaults = {{"criticality", "high"}},
            .devices = 7,
            .row_version = 3};
}
inline governance::OpenSession open_session() {
    governance::OpenSession v;
    v.row.id = id<access::TokenId>(7);
    v.row.user = id<access::UserId>(9);
    v.row.label = "192.0.2.7";
    v.row.client = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    v.row.began = "password";
    v.row.created = v.row.expires = kAt;
    v.user = "anna";
    v.used = kAt;
    v.here = true;
    return v;
}
inline Exception exception_value() {
    Exception v;
    v.row.id = id<ports::ExceptionId>(11);
    exception::Wish& wish = v.row.wish;
    wish.kind = exception::Kind::suppress;
    wish.subject = {"CVE-2024-6387, CVE-2024-6388", "pkg:deb/debian/openssh", ">=8.5, <9.8", 40};
    wish.scope = {id<device::GroupId>(3), "site = plant-3"};
    wish.justification = exception::Justification::component_not_present;
    wish.metric = "MAV:A";
    wish.reason = "the service is off";
    wish.evidence = {"https://wiki.example/vlan-7"};
    wish.expires = kAt;
    v.row.state = exception::State::approved;
    v.row.asked_by = "user anna";
    v.row.history = {{kAt, exception::State::asked, "user anna", "the service is off"},
                     {kAt, exception::State::approved, "user ben", ""}};
    v.sentence = "Accept CVE-2024-6387, on devices of Plant 3, until 2026-12-31.";
    v.group = GroupRef{id<device::GroupId>(3), "Plant 3"};
    v.covers = {4, 5, 6};
    v.devices_query = "finding = \"CVE-2024-6387\"";
    v.ends_soon = true;
    return v;
}
inline ExceptionPreview exception_preview() {
    ExceptionPreview v;
    v.sentence = "Accept CVE-2024-6387, on the whole fleet, until 2026-12-31.";
    v.covers = {4, 5, 6};
    v.devices_query = "finding = \"CVE-2024-6387\"";
    v.second_person = true;
    v.before.exposed = 9;
    v.before.risk_thousandths = 1500;
    v.after.exposed = 5;
    v.after.excepted = 4;
    return v;
}
inline OwnAdvisory own_advisory() {
    OwnAdvisory v;
    v.row.id = "OAKUM-2026-1";
    v.row.notice = {"The update service takes any file",
                    "Anybody near can install.",
                    "Switch the service off.",
                    {{"gateway", "generic", "1.2", "1.4.2", ""}},
                    "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                    "high",
                    true,
                    {"https://vendor.example/letter"},
                    {"CVE-2026-77"},
                    "plant managers",
                    kAt};
    v.row.created_by = "user anna";
    v.row.created = v.row.changed = kAt;
    v.row.row_version = 2;
    v.merged_with = "CVE-2026-77";
    return v;
}
inline Alarm alarm() {
    Alarm v;
    v.id = id<alarm::AlarmId>(8);
    v.kind = alarm::Kind::exploited;
    v.state = AlarmState::muted;
    v.urgent = true;
    v.words = {"CVE-2024-6387 is known to be exploited and affects 7 devices.", "See which fix ends it.",
               "/vulnerabilities/CVE-2024-6387", "oakum advisory show CVE-2024-6387"};
    v.owner = "line 4";
    v.devices = 7;
    v.query = "finding = \"CVE-2024-6387\"";
    v.things = {"CVE-2024-6387"};
    v.opened = kAt;
    v.closed = v.acknowledged = v.muted_until = kAt;
    v.acknowledged_by = v.muted_by = "anna";
    v.why = "known";
    return v;
}
inline BulkPreview bulk_preview() {
    BulkPreview v;
    v.matched = 10;
    v.unknown = 2;
    v.changes = 7;
    v.sample = {device_ref()};
    v.left_out = {{"held already", 3, {device_ref()}}};
    v.lasting = {"Their certificates are refused from now on."};
    v.sentence = "Holds 7 of 10 devices.";
    v.stamp = "7.0123456789abcdef";
    return v;
}
inline ReplacementPreview replacement_preview() {
    ReplacementPreview v;
    v.old = v.fresh = device_ref();
    v.changes = {{"owner", std::nullopt, "line 3"}};
    v.decisions = {{id<ports::ExceptionId>(11), "Accept CVE-2026-1 until 2026-12-31",
                    "passes on as it was approved, until the same day", true}};
    v.notes = {"They are of different models: AC-1 and AC-2."};
    v.sentence = "camera 2 takes the place of camera 1: 1 value passes to it, and camera 1 is retired.";
    v.stamp = "0123456789abcdef";
    return v;
}
inline Edit edit() {
    Edit v;
    v.id = id<ports::EditId>(10);
    v.kind = "bulk";
    v.name = "hold";
    v.query = "site = plant-3";
    v.why = "it is time";
    v.state = "undone";
    v.actor = "user anna";
    v.at = kAt;
    v.ended = v.undone = kAt;
    v.undone_by = "user bert";
    v.total = 10;
    v.created = 1;
    v.changed = 6;
    v.unchanged = 2;
    v.refused = 1;
    v.put_back = 5;
    v.left_alone = 2;
    v.reasons = {"1 device: retired"};
    v.left = {"CAM-7: hold was changed since"};
    v.why_not = "it was undone already";
    v.sentence = "Held 7 of 10 devices.";
    return v;
}
inline EditedDevice edited_device() {
    EditedDevice v;
    v.device = device_ref();
    v.line = 7;
    v.created = v.undone = true;
    v.changes = {{"owner", "line 3", "line 4"}};
    v.sentence = "owner: line 3 -> line 4";
    return v;
}
inline Source unsynced_source() {
    Source v;
    v.set.kind = "kev";
    return v;
}
inline Source feed_source() {
    Source v;
    v.set = {"osv",
             "osv",
             oakum::source::Walk::files,
             "https://example.org/{}/all.zip",
             {"Go", "PyPI"},
             std::chrono::hours(24),
             std::chrono::milliseconds(0),
             true,
             ""};
    v.has_key = true;
    v.offered = true;
    v.tried = v.failing = kAt;
    v.next = kAt + std::chrono::hours(1);
    v.failures = 2;
    v.error = "osv-Go: nobody answers at its address";
    v.feeds = {"osv-PyPI"};
    v.accepted = 1000;
    v.rejected = 1;
    v.newest = kAt;
    return v;
}
inline Connector unsynced_connector() {
    return {};
}
inline Connector management_connector() {
    Connector v;
    v.set = {"hq",
             connector::Kind::intune,
             "https://graph.microsoft.com",
             "https://login.microsoftonline.com",
             "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
             "11111111-2222-3333-4444-555555555555",
             std::chrono::hours(1),
             true,
             true,
             false,
             ""};
    v.tried = v.synced = v.failing = kAt;
    v.next = kAt + std::chrono::hours(1);
    v.failures = 2;
    v.refused = true;
    v.error = "it refuses the credentials (status 401)";
    v.sweep = {1000, 1, 2, 990, 3, 4, 5, 6, 2};
    v.missing = 7;
    return v;
}
inline AppleManagement apple_management() {
    return {true, false, "2 phones enrolled.", "https://oakum.example:8443", "com.apple.mgmt.External.x",
            kAt,  2};
}
inline AppleProfile apple_profile() {
    return {"Anna", "<plist/>", kAt, {"The server has no push certificate."}};
}
inline ApplePhone apple_phone() {
    ApplePhone v;
    v.device = {id<device::DeviceId>(1), "Anna's iPhone", "iPhone17,1", {}, {}, {}};
    v.state = "enrolled";
    v.since = kAt;
    v.wakes = true;
    v.asked = v.certificate_expires = kAt;
    v.waiting = {{"SecurityInfo", "how it is kept safe", kAt, kAt, kAt, 1, 2}};
    v.answers = {{"DeviceInformation", kAt, {}}, {"SecurityInfo", kAt, "it failed"}};
    return v;
}
inline FloorPlan floor_plan() {
    FloorPlan v;
    v.words = "iOS 26.4";
    v.sentence = "3 of 10 devices fall short of iOS 26.4.";
    v.devices = "x.connector = \"hq\"";
    v.below = v.devices + " and (os_version < \"26.4\")";
    v.total = 10;
    v.short_of_it = 3;
    v.cannot_tell = v.personal_short = 1;
    v.calls = {{"POST", "https://graph.microsoft.com/v1.0/deviceManagement/deviceCompliancePolicies",
                R"({"osMinimumVersion":"26.4"})", "makes a compliance policy"}};
    v.cannot = {"A compliance policy installs nothing."};
    return v;
}
inline Channel channel() {
    Channel v;
    v.id = id<alarm::ChannelId>(9);
    v.name = "on call";
    v.kind = alarm::ChannelKind::mail;
    v.pace = alarm::Pace::digest;
    v.server = "mail.example.org:587";
    v.account = "oakum";
    v.sender = "oakum@example.org";
    v.recipients = {"anna@example.org"};
    v.created = kAt;
    v.created_by = "anna";
    v.delivered = v.failed = kAt;
    v.last_error = "nobody answers at its address";
    return v;
}
inline ports::AuditRow audit_row() {
    ports::AuditRow v;
    v.number = 1;
    v.at = kAt;
    v.actor = "user anna";
    v.action = "user.create";
    v.resource = "user x";
    v.after = R"({"name":"bert"})";
    v.why = "new here";
    v.previous = v.hash = kDigest;
    return v;
}

} // namespace oakum::api::test
