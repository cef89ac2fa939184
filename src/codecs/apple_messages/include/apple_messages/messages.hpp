// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/phone.hpp>
#include <base/bytes.hpp>
#include <plist/value.hpp>

#include <string>
#include <string_view>

namespace oakum::apple_messages {

enum class CheckInKind : std::uint8_t {
    authenticate,
    token_update,
    check_out,
    declarative_management,
    set_bootstrap_token,
    get_bootstrap_token,
    get_token,
    user_authenticate
};

struct CheckIn {
    CheckInKind kind = CheckInKind::authenticate;
    std::string enrolment; // UDID, else the id of a user's enrolment
    bool by_user = false;  // the latter
    bool of_user = false;  // about somebody who uses the device, not about the device
    std::string topic;
    // Of Authenticate, where it tells them.
    std::string serial, product, os_version, build;
    // Of TokenUpdate.
    base::Bytes token;
    std::string magic;
    // Of DeclarativeManagement: what is asked, with its body.
    std::string endpoint;
    base::Bytes data;
};
// Errors: invalid, too_large.
base::Result<CheckIn> read_check_in(std::string_view body);

struct Report {
    apple::Word word = apple::Word::idle;
    std::string uuid; // of the command that it is about; empty: none
    std::string enrolment;
    bool by_user = false, of_user = false;
    std::string error; // in the phone's words, bounded
    plist::Dict whole;
};
base::Result<Report> read_report(std::string_view body);

} // namespace oakum::apple_messages
