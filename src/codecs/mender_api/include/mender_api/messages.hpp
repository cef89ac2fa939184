// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::mender_api {

// ---- what devices send. Errors of all: invalid, with the place.

struct AuthRequest {
    std::map<std::string, std::string> identity; // the members of id_data
    std::string tenant_token;                    // may be empty
    std::string pubkey;                          // PEM
};
base::Result<AuthRequest> decode_auth_request(std::string_view json);
// The device's name here: what it says as its only member, as "serial" or "serial_number", else all of it in
// order; at most 128 bytes.
std::string serial_of(const std::map<std::string, std::string>& identity);

// Several values of one name are joined by commas. At most 120 names.
base::Result<std::map<std::string, std::string>> decode_inventory(std::string_view json);

struct Next {
    std::map<std::string, std::string> provides;
    bool takes_control_map = false; // it waits where a control map tells it to
};
base::Result<Next> decode_next_v1(std::string_view json); // flat
base::Result<Next> decode_next_v2(std::string_view json); // in "device_provides"

enum class Status : std::uint8_t {
    downloading,
    pause_before_installing,
    installing,
    pause_before_rebooting,
    rebooting,
    pause_before_committing,
    success,
    failure,
    already_installed
};
struct StatusReport {
    Status status = Status::downloading;
    std::string substate;
};
base::Result<StatusReport> decode_status(std::string_view json);
constexpr bool ends(Status status) {
    return status == Status::success || status == Status::failure || status == Status::already_installed;
}

inline constexpr std::size_t kMaxLog = 2048;
// The lines that say most, errors before others, the newest kept; at most kMaxLog bytes.
base::Result<std::string> decode_log(std::string_view json);

// ---- what they are sent

// What a device is to do when it would begin to install.
enum class Gate : std::uint8_t { pass, wait, fail };
struct Deployment {
    std::string id, artifact_name; // the id of one with a gate must be a UUID
    std::vector<std::string> device_types;
    std::string uri, expires;   // RFC 3339
    std::optional<Gate> gate{}; // sent as a control map, which clients from 2.7 to 3.x take
};
std::string encode(const Deployment& deployment);
// The control map of that deployment as it is now.
std::string encode_gate(std::string_view deployment, Gate gate);
std::string encode_error(std::string_view message);

} // namespace oakum::mender_api
