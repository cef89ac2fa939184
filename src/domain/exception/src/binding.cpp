// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <device/query.hpp>
#include <exception/binding.hpp>
#include <exception/machine.hpp>

namespace oakum::exception {
namespace {

bool names(const device::Term& term, std::string_view id, std::string_view serial) {
    const bool by_id = term.field == device::Field::id;
    const bool by_serial =
        term.field == device::Field::fact && term.name == device::key::serial && !serial.empty();
    if ((!by_id && !by_serial) || term.presence || term.compare != device::Compare::equal) return false;
    return std::ranges::any_of(term.values, [&](const device::Literal& value) {
        return !value.prefix && value.text == (by_id ? id : serial);
    });
}

} // namespace

Binding binding_of(const Scope& scope, std::string_view id, std::string_view serial) {
    const auto query = device::parse_query(scope.query);
    if (!query.ok()) return Binding::none;
    if (!std::ranges::any_of(query->terms, [&](const device::Term& term) { return names(term, id, serial); }))
        return Binding::none;
    const bool alone = query->nodes[query->root].kind == device::Node::Kind::term;
    return alone ? Binding::alone : Binding::among_others;
}

Scope scope_for(const Scope& scope, std::string_view id) {
    return {scope.group, "id = " + std::string(id)};
}

Passing passing_of(State state, Binding binding, bool same_kind) {
    if (is_over(state) || binding != Binding::alone) return Passing::stays;
    return state == State::approved && same_kind ? Passing::as_it_is : Passing::asked_anew;
}

} // namespace oakum::exception
