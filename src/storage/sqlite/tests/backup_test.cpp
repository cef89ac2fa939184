// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"
#include "numbered_commits.hpp"
#include "store_under_test.hpp"

#include <contract/store_contract.hpp>
#include <doctest/doctest.h>
#include <sqlite/backup.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

using namespace oakum;
using namespace oakum::sqlite;

namespace {

void commit_numbers(SqliteJournal& journal, std::uint64_t first, std::uint64_t last) {
    std::uint64_t last_change = 0;
    for (auto number = first; number <= last; ++number)
        must(journal.commit_now(numbered_commit(number), last_change));
}

// As it is put in place on another machine.
BackupInfo restore(const std::filesystem::path& backup, const StoreOptions& store) {
    const auto info = must(check_backup(backup));
    std::filesystem::copy_file(backup, store.file);
    return info;
}

} // namespace

TEST_CASE("a backup taken while commits go on is one moment of the store, whole, and can be restored and "
          "written to") {
    const TemporaryFolder folder;
    SqliteUnderTest store(options_in(folder.path()));
    commit_numbers(store.sqlite_journal(), 1, 50);
    std::atomic<bool> stop = false;
    std::uint64_t number = 50;
    bool failed = false;
    std::thread writer([&] {
        std::uint64_t last_change = 0;
        while (!stop && !failed)
            failed = !store.sqlite_journal().commit_now(numbered_commit(++number), last_change).ok();
    });
    std::vector<std::uint64_t> backed_up;
    for (int round = 0; round < 4; ++round) {
        std::uint64_t calls = 0;
        const auto info = backup(store.options(), folder.path() / ("b" + std::to_string(round)),
                                 [&](std::uint64_t done, std::uint64_t total) -> base::Status {
                                     ++calls;
                                     CHECK(done <= total);
                                     return {};
                                 });
        REQUIRE(info.ok());
        CHECK(calls > 0);
        CHECK(info->schema == kNewestSchema);
        backed_up.push_back(info->last_change);
    }
    stop = true;
    writer.join();
    CHECK_FALSE(failed);
    for (std::size_t round = 0; round < backed_up.size(); ++round) {
        CHECK(backed_up[round] >= 50);
        const TemporaryFolder elsewhere;
        const auto options = options_in(elsewhere.path());
        const auto restored = restore(folder.path() / ("b" + std::to_string(round)), options);
        CHECK(restored.last_change == backed_up[round]);
        const auto found = check_numbered_commits(options);
        CHECK_MESSAGE(found.problem.empty(), found.problem);
        CHECK(found.commits == backed_up[round]);
        SqliteUnderTest again(options);
        commit_numbers(again.sqlite_journal(), found.commits + 1, found.commits + 10);
        again.close();
        CHECK(check_numbered_commits(options).problem.empty());
    }
}

namespace {
// The contract over a store that came out of a backup.
class RestoredUnderTest {
  public:
    RestoredUnderTest() {
        {
            const SqliteUnderTest original;
            must(backup(original.options(), folder_.path() / "backup"));
        }
        restore(folder_.path() / "backup", options_in(folder_.path()));
        store_.emplace(options_in(folder_.path()));
    }
    ports::Journal& journal() { return store_->journal(); }
    ports::Loader& loader() { return store_->loader(); }
    ports::History& history() { return store_->history(); }
    ports::DailyRecords& daily() { return store_->daily(); }
    void drive() { store_->drive(); }
    void reopen() { store_->reopen(); }

  private:
    TemporaryFolder folder_;
    std::optional<SqliteUnderTest> store_;
};
} // namespace

OAKUM_STORE_CONTRACT(RestoredUnderTest)

TEST_CASE("a backup is one private file that replaces nothing, and leaves nothing when it fails") {
    const TemporaryFolder folder;
    SqliteUnderTest store(options_in(folder.path()));
    commit_numbers(store.sqlite_journal(), 1, 30);
    const auto file = folder.path() / "backup";
    must(backup(store.options(), file));
    struct stat about{};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    const auto again = backup(store.options(), file);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().kind == base::ErrorKind::conflict);
    const auto cancelled =
        backup(store.options(), folder.path() / "other",
               [](std::uint64_t, std::uint64_t) -> base::Status { return base::denied("stop"); });
    REQUIRE_FALSE(cancelled.ok());
    CHECK(cancelled.error().kind == base::ErrorKind::denied);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        files += entry.path().filename().string().starts_with('o') &&
                         entry.path().filename().string().find("oakum") != 0
                     ? 1
                     : 0;
    CHECK(files == 0);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backup.part"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backup-journal"));
    CHECK_FALSE(backup(store.options(), folder.path() / "no" / "folder").ok());
}

TEST_CASE("a backup for which there is no room says so, and leaves nothing") {
    const TemporaryFolder folder;
    SqliteUnderTest store(options_in(folder.path()));
    commit_numbers(store.sqlite_journal(), 1, 200);
    store.close();
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        limit.rlim_cur = 100'000;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const auto info = backup(store.options(), folder.path() / "backup");
        ::_exit(info.ok() ? 1 : info.error().kind == base::ErrorKind::unavailable ? 0 : 2);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backup"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backup.part"));
}

TEST_CASE("a damaged, foreign or missing backup is noticed") {
    const TemporaryFolder folder;
    SqliteUnderTest store(options_in(folder.path()));
    commit_numbers(store.sqlite_journal(), 1, 300);
    const auto file = folder.path() / "backup";
    must(backup(store.options(), file));
    const auto kind_of = [&](const std::filesystem::path& path) {
        const auto info = check_backup(path);
        REQUIRE_FALSE(info.ok());
        return info.error().kind;
    };
    CHECK(kind_of(folder.path() / "missing") == base::ErrorKind::not_found);
    std::ofstream(folder.path() / "rubbish") << std::string(10'000, 'r');
    CHECK(kind_of(folder.path() / "rubbish") == base::ErrorKind::corrupt);
    {
        const auto foreign =
            must(Connection::open({folder.path() / "foreign", {}, Access::write, true, 1 << 20, {}}));
        must(foreign->execute("CREATE TABLE theirs (x)"));
    }
    CHECK(kind_of(folder.path() / "foreign") == base::ErrorKind::corrupt);
    // Every page in turn would take long: some pages, overwritten in their middle.
    const auto size = std::filesystem::file_size(file);
    for (std::uintmax_t page = 3; page < size / 4096; page += 17) {
        std::filesystem::copy_file(file, folder.path() / "damaged",
                                   std::filesystem::copy_options::overwrite_existing);
        std::fstream damaged(folder.path() / "damaged", std::ios::in | std::ios::out | std::ios::binary);
        damaged.seekp(static_cast<std::streamoff>(page * 4096));
        damaged << std::string(200, '\xff');
        damaged.close();
        CHECK(kind_of(folder.path() / "damaged") == base::ErrorKind::corrupt);
    }
    std::filesystem::copy_file(file, folder.path() / "short");
    std::filesystem::resize_file(folder.path() / "short", size / 2);
    CHECK(kind_of(folder.path() / "short") == base::ErrorKind::corrupt);
}
