// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <string>

// Other management systems.
namespace oakum::cli {

struct ConnectorSettings {
    std::string name, kind, account, client, url, sign_in, secret_file;
    int every_minutes = -1;
    bool secret_stdin = false, apps = false, without_apps = false;
};
// Makes one and switches it on, or changes one.
base::Status add_connector(const Flow& flow, const ConnectorSettings& settings);
base::Status change_connector(const Flow& flow, const ConnectorSettings& settings);
// Whether phones may be told through it.
base::Status steer_connector(const Flow& flow, const std::string& name, bool on);
base::Status switch_connector(const Flow& flow, const std::string& name, bool on);
base::Status test_connector(const Flow& flow, const std::string& name);
// Waits until it has ended.
base::Status sync_connector(const Flow& flow, const std::string& name, bool force);
struct FloorWish {
    std::string name, platform, version, patch_level, install;
    int days = 7;
};
// Who falls short of it, and the calls that would bring it about; nothing is sent.
base::Status plan_floor(const Flow& flow, const FloorWish& wish);
// What has to be granted in a system, each with its reason, and how.
base::Status show_connector_kind(const Flow& flow, const std::string& kind);

} // namespace oakum::cli
