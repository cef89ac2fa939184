// SPDX-License-Identifier: Apache-2.0
#include <alarm/channel.hpp>
#include <alarm/compare.hpp>
#include <alarm/limits.hpp>
#include <alarm/message.hpp>
#include <alarm/words.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::alarm;

namespace {

Cause cause(Kind kind, std::string subject = "", std::vector<std::string> things = {},
            std::uint64_t extent = 0) {
    Cause made;
    made.kind = kind;
    made.subject = std::move(subject);
    made.things = std::move(things);
    made.extent = extent;
    return made;
}

Held held(std::uint64_t id, Cause of) {
    return {AlarmId(base::Id128{0, id}), std::move(of)};
}

} // namespace

TEST_CASE("a cause opens one alarm, the same cause is the same alarm, and it closes when the cause is gone") {
    const Cause old = cause(Kind::feeds_stale, "", {"kev", "nvd"});
    const Changes first = compare({}, {{Kind::feeds_stale}, {old}});
    REQUIRE(first.opened.size() == 1);
    CHECK(first.opened[0] == old);

    const std::vector<Held> open{held(1, old)};
    const Changes again = compare(open, {{Kind::feeds_stale}, {old}});
    CHECK(again.opened.empty());
    CHECK(again.changed.empty());
    CHECK(again.closed.empty());

    const Changes gone = compare(open, {{Kind::feeds_stale}, {}});
    REQUIRE(gone.closed.size() == 1);
    CHECK(gone.closed[0] == open[0].id);
}

TEST_CASE("of what was not looked at nothing is concluded") {
    const std::vector<Held> open{held(1, cause(Kind::disk_low, "", {}, 96))};
    CHECK(compare(open, {{Kind::feeds_stale}, {}}).closed.empty());
}

TEST_CASE(
    "an alarm that got worse says so, one that only wavers is left alone, one that shrinks is updated") {
    struct Row {
        Cause before, now;
        bool changed, worse;
    };
    Cause paused = cause(Kind::rollout_waits, "r");
    paused.detail = "paused";
    Cause halted = paused;
    halted.detail = "halted";
    const std::vector<Row> rows{
        {cause(Kind::feeds_stale, "", {"kev"}), cause(Kind::feeds_stale, "", {"kev", "nvd"}), true, true},
        {cause(Kind::feeds_stale, "", {"kev", "nvd"}), cause(Kind::feeds_stale, "", {"kev"}), true, false},
        {cause(Kind::devices_quiet, "a", {}, 10), cause(Kind::devices_quiet, "a", {}, 19), false, false},
        {cause(Kind::devices_quiet, "a", {}, 10), cause(Kind::devices_quiet, "a", {}, 20), true, true},
        {cause(Kind::devices_quiet, "a", {}, 1), cause(Kind::devices_quiet, "a", {}, 3), false, false},
        {cause(Kind::devices_quiet, "a", {}, 10), cause(Kind::devices_quiet, "a", {}, 2), false, false},
        {cause(Kind::disk_low, "", {}, 95), cause(Kind::disk_low, "", {}, 96), false, false},
        {cause(Kind::disk_low, "", {}, 95), cause(Kind::disk_low, "", {}, 97), true, true},
        {cause(Kind::break_glass_used, "", {}, 1), cause(Kind::break_glass_used, "", {}, 2), true, true},
        {cause(Kind::expiry, "ca", {}, 0), cause(Kind::expiry, "ca", {}, 1), true, true},
        {paused, halted, true, true},
    };
    for (const Row& row : rows) {
        CAPTURE(to_string(row.now.kind));
        CAPTURE(row.now.extent);
        const std::vector<Held> open{held(1, row.before)};
        const Changes changes = compare(open, {{row.now.kind}, {row.now}});
        CHECK(changes.opened.empty());
        CHECK(changes.closed.empty());
        REQUIRE(changes.changed.size() == (row.changed ? 1 : 0));
        if (row.changed) CHECK(changes.changed[0].worse == row.worse);
    }
}

TEST_CASE("exploited advisories that came together are one alarm, and later ones are another") {
    const std::vector<std::string> first{"CVE-2024-1", "CVE-2024-2"};
    const auto opened = exploited_causes({}, first);
    REQUIRE(opened.size() == 1);
    CHECK(opened[0].subject == "CVE-2024-1");
    CHECK(opened[0].things == first);
    CHECK(opened[0].query == "finding in (\"CVE-2024-1\", \"CVE-2024-2\")");

    const std::vector<Held> open{held(1, opened[0])};
    const std::vector<std::string> more{"CVE-2023-9", "CVE-2024-2"};
    const auto later = exploited_causes(open, more);
    REQUIRE(later.size() == 2);
    // The first goes on with what is left of it, under its old name.
    CHECK(later[0].subject == "CVE-2024-1");
    CHECK(later[0].things == std::vector<std::string>{"CVE-2024-2"});
    CHECK(later[1].things == std::vector<std::string>{"CVE-2023-9"});

    CHECK(exploited_causes(open, {}).empty());
}

TEST_CASE("an exploited advisory that comes back while its name is still taken gets an alarm of its own") {
    const std::vector<Held> open{held(1, cause(Kind::exploited, "CVE-2024-1", {"CVE-2024-2"}))};
    const std::vector<std::string> now{"CVE-2024-1", "CVE-2024-2"};
    const auto causes = exploited_causes(open, now);
    REQUIRE(causes.size() == 2);
    CHECK(causes[0].subject == "CVE-2024-1");
    CHECK(causes[1].subject == "CVE-2024-1+");
    CHECK(causes[1].things == std::vector<std::string>{"CVE-2024-1"});
}

TEST_CASE("many exploited advisories are asked for in one word, so that the query stays readable") {
    std::vector<std::string> many;
    for (int i = 1000; i < 1200; ++i)
        many.push_back("CVE-2024-" + std::to_string(i));
    CHECK(exploited_causes({}, many).at(0).query == "kev");
}

TEST_CASE("who sees a part of the fleet reads of the advisories that are found there, and of no other") {
    const Cause all =
        exploited_causes({}, std::vector<std::string>{"CVE-2024-1", "CVE-2024-2", "CVE-2024-3"})[0];
    const Cause part =
        part_of(all, [](const std::string& query) { return query == "finding = \"CVE-2024-2\""; });
    CHECK(part.things == std::vector<std::string>{"CVE-2024-2"});
    CHECK(part.query == "finding = \"CVE-2024-2\"");
    CHECK(words(part, 1).what == "CVE-2024-2 is known to be exploited and affects 1 device.");
    std::vector<std::string> many;
    for (int i = 1000; i < 1200; ++i)
        many.push_back("CVE-2024-" + std::to_string(i));
    const Cause unnamed = part_of(exploited_causes({}, many)[0], [](const std::string&) { return true; });
    CHECK(unnamed.things.empty());
    CHECK(unnamed.query == "kev");
    CHECK(words(unnamed, 7).what == "Vulnerabilities are known to be exploited and affect 7 devices.");
}

TEST_CASE("quiet devices are one alarm a site, from a tenth of it on, until it is clearly better") {
    const std::vector<SiteCount> sites{{"Kiel", 10, 100}, {"Ulm", 9, 100}, {"Bonn", 0, 4}, {"", 1, 2}};
    const auto causes = quiet_causes({}, sites);
    REQUIRE(causes.size() == 2);
    CHECK(causes[0].subject == "Kiel");
    CHECK(causes[0].extent == 10);
    CHECK(causes[0].query == "lifecycle = quiet and site = \"Kiel\"");
    CHECK(causes[1].query == "lifecycle = quiet and not exists(site)");

    const std::vector<Held> open{held(1, causes[0])};
    const std::vector<SiteCount> better{{"Kiel", 6, 100}}, well{{"Kiel", 4, 100}};
    CHECK(quiet_causes(open, better).size() == 1);
    CHECK(quiet_causes(open, well).empty());
}

TEST_CASE("devices that are quiet at many sites are one alarm") {
    std::vector<SiteCount> sites;
    for (int i = 0; i < 20; ++i)
        sites.push_back({"site " + std::to_string(i), 3, 3});
    const auto causes = quiet_causes({}, sites);
    REQUIRE(causes.size() == 1);
    CHECK(causes[0].subject == "*");
    CHECK(causes[0].extent == 60);
    // It stays that one alarm while it gets better, and does not fall apart into one for each site at once.
    const std::vector<Held> open{held(1, causes[0])};
    sites.resize(8);
    CHECK(quiet_causes(open, sites).size() == 1);
    sites.resize(2);
    CHECK(quiet_causes(open, sites).size() == 2);
}

TEST_CASE("a site's name cannot break out of its query") {
    const std::vector<SiteCount> sites{{"a\" or kev or site = \"*\\", 1, 1}};
    CHECK(quiet_causes({}, sites).at(0).query ==
          R"(lifecycle = quiet and site = "a\" or kev or site = \"\*\\")");
}

TEST_CASE("what cannot wait is told at once") {
    Cause paused = cause(Kind::rollout_waits);
    paused.detail = "paused";
    Cause halted = cause(Kind::rollout_waits);
    halted.detail = "halted";
    CHECK(urgency(paused) == Urgency::can_wait);
    CHECK(urgency(halted) == Urgency::at_once);
    CHECK(urgency(cause(Kind::exploited)) == Urgency::at_once);
    CHECK(urgency(cause(Kind::identity_copied)) == Urgency::at_once);
    CHECK(urgency(cause(Kind::break_glass_used)) == Urgency::at_once);
    CHECK(whom(cause(Kind::break_glass_used)) == Whom::administrators);
    CHECK(urgency(cause(Kind::backup_old)) == Urgency::can_wait);
    CHECK(urgency(cause(Kind::expiry, "ca", {}, 0)) == Urgency::can_wait);
    CHECK(urgency(cause(Kind::expiry, "ca", {}, 1)) == Urgency::at_once);
}

TEST_CASE("each kind has words: what, what to do, and the page where one can") {
    for (std::size_t i = 0; i < kKindCount; ++i) {
        Cause any = cause(static_cast<Kind>(i), "subject", {"a", "b", "c", "d", "e"}, 7);
        any.name = "name";
        any.detail = "A detail.";
        any.at = base::from_unix_ms(1'700'000'000'000);
        CAPTURE(to_string(any.kind));
        for (const auto devices : {std::optional<std::uint64_t>(1), std::optional<std::uint64_t>(1234),
                                   std::optional<std::uint64_t>()}) {
            const Words said = words(any, devices);
            CHECK(said.what.ends_with('.'));
            CHECK(said.remedy.ends_with('.'));
            CHECK(said.page.starts_with('/'));
        }
        CHECK(parse_kind(to_string(any.kind)).value() == any.kind);
    }
    CHECK_FALSE(parse_kind("nothing").ok());
}

TEST_CASE("words name three things and count the rest, and count devices as the reader may see them") {
    const Cause many = cause(Kind::exploited, "A", {"A", "B", "C", "D", "E"});
    CHECK(words(many, 1234).what == "A, B, C and 2 more are known to be exploited and affect 1,234 devices.");
    const Cause one = cause(Kind::exploited, "CVE-2024-1", {"CVE-2024-1"});
    CHECK(words(one, 1).what == "CVE-2024-1 is known to be exploited and affects 1 device.");
    CHECK(words(one, std::nullopt).what == "CVE-2024-1 is known to be exploited.");
    CHECK(words(one, 1).page == "/vulnerabilities/CVE-2024-1");
    Cause halted = cause(Kind::rollout_waits);
    halted.name = "spring";
    halted.detail = "halted";
    CHECK(words(halted, std::nullopt).what == "The rollout spring is halted.");
    Cause asks = halted;
    asks.detail = kAsksForNextWave;
    asks.at = base::from_unix_ms(1'700'000'000'000);
    CHECK(words(asks, std::nullopt).what ==
          "The rollout spring waits since 2023-11-14 for a person who opens its next wave.");
    CHECK(urgency(asks) == Urgency::can_wait);
    halted.things = {"user anna: Halt by hand"};
    CHECK(words(halted, std::nullopt).what == "The rollout spring is halted: user anna: Halt by hand.");
    halted.things = {"7 of 100 devices failed."};
    CHECK(words(halted, std::nullopt).what == "The rollout spring is halted: 7 of 100 devices failed.");
    Cause glass = cause(Kind::break_glass_used, "", {}, 1);
    glass.at = base::from_unix_ms(1'700'000'000'000);
    CHECK(words(glass, std::nullopt).what == "The break-glass account was used on 2023-11-14 at 22:13 UTC.");
    glass.extent = 3;
    CHECK(words(glass, std::nullopt).what ==
          "The break-glass account was used 3 times, last on 2023-11-14 at 22:13 UTC.");
    Cause site = cause(Kind::devices_quiet, "Plant 3");
    site.name = "Plant 3";
    site.query = "lifecycle = quiet and site = \"Plant 3\"";
    CHECK(words(site, 2).what == "2 devices at Plant 3 have not been heard of for longer than usual.");
    CHECK(words(site, 2).page ==
          "/devices?query=lifecycle%20%3D%20quiet%20and%20site%20%3D%20%22Plant%203%22");
}

TEST_CASE("a disk is low below two gigabytes or a twentieth") {
    constexpr std::uint64_t kGiga = std::uint64_t{1} << 30;
    CHECK(disk_is_low(kGiga, 10 * kGiga));
    CHECK(disk_is_low(4 * kGiga, 100 * kGiga));
    CHECK_FALSE(disk_is_low(6 * kGiga, 100 * kGiga));
}

TEST_CASE("a disk about its limit is one alarm and not one each minute") {
    constexpr std::uint64_t kGiga = std::uint64_t{1} << 30;
    const std::uint64_t above = 5 * kGiga + 1, below = 5 * kGiga - 1, size = 100 * kGiga;
    CHECK_FALSE(disk_cause({}, above, size));
    const auto low = disk_cause({}, below, size);
    REQUIRE(low);
    CHECK(low->extent == 96);
    const std::vector<Held> open{held(1, *low)};
    CHECK(disk_cause(open, above, size));
    CHECK_FALSE(disk_cause(open, 7 * kGiga, size));
}

TEST_CASE("the words of channels are read as they are written") {
    for (const auto kind : {ChannelKind::webhook, ChannelKind::mail, ChannelKind::slack, ChannelKind::teams})
        CHECK(parse_channel_kind(to_string(kind)).value() == kind);
    for (const auto pace : {Pace::digest, Pace::at_once})
        CHECK(parse_pace(to_string(pace)).value() == pace);
    CHECK_FALSE(parse_channel_kind("pigeon").ok());
    CHECK_FALSE(parse_pace("never").ok());
}

TEST_CASE("a channel with the daily digest hears at once of what cannot wait, the other of everything") {
    CHECK(is_told_now(Pace::digest, Urgency::at_once));
    CHECK_FALSE(is_told_now(Pace::digest, Urgency::can_wait));
    CHECK(is_told_now(Pace::at_once, Urgency::can_wait));
}

TEST_CASE("the digest is due each day at six, UTC") {
    const auto at = [](const char* text) { return base::parse_time(text).value(); };
    CHECK(next_digest(at("2026-11-26T02:00:00Z")) == at("2026-11-26T06:00:00Z"));
    CHECK(next_digest(at("2026-11-26T06:00:00Z")) == at("2026-11-27T06:00:00Z"));
    CHECK(next_digest(at("2026-11-26T23:59:59Z")) == at("2026-11-27T06:00:00Z"));
}

TEST_CASE("a message that fails is tried again, each time later, for a day, then given up") {
    base::Duration before{}, sum{};
    std::uint32_t attempts = 1;
    for (; wait_after(attempts); ++attempts) {
        CHECK(*wait_after(attempts) > before);
        before = *wait_after(attempts);
        sum += before;
    }
    CHECK(sum > std::chrono::hours(20));
    CHECK(sum < std::chrono::hours(48));
    CHECK_FALSE(wait_after(0));
}

TEST_CASE("a headline is the sentence of the one alarm, or counts them") {
    Message message;
    message.telling = Telling::opened;
    message.alarms.resize(1);
    message.alarms[0].what = "There is no backup.";
    CHECK(headline(message) == "There is no backup.");
    message.more = 2;
    CHECK(headline(message) == "3 alarms opened");
    message.telling = Telling::digest;
    CHECK(headline(message) == "3 alarms are open");
    for (const auto telling :
         {Telling::opened, Telling::worse, Telling::closed, Telling::digest, Telling::test})
        CHECK(parse_telling(to_string(telling)).value() == telling);
}
