// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"
#include "store_connection.hpp"
#include "store_under_test.hpp"

#include <doctest/doctest.h>

using namespace oakum::sqlite;

TEST_CASE("the places of a table are found in order, each once, over all tenants") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    must(prepare_store(options));
    const auto connection = must(Connection::open(writer_options(options)));
    std::vector<Place> found;
    const auto look = [&] {
        found.clear();
        must(each_shard(*connection, "gate_count", [&](Place place) -> oakum::base::Status {
            found.push_back(place);
            return {};
        }));
    };
    look();
    CHECK(found.empty());
    CHECK(must(tenants_of(*connection, "gate_count")).empty());
    std::vector<Place> places;
    for (const std::int64_t tenant : {1, 2, 7})
        for (const std::int64_t shard : {0, 3, 1023})
            if (tenant != 2 || shard == 3) places.push_back({tenant, shard});
    for (const Place& place : places)
        for (int wave = 0; wave < 3; ++wave)
            must(connection->execute(("INSERT INTO gate_count VALUES (" + std::to_string(place.first) + ", " +
                                      std::to_string(place.second) + ", zeroblob(16), " +
                                      std::to_string(wave) + ", 'a', 1, 0, 0, 0, 0, 0, 0)")
                                         .c_str()));
    look();
    CHECK(found == places);
    CHECK(must(tenants_of(*connection, "gate_count")) == std::vector<std::int64_t>{1, 2, 7});
}
