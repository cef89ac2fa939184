// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_shared.hpp"

// Devices, and what is asked of them.
namespace oakum::api::test {

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

} // namespace oakum::api::test
