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
    TRY_VALUE(const json::Value root, json::parse(text, reading));
    SbomDocument out;
    if (!root.is_object()) return root.wrong("an SBOM is an object");
    if (root.find("bomFormat")) {
        TRY(read_cyclonedx(root, out, limits));
    } else if (root.find("spdxVersion")) {
        TRY(read_spdx(root, out, limits));
    } else if (root.find("@context")) {
        return base::invalid(
            "this may be SPDX 3 (JSON-LD), which is not read; SPDX 2.3 and CycloneDX 1.4 to 1.6 are");
    } else {
        return base::invalid("this is neither CycloneDX (\"bomFormat\") nor SPDX 2 (\"spdxVersion\")");
    }
    // Nothing to match is not the same as nothing to find.
    if (out.components.empty()) Builder(out, limits).warn(root, "the SBOM names no software");
    return out;
}

} // namespace oakum::sbom
