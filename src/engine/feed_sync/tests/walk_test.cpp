// SPDX-License-Identifier: Apache-2.0
#include "walk_world.hpp"

using namespace oakum;
using namespace oakum::feed_sync;
using namespace std::chrono_literals;
using test::kUrl;
using test::Publisher;
using World = test::WalkWorld;
using Answer = Publisher::Answer;

namespace {

const std::string kText = "0123456789abcdefghij";

std::string nvd_page(std::uint64_t start, std::uint64_t results, std::uint64_t total,
                     const std::string& records) {
    return R"({"resultsPerPage":)" + std::to_string(results) + R"(,"startIndex":)" + std::to_string(start) +
           R"(,"totalResults":)" + std::to_string(total) + R"(,"vulnerabilities":[)" + records + "]}";
}

} // namespace

TEST_CASE("a file is fetched once, and then asked for by what names its version") {
    World world;
    world.publisher.answers[kUrl] = {{200, kText, "\"1\""}};
    const Fetched first = world.one();
    CHECK(first.failed.empty());
    CHECK(first.part == "kev");
    CHECK(first.file_name == "kev.json");
    CHECK(world.arrived(first) == kText);
    world.keep(first, "kev");
    const Fetched second = world.one();
    CHECK(second.same);
    CHECK(second.incoming.empty());
    CHECK(world.publisher.asked.at(1).etag == "\"1\"");
    CHECK(world.paused == 0ms);
    // What is no longer held is fetched anew, whatever the version.
    world.files.files.erase("kev");
    CHECK_FALSE(world.one().same);
}

TEST_CASE("a download that was cut off goes on where it was, and what arrives is whole") {
    World world;
    world.publisher.answers[kUrl] = {{.body = kText, .etag = "\"1\"", .cut = 7},
                                     {.body = kText, .etag = "\"1\"", .cut = 3},
                                     {200, kText, "\"1\""}};
    CHECK(world.arrived(world.one()) == kText);
    REQUIRE(world.publisher.asked.size() == 3);
    CHECK(world.publisher.asked[1].from == 7);
    CHECK(world.publisher.asked[2].from == 10);
    CHECK(world.publisher.asked[2].version == "\"1\"");
    CHECK(world.paused >= 1500ms);
}

TEST_CASE("a rest of another version, or a publisher that knows no parts, begins anew") {
    World world;
    world.publisher.answers[kUrl] = {{.body = kText, .etag = "\"1\"", .cut = 7},
                                     {.body = "new " + kText, .etag = "\"2\""}};
    CHECK(world.arrived(world.one()) == "new " + kText);
    world.publisher.answers[kUrl] = {{.body = kText, .etag = "\"1\"", .cut = 7},
                                     {.body = kText, .etag = "\"1\"", .ignores_range = true}};
    CHECK(world.arrived(world.one()) == kText);
    // Says 206 for another version than it was asked for.
    world.publisher.answers[kUrl] = {{.body = kText, .etag = "\"1\"", .cut = 7},
                                     {.body = kText, .etag = "\"1\"", .etag_of_rest = "\"9\""},
                                     {200, "other " + kText, "\"9\""}};
    CHECK(world.arrived(world.one()) == "other " + kText);
    // Nothing names the version: a rest could be of anything.
    world.publisher.answers[kUrl] = {{.body = kText, .cut = 7}, {200, kText}};
    CHECK(world.arrived(world.one()) == kText);
    CHECK(world.publisher.asked.back().from == 0);
    world.publisher.answers[kUrl] = {{.body = kText, .etag = "W/\"1\"", .cut = 7},
                                     {.body = kText, .etag = "W/\"1\""}};
    CHECK(world.arrived(world.one()) == kText);
    CHECK(world.publisher.asked.back().from == 0);
}

TEST_CASE("what was cut off for good is gone on with by the next sync, also after a restart") {
    World world;
    world.publisher.answers[kUrl] = {{.body = kText, .etag = "\"1\"", .cut = 7},
                                     {.error = base::unavailable("nobody answers")}};
    const Fetched failed = world.one();
    CHECK(failed.failed == "nobody answers");
    CHECK(world.publisher.asked.size() == 5);
    CHECK(world.files.files.empty());
    world.publisher.answers[kUrl] = {{200, kText, "\"1\""}};
    CHECK(world.arrived(world.one()) == kText);
    CHECK(world.publisher.asked.back().from == 7);
}

TEST_CASE("a publisher that is busy is asked again after growing waits, and not before it wants to be") {
    World world;
    world.publisher.answers[kUrl] = {{503, ""}, {.status = 429, .retry_after = 30s}, {200, kText, "\"1\""}};
    CHECK(world.arrived(world.one()) == kText);
    CHECK(world.paused >= 30s + 500ms);
    CHECK(world.paused <= 33s);
    // A long wait is for the next sync.
    world.publisher.answers[kUrl] = {{.status = 429, .retry_after = 3h}};
    const std::size_t before = world.publisher.asked.size();
    const Walked walked = walk(world.tools, world.source, world.held);
    CHECK(walked.parts.at(0).failed == "it answered that it is asked too often (status 429)");
    CHECK(walked.retry_after == 3h);
    CHECK(world.publisher.asked.size() == before + 1);
}

TEST_CASE("what will not get better is not tried again, and says what to do") {
    World world;
    const auto once = [&](Answer answer) {
        world.publisher.asked.clear();
        world.publisher.answers[kUrl] = {std::move(answer)};
        const std::string why = world.one().failed;
        CHECK(world.publisher.asked.size() == 1);
        return why;
    };
    CHECK(once({.status = 404}).find("look at the source's address") != std::string::npos);
    CHECK(once({.status = 403}).find("key") != std::string::npos);
    CHECK(once({.error = base::denied("its address is one of a private network")}).find("private") !=
          std::string::npos);
    world.files.free = 10;
    CHECK(once({200, kText, "\"1\""}).find("no room") != std::string::npos);
}

TEST_CASE("a part that fails keeps no other from coming") {
    World world;
    world.source.url = "https://h/{}/all.zip";
    world.source.parts = {"Go", "PyPI", "v3.20/main"};
    world.publisher.answers["https://h/Go/all.zip"] = {{200, "go"}};
    world.publisher.answers["https://h/v3.20/main/all.zip"] = {{200, "alpine"}};
    const Walked walked = walk(world.tools, world.source, world.held);
    REQUIRE(walked.parts.size() == 3);
    CHECK(world.arrived(walked.parts[0]) == "go");
    CHECK_FALSE(walked.parts[1].failed.empty());
    CHECK(walked.parts[2].part == "kev-v3.20/main");
    CHECK(world.arrived(walked.parts[2]) == "alpine");
}

TEST_CASE("NVD is read page by page, then only what changed, in windows") {
    World world;
    world.source.name = world.source.kind = "nvd";
    world.source.walk = source::Walk::nvd_api;
    world.source.url = "https://n/cves";
    world.source.pause = 6s;
    world.source.key = "secret";
    const std::string first = "https://n/cves?resultsPerPage=2000&startIndex=0",
                      second = "https://n/cves?resultsPerPage=2000&startIndex=2000";
    world.publisher.answers[first] = {{200, nvd_page(0, 2000, 2001, "1")}};
    // Cut off on the second page: the first is not asked for again.
    world.publisher.answers[second] = {{.error = base::unavailable("cut")}};
    CHECK(world.one().failed == "cut");
    // At another address nothing of it is used.
    world.source.url = "https://elsewhere/cves";
    world.publisher.answers["https://elsewhere/cves?resultsPerPage=2000&startIndex=0"] = {
        {.error = base::unavailable("cut there")}};
    CHECK(world.one().failed == "cut there");
    world.source.url = "https://n/cves";
    CHECK(world.one().failed == "cut");
    world.publisher.asked.clear();
    world.publisher.answers[second] = {{200, nvd_page(2000, 1, 2001, "2")}};
    const Fetched whole = world.one();
    CHECK(whole.failed == "");
    CHECK(whole.whole);
    CHECK(world.publisher.asked.size() == 1);
    CHECK(world.publisher.asked[0].key == std::pair<std::string, std::string>("apiKey", "secret"));
    CHECK(world.arrived(whole) == nvd_page(0, 2000, 2001, "1") + "\n" + nvd_page(2000, 1, 2001, "2") + "\n");
    CHECK(whole.state.whole_records == 2001);
    world.keep(whole, "nvd");
    const std::string held = world.files.files.at("nvd");

    // Nothing changed.
    world.clock.wall_offset += 24h;
    const auto window = [&](base::TimePoint from, base::TimePoint to) {
        return first + "&lastModStartDate=" + base::to_iso8601(from) +
               "&lastModEndDate=" + base::to_iso8601(to);
    };
    const base::TimePoint until = *whole.state.until;
    world.publisher.answers[window(until - 2h, world.clock.now())] = {{200, nvd_page(0, 0, 0, "")}};
    const Fetched same = world.one();
    CHECK(same.failed == "");
    CHECK(same.same);
    CHECK(same.state.until == world.clock.now());
    world.held.parts["nvd"] = same.state;

    // Something did, twice; it is appended.
    for (const char* record : {"3", "4"}) {
        const base::TimePoint since = *world.held.parts["nvd"].until;
        world.clock.wall_offset += 24h;
        world.publisher.answers[window(since - 2h, world.clock.now())] = {{200, nvd_page(0, 1, 1, record)}};
        const Fetched more = world.one();
        CHECK(more.failed == "");
        CHECK_FALSE(more.whole);
        CHECK_FALSE(more.records_before);
        CHECK(world.files.files.at(more.incoming).starts_with(held));
        CHECK(world.arrived(more).ends_with(nvd_page(0, 1, 1, record) + "\n"));
        world.keep(more, "nvd");
    }
    // In time everything is fetched anew, and compared with what there was.
    world.clock.wall_offset += 31 * 24h;
    const Fetched anew = world.one();
    CHECK(anew.whole);
    CHECK(anew.records_before == 2001);
    CHECK(world.arrived(anew).find("\"3\"") == std::string::npos);
}

TEST_CASE("an answer that is no page of NVD, or the wrong one, is never taken") {
    World world;
    world.source.name = world.source.kind = "nvd";
    world.source.walk = source::Walk::nvd_api;
    world.source.url = "https://n/cves";
    const std::string first = "https://n/cves?resultsPerPage=2000&startIndex=0";
    for (const std::string& body : {std::string("<html>"), nvd_page(2000, 1, 9, "1"), nvd_page(0, 0, 9, ""),
                                    nvd_page(0, 1, 1, "1").substr(0, 60)}) {
        world.publisher.answers[first] = {{200, body}};
        CHECK_FALSE(world.one().failed.empty());
    }
    CHECK(world.files.files.empty());
}

TEST_CASE("of the CVE list everything is fetched once, and then each day's changes") {
    World world;
    world.source.name = "cve";
    world.source.kind = "cve5";
    world.source.walk = source::Walk::cve_releases;
    world.source.url = "https://g/releases";
    const std::string list = "https://g/releases?per_page=100";
    std::string releases;
    const auto has = [&](const std::string& name, const std::string& body) {
        releases = R"({"assets":[{"name":")" + name + R"(","browser_download_url":"https://g/)" + name +
                   R"("}]})" + (releases.empty() ? "" : ",") + releases;
        world.publisher.answers[list] = {{200, "[" + releases + "]"}};
        world.publisher.answers["https://g/" + name] = {{200, body, "\"1\""}};
    };
    const auto next = [&] {
        const Fetched fetched = world.one();
        CHECK(fetched.failed == "");
        if (!fetched.same) world.keep(fetched, "cve5-cve");
        return fetched;
    };
    has("2026-08-20_delta_CVEs_at_end_of_day.zip", "(day 20)");
    has("2026-08-21_all_CVEs_at_midnight.zip.zip", "(all)");
    has("2026-08-21_delta_CVEs_at_0900Z.zip", "(9 h)");
    CHECK(next().whole);
    CHECK(world.files.files.at("cve5-cve") == "(all)(9 h)");
    CHECK(next().same);
    has("2026-08-21_delta_CVEs_at_1000Z.zip", "(10 h)");
    CHECK_FALSE(next().whole);
    CHECK(world.files.files.at("cve5-cve") == "(all)(9 h)(10 h)");
    // The day ended, and another began.
    has("2026-08-21_delta_CVEs_at_end_of_day.zip", "(day 21)");
    has("2026-08-22_delta_CVEs_at_0100Z.zip", "(1 h)");
    next();
    CHECK(world.files.files.at("cve5-cve") == "(all)(9 h)(10 h)(day 21)(1 h)");
    // A day that is not told any more: everything anew.
    releases.clear();
    has("2026-08-25_all_CVEs_at_midnight.zip.zip", "(all of 25)");
    CHECK(next().whole);
    CHECK(world.files.files.at("cve5-cve") == "(all of 25)");
    CHECK(next().same);
    // After a week too.
    world.clock.wall_offset += 8 * 24h;
    CHECK(next().whole);
    CHECK(world.files.partial.size() <= 1);
}

TEST_CASE("a source is tried out without taking anything") {
    World world;
    world.publisher.answers[kUrl] = {{200, kText, "\"1\""}};
    CHECK(try_out(world.tools, world.source).value() == "it answers with 20 bytes");
    CHECK(world.files.partial.empty());
    world.publisher.answers[kUrl] = {{.status = 404}};
    CHECK(try_out(world.tools, world.source).error().message == "it answered with status 404");
    world.publisher.answers[kUrl] = {{.error = base::unavailable("nobody answers")}};
    CHECK(try_out(world.tools, world.source).error().message == "nobody answers");
}

TEST_CASE("what is held of a source reads back as it was") {
    SourceState state;
    state.tried = base::from_unix_ms(1'790'000'000'000);
    state.failing = state.next = state.tried;
    state.failures = 3;
    state.refused = true;
    state.error = "why \"not\"";
    state.parts["osv-Go"] = {"osv-Go", "https://h", "\"1\"", "Fri", state.tried, std::nullopt, 7, "m"};
    CHECK(state_of(to_document(state)).value() == state);
    CHECK(state_of("").value() == SourceState{});
    CHECK_FALSE(state_of("{").ok());
    CHECK_FALSE(state_of("{}").ok());
    for (const source::Source& offered : source::offered())
        CHECK(source_of(offered.name, to_document(offered)).value() == offered);
}
