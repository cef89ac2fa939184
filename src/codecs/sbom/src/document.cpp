// SPDX-License-Identifier: Apache-2.0
#include <sbom/document.hpp>

#include <json/parse.hpp>

#include "builder.hpp"

namespace oakum::sbom {
namespace {

// The values of a document with as many components as are allowed, tens of members each.
constexpr std::size_t max_values = 6'000'000;

} // namespace

Result<SbomDocument> parse(std::string_view text, const Limits& limits) {
    const json::Limits reading{
        .max_bytes = limits.max_bytes, .max_depth = 64, .max_values = max_values, .floats = true};
    if (text.size() > limits.max_bytes)
        return base::too_large("more than " + std::to_string(limits.max_bytes) + " bytes");
    std::string written; // where it is not JSON
    if (is_xml(text)) {
        TRY_VALUE(written, json_of_cyclonedx_xml(text));
    } else if (is_tag_value(text)) {
        written = json_of_tag_value(text);
    }
    TRY_VALUE(const json::Value root, json::parse(written.empty() ? text : written, reading));
    SbomDocument out;
    if (!root.is_object()) return root.wrong("an SBOM is an object");
    if (root.find("bomFormat")) {
        TRY(read_cyclonedx(root, out, limits));
    } else if (root.find("spdxVersion")) {
        TRY(read_spdx(root, out, limits));
    } else if (is_spdx3(root)) {
        TRY(read_spdx3(root, out, limits));
    } else {
        return base::invalid(
            "this is none of CycloneDX (\"bomFormat\", or XML), SPDX 2 (\"spdxVersion\") and SPDX 3 (an "
            "\"@context\" of spdx.org and a \"@graph\")");
    }
    // Nothing to match is not the same as nothing to find.
    if (out.components.empty()) Builder(out, limits).warn(root, "the SBOM names no software");
    return out;
}

} // namespace oakum::sbom
