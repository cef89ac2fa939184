// SPDX-License-Identifier: Apache-2.0
#include <connector/managed_device.hpp>

#include <algorithm>
#include <array>
#include <device/facts.hpp>

namespace oakum::connector {
namespace {

namespace k = device::key;

// Neither a name nor a number that leads to its owner. The system's own ids are how it is known again.
constexpr std::array<std::string_view, 20> kKeptOfPersonal{
    k::platform,      k::os_version,       k::patch_level,    k::manufacturer, k::model,
    k::kind,          k::protocol,         "x.intune_id",     "x.ownership",   "x.managed_by",
    "x.connector",    "x.supervised",      "x.compliance",    "x.os_build",    "x.management_state",
    "x.amapi_device", "x.management_mode", "x.update_status", "x.policy",      "x.api_level"};

constexpr std::array<std::string_view, 7> kApples{"ios",     "ipados",   "macos",  "tvos",
                                                  "watchos", "visionos", "audioos"};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

bool is_kept_of_personal(std::string_view key) {
    return std::ranges::find(kKeptOfPersonal, key) != kKeptOfPersonal.end();
}

ManagedDevice minimal(ManagedDevice device) {
    std::erase_if(device.facts, [](const auto& fact) { return !is_kept_of_personal(fact.first); });
    device.apps.reset();
    return device;
}

std::string_view family_of(std::string_view platform) {
    if (std::ranges::find(kApples, platform) != kApples.end())
        return platform == "macos" ? std::string_view("macos") : std::string_view("apple mobile");
    return platform;
}

bool is_placeholder(std::string_view serial) {
    static constexpr std::array<std::string_view, 11> kNobodys{"",
                                                               "0",
                                                               "unknown",
                                                               "none",
                                                               "null",
                                                               "n/a",
                                                               "not available",
                                                               "na",
                                                               "default string",
                                                               "to be filled by o.e.m.",
                                                               "system serial number"};
    if (std::ranges::any_of(kNobodys, [&](std::string_view one) { return equal_ignoring_case(one, serial); }))
        return true;
    return std::ranges::all_of(serial, [](char c) { return c == '0' || c == '-'; });
}

} // namespace oakum::connector
