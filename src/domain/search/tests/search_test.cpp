// SPDX-License-Identifier: Apache-2.0
#include <search/hits.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace {

using namespace oakum;
using namespace oakum::search;

Match match(std::string_view text, std::string_view name) {
    return Wanted::parse(text)->in(name);
}

} // namespace

TEST_CASE("a text stands in a name as the whole of it, its beginning, inside it or not at all") {
    struct Row {
        std::string_view text, name;
        Match match;
    };
    for (const Row& row : {Row{"GW-0003", "GW-0003", Match::exact},
                           {"gw-0003", "GW-0003", Match::exact},
                           {"GW-0003", "gw-0003", Match::exact},
                           {"  gw-00 ", "GW-0003", Match::prefix},
                           {"0003", "GW-0003", Match::within},
                           {"w", "GW-0003", Match::within},
                           {"3", "GW-0003", Match::within},
                           {"aab", "aaab", Match::within},
                           {"GW-00031", "GW-0003", Match::none},
                           {"x", "GW-0003", Match::none},
                           {"x", "", Match::none},
                           // Signs that differ from each other as letters of two cases do.
                           {"[a", "{a", Match::none},
                           {"a@", "xa`", Match::none},
                           {"caf\xc3\xa9", "Caf\xc3\xa9 West", Match::prefix},
                           {"\xc3\x89", "\xc3\xa9", Match::none}}) {
        CAPTURE(row.text);
        CAPTURE(row.name);
        CHECK(match(row.text, row.name) == row.match);
    }
}

TEST_CASE("a search without a text, or with more than anybody types, is refused") {
    for (const std::string& text : {std::string(), std::string(" \t\n"), std::string(257, 'a')})
        CHECK(Wanted::parse(text).error().kind == base::ErrorKind::invalid);
    CHECK(Wanted::parse(" a b ")->text() == "a b");
    CHECK(Wanted::parse(std::string(256, 'a')).ok());
}

TEST_CASE("an advisory's id is found in a question, as its publisher writes it") {
    struct Row {
        std::string_view text, id;
    };
    for (const Row& row : {Row{"CVE-2024-6387", "CVE-2024-6387"},
                           {"cve-2024-6387", "CVE-2024-6387"},
                           {"are we hit by cve-2024-6387?", "CVE-2024-6387"},
                           {"(CVE-2024-123456)", "CVE-2024-123456"},
                           {"ghsa-2X8c-95vh-gfv4", "GHSA-2x8c-95vh-gfv4"},
                           {"is dsa-5724-1 in?", "DSA-5724-1"},
                           {"go-2024-2887", "GO-2024-2887"},
                           {"CVE-2024-12", ""},
                           {"CVE-2024-", ""},
                           {"CVE-20", ""},
                           {"xCVE-2024-6387", ""},
                           {"CVE-2024-6387x", ""},
                           {"GO-7", ""},
                           {"go-gateway", ""},
                           {"usn-abc", ""},
                           {"DSA-", ""},
                           {"GW-0003", ""},
                           {"busybox", ""},
                           {"", ""}}) {
        CAPTURE(row.text);
        CHECK(advisory_named(row.text).value_or("") == row.id);
    }
}

TEST_CASE("the better match stands first, then the kind, then the shorter name") {
    std::vector<Hit> hits{{Kind::component, Match::exact, "gw", "gw", ""},
                          {Kind::advisory, Match::within, "CVE-1", "gw in a title", ""},
                          {Kind::device, Match::prefix, "2", "gw-10", ""},
                          {Kind::device, Match::prefix, "1", "gw-2", ""},
                          {Kind::group, Match::prefix, "g", "gw", ""},
                          {Kind::device, Match::exact, "3", "gw", ""},
                          {Kind::device, Match::within, "4", "a-gw", ""}};
    std::vector<Hit> wanted{hits[5], hits[0], hits[3], hits[2], hits[4], hits[1], hits[6]};
    std::mt19937_64 random(3);
    for (int round = 0; round < 20; ++round) {
        std::shuffle(hits.begin(), hits.end(), random);
        std::uint64_t left_out = 0;
        CHECK(order(hits, 10, 50, left_out) == wanted);
        CHECK(left_out == 0);
    }
}

TEST_CASE("many of one kind do not hide the one of another, and what is left out is counted") {
    std::vector<Hit> hits;
    for (int n = 0; n < 100; ++n)
        hits.push_back({Kind::device, Match::prefix, std::to_string(n), "gw-" + std::to_string(100 + n), ""});
    hits.push_back({Kind::rollout, Match::within, "r", "to gw", ""});
    std::uint64_t left_out = 7;
    const std::vector<Hit> kept = order(hits, 10, 50, left_out);
    REQUIRE(kept.size() == 11);
    CHECK(kept.front().title == "gw-100");
    CHECK(kept.back().title == "to gw");
    CHECK(left_out == 97);
    left_out = 0;
    CHECK(order(hits, 100, 20, left_out).size() == 20);
    CHECK(left_out == 81);
}
