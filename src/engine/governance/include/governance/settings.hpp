// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstddef>
#include <string>

namespace oakum::governance {

struct Settings {
    base::Duration session_idle = std::chrono::hours(2);
    base::Duration session_absolute = std::chrono::hours(12);
    base::Duration sign_in_link = std::chrono::hours(1);
    base::Duration ended_tokens = std::chrono::hours(24 * 30); // expired for that long: no longer listed
    base::Duration idempotency = std::chrono::hours(24);
    std::size_t sessions_per_user = 16; // one more replaces the oldest
    std::size_t tokens_per_user = 64;
    std::size_t users = 10'000;
    std::size_t enrolment_tokens = 10'000;
    std::size_t password_checks = 16; // that wait at one time
    std::string provider;             // the issuer at which people sign in too; empty: none
};

} // namespace oakum::governance
