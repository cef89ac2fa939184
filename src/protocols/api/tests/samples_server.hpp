// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_shared.hpp"

#include <api/alarms_service.hpp>
#include <api/exceptions_service.hpp>
#include <api/groups_service.hpp>
#include <api/notices_service.hpp>
#include <api/search_service.hpp>
#include <governance/open_sessions.hpp>

// The server itself, and what people decide and are told.
namespace oakum::api::test {

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

} // namespace oakum::api::test
