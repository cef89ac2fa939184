// SPDX-License-Identifier: Apache-2.0
#include <zones/zone_files.hpp>

#include <doctest/doctest.h>
#include <fstream>
#include <unistd.h>

using namespace oakum;

TEST_CASE("zones are read from a folder, once, and what is none of them is not there") {
    const auto folder =
        std::filesystem::temp_directory_path() / ("oakum-zones-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder / "Here");
    {
        // Version 1: no change, one offset of an hour.
        std::string file = "TZif";
        file += std::string(16, '\0');
        for (const char count : {'\0', '\0', '\0', '\0', '\1', '\4'})
            file += std::string(3, '\0') + count;
        file += std::string("\0\0\x0e\x10\0\0", 6) + std::string("ONE\0", 4);
        std::ofstream(folder / "Here/One", std::ios::binary) << file;
        std::ofstream(folder / "Here/Text") << "not a zone";
    }
    zones::ZoneFiles zones(folder);
    const auto one = zones.find("Here/One");
    REQUIRE(one);
    CHECK(one->first_offset == 3600);
    CHECK(zones.find("UTC"));
    CHECK_FALSE(zones.find("Here/Text"));
    CHECK_FALSE(zones.find("Here/Two"));
    CHECK_FALSE(zones.find("Here"));
    CHECK_FALSE(zones.find("../etc/passwd"));
    std::filesystem::remove_all(folder);
    CHECK(zones.find("Here/One") == one); // remembered
}
