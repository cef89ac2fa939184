// SPDX-License-Identifier: Apache-2.0
#include <backup/schedule.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace std::chrono_literals;
using backup::Attempt;
using backup::Record;
using backup::Schedule;

namespace {

base::TimePoint at(int hours) {
    return base::from_unix_ms(1'760'000'000'000) + std::chrono::hours(hours);
}
void add(Record& record, const std::string& file, int hour, const std::string& failure = "",
         bool verified = true) {
    Attempt& attempt = record.at(file, at(hour));
    attempt.ended = at(hour);
    attempt.failure = failure;
    if (failure.empty() && verified) attempt.verified = at(hour);
}
using Names = std::vector<std::string>;

} // namespace

TEST_CASE("when the next backup is due") {
    const Schedule daily;
    Record record;
    SUBCASE("of an empty folder, a little after the start") {
        CHECK(backup::next_due(daily, record, at(0), at(0)) == at(0) + 10min);
    }
    SUBCASE("never, when none are wanted") {
        CHECK_FALSE(backup::next_due({0ms, 7, true}, record, at(0), at(0)));
    }
    SUBCASE("a day after the last began, whenever the server was started") {
        add(record, "auto-1", 0);
        CHECK(backup::next_due(daily, record, at(20), at(21)) == at(24));
    }
    SUBCASE("an hour after one that failed") {
        add(record, "auto-1", 0);
        add(record, "auto-2", 24, "no room");
        CHECK(backup::next_due(daily, record, at(20), at(24)) == at(25));
        CHECK(backup::next_due({30min, 7, true}, record, at(20), at(24)) == at(24) + 30min);
    }
    SUBCASE("a person's own backup changes nothing") {
        add(record, "auto-1", 0);
        add(record, "before-the-upgrade", 23);
        CHECK(backup::next_due(daily, record, at(0), at(23)) == at(24));
    }
    SUBCASE("a record of the future counts as of now") {
        add(record, "auto-1", 24 * 365);
        CHECK(backup::next_due(daily, record, at(0), at(1)) == at(25));
    }
}

TEST_CASE(
    "of backups before an upgrade the newest that did not fail stays, however often the next one fails") {
    Record record;
    add(record, "before-upgrade-2-a.oakum", 1);
    add(record, "before-upgrade-3-b.oakum", 2);
    CHECK(backup::superfluous_before_upgrade(record) == Names{"before-upgrade-2-a.oakum"});
    add(record, "before-upgrade-3-c.oakum", 3, "no room");
    add(record, "before-upgrade-3-d.oakum", 4, "no room");
    add(record, "auto-1", 5);
    add(record, "before-the-change", 6);
    CHECK(backup::superfluous_before_upgrade(record) ==
          Names{"before-upgrade-3-d.oakum", "before-upgrade-3-c.oakum", "before-upgrade-2-a.oakum"});
}

TEST_CASE("which backups are one too many") {
    const Schedule two{24h, 2, true};
    Record record;
    add(record, "auto-1", 1);
    add(record, "mine", 2);
    add(record, "auto-3", 3);
    SUBCASE("none while there are not more than are kept") {
        CHECK(backup::superfluous(two, record).empty());
    }
    SUBCASE("the oldest of the server's own") {
        add(record, "auto-4", 4);
        CHECK(backup::superfluous(two, record) == Names{"auto-1"});
    }
    SUBCASE("what failed or was not verified does not count as kept") {
        add(record, "auto-4", 4, "damaged");
        add(record, "auto-5", 5, "", false);
        CHECK(backup::superfluous(two, record).empty());
        add(record, "auto-6", 6);
        CHECK(backup::superfluous(two, record) == Names{"auto-1"});
        add(record, "auto-7", 7);
        CHECK(backup::superfluous(two, record) == Names{"auto-5", "auto-4", "auto-3", "auto-1"});
    }
    SUBCASE("the newest sound one stays, whatever is asked for") {
        CHECK(backup::superfluous({24h, 0, true}, record) == Names{"auto-1"});
    }
    SUBCASE("one that is under way stays") {
        record.at("auto-0", at(0));
        add(record, "auto-4", 4);
        CHECK(backup::superfluous(two, record) == Names{"auto-1"});
    }
}

TEST_CASE("a backup is not begun without room for it and for the server") {
    constexpr std::uint64_t mb = 1 << 20;
    CHECK(backup::check_room(100 * mb, 50 * mb, 762 * mb).ok());
    const auto none = backup::check_room(100 * mb, 50 * mb, 762 * mb - 1);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().message.find("needs 762 MB") != std::string::npos);
}

TEST_CASE("people are told when there is no young backup that was verified, and why") {
    const Schedule daily;
    Record record;
    SUBCASE("not in the first days") {
        CHECK_FALSE(backup::warning(daily, record, at(0), at(47)));
        CHECK(backup::warning(daily, record, at(0), at(49)) == "There is no backup that was verified.");
    }
    SUBCASE("not when it is young") {
        add(record, "mine", 100);
        CHECK_FALSE(backup::warning(daily, record, at(0), at(147)));
        CHECK(backup::warning(daily, record, at(0), at(149))->find("is of 2025-10-13T12:53:20Z") !=
              std::string::npos);
    }
    SUBCASE("at once when the server's own failed, with the cause") {
        add(record, "auto-1", 0);
        add(record, "auto-2", 24, "the disk is full");
        CHECK(backup::warning(daily, record, at(0), at(24))->find("(auto-2) failed: the disk is full") !=
              std::string::npos);
        add(record, "auto-3", 25);
        CHECK_FALSE(backup::warning(daily, record, at(0), at(25)));
    }
    SUBCASE("without a schedule after a week, with what to do") {
        const Schedule never{0ms, 7, true};
        add(record, "mine", 0);
        CHECK_FALSE(backup::warning(never, record, at(0), at(24 * 7)));
        CHECK(backup::warning(never, record, at(0), at(24 * 7 + 1))->find("oakum backup schedule") !=
              std::string::npos);
    }
}
