// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"
#include "store_connection.hpp"
#include "store_under_test.hpp"

#include <sqlite/survey.hpp>

using namespace oakum;
using namespace oakum::sqlite;

TEST_CASE("a survey counts what a store holds and tells nothing of it; of settings it tells numbers alone") {
    SqliteUnderTest store;
    {
        const auto connection = must(Connection::open(writer_options(store.options())));
        must(connection->execute(
            "INSERT INTO document (tenant, name, body) VALUES (1, 'setting/poll_seconds', '60'), "
            "(1, 'setting/mail', '{\"password\":\"correct horse\"}'), (1, 'tuf/1.root.json', 'secret')"));
        must(connection->execute("INSERT INTO feed (tenant, name, imported, newest, accepted, rejected, "
                                 "packed_rejects, raw_file) VALUES (1, 'kev', 1000, 500, 7, 1, x'', 'raw')"));
    }
    const Survey seen = must(survey(store.options()));
    CHECK(seen.settings ==
          std::map<std::string, std::string>{{"poll_seconds", "60"}, {"mail", "set, 28 bytes"}});
    CHECK(seen.migrations.size() == static_cast<std::size_t>(kNewestSchema));
    CHECK(seen.migrations.front().name == "0001_initial");
    CHECK(seen.rows.at("document") == 3);
    CHECK(seen.rows.at("device") == 0);
    REQUIRE(seen.feeds.size() == 1);
    CHECK(seen.feeds.front().accepted == 7);
    CHECK(seen.feeds.front().imported == base::from_unix_ms(1000));
    CHECK_FALSE(seen.library.empty());
}

TEST_CASE("a survey of what is no store is an error") {
    const TemporaryFolder folder;
    CHECK_FALSE(survey(options_in(folder.path())).ok());
    CHECK_FALSE(std::filesystem::exists(folder.path() / "oakum.db"));
}
