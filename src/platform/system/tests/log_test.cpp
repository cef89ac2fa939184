// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <system/bounded_log.hpp>
#include <system/shutdown.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

using namespace oakum;

namespace {

struct Lines final : base::LogSink {
    void write(base::LogLevel, std::string_view area, std::string_view text) override {
        lines.push_back(std::string(area) + ": " + std::string(text));
    }
    std::vector<std::string> lines;
};
struct HandClock final : ports::Clock {
    base::TimePoint now() override { return {}; }
    base::Duration steady() override { return time; }
    base::Duration time{};
};

} // namespace

TEST_CASE("a flood of lines is cut to so many a second and says how many were left out; errors always pass") {
    Lines lines;
    HandClock clock;
    system::BoundedLog log(lines, clock, 3);
    for (int i = 0; i < 10; ++i)
        log.write(base::LogLevel::info, "http", std::to_string(i));
    log.write(base::LogLevel::error, "http", "an error");
    CHECK(lines.lines == std::vector<std::string>{"http: 0", "http: 1", "http: 2", "http: an error"});
    lines.lines.clear();
    clock.time += std::chrono::seconds(1);
    log.write(base::LogLevel::info, "http", "later");
    CHECK(lines.lines == std::vector<std::string>{"log: 7 lines were left out: there were too many a second",
                                                  "http: later"});
}

TEST_CASE("a limit on file size is an error of the write, not the end of the process") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        system::take_write_signals_as_errors();
        std::FILE* file = std::tmpfile();
        const rlimit none{0, RLIM_INFINITY};
        if (file == nullptr || ::setrlimit(RLIMIT_FSIZE, &none) != 0) ::_exit(1);
        ::_exit(::write(::fileno(file), "x", 1) == -1 && errno == EFBIG ? 0 : 2);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
