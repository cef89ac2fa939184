// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"
#include "store_connection.hpp"
#include "store_under_test.hpp"

#include <contract/row_maker.hpp>
#include <doctest/doctest.h>

#include <sys/stat.h>

#include <array>
#include <fstream>

using namespace oakum;
using namespace oakum::sqlite;

namespace {

constexpr Migration kFirst{1, "0001_first",
                           "CREATE TABLE a (x INTEGER NOT NULL) STRICT; INSERT INTO a VALUES (7);"};
constexpr Migration kSecond{2, "0002_second", "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 3;"};
constexpr Migration kBroken{2, "0002_broken",
                            "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"};

std::int64_t integer(const StoreOptions& options, const char* sql) {
    return must(must(Connection::open(reader_options(options)))->integer(sql));
}

} // namespace

TEST_CASE("migrations run once, in order, and each leaves its record") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    const std::array one{kFirst};
    const std::array two{kFirst, kSecond};
    must(prepare_store(options, one, 1));
    must(prepare_store(options, one, 1));
    CHECK(integer(options, "SELECT sum(x) FROM a") == 7);
    must(prepare_store(options, two, 1));
    CHECK(integer(options, "SELECT sum(y) FROM a") == 3);
    CHECK(integer(options,
                  "SELECT count(*) FROM schema_migration WHERE length(digest) = 32 AND applied_at > 0") == 2);
}

TEST_CASE("a store of the first schema is brought to the newest, and gates that verified soak anew once") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    must(prepare_store(options, migrations().first(1), 1));
    must(
        must(Connection::open(writer_options(options)))
            ->execute("INSERT INTO gate_count VALUES (1, 3, zeroblob(16), 0, 'a', 5, 0, 5, 0, 0, 0), "
                      "(1, 3, zeroblob(16), 1, 'a', 5, 5, 0, 0, 0, 0);"
                      "INSERT INTO oakum_user VALUES (1, zeroblob(16), 'anna', 'h', 3, x'0100', 0, 0, 1);"
                      "INSERT INTO token VALUES (1, zeroblob(16), 1, NULL, '192.0.2.7', NULL, NULL, x'0100', "
                      "0, NULL, "
                      "0, 0, 0, 1);"
                      "INSERT INTO job VALUES (1, 'j', 'import', 'running', '', 0, 0, '', 0, NULL)"));
    must(prepare_store(options));
    CHECK(integer(options, "SELECT count(*) FROM schema_migration") == kNewestSchema);
    CHECK(integer(options, "SELECT last_verified > 1700000000000 FROM gate_count WHERE wave = 0") == 1);
    CHECK(integer(options, "SELECT last_verified FROM gate_count WHERE wave = 1") == 0);
    CHECK(integer(options, "SELECT lease FROM job") == 0);
    const auto loader = must(SqliteLoader::open(options));
    int jobs = 0, people = 0;
    must(loader->load_all([&](ports::TenantId, ports::ShardId, ports::Row row) -> base::Status {
        if (const auto* job = std::get_if<ports::JobRow>(&row)) {
            ++jobs;
            CHECK(job->holder.empty());
            CHECK_FALSE(job->lease_until);
        }
        if (const auto* user = std::get_if<ports::UserRow>(&row)) {
            ++people;
            CHECK_FALSE(user->totp_on);
            CHECK(user->recovery.empty());
            CHECK_FALSE(user->break_glass);
        }
        if (const auto* token = std::get_if<ports::TokenRow>(&row)) {
            ++people;
            CHECK(token->client.empty());
        }
        return {};
    }));
    CHECK(jobs == 1);
    CHECK(people == 2);
}

TEST_CASE("a newer schema is refused with both ranges and what to do, and nothing is changed") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    const std::array one{kFirst};
    const std::array two{kFirst, kSecond};
    must(prepare_store(options, two, 1));
    const auto status = prepare_store(options, one, 1);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::conflict);
    CHECK(status.error().message ==
          "the store has schema 2, this version of Oakum runs on 1 to 1: start the "
          "newer version that was running before, or go back to what was before it: "
          "oakumd --restore with the newest before-upgrade-* in the folder of "
          "backups");
    CHECK(integer(options, "SELECT count(*) FROM schema_migration") == 2);
}

TEST_CASE("the schema of a store is told without changing it") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    CHECK(must(stored_schema(options)) == 0);
    CHECK_FALSE(std::filesystem::exists(options.file));
    must(prepare_store(options, migrations().first(1), 1));
    CHECK(must(stored_schema(options)) == 1);
    must(prepare_store(options));
    CHECK(must(stored_schema(options)) == kNewestSchema);
    std::ofstream(options.file, std::ios::binary) << std::string(4096, 'x');
    CHECK_FALSE(stored_schema(options).ok());
}

TEST_CASE("a schema that is older than the range is refused") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    const std::array one{kFirst};
    const std::array two{kFirst, kSecond};
    must(prepare_store(options, one, 1));
    const auto status = prepare_store(options, two, 2);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::conflict);
    CHECK(integer(options, "SELECT count(*) FROM schema_migration") == 1);
}

TEST_CASE(
    "a migration that fails leaves the schema before it, and one that was edited afterwards is noticed") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    const std::array broken{kFirst, kBroken};
    const auto status = prepare_store(options, broken, 1);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().message.find("migrating the store to 0002_broken: ") == 0);
    CHECK(integer(options, "SELECT count(*) FROM schema_migration") == 1);
    CHECK(integer(options, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0);
    constexpr std::array edited{Migration{1, "0001_first", "CREATE TABLE a (x INTEGER NOT NULL) STRICT;"}};
    const auto noticed = prepare_store(options, edited, 1);
    REQUIRE_FALSE(noticed.ok());
    CHECK(noticed.error().kind == base::ErrorKind::corrupt);
}

TEST_CASE("a database of another program and a file of rubbish are refused, and stay as they are") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    {
        const auto other = must(Connection::open(writer_options(options)));
        must(other->execute("CREATE TABLE theirs (x)"));
    }
    auto status = prepare_store(options);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::corrupt);
    std::filesystem::remove(options.file);
    std::ofstream(options.file) << std::string(5000, 'x');
    status = prepare_store(options);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::corrupt);
    CHECK(std::filesystem::file_size(options.file) == 5000);
}

TEST_CASE(
    "the store is readable by its owner alone, and a folder that is not there is an error that names it") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    SqliteUnderTest store(options);
    contract::RowMaker make(1);
    ports::Batch batch;
    batch.shards.push_back({device::kDefaultTenant, device::kControlShard, {make.job("j")}});
    std::uint64_t last_change = 0;
    must(store.sqlite_journal().commit_now(batch, last_change));
    for (const char* suffix : {"", "-wal", "-shm"}) {
        struct stat about{};
        REQUIRE(::stat((options.file.string() + suffix).c_str(), &about) == 0);
        CHECK((about.st_mode & 0777) == 0600);
    }
    const auto status = prepare_store(options_in(folder.path() / "nowhere"));
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::unavailable);
    CHECK(status.error().message.find("nowhere") != std::string::npos);
}

TEST_CASE(
    "every table, key and foreign key of devices starts with tenant and shard, every other one with tenant") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    must(prepare_store(options));
    const auto connection = must(Connection::open(reader_options(options)));
    auto tables = must(connection->prepare(
        "SELECT name, EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'shard' AND pk > 0), "
        "(SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY "
        "pk)), "
        "(SELECT group_concat(\"from\") FROM (SELECT \"from\" FROM pragma_foreign_key_list(m.name) ORDER BY "
        "seq)) "
        "FROM sqlite_schema m WHERE type = 'table' AND name NOT IN ('schema_migration', 'store_counter') AND "
        "name NOT "
        "LIKE 'sqlite_%'"));
    int seen = 0;
    while (must(tables.step())) {
        ++seen;
        const std::string name(tables.text(0));
        CAPTURE(name);
        const bool of_devices = tables.integer(1) != 0;
        const std::string key(tables.text(2)), reference(tables.text(3));
        CHECK(key.find(of_devices ? "tenant,shard," : "tenant,") == 0);
        if (!reference.empty()) CHECK(reference == "tenant,shard,device");
    }
    CHECK(seen == 32);
    CHECK(must(connection->integer(
              "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
              "AND sql NOT LIKE '%STRICT%'")) == 0);
}
