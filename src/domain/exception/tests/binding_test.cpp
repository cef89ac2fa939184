// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <exception/binding.hpp>

using namespace oakum;
using exception::Binding;
using exception::Passing;
using exception::State;

namespace {

constexpr std::string_view kId = "01jc0000000000000000000002";

Binding binding(std::string query, std::string_view serial = "S1") {
    return exception::binding_of({{}, std::move(query)}, kId, serial);
}

} // namespace

TEST_CASE("a decision hangs on a device when its query names it by id or serial") {
    const std::string id(kId);
    CHECK(binding("id = " + id) == Binding::alone);
    CHECK(binding("id in (01jc0000000000000000000001, " + id + ")") == Binding::alone);
    CHECK(binding("serial = S1") == Binding::alone);
    CHECK(binding("serial = S1 and site = Porto") == Binding::among_others);
    CHECK(binding("id = " + id + " or site = Porto") == Binding::among_others);
    for (const std::string& query :
         {std::string(), std::string("serial = S2"), std::string("serial = S*"), std::string("serial != S1"),
          "id != " + id, std::string("exists(serial)"), std::string("name = S1"), std::string("site =")})
        CHECK_MESSAGE(binding(query) == Binding::none, query);
    CHECK(binding("serial = \"\"", "") == Binding::none); // a device without a serial
    CHECK(exception::scope_for({device::GroupId(base::Id128{1, 2}), "serial = S1"}, kId) ==
          exception::Scope{device::GroupId(base::Id128{1, 2}), "id = " + id});
}

TEST_CASE("what was approved goes on for the same kind of device, else somebody is asked anew") {
    using P = Passing;
    CHECK(exception::passing_of(State::approved, Binding::alone, true) == P::as_it_is);
    CHECK(exception::passing_of(State::approved, Binding::alone, false) == P::asked_anew);
    CHECK(exception::passing_of(State::asked, Binding::alone, true) == P::asked_anew);
    CHECK(exception::passing_of(State::approved, Binding::among_others, true) == P::stays);
    for (const State over : {State::refused, State::withdrawn, State::expired})
        CHECK(exception::passing_of(over, Binding::alone, true) == P::stays);
}
