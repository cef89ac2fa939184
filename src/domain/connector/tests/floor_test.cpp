// SPDX-License-Identifier: Apache-2.0
#include <connector/floor.hpp>

#include <device/query.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::connector;

TEST_CASE("a floor is checked field by field") {
    const std::pair<Floor, std::string> floors[] = {
        {{"ios", "26.4", "", 7}, ""},
        {{"android", "16", "", 7}, ""},
        {{"android", "", "2026-08-05", 7}, ""},
        {{"android", "12L", "2026-08-05", 0}, ""},
        {{"windows", "11", "", 7}, "/platform"},
        {{"ios", "", "", 7}, "/version"},
        {{"ios", "latest", "", 7}, "/version"},
        {{"android", "99", "", 7}, "/version"},
        {{"ios", "26.4\" or kev", "", 7}, "/version"},
        {{"ios", "26.4", "2026-08-05", 7}, "/patch_level"},
        {{"android", "", "August", 7}, "/patch_level"},
        {{"android", "16", "", 1000}, "/days"},
    };
    for (const auto& [floor, place] : floors) {
        const auto status = check(floor);
        CAPTURE(words(floor));
        CHECK((status.ok() ? "" : status.error().where) == place);
    }
}

TEST_CASE("what it is about and who falls short are queries, so that what is not known is neither") {
    const Floor ios{"ios", "26.4", "", 7};
    CHECK(words(ios) == "iOS 26.4");
    CHECK(devices_of(ios, "hq") == "x.connector = \"hq\" and platform in (ios, ipados)");
    CHECK(short_of(ios, "hq") == devices_of(ios, "hq") + " and (os_version < \"26.4\")");
    const Floor android{"android", "16", "2026-08-05", 7};
    CHECK(words(android) == "Android 16 with the patch level 2026-08-05");
    CHECK(short_of(android, "hq") == "x.connector = \"hq\" and platform = android and (os_version < \"16\" "
                                     "or patch_level < \"2026-08-05\")");
    for (const Floor& floor : {ios, android}) {
        CHECK(device::parse_query(devices_of(floor, "hq")).ok());
        CHECK(device::parse_query(short_of(floor, "hq")).ok());
    }
}

TEST_CASE("a release of Android is an API level, where it is known") {
    CHECK(api_level_of("16") == 36U);
    CHECK(api_level_of("12L") == 32U);
    CHECK_FALSE(api_level_of("Baklava"));
}
