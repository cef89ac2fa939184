// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace oakum::governance {

// What counts as one place when attempts are counted: an IPv4 address, or the /64 of an IPv6 address, of
// which one person has 2^64 addresses. Other text stands for itself.
std::string network_of(std::string_view address);

} // namespace oakum::governance
