// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace oakum::connector {

enum class Kind : std::uint8_t { intune, android_management };
std::string_view to_string(Kind kind); // "intune"
base::Result<Kind> parse_kind(std::string_view text);
std::span<const Kind> kinds();

// What people call it, and what its fields are.
struct About {
    std::string_view title;           // "Microsoft Intune"
    std::string_view url, sign_in;    // where it is, unless it is said to be elsewhere (national clouds)
    std::string_view account, client; // what is meant by them: "directory (tenant) id"
    std::string_view secret;          // "client secret"
    std::string_view id_key;          // the fact that its own id of a device goes into
    std::string_view protocol;        // the fact `protocol` of a device that it alone manages
    bool can_steer = false;           // Oakum knows how to have phones updated through it
};
const About& about(Kind kind);

// In place of a connector's name at phones that Oakum itself manages; no connector is called so.
inline constexpr std::string_view kOwnManagement = "oakum";

struct Connector {
    std::string name; // "hq"
    Kind kind = Kind::intune;
    std::string url, sign_in; // https, without a path
    std::string account, client;
    std::chrono::seconds every{std::chrono::hours(1)};
    bool enabled = false;
    bool steers = false; // phones may be told through it: an administrator said so
    bool apps = false;   // also which apps devices have: about one more request for each app
    std::string secret;  // sealed where it is kept

    bool operator==(const Connector&) const = default;
};

// Whether addresses without TLS are allowed: in networks of one's own.
enum class Plain : bool { refused, allowed };
// Errors: invalid, with its place.
base::Status check(const Connector& connector, Plain plain);

// "https://host:8443" of "https://host:8443/a?b"; empty for what is no such address.
std::string_view origin_of(std::string_view url);

} // namespace oakum::connector
