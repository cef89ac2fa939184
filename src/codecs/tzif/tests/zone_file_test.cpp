// SPDX-License-Identifier: Apache-2.0
#include <tzif/zone_file.hpp>

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>

using namespace oakum;

namespace {

void number(std::string& out, std::int64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
}

// A file of version 2 with an empty first block.
std::string file_of(const std::vector<schedule::ZoneRules::Change>& changes, std::int32_t first,
                    const std::string& footer) {
    const auto header = [](std::size_t times, std::size_t types, std::size_t chars) {
        std::string text = "TZif2" + std::string(15, '\0');
        for (const std::size_t count : {std::size_t{0}, std::size_t{0}, std::size_t{0}, times, types, chars})
            number(text, static_cast<std::int64_t>(count), 4);
        return text;
    };
    std::string out = header(0, 1, 1);
    out += std::string(7, '\0');
    out += header(changes.size(), changes.size() + 1, 4);
    for (const auto& change : changes)
        number(out, change.at, 8);
    for (std::size_t i = 0; i < changes.size(); ++i)
        out += static_cast<char>(i + 1);
    const auto type = [&](std::int32_t offset) {
        number(out, offset, 4);
        out += std::string(2, '\0');
    };
    type(first);
    for (const auto& change : changes)
        type(change.offset);
    out += "UTC";
    out += '\0';
    return out + "\n" + footer + "\n";
}

base::Result<schedule::ZoneRules> parse(const std::string& file) {
    return tzif::parse("Test/Zone", base::as_bytes(file));
}

std::int32_t offset(const schedule::ZoneRules& zone, std::string_view at) {
    return schedule::offset_at(zone, base::unix_seconds(base::parse_time(at).value()));
}

} // namespace

TEST_CASE("a file's changes and the rule at its end become offsets") {
    const auto zone = parse(file_of({{1'000'000'000, 7200}}, 3600, "CET-1CEST,M3.5.0,M10.5.0/3"));
    REQUIRE(zone.ok());
    CHECK(zone->name == "Test/Zone");
    CHECK(offset(*zone, "2000-01-01T00:00:00Z") == 3600);
    CHECK(offset(*zone, "2026-03-29T00:59:59Z") == 3600);
    CHECK(offset(*zone, "2026-03-29T01:00:00Z") == 7200);
    CHECK(offset(*zone, "2026-10-25T00:59:59Z") == 7200);
    CHECK(offset(*zone, "2026-10-25T01:00:00Z") == 3600);
    CHECK(offset(*zone, "2099-07-01T00:00:00Z") == 7200);
}

TEST_CASE("rules of the south, of half hours, of days of the year and of no summer") {
    // Summer from October to April.
    const auto south = parse(file_of({}, 0, "NZST-12NZDT,M9.5.0,M4.1.0/3"));
    REQUIRE(south.ok());
    CHECK(offset(*south, "2026-01-15T00:00:00Z") == 13 * 3600);
    CHECK(offset(*south, "2026-07-15T00:00:00Z") == 12 * 3600);
    const auto howe = parse(file_of({}, 0, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"));
    REQUIRE(howe.ok());
    CHECK(offset(*howe, "2026-07-15T00:00:00Z") == 37'800);
    CHECK(offset(*howe, "2026-01-15T00:00:00Z") == 39'600);
    const auto days = parse(file_of({}, 0, "AAA3BBB,J60,300/26"));
    REQUIRE(days.ok());
    CHECK(offset(*days, "2024-02-29T12:00:00Z") == -3 * 3600);
    CHECK(offset(*days, "2024-03-01T12:00:00Z") == -2 * 3600);
    // Before midnight, as Greenland has it.
    const auto nuuk = parse(file_of({}, 0, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"));
    REQUIRE(nuuk.ok());
    CHECK(offset(*nuuk, "2026-03-29T00:59:59Z") == -7200);
    CHECK(offset(*nuuk, "2026-03-29T01:00:00Z") == -3600);
    const auto flat = parse(file_of({}, 19'800, "IST-5:30"));
    REQUIRE(flat.ok());
    CHECK(flat->changes.empty());
    CHECK(offset(*flat, "2026-03-29T01:00:00Z") == 19'800);
}

TEST_CASE("what is no zone file is refused, wherever it is cut") {
    const std::string good = file_of({{1'000'000'000, 7200}}, 3600, "CET-1CEST,M3.5.0,M10.5.0/3");
    for (std::size_t length = 0; length < good.size(); ++length)
        CHECK_FALSE(parse(good.substr(0, length)).ok());
    CHECK_FALSE(parse(file_of({{2'000, 0}, {1'000, 0}}, 0, "")).ok());
    CHECK_FALSE(parse(file_of({{1'000, 27 * 3600}}, 0, "")).ok());
    for (const char* footer : {"CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "<+1-1",
                               "CET-1CEST,M3.6.0,M10.5.0", "CET-25", "CET-1CEST,M3.5.0,M10.5.0x", "A-1"})
        CHECK_FALSE(parse(file_of({}, 0, footer)).ok());
    std::string many = good;
    many.replace(32, 4, std::string("\x7f\xff\xff\xff"));
    CHECK_FALSE(parse(many).ok());
    CHECK_FALSE(parse(std::string(tzif::kMaxFile + 1, 'x')).ok());
}

TEST_CASE("the zones of this machine agree with what is known of them") {
    std::ifstream stream("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
    if (!stream) {
        MESSAGE("SKIPPED: this machine has no tzdata");
        return;
    }
    const std::string file{std::istreambuf_iterator<char>(stream), {}};
    const auto zone = tzif::parse("Europe/Berlin", base::as_bytes(file));
    REQUIRE(zone.ok());
    CHECK(offset(*zone, "1980-01-01T00:00:00Z") == 3600);
    CHECK(offset(*zone, "2026-07-01T00:00:00Z") == 7200);
    CHECK(offset(*zone, "2080-01-01T00:00:00Z") == 3600);
}
