// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Declarative management: what a phone is told once and keeps by itself.
namespace oakum::apple {

// A version that it has to install, by a time of its own clock; Apple's software update enforcement.
struct Enforced {
    std::string version; // "26.6.1"; "26.6" is the newest 26.6 that Apple offers
    std::string until;   // "2026-12-01T19:00:00", without a zone
    bool operator==(const Enforced&) const = default;
};
// "iOS 26.6.1 by 2026-12-01T19:00:00"
std::string words(const Enforced& enforced);

// By Apple's schemas. `os_version`: "26.3"; one that cannot be read takes nothing.
bool takes_declarations(std::string_view os_version); // since iOS 15
bool takes_enforcement(std::string_view os_version);  // since iOS 17; not where a user's account enrolled it
// What it tells of its updates: since iOS 17 too.
bool tells_updates(std::string_view os_version);

} // namespace oakum::apple
