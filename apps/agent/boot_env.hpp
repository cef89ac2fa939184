// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/ports.hpp>

#include <map>
#include <string>
#include <string_view>

namespace oakum::agent {

// What a boot loader keeps: which slot is started, which one is on trial and how often still, and what was
// verified to be in each. Plain text, "key = value", written whole and durably.
struct BootEnv {
    std::string active = "a";
    std::string trying; // empty: none
    std::uint32_t tries_left = 0;
    // Of what is installed in place (in_place.hpp): how far the slot on trial is, and in which boot it came
    // there.
    enum class Stage : std::uint8_t { none, applied, reverting } stage = Stage::none;
    std::string stage_boot;
    std::map<std::string, updates::Image> images; // of bootable slots only
    bool operator==(const BootEnv&) const = default;
};

std::string other_slot(std::string_view slot);
std::string encode(const BootEnv& env);
// Errors: corrupt, with the line.
base::Result<BootEnv> parse_boot_env(std::string_view text);

// What the boot loader does before it starts a slot.
struct BootChoice {
    std::string slot; // empty: nothing can be started
    BootEnv env;      // to be stored first
};
// A slot on trial costs one try; without tries left it is given up for good.
BootChoice choose(BootEnv env);
// The chosen slot could not be started, or is not what was verified.
BootEnv condemn(BootEnv env, const std::string& slot);

} // namespace oakum::agent
