// SPDX-License-Identifier: Apache-2.0
#include <rollout/blocked.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace oakum::rollout;
using oakum::base::parse_time;

namespace {

BlockedDevices of(Blocked by, std::uint64_t devices = 3) {
    BlockedDevices blocked;
    blocked.by = by;
    blocked.devices = devices;
    return blocked;
}

} // namespace

TEST_CASE("each reason why a device is not asked has a name and words of its own") {
    std::set<std::string> names, words;
    for (std::size_t i = 0; i < kBlockedCount; ++i) {
        BlockedDevices blocked = of(static_cast<Blocked>(i));
        blocked.needs = "1.2";
        blocked.windows = {"nights"};
        CHECK(names.insert(std::string(to_string(blocked.by))).second);
        CHECK(words.insert(in_words(blocked)).second);
        CHECK_FALSE(in_words(blocked).empty());
    }
}

TEST_CASE("what a device waits for is named, with its time") {
    BlockedDevices shut = of(Blocked::window);
    shut.until = parse_time("2026-05-05T02:00:00Z").value();
    shut.windows = {"nights"};
    CHECK(in_words(shut) == "wait for window \"nights\", which opens 2026-05-05 02:00 UTC");
    shut.devices = 1;
    CHECK(in_words(shut) == "waits for window \"nights\", which opens 2026-05-05 02:00 UTC");
    shut.by = Blocked::window_ahead;
    CHECK(in_words(shut) ==
          "has the files and waits for window \"nights\", which opens 2026-05-05 02:00 UTC");
    shut.by = Blocked::window;
    shut.windows = {"nights", "noon", "sundays"};
    CHECK(in_words(shut) ==
          "waits for windows \"nights\", \"noon\" and \"sundays\", which open 2026-05-05 02:00 UTC");
    shut.windows = {"nights"};
    shut.freezes = {"fair"};
    CHECK(in_words(shut) ==
          "waits for window \"nights\" and for the end of freeze \"fair\", until 2026-05-05 02:00 UTC");
    shut.windows.clear();
    CHECK(in_words(shut) == "waits for the end of freeze \"fair\", 2026-05-05 02:00 UTC");
    shut.until.reset();
    CHECK(in_words(shut) == "never may, as far as can be seen, by freeze \"fair\"");
}

TEST_CASE("what the release asks for is said") {
    BlockedDevices old = of(Blocked::too_old);
    old.needs = "1.2.0";
    CHECK(in_words(old) ==
          "too old, or of no known version: has to pass through another release first, to 1.2.0 or later");
    BlockedDevices other = of(Blocked::hardware);
    other.needs = "b, c";
    CHECK(in_words(other) ==
          "of another hardware revision, or of none that is known; the release is for b, c");
    BlockedDevices line = of(Blocked::needs);
    line.needs = "x.provides.line in (\"a\")";
    CHECK(in_words(line) == "without something that the release's artifact asks for: it is for devices with "
                            "x.provides.line in (\"a\")");
}

TEST_CASE("who has no room is told with the first such group of the budget") {
    BlockedDevices crowded = of(Blocked::crowded);
    crowded.example = "budget \"pairs\": 1 of at most 1 of site Kiel is out of service";
    CHECK(in_words(crowded) ==
          "their group has no room (budget \"pairs\": 1 of at most 1 of site Kiel is out of service)");
}
