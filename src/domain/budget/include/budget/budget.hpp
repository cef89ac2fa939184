// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <install/state.hpp>
#include <schedule/priority.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace oakum::budget {

struct Devices {
    std::uint32_t most = 1;
    bool operator==(const Devices&) const = default;
};
struct Percent { // of the devices of the group
    std::uint32_t most = 10;
    bool operator==(const Percent&) const = default;
};
using Limit = std::variant<Devices, Percent>;

// At most so many devices of a redundancy group are out of service at once. Those that a fact is not known of
// are one group, as if they stood in for each other: the careful reading.
struct Budget {
    static constexpr std::size_t kMostKeys = 4;

    std::string name;            // "gateways-of-a-site"
    std::string query;           // whom, in the query language; empty: every device
    std::vector<std::string> by; // facts whose values make a group: {"site", "tag.role"}; none: all are one
    Limit limit = Devices{};
    std::optional<schedule::Priority> yields_to; // rollouts of this priority or above need not keep it
    std::string why;
    bool operator==(const Budget&) const = default;
};

// Errors: invalid, with the field. The query is the caller's to read.
base::Status check(const Budget& budget);
constexpr bool binds(const Budget& budget, schedule::Priority priority) {
    return !budget.yields_to || priority < *budget.yields_to;
}

// How many of a group of that size. A share rounds down, but to 1 at least unless it is 0 %: else a small
// group could never be updated.
std::uint32_t allowed(const Limit& limit, std::uint64_t size);
// Its size matters.
bool rests_on_size(const Limit& limit);

// A device with a deployment in this state counts as out of service: from the offer on, since a program that
// has its permission may begin without another word, and between its attempts. One that fell silent may be
// down; it counts until it is heard again or its deployment expires.
constexpr bool out_of_service(install::State state) {
    return !install::is_terminal(state);
}

// "at most 1 device", "at most 10 % of the devices (1 at least)".
std::string in_words(const Limit& limit);
// "at most 1 device with the same site and tag.role is out of service at once".
std::string in_words(const Budget& budget);

} // namespace oakum::budget
