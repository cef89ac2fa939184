// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <component/component.hpp>

#include <string>
#include <vector>

namespace oakum::vex {

// One vulnerability in some components.
struct Statement {
    std::string advisory;
    std::vector<std::string> aliases;
    component::StatementStatus status = component::StatementStatus::under_investigation;
    std::string justification; // not affected: one of the five words of VEX; may be empty
    std::string words;         // why it is not affected, or what to do about it
    std::vector<component::Component> products;
};

struct Document {
    std::string author;
    base::TimePoint at{};
    std::vector<Statement> statements;
};

// OpenVEX 0.2.0. What is affected has an action statement, what is not affected a justification or an impact
// statement, as the specification asks.
std::string to_openvex(const Document& document);
// CycloneDX 1.5 with `vulnerabilities` and the components that they affect.
std::string to_cyclonedx(const Document& document);

} // namespace oakum::vex
