// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <array>
#include <string>

namespace oakum::apple_messages {

struct Profile {
    std::string server;    // https://HOST[:PORT]
    std::string challenge; // that the phone's certificate is asked for with
    std::string topic;     // of the push certificate
    std::string name;      // as the phone shows it
    bool personal = false;
    base::Bytes
        authority; // the certificate that the server is trusted by, in DER; empty: the phone knows it already
    std::array<std::string, 4> uuids;
};
// Under which the phone keeps it.
std::string identifier_of(const Profile& profile);
// A .mobileconfig, not signed.
std::string write_profile(const Profile& profile);

// What the server may do to a phone by it, as Apple counts it: never lock it, take its passcode off or erase
// it.
std::int64_t access_rights(bool personal);

inline constexpr std::string_view kServerPath = "/apple/mdm", kScepPath = "/apple/scep";

} // namespace oakum::apple_messages
