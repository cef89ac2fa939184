// SPDX-License-Identifier: Apache-2.0
// Debian's security tracker and Alpine's secdb.
#include "fixture.hpp"

using namespace oakum;
using advisory::PackageStatement;
using advisory::Record;
using feeds::FeedKind;

namespace {

// "Debian:12 curl < 1.2 [note]", "none", "undetermined", "all".
std::string text(const Record& record) {
    std::string out = record.id + " " + record.part;
    for (const auto& each : record.applicability) {
        const auto& statement = std::get<PackageStatement>(each);
        out += "\n" + statement.ecosystem + " " + statement.name + " ";
        if (statement.status == advisory::Status::unaffected)
            out += "none";
        else if (statement.status == advisory::Status::unknown)
            out += "undetermined";
        else
            for (const auto& range : statement.ranges)
                out += range.events.size() == 1 ? "all" : "< " + range.events.back().version;
        if (statement.harmless) out += " harmless";
        if (!statement.note.empty()) out += " [" + statement.note + "]";
    }
    return out;
}

std::string text(const std::vector<Record>& records, std::string_view id) {
    std::string out;
    for (const auto& record : records)
        if (record.id == id) out += text(record) + "\n";
    return out;
}

} // namespace

TEST_CASE("the tracker says by package and id what holds in each release") {
    const std::string whole = fixture::data("debian.json");
    for (const std::size_t step : {whole.size(), std::size_t{1}, std::size_t{7}}) {
        CAPTURE(step);
        const auto read = fixture::read(FeedKind::debian, whole, step);
        CHECK(read.tally.whole);
        CHECK(read.records.size() == 5);
        CHECK(text(read.records, "CVE-2023-38545") == "CVE-2023-38545 curl\n"
                                                      "Debian:12 curl < 7.88.1-10+deb12u4\n"
                                                      "Debian:11 curl < 7.74.0-1.3+deb11u10\n"
                                                      "Debian:sid curl < 8.3.0-3\n");
        CHECK(text(read.records, "CVE-2024-2379") == "CVE-2024-2379 curl\n"
                                                     "Debian:12 curl none harmless [unimportant]\n"
                                                     "Debian:13 curl < 8.7.1-1 harmless [unimportant]\n");
        CHECK(text(read.records, "CVE-2024-11053") == "CVE-2024-11053 curl\n"
                                                      "Debian:12 curl all [no DSA: Minor issue (postponed)]\n"
                                                      "Debian:11 curl undetermined\n");
        CHECK(text(read.records, "CVE-2005-2541") == "CVE-2005-2541 tar\n"
                                                     "Debian:12 tar all harmless [unimportant]\n");
        CHECK(text(read.records, "TEMP-0290435-0B57B5").starts_with("TEMP-0290435-0B57B5 tar"));
        REQUIRE(read.tally.rejected == 1);
        CHECK(read.tally.reasons[0].where == "tar CVE-2023-39804");
        CHECK(read.tally.reasons[0].reason.find("no version is named") != std::string::npos);
    }
}

TEST_CASE("a tracker that is cut off, or turns into something else, says so") {
    const std::string whole = fixture::data("debian.json");
    for (std::size_t size = 0; size < whole.size() - 2; size += 13) {
        const auto read = fixture::read(FeedKind::debian, whole.substr(0, size));
        CHECK(read.records.size() <= 5);
        CHECK(read.tally.whole == (size == 0));
    }
    for (const std::string_view odd :
         {R"({"curl":{"CVE-2024-1":null,"CVE-2024-2":{"releases":{}}}})", R"({"curl":[]})", R"({"curl" {}})",
          R"({"curl":{"CVE-2024-1":{"releases":{}} "CVE-2024-2":{}}})", R"([{"curl":{}}])", R"({"a":{}} {)",
          "{\"cu\nrl\":{}}"}) {
        CAPTURE(odd);
        const auto read = fixture::read(FeedKind::debian, odd, 3);
        CHECK(read.tally.rejected >= 1);
        CHECK_FALSE(read.tally.whole);
    }
    const auto empty = fixture::read(FeedKind::debian, "{}");
    CHECK(empty.tally.whole);
    CHECK(empty.tally.accepted + empty.tally.rejected == 0);
    // Whatever stands where an id belongs.
    const auto odd = fixture::read(FeedKind::debian, R"({"curl":{"DSA-1":{"releases":{}},"CVE-2024-1":{}}})");
    CHECK(odd.tally.rejected == 2);
}

TEST_CASE("secdb says which version of a package has which fixes") {
    const auto read = fixture::read(FeedKind::alpine, fixture::data("alpine_main.json"));
    CHECK(read.tally.rejected == 0);
    CHECK(read.tally.edition == "v3.20-main");
    CHECK(text(read.records, "CVE-2024-7264") == "CVE-2024-7264 curl Alpine:v3.20 main\n"
                                                 "Alpine:v3.20 curl < 8.9.1-r0\n");
    // "0": never in this package.
    CHECK(text(read.records, "CVE-2021-22897") == "CVE-2021-22897 curl Alpine:v3.20 main\n"
                                                  "Alpine:v3.20 curl none\n");
    // Several ids in one text.
    const auto found = std::ranges::find(read.records, "CVE-2022-2509", &Record::id);
    REQUIRE(found != read.records.end());
    CHECK(found->aliases == std::vector<std::string>{"GNUTLS-SA-2022-07-07"});
    CHECK(std::ranges::count(read.records, "GNUTLS-SA-2022-07-07", &Record::id) == 0);
}

TEST_CASE("a fix that was fixed again counts from its last version, and words that are no ids are left") {
    const auto read = fixture::read(FeedKind::alpine,
                                    R"j({"distroversion":"edge","reponame":"community","packages":[
            {"pkg":{"name":"p","secfixes":{"2.9-r0":["CVE-2024-1"],
             "2.10-r1":["CVE-2024-1 (+ regression fix)","CVE-2024-2 CVE-2024-3 XSA-1"],"0":null}}},
            {"pkg":{"secfixes":{}}},{"pkg":{"name":"q","secfixes":{"1":"CVE-2024-4"}}},{"pkg":{"name":"r"}},7]})j");
    CHECK(text(read.records, "CVE-2024-1") == "CVE-2024-1 p Alpine:edge community\n"
                                              "Alpine:edge p < 2.10-r1\n");
    CHECK(read.records.size() == 3);
    for (const auto& record : read.records)
        CHECK(record.aliases.empty());
    REQUIRE(read.tally.rejected == 3);
    CHECK(read.tally.reasons[1].where == "package q");
    CHECK(read.tally.reasons[2].where == "package number 5");
    CHECK(fixture::read(FeedKind::alpine, R"({"packages":[]})").tally.rejected == 1);
}
