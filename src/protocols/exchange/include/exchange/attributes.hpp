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

// Facts under these are not among its attributes: by what it names itself when it asks to be let in, and what
// its installed files say of themselves.
inline constexpr std::string_view kIdentity = "identity.", kProvides = "provides.";

// What a device of another system says of itself, under its own names, as our facts: those that mean the same
// as a fact of ours (what runs, the model, its revision, the maker) under ours, and all under "x." and their
// own name. What no fact can hold is left out.
std::map<std::string, std::string> facts_of(const std::map<std::string, std::string>& attributes);

// Facts under "x." that it said once and does not say in these; what protocols of ours noted, its identity
// and what its files provide are not among them.
std::vector<std::string> no_longer_said(const std::vector<device::Fact>& held,
                                        const std::map<std::string, std::string>& facts);

// What its files provide, where that differs from what is held: facts to take, and such to forget.
struct Provided {
    std::map<std::string, std::string> facts;
    std::vector<std::string> forget;
    bool is_news() const { return !facts.empty() || !forget.empty(); }
};
Provided newly_provided(const std::vector<device::Fact>& held,
                        const std::map<std::string, std::string>& provides);

} // namespace oakum::exchange
