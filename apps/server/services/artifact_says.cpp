// SPDX-License-Identifier: Apache-2.0
#include "artifact_says.hpp"

#include <device/attributes.hpp>
#include <device/query.hpp>
#include <mender_api/artifact.hpp>

#include <algorithm>
#include <fstream>

namespace oakum::server {

namespace {

// The artifact that runs is the version of ours; all else that files provide is told under x.provides.
base::Result<std::string> needs_of(const mender_api::ArtifactHead& head) {
    std::string query;
    for (const auto& [name, values] : head.depends) {
        const std::string field =
            name == "artifact_name" ? "running_version" : device::attribute_key("provides." + name);
        query += (query.empty() ? "" : " and ") + field + " in (";
        for (const std::string& value : values) {
            query += value == values.front() && query.ends_with('(') ? "\"" : ", \"";
            for (const char c : value) {
                if (c == '"' || c == '\\' || c == '*') query += '\\';
                query += c;
            }
            query += '"';
        }
        query += ")";
    }
    if (const auto parsed = device::parse_query(query); !parsed.ok())
        return base::invalid("what the artifact depends on cannot be asked of devices: " +
                             parsed.error().message)
            .at("/artifact");
    return query;
}

} // namespace

base::Result<std::string> look_into(const std::filesystem::path& file, const releases::NewRelease& release) {
    std::ifstream in(file, std::ios::binary);
    std::string beginning(mender_api::kArtifactHead, '\0');
    in.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    beginning.resize(static_cast<std::size_t>(in.gcount()));
    if (!mender_api::is_artifact(beginning)) return std::string();
    const auto head = mender_api::read_artifact_head(beginning);
    if (!head.ok()) return base::Error(head.error()).at("/artifact");
    if (release.version != head->name)
        return base::invalid("devices will report the artifact's name as their version: give the release the "
                             "version \"" +
                             head->name + "\"")
            .at("/version");
    for (const std::string& model : release.models)
        if (std::ranges::find(head->device_types, model) == head->device_types.end()) {
            std::string types;
            for (const std::string& type : head->device_types)
                types += (types.empty() ? "\"" : ", \"") + type + "\"";
            return base::invalid("the artifact installs on the device types " + types + " only, not on \"" +
                                 model + "\"")
                .at("/models");
        }
    return needs_of(*head);
}

} // namespace oakum::server
