// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples_shared.hpp"

// Advisories and exposure.
namespace oakum::api::test {

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

} // namespace oakum::api::test
