// SPDX-License-Identifier: Apache-2.0
// What cannot wait takes the place of an update that was not begun to be installed, and of nothing else.
#include "world.hpp"

#include <budgets/budgets.hpp>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;
using fleet::test::kTenant;
using schedule::Priority;

namespace {

struct Hurry : World {
    ports::ReleaseId fix = publish("3.0", 3);

    // Later than what was started before: ids of one moment have no order.
    ports::RolloutId start_fix(Priority priority) {
        clock.wall_offset += std::chrono::seconds(1);
        rollout::Plan plan = this->plan({{100, kEasy}});
        plan.name = "the fix";
        plan.release = fix;
        return start(plan, priority);
    }
    // What the device's history says of the end of an update.
    std::string ended(const std::string& deployment, std::size_t device = 0) {
        std::string said;
        const auto events = history.device_events(kTenant, devices[device].device, {}, 1'000).value();
        for (const ports::DeviceEventRow& event : events)
            if (event.subject == deployment) said = event.after + "; " + event.detail;
        return said;
    }
    void speaks(std::size_t device, const std::string& protocol) {
        const device::DeviceId id = devices[device].device;
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(kTenant, id), shard::Priority::person,
                        [&](shard::Transaction& transaction) -> base::Status {
                            transaction.put(
                                ports::FactRow{id,
                                               {std::string(device::key::protocol), protocol,
                                                device::FactSource::reported, "", transaction.now()}});
                            return {};
                        },
                        reply);
                }).ok());
    }
};

} // namespace

TEST_CASE("an urgent rollout takes the place of an update that is downloaded, or waits for its window") {
    for (const State reached :
         {State::offered, State::downloading, State::downloaded, State::awaiting_window}) {
        CAPTURE(install::to_string(reached));
        Hurry street;
        street.enrol_many(1);
        const auto calm = street.start(street.plan({{100, kEasy}}));
        const auto first = street.offered(street.devices[0]);
        REQUIRE(first);
        if (reached != State::offered) street.tell(street.devices[0], *first, reached, 1);
        const auto urgent = street.start_fix(Priority::urgent);
        const fleet::PollAnswer answer = street.ask(street.devices[0]);
        REQUIRE(answer.offer);
        CHECK(answer.offer->release_version == "3.0");
        CHECK(answer.offer->deployment != *first);
        CHECK(street.ended(*first) == "superseded; superseded: urgent rollout \"the fix\" takes its place");
        // It counts for the one and no longer for the other, whatever the device still says of that.
        CHECK(street.totals(calm) == rollout::Counts{});
        CHECK(street.totals(urgent).pending == 1);
        CHECK(street.tell(street.devices[0], *first, State::installing, 2) == install::Outcome::stop);
        CHECK(street.tell(street.devices[0], *first, State::rebooting, 3) == install::Outcome::stale);
        CHECK(street.totals(calm).started == 0);
        // Asked again it is the same offer.
        CHECK(street.offered(street.devices[0]) == answer.offer->deployment);
        street.tell(street.devices[0], answer.offer->deployment, State::installing, 1);
        street.tell(street.devices[0], answer.offer->deployment, State::installed, 2, Reason::none, "3.0");
        CHECK(street.totals(urgent).verified == 1);
        // The calm one does not take it back.
        CHECK_FALSE(street.ask(street.devices[0], "3.0").offer);
    }
}

TEST_CASE("what began to be installed goes on to its end, and the fix comes after it") {
    Hurry street;
    street.enrol_many(1);
    const auto calm = street.start(street.plan({{100, kEasy}}));
    const auto first = street.offered(street.devices[0]);
    REQUIRE(first);
    street.tell(street.devices[0], *first, State::installing, 1);
    street.start_fix(Priority::emergency);
    CHECK(street.offered(street.devices[0]) == *first);
    street.tell(street.devices[0], *first, State::installed, 2, Reason::none, "2.0");
    CHECK(street.totals(calm).verified == 1);
    const fleet::PollAnswer after = street.ask(street.devices[0], "2.0");
    REQUIRE(after.offer);
    CHECK(after.offer->release_version == "3.0");
}

TEST_CASE("only a higher priority takes a place, and an older rollout never does") {
    Hurry street;
    street.enrol_many(2);
    const auto before = street.start_fix(Priority::normal);
    const auto first = street.offered(street.devices[0]);
    REQUIRE(first);
    // Newer, and no more urgent.
    street.clock.wall_offset += std::chrono::seconds(1);
    street.start(street.plan({{100, kEasy}}));
    CHECK(street.offered(street.devices[0]) == *first);
    street.clock.wall_offset += std::chrono::seconds(1);
    const auto emergency = street.start(street.plan({{100, kEasy}}), Priority::emergency);
    const auto second = street.offered(street.devices[0]);
    CHECK(second != *first);
    CHECK(street.totals(before).started == 0);
    CHECK(street.totals(emergency).started == 1);
    street.start_fix(Priority::urgent);
    CHECK(street.offered(street.devices[0]) == second);
}

TEST_CASE("a foreign client is not torn out of its download") {
    Hurry street;
    street.enrol_many(2);
    street.start(street.plan({{100, kEasy}}));
    const auto first = street.offered(street.devices[0]), second = street.offered(street.devices[1]);
    REQUIRE((first && second));
    for (const std::size_t device : {0UL, 1UL})
        street.speaks(device, "hawkbit");
    street.tell(street.devices[0], *first, State::downloading, 1);
    street.tell(street.devices[1], *second, State::awaiting_window, 1);
    street.start_fix(Priority::urgent);
    CHECK(street.offered(street.devices[0]) == *first);
    CHECK(street.offered(street.devices[1]) != *second);
}

TEST_CASE("a fix that ends before it began leaves its devices to the rollout before it") {
    Hurry street;
    street.enrol_many(1);
    const auto calm = street.start(street.plan({{100, kEasy}}));
    REQUIRE(street.offered(street.devices[0]));
    const auto urgent = street.start_fix(Priority::urgent);
    const auto fix = street.offered(street.devices[0]);
    REQUIRE(fix);
    REQUIRE(street.act(urgent, rollout::Event::abort).ok());
    street.settle();
    // It was told already: it stops, says so, and is asked by the calm one again.
    street.tell(street.devices[0], *fix, State::withdrawn, 1);
    const fleet::PollAnswer again = street.ask(street.devices[0]);
    REQUIRE(again.offer);
    CHECK(again.offer->release_version == "2.0");
    CHECK(street.totals(calm).pending == 1);
}

TEST_CASE("the place of an update in a budget goes to what takes its place") {
    Hurry street;
    budgets::Budgets budgets{street.core};
    budgets.start();
    street.rollouts.keep_within(budgets);
    REQUIRE(street
                .status([&](auto reply) {
                    budgets.put(street.admin, {"one", "", {}, budget::Devices{1}, {}, ""}, reply);
                })
                .ok());
    street.enrol_many(2);
    street.start(street.plan({{100, kEasy}}));
    const auto first = street.offered(street.devices[0]);
    REQUIRE(first);
    CHECK_FALSE(street.offered(street.devices[1]));
    street.start_fix(Priority::urgent);
    CHECK_FALSE(street.offered(street.devices[1]));
    const auto second = street.offered(street.devices[0]);
    CHECK(second != *first);
    CHECK_FALSE(street.offered(street.devices[1]));
    street.tell(street.devices[0], *second, State::installing, 1);
    street.tell(street.devices[0], *second, State::installed, 2, Reason::none, "3.0");
    CHECK(street.offered(street.devices[1]));
}

TEST_CASE("whom a fix takes over is not told to be kept from it") {
    Hurry street;
    street.enrol_many(2);
    street.start(street.plan({{100, kEasy}}));
    const auto first = street.offered(street.devices[0]), second = street.offered(street.devices[1]);
    REQUIRE((first && second));
    street.tell(street.devices[0], *first, State::installing, 1);
    const auto urgent = street.start_fix(Priority::urgent);
    const Reach reach =
        street.rollouts.reach(kTenant, *street.control.find<ports::RolloutRow>(kTenant, urgent));
    CHECK(reach.next == 1);
    REQUIRE(reach.blocked.size() == 1);
    CHECK(reach.blocked[0].by == rollout::Blocked::busy);
    CHECK(reach.blocked[0].devices == 1);
}
