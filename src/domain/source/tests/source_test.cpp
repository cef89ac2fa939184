// SPDX-License-Identifier: Apache-2.0
#include <source/shrink.hpp>
#include <source/source.hpp>
#include <source/timing.hpp>
#include <source/windows.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace oakum;
using namespace oakum::source;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kLow = 0, kHigh = 0xFFFFFFFF;
const base::TimePoint kNow = base::from_unix_ms(1'790'000'000'000);

Source own(std::string url) {
    Source source;
    source.name = "own";
    source.kind = "osv";
    source.url = std::move(url);
    return source;
}

} // namespace

TEST_CASE("nothing that is offered is switched on, and each is a source as a person could set it") {
    std::set<std::string> names;
    for (const Source& source : offered()) {
        CHECK_FALSE(source.enabled);
        CHECK(check(source, Plain::refused).ok());
        CHECK(names.insert(source.name).second);
        CHECK(find_offered(source.name) == &source);
    }
    CHECK(find_offered("other") == nullptr);
}

TEST_CASE("an address is https, has a host, and says nothing that could lead elsewhere") {
    CHECK(check(own("https://mirror.example/osv.zip"), Plain::refused).ok());
    CHECK(check(own("http://10.0.0.1:8080/osv.zip?a=b"), Plain::allowed).ok());
    for (const char* url :
         {"", "mirror.example", "http://mirror.example/", "ftp://a/", "file:///etc/passwd", "https://",
          "https:///x", "https://user:word@host/", "https://a b/", "https://host/#x", "https://host/\\x",
          "https://{}/x", "https://host/{}", "https://h/\n"}) {
        CAPTURE(url);
        CHECK_FALSE(check(own(url), Plain::refused).ok());
    }
}

TEST_CASE("parts take the place of the hole in the address, and stay below it") {
    Source source = own("https://m.example/{}/all.zip");
    source.parts = {"PyPI", "v3.20/main"};
    REQUIRE(check(source, Plain::refused).ok());
    CHECK(part_url(source, "PyPI") == "https://m.example/PyPI/all.zip");
    CHECK(part_name(source, "PyPI") == "own-PyPI");
    CHECK(part_name(source, "") == "own");
    for (const char* part : {"", "../x", "a b", "a?b", "a#b"}) {
        source.parts = {part};
        CHECK_FALSE(check(source, Plain::refused).ok());
    }
    source.parts = {"a"};
    source.url = "https://m.example/{}/{}";
    CHECK_FALSE(check(source, Plain::refused).ok());
}

TEST_CASE("names, kinds, times and keys of a source are bounded") {
    const auto refused = [](auto change) {
        Source source = own("https://m.example/x");
        change(source);
        return !check(source, Plain::refused).ok();
    };
    CHECK(refused([](Source& s) { s.name = "-rf"; }));
    CHECK(refused([](Source& s) { s.name = "a/b"; }));
    CHECK(refused([](Source& s) { s.kind = "other"; }));
    CHECK(refused([](Source& s) { s.every = 59s; }));
    CHECK(refused([](Source& s) { s.pause = 6min; }));
    CHECK(refused([](Source& s) { s.key = "a\r\nb"; }));
    CHECK(refused([](Source& s) { s.walk = Walk::nvd_api; }));
    CHECK(refused([](Source& s) { s.walk = Walk::cve_releases; }));
    CHECK(refused([](Source& s) { s.walk = Walk::csaf_provider; }));
}

TEST_CASE("a request is tried again after waits that double, and not before the publisher asked for") {
    CHECK(pause_before_retry(1, {}, kLow) == 500ms);
    CHECK(pause_before_retry(1, {}, kHigh) == 1500ms);
    CHECK(pause_before_retry(4, {}, kLow) == 4s);
    CHECK(pause_before_retry(1000, {}, kHigh) == 96s);
    CHECK(pause_before_retry(1, 30s, kHigh) == 30s);
}

TEST_CASE("syncs of many sites do not come at once") {
    CHECK(next_after_success(kNow, 10h, kLow) == kNow + 9h);
    CHECK(next_after_success(kNow, 10h, kHigh) == kNow + 11h);
}

TEST_CASE("after failures the next sync waits longer each time, up to six hours") {
    CHECK(next_after_failure(kNow, 24h, 1, {}, kHigh) == kNow + 5min);
    CHECK(next_after_failure(kNow, 24h, 1, {}, kLow) == kNow + 2min + 30s);
    CHECK(next_after_failure(kNow, 24h, 3, {}, kHigh) == kNow + 20min);
    CHECK(next_after_failure(kNow, 24h, 50, {}, kHigh) == kNow + 6h);
    CHECK(next_after_failure(kNow, 1h, 50, {}, kHigh) == kNow + 1h);
    CHECK(next_after_failure(kNow, 60s, 50, {}, kHigh) == kNow + 5min);
    CHECK(next_after_failure(kNow, 1h, 1, 3h, kLow) == kNow + 3h);
    CHECK(next_after_failure(kNow, 1h, 1, 1000h, kLow) == kNow + 24h);
}

TEST_CASE("a clock that was set back does not put a sync off for ever") {
    CHECK(is_due(kNow, kNow, 1h));
    CHECK_FALSE(is_due(kNow + 1h, kNow, 1h));
    CHECK_FALSE(is_due(kNow + 23h, kNow, 1h));
    CHECK(is_due(kNow + 25h, kNow, 1h));
    CHECK_FALSE(is_due(kNow + 50h, kNow, 30h));
}

TEST_CASE("what changed is asked for in windows that overlap with what is held and follow each other") {
    CHECK(windows_since(kNow - 1h, kNow) == std::vector<Window>{{kNow - 3h, kNow}});
    const auto windows = windows_since(kNow - 24h * 300, kNow);
    REQUIRE(windows.size() == 3);
    CHECK(windows.front().from == kNow - 24h * 300 - 2h);
    for (std::size_t i = 1; i < windows.size(); ++i)
        CHECK(windows[i].from == windows[i - 1].to);
    CHECK(windows.back().to == kNow);
    // Held until a time that is still to come: this clock was set back.
    CHECK(windows_since(kNow + 24h, kNow) == std::vector<Window>{{kNow - 2h, kNow}});
}

TEST_CASE("a feed that lost more than a tenth, and more than ten, has shrunk") {
    struct Row {
        std::uint64_t held, arrived;
        bool shrunk;
    };
    for (const Row row : {Row{0, 0, false}, Row{10, 0, false}, Row{11, 0, true}, Row{50, 40, false},
                          Row{1674, 1507, false}, Row{1674, 1506, true}, Row{1674, 1700, false},
                          Row{360'000, 324'000, false}, Row{360'000, 323'999, true}}) {
        CAPTURE(row.held);
        CAPTURE(row.arrived);
        CHECK(has_shrunk(row.held, row.arrived) == row.shrunk);
    }
}
