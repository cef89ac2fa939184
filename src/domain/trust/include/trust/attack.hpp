// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string_view>

namespace oakum::trust {

// What somebody tried on a device, as far as the device can tell: the words of Uptane's threats.
enum class Attack : std::uint8_t {
    unapproved,     // not signed by those who may, or not what they signed
    rollback,       // older than what it has seen, or older software
    freeze,         // metadata that has expired is served as the newest
    mix_and_match,  // the two repositories do not say the same of one file
    wrong_hardware, // signed, and for another model or revision
    wrong_device,   // signed for another device
    replay,         // a permission that is over
    unlogged,       // it is not in the log of what was published
    split_view,     // the log is not the one that was seen before
};
std::string_view to_string(Attack attack);
// "it was older than what it has seen": the end of a sentence.
std::string_view in_words(Attack attack);
base::Result<Attack> parse_attack(std::string_view text);

// Facts that a device tells of itself after an attack, in each inventory until a release was verified.
inline constexpr std::string_view kAttackFact = "x.attack", kAttackDetailFact = "x.attack_detail";

} // namespace oakum::trust
