// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/facts.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::exchange {

// The fact by which a device says that it asks before it installs.
inline constexpr std::string_view kAsksBeforeInstalling = "x.asks_before_installing";

// What a device of another system says of itself, under its own names, as our facts: those that mean the same
// as a fact of ours (what runs, the model, its revision, the maker) under ours, and all under "x." and their
// own name. What no fact can hold is left out.
std::map<std::string, std::string> facts_of(const std::map<std::string, std::string>& attributes);

// Facts under "x." that it said once and does not say in these; what protocols of ours noted is not among
// them.
std::vector<std::string> no_longer_said(const std::vector<device::Fact>& held,
                                        const std::map<std::string, std::string>& facts);

// "x." and the name in what a key may have.
std::string fact_key(std::string_view attribute);

} // namespace oakum::exchange
