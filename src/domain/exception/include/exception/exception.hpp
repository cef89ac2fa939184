// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <device/ids.hpp>
#include <exception/ids.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A decision of people about findings: they are there, and are treated otherwise than open ones, on some
// devices, for some time. It is asked for, mostly approved by somebody else, and ends.
namespace oakum::exception {

// accept: the risk is borne until then. mitigate: something else makes it less, and it stays open.
// not_affected: a statement that it does not apply here. suppress: a class of findings that is not looked
// after. Stored by number.
enum class Kind : std::uint8_t { accept, mitigate, not_affected, suppress };
inline constexpr std::size_t kKindCount = 4;
std::string_view to_string(Kind kind);
base::Result<Kind> parse_kind(std::string_view text);

enum class State : std::uint8_t { asked, approved, refused, withdrawn, expired };
std::string_view to_string(State state);
base::Result<State> parse_state(std::string_view text);

// Why something is not affected: the five reasons that VEX documents know.
enum class Justification : std::uint8_t {
    none,
    component_not_present,
    vulnerable_code_not_present,
    vulnerable_code_not_in_execute_path,
    vulnerable_code_cannot_be_controlled_by_adversary,
    inline_mitigations_already_exist
};
std::string_view to_string(Justification justification);
base::Result<Justification> parse_justification(std::string_view text);

// Which findings: what is empty asks for nothing.
struct Subject {
    std::string advisory;           // any of its ids
    std::string component;          // its name, or its package URL without the version
    std::string versions;           // of the component: "deb: >=1.2, <1.4"
    std::uint32_t below_tenths = 0; // score times ten; then also not known to be exploited
    bool operator==(const Subject&) const = default;
};

// On which devices: of a group, of a query, of both; of the whole fleet when both are empty.
struct Scope {
    device::GroupId group;
    std::string query;
    bool operator==(const Scope&) const = default;
};

// What somebody asks for. It never changes: who wants something else asks anew.
struct Wish {
    Kind kind = Kind::accept;
    Subject subject;
    Scope scope;
    Justification justification = Justification::none; // not_affected
    std::string metric;                                // mitigate: what it changes, "MAV:A" or "MAV:A/MAC:H"
    std::string reason;
    std::vector<std::string> evidence; // sentences and links
    std::optional<base::TimePoint> expires;
    bool operator==(const Wish&) const = default;
};

// One thing that happened to it.
struct Step {
    base::TimePoint at{};
    State to = State::asked;
    std::string actor; // "user anna", "oakumd"
    std::string why;
    bool operator==(const Step&) const = default;
};

} // namespace oakum::exception
