// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <ports/clock.hpp>

#include <string>
#include <string_view>

namespace oakum::governance {

// 256 random bits in letters that survive a URL and a shell. Only its digest is stored.
std::string new_secret(ports::Random& random);
base::Digest256 digest_of(std::string_view secret);
// The CSRF token of a session: derived from the session's secret, so that it can be told again and is nowhere
// stored.
std::string csrf_of(std::string_view session_secret);

} // namespace oakum::governance
