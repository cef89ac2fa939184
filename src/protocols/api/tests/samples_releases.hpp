// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_shared.hpp"

#include <api/carried_service.hpp>

// Artifacts, releases, rollouts.
namespace oakum::api::test {

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
    v.has_summary = true;
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
    v.plan.waves = {
        rollout::Wave{.name = "lab", .share_ppm = 1'000'000, .gate = {}, .query = "tag.ring = lab"},
        rollout::Wave{.name = "canary",
                      .share_ppm = 10'000,
                      .gate = {},
                      .pace = {.max_in_flight = 50,
                               .per_minute = 10,
                               .doubles_after_minutes = 30,
                               .up_to_per_minute = 400}}};
    v.plan.soak = std::chrono::seconds(60);
    RolloutWave wave;
    wave.name = "canary";
    wave.share_ppm = 10'000;
    wave.query = "tag.ring = lab";
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

} // namespace oakum::api::test
