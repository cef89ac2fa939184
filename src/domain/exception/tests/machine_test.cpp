// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <exception/machine.hpp>

using namespace oakum;
using namespace oakum::exception;

TEST_CASE("every state of an exception and every event is in the table or refused in words") {
    std::size_t allowed = 0;
    for (const State state :
         {State::asked, State::approved, State::refused, State::withdrawn, State::expired})
        for (const Event event : {Event::approved, Event::refused, Event::withdrawn, Event::time_passed}) {
            const auto next = step(state, event);
            if (next.ok()) {
                ++allowed;
                CHECK_FALSE(is_over(state));
                CHECK(*next != state);
            } else {
                CHECK(next.error().kind == base::ErrorKind::conflict);
                CHECK(next.error().text().find(to_string(event)) != std::string::npos);
            }
        }
    CHECK(allowed == table().size());
    CHECK_FALSE(is_over(State::asked));
    CHECK_FALSE(is_over(State::approved));
}

TEST_CASE("what an exception is called is read back as the same") {
    for (const Kind kind : {Kind::accept, Kind::mitigate, Kind::not_affected, Kind::suppress})
        CHECK(*parse_kind(to_string(kind)) == kind);
    for (const State state :
         {State::asked, State::approved, State::refused, State::withdrawn, State::expired})
        CHECK(*parse_state(to_string(state)) == state);
    for (int i = 1; i < 6; ++i) {
        const auto justification = static_cast<Justification>(i);
        CHECK(*parse_justification(to_string(justification)) == justification);
    }
    CHECK_FALSE(parse_justification("").ok());
    CHECK_FALSE(parse_kind("ignore").ok());
}
