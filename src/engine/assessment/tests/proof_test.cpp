// SPDX-License-Identifier: Apache-2.0
#include <assessment/proof.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::assessment;
using install::State;
using ports::Layer;

namespace {

base::TimePoint at(int minute) {
    return base::from_unix_ms(1'800'000'000'000 + std::int64_t{minute} * 60'000);
}
ports::SetId set(const char* name) {
    return ports::SetId(base::sha256(std::string_view(name)));
}
ports::DeviceSetRow ran(const char* name, int from, std::optional<int> to) {
    ports::DeviceSetRow row;
    row.layer = Layer::base;
    row.set = set(name);
    row.from = at(from);
    if (to) row.to = at(*to);
    return row;
}
ports::DeploymentRow deployment(State state, int offered, int ended) {
    ports::DeploymentRow row;
    row.state = state;
    row.offered_at = at(offered);
    row.state_at = at(ended);
    return row;
}

} // namespace

TEST_CASE("a set that a verified deployment replaced ended by proof") {
    const std::vector sets{ran("old", 0, 12), ran("new", 12, std::nullopt)};
    const std::vector done{deployment(State::verified, 10, 20)};
    CHECK(Proof(sets, done).of(sets[0]) == Ending::proven);
    CHECK(Proof(sets, done).of(sets[1]) == Ending::runs);
}

TEST_CASE("while the new firmware is on trial nothing is closed") {
    const std::vector sets{ran("old", 0, 12), ran("new", 12, std::nullopt)};
    for (const State state : {State::rebooting, State::installed, State::soaking, State::silent}) {
        const std::vector under_way{deployment(state, 10, 12)};
        CHECK(Proof(sets, under_way).of(sets[0]) == Ending::unproven);
        CHECK(Proof(sets, under_way).of(sets[1]) == Ending::runs);
    }
}

TEST_CASE("a firmware that the device fell back from was on trial, and the one before never ended by it") {
    // The poll after the fallback came before the device's own words, or after them.
    for (const int told : {15, 18}) {
        const std::vector sets{ran("old", 0, 12), ran("new", 12, 16), ran("old", 16, std::nullopt)};
        for (const State state : {State::rolled_back, State::failed, State::expired}) {
            const std::vector done{deployment(state, 10, told)};
            const Proof proof(sets, done);
            CHECK(proof.of(sets[0]) == Ending::unproven);
            CHECK(proof.of(sets[1]) == Ending::trial);
            CHECK(proof.of(sets[2]) == Ending::runs);
        }
    }
}

TEST_CASE("what ran before a fallback and was fixed later is closed by the later proof") {
    const std::vector sets{ran("old", 0, 12), ran("new", 12, 16), ran("old", 16, 45),
                           ran("newer", 45, std::nullopt)};
    const std::vector done{deployment(State::rolled_back, 10, 18), deployment(State::verified, 40, 50)};
    const Proof proof(sets, done);
    CHECK(proof.of(sets[1]) == Ending::trial);
    CHECK(proof.of(sets[2]) == Ending::proven);
}

TEST_CASE("software that changed outside of any deployment is reported, not proven") {
    const std::vector sets{ran("old", 0, 12), ran("new", 12, std::nullopt)};
    CHECK(Proof(sets, {}).of(sets[0]) == Ending::reported);
    const std::vector earlier{deployment(State::verified, -30, -20)};
    CHECK(Proof(sets, earlier).of(sets[0]) == Ending::reported);
}
