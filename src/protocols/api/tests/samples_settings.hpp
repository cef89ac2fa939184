// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_shared.hpp"

#include <api/apple_service.hpp>
#include <api/channels_service.hpp>
#include <api/connectors_service.hpp>
#include <api/edits_service.hpp>
#include <api/floors_service.hpp>
#include <api/sources_service.hpp>

// Bulk changes, and the systems that Oakum speaks with.
namespace oakum::api::test {

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
