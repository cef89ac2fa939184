// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"
#include "numbered_commits.hpp"
#include "store_under_test.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace oakum;
using namespace oakum::sqlite;

namespace {

// In a child: commits until a limit on file size stops it, checks the answer, lifts the limit and goes on.
// Its exit status says where it failed; 0 is well.
int fill_up(const StoreOptions& options, rlim_t limit) {
    ::signal(SIGXFSZ, SIG_IGN);
    QueueExecutor executor;
    auto journal = SqliteJournal::open(options, executor);
    if (!journal.ok()) return 1;
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{limit, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::uint64_t number = 1, last_change = 0;
    // It says so again and again, and takes the commit when the log was moved into the file meanwhile.
    for (int refusals = 0; refusals < 3;) {
        if (number == 50'000) return 2;
        const base::Status status = (*journal)->commit_now(numbered_commit(number), last_change);
        if (status.ok()) {
            refusals = 0;
            ++number;
            continue;
        }
        ++refusals;
        if (status.error().kind != base::ErrorKind::unavailable) return 3;
        if (status.error().message.find("free space") == std::string::npos) return 4;
    }
    // Reads go on.
    auto loader = SqliteLoader::open(options);
    if (!loader.ok()) return 6;
    std::uint64_t jobs = 0;
    const auto loaded =
        (*loader)->load_all([&](ports::TenantId, ports::ShardId, ports::Row row) -> base::Status {
            jobs += std::holds_alternative<ports::JobRow>(row) ? 1 : 0;
            return {};
        });
    if (!loaded.ok()) return 7;
    if (jobs != number - 1) return 8;
    ::setrlimit(RLIMIT_FSIZE, &before);
    for (const std::uint64_t end = number + 20; number < end; ++number)
        if (!(*journal)->commit_now(numbered_commit(number), last_change).ok()) return 9;
    return last_change == number - 1 ? 0 : 10;
}

} // namespace

TEST_CASE("a limit on file size stops writes with a clear error, loses nothing, and writing goes on when it "
          "is lifted") {
    for (const rlim_t limit : {700'000, 701'000, 702'500, 1'500'000}) {
        CAPTURE(limit);
        const TemporaryFolder folder;
        auto options = options_in(folder.path());
        options.checkpoint_pages = 10; // so that the file is at the limit before the log is
        must(prepare_store(options));
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(fill_up(options, limit));
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
        const auto found = check_numbered_commits(options);
        CHECK_MESSAGE(found.problem.empty(), found.problem);
        CHECK(found.commits > 20);
    }
}

TEST_CASE(
    "a full database is reported as a disk without room, and a commit that does not fit leaves nothing") {
    const TemporaryFolder folder;
    const auto options = options_in(folder.path());
    must(prepare_store(options));
    const auto connection = must(Connection::open({options.file, {}, Access::write, true, 1 << 20, {}}));
    const auto pages = must(connection->integer("PRAGMA page_count"));
    must(connection->execute(("PRAGMA max_page_count = " + std::to_string(pages + 10)).c_str()));
    Transaction transaction(*connection);
    must(transaction.begin_write());
    base::Status status;
    for (int n = 0; status.ok() && n < 1000; ++n)
        status =
            connection->execute(("INSERT INTO job (tenant, job, kind, state, detail, done, total, payload, "
                                 "created, ended) VALUES (1, 'j" +
                                 std::to_string(n) + "', '', '', '', 0, 0, hex(zeroblob(3000)), 0, NULL)")
                                    .c_str());
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::unavailable);
    CHECK(status.error().message.find("there is no room to write " + options.file.string()) == 0);
    CHECK(must(must(Connection::open({options.file, {}, Access::read, true, 1 << 20, {}}))
                   ->integer("SELECT count(*) FROM job")) == 0);
}

TEST_CASE("a commit that does not fit into the pages leaves the journal ready for one that does") {
    SqliteUnderTest store;
    auto& journal = store.sqlite_journal();
    std::uint64_t last_change = 0;
    must(journal.commit_now(numbered_commit(1), last_change));
    ports::Batch huge;
    ports::JobRow job;
    job.id = "huge";
    job.payload = std::string(65 << 20, 'x');
    huge.shards.push_back({device::kDefaultTenant, device::kControlShard, {job}});
    const auto status = journal.commit_now(huge, last_change);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::too_large);
    must(journal.commit_now(numbered_commit(2), last_change));
    CHECK(last_change == 2);
    const auto found = check_numbered_commits(store.options());
    CHECK_MESSAGE(found.problem.empty(), found.problem);
    CHECK(found.commits == 2);
}
