// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception/exception.hpp>

#include <string_view>

namespace oakum::exception {

// How a decision hangs on one device: by naming it alone (or in a list of devices) by its id or serial; by
// naming it together with other conditions; not at all.
enum class Binding : std::uint8_t { none, alone, among_others };
Binding binding_of(const Scope& scope, std::string_view id, std::string_view serial);

// The same decision for the unit that took the device's place.
Scope scope_for(const Scope& scope, std::string_view id);

// What becomes of a decision that hangs on a device when another one takes its place. It was approved for one
// kind of device in one place: on another kind it is asked for anew.
enum class Passing : std::uint8_t { as_it_is, asked_anew, stays };
Passing passing_of(State state, Binding binding, bool same_kind);

} // namespace oakum::exception
