// SPDX-License-Identifier: Apache-2.0
#include "firmware.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::lwm2m;
using install::Reason;
using S = install::State;

namespace {

Shown shown(Device state, std::int64_t result = 0) {
    Shown device;
    device.state = state;
    device.result = result;
    return device;
}
Standing standing(S state) {
    Standing where;
    where.state = state;
    return where;
}

} // namespace

TEST_CASE("an update that goes well is one act after another") {
    struct Row {
        S stands;
        Shown device;
        Do what;
        S told;
    };
    const Row rows[] = {
        {S::offered, shown(Device::idle), Do::report, S::downloading},
        {S::downloading, shown(Device::idle), Do::give, S::offered},
        {S::downloading, shown(Device::downloading), Do::wait, S::offered},
        {S::downloading, shown(Device::downloaded), Do::report, S::downloaded},
        {S::downloaded, shown(Device::downloaded), Do::report, S::installing},
        {S::installing, shown(Device::downloaded), Do::install, S::offered},
        {S::installing, shown(Device::updating), Do::wait, S::offered},
        {S::installing, shown(Device::idle, 1), Do::report, S::installed},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(install::to_string(row.stands)));
        const Act act = next_act(standing(row.stands), row.device);
        CHECK(act.what == row.what);
        if (act.what == Do::report) CHECK(act.state == row.told);
        CHECK(next_act(standing(row.stands), std::nullopt).what == Do::look);
    }
}

TEST_CASE("what was left from before is cleared before an update, and not believed where it cannot be") {
    Standing where = standing(S::offered);
    for (const Shown& left : {shown(Device::idle, 5), shown(Device::idle, 1), shown(Device::downloading),
                              shown(Device::downloaded)})
        CHECK(next_act(where, left).what == Do::reset);
    where.was_reset = true;
    CHECK(next_act(where, shown(Device::idle, 5)).state == S::downloading);
    where.state = S::downloading;
    CHECK(next_act(where, shown(Device::idle, 5)).what == Do::give);
    where.packages = 1;
    CHECK(next_act(where, shown(Device::idle, 5)).state == S::failed);
    // Somebody else's update is not disturbed.
    CHECK(next_act(standing(S::offered), shown(Device::updating)).what == Do::wait);
}

TEST_CASE("each result is a failure with its reason") {
    const std::pair<std::int64_t, Reason> rows[] = {
        {2, Reason::out_of_space},        {3, Reason::out_of_space}, {4, Reason::download_failed},
        {5, Reason::verification_failed}, {6, Reason::incompatible}, {7, Reason::download_failed},
        {8, Reason::agent_error},         {9, Reason::incompatible}, {10, Reason::cancelled},
        {12, Reason::agent_error},        {-1, Reason::agent_error}};
    for (const auto& [result, reason] : rows)
        for (const S state : {S::downloading, S::downloaded, S::installing, S::silent}) {
            CAPTURE(result);
            const Act act = next_act(standing(state), shown(Device::idle, result));
            CHECK(act.what == Do::report);
            CHECK(act.state == S::failed);
            CHECK(act.reason == reason);
            CHECK(act.detail.find("result " + std::to_string(result)) != std::string::npos);
        }
    CHECK(next_act(standing(S::installing), shown(Device::idle, 11)).state == S::awaiting_user);
    CHECK(next_act(standing(S::awaiting_user), shown(Device::idle, 11)).what == Do::wait);
}

TEST_CASE("what is fetched outside of a window waits for it") {
    Standing where = standing(S::downloaded);
    where.open = false;
    CHECK(next_act(where, shown(Device::downloaded)).state == S::awaiting_window);
    where.state = S::awaiting_window;
    CHECK(next_act(where, shown(Device::downloaded)).what == Do::wait);
    where.open = true;
    CHECK(next_act(where, shown(Device::downloaded)).state == S::installing);
    // It was restarted while it waited, and keeps nothing.
    CHECK(next_act(where, shown(Device::idle)).what == Do::give);
}

TEST_CASE("a device that forgets everything is not asked for ever") {
    Standing where = standing(S::downloading);
    where.packages = kMostPackages;
    CHECK(next_act(where, shown(Device::idle)).reason == Reason::download_failed);
    where.state = S::installing;
    where.orders = kMostOrders;
    CHECK(next_act(where, shown(Device::downloaded)).reason == Reason::agent_error);
}

TEST_CASE("one that came back with the old version and says nothing has failed to start the new one") {
    Standing where = standing(S::installing);
    CHECK(next_act(where, shown(Device::idle)).what == Do::wait);
    where.came_back = true;
    CHECK(next_act(where, shown(Device::idle)).reason == Reason::boot_failed);
    CHECK(next_act(where, shown(Device::updating)).what == Do::wait);
}

TEST_CASE("what is taken back is stopped, unless it is being installed") {
    Standing where = standing(S::cancelling);
    CHECK(next_act(where, shown(Device::downloading)).what == Do::reset);
    CHECK(next_act(where, shown(Device::downloaded)).what == Do::reset);
    CHECK(next_act(where, shown(Device::idle)).state == S::withdrawn);
    CHECK(next_act(where, shown(Device::updating)).what == Do::wait);
}

TEST_CASE("one that was silent is found where it is, and one that installed is asked for its version only") {
    CHECK(next_act(standing(S::silent), shown(Device::downloading)).state == S::downloading);
    CHECK(next_act(standing(S::silent), shown(Device::downloaded)).state == S::downloaded);
    CHECK(next_act(standing(S::silent), shown(Device::updating)).state == S::installing);
    CHECK(next_act(standing(S::silent), shown(Device::idle, 1)).state == S::installed);
    CHECK(next_act(standing(S::silent), shown(Device::idle)).state == S::downloading);
    Standing where = standing(S::silent);
    where.proof_is_awaited = true;
    CHECK(next_act(where, std::nullopt).what == Do::nothing);
}

TEST_CASE("before its pause is over, and after its end, nothing is asked for a deployment") {
    Standing where = standing(S::offered);
    where.due = false;
    CHECK(next_act(where, std::nullopt).what == Do::nothing);
    for (const S state : {S::installed, S::soaking, S::verified, S::failed, S::rolled_back, S::withdrawn,
                          S::superseded, S::expired})
        CHECK(next_act(standing(state), std::nullopt).what == Do::nothing);
}

TEST_CASE("object 5 is read, with what it leaves out") {
    using lwm2m_data::Path;
    using lwm2m_data::Raw;
    const auto byte = [](char value) { return Raw{std::string(1, value)}; };
    const auto all = read_shown({{Path{5, 0, 3}, byte(2)},
                                 {Path{5, 0, 5}, byte(4)},
                                 {Path{5, 0, 8, 0}, byte(1)},
                                 {Path{5, 0, 8, 1}, byte(3)},
                                 {Path{5, 0, 9}, byte(1)}},
                                0);
    REQUIRE(all.ok());
    CHECK(all->state == Device::downloaded);
    CHECK(all->result == 4);
    CHECK(all->delivery == Delivery::push);
    CHECK(all->fetches == std::vector{Fetch::coaps, Fetch::https});
    CHECK(read_shown({{Path{5, 0, 3}, byte(0)}}, 0).value() == Shown{});
    CHECK_FALSE(read_shown({}, 0).ok());
    CHECK_FALSE(read_shown({{Path{5, 0, 3}, byte(4)}}, 0).ok());
    CHECK_FALSE(read_shown({{Path{5, 1, 3}, byte(0)}}, 0).ok());
}
