// SPDX-License-Identifier: Apache-2.0
#include "artifact_says.hpp"

#include <mender_api/artifact.hpp>

#include <algorithm>
#include <fstream>

namespace oakum::server {

base::Status artifact_agrees(const std::filesystem::path& file, const releases::NewRelease& release) {
    std::ifstream in(file, std::ios::binary);
    std::string beginning(mender_api::kArtifactHead, '\0');
    in.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    beginning.resize(static_cast<std::size_t>(in.gcount()));
    if (!mender_api::is_artifact(beginning)) return {};
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
    return {};
}

} // namespace oakum::server
