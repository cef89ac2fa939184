// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <string>

// Apple's phones and tablets that Oakum itself manages.
namespace oakum::cli {

struct AppleProfileWish {
    std::string label, group, file;
    bool personal = false, trusted_already = false;
    int hours = 72;
};
// Makes the profile that lets one phone in, and keeps it in a file that only its owner reads.
base::Status make_apple_profile(const Flow& flow, const AppleProfileWish& wish);

} // namespace oakum::cli
