// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scan_target.hpp"

#include <advisory/match.hpp>
#include <risk/risk.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::cli {

// One finding of a scan, with all that the outputs say of it.
struct Finding {
    const Target* target = nullptr;
    const component::Component* component = nullptr;
    advisory::AdvisoryView advisory;
    advisory::Verdict verdict = advisory::Verdict::unknown;
    advisory::Evidence why;
    std::string statement;           // of a VEX author, where it decided
    std::vector<std::string> others; // what sources that did not decide say, a sentence each
    double points = 0;               // of a device of medium criticality whose exposure nobody stated
    std::string weight;              // those points in words
};
struct LeftOut {
    const Target* target = nullptr;
    const component::Component* component = nullptr;
    std::string_view reason;
};
struct ScanResult {
    std::vector<Finding>
        findings; // affected ones by risk, then those that cannot be told, then what VEX rules out
    std::vector<LeftOut> not_assessed;
    bool several = false; // targets: each finding says of which it is
};

// A path as the URI reference that it is (RFC 3986): a space or a colon in it steers no reader.
std::string uri_of(std::string_view path);

// docs/scan.schema.json.
std::string scan_as_json(const ScanResult& result);
// SARIF 2.1.0: one rule an advisory, one result a finding that is affected or cannot be told.
std::string scan_as_sarif(const ScanResult& result, std::string_view version);
// CycloneDX 1.6 with its vulnerabilities and their analysis.
std::string scan_as_cyclonedx(const ScanResult& result, std::string_view version);

} // namespace oakum::cli
