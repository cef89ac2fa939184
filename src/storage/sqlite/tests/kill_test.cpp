// SPDX-License-Identifier: Apache-2.0
#include "numbered_commits.hpp"
#include "store_under_test.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <random>

using namespace oakum;
using namespace oakum::sqlite;

namespace {

// Commits from `first` on, and says each acknowledged number through the pipe, until it is killed.
[[noreturn]] void commit_for_ever(const StoreOptions& options, std::uint64_t first, int pipe) {
    QueueExecutor executor;
    auto journal = SqliteJournal::open(options, executor);
    if (!journal.ok()) ::_exit(1);
    for (std::uint64_t number = first;; ++number) {
        std::uint64_t last_change = 0;
        if (!(*journal)->commit_now(numbered_commit(number), last_change).ok() || last_change != number)
            ::_exit(2);
        if (::write(pipe, &number, sizeof(number)) != sizeof(number)) ::_exit(3);
    }
}

} // namespace

TEST_CASE("kill -9 in a loop under load loses nothing acknowledged") {
    const int rounds = deep() ? 2000 : 25;
    const TemporaryFolder folder;
    StoreOptions options = options_in(folder.path());
    options.checkpoint_pages = 100;
    must(prepare_store(options));
    std::mt19937_64 random(42);
    std::uint64_t stored = 0;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        int pipe[2];
        REQUIRE(::pipe(pipe) == 0);
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(pipe[0]);
            commit_for_ever(options, stored + 1, pipe[1]);
        }
        ::close(pipe[1]);
        // Killed after a random number of acknowledgements, and a moment more.
        std::uint64_t acknowledged = stored, number = 0;
        for (std::uint64_t left = random() % 60 + 1; left > 0; --left)
            if (::read(pipe[0], &number, sizeof(number)) == sizeof(number)) acknowledged = number;
        ::usleep(static_cast<useconds_t>(random() % 3000));
        ::kill(child, SIGKILL);
        while (::read(pipe[0], &number, sizeof(number)) == sizeof(number))
            acknowledged = number;
        ::close(pipe[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        const auto found = check_numbered_commits(options);
        REQUIRE_MESSAGE(found.problem.empty(), found.problem);
        CHECK(found.commits >= acknowledged);
        CHECK(found.commits <= acknowledged + 1);
        CHECK(acknowledged > stored);
        stored = found.commits;
    }
}
