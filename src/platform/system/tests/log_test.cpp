// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <system/bounded_log.hpp>
#include <system/recent_log.hpp>
#include <system/shutdown.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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

TEST_CASE("a line for people and a line for machines hold the same, and neither can be forged or steer a "
          "terminal") {
    using system::LogFormat;
    using system::LogPrefix;
    const base::TimePoint at = base::from_unix_ms(1'763'827'380'000);
    const auto line = [&](LogFormat format, std::string_view text, LogPrefix prefix = LogPrefix::none) {
        return system::log_line(format, prefix, at, base::LogLevel::warning, "http", text);
    };
    CHECK(line(LogFormat::text, "refused") == "2025-11-22T16:03:00Z warning http: refused\n");
    CHECK(line(LogFormat::json, "refused") ==
          R"({"time":"2025-11-22T16:03:00Z","level":"warning","area":"http","text":"refused"})"
          "\n");
    CHECK(line(LogFormat::text, "x", LogPrefix::priority).starts_with("<4>2025"));
    CHECK(line(LogFormat::json, "x", LogPrefix::priority).starts_with("<4>{"));
    const std::string hostile[] = {
        "\x1b[2J\x1b]0;title\a",        "one\n2025-11-22T16:03:00Z error http: forged",
        "\r\n<0>{\"level\":\"error\"}", "evil\u202egnp.exe\u2066\u200f",
        "\u0085\u2028\u2029\u009b31m",  R"("},"admin":true,{"\)",
        std::string("\0nul", 4),        "\xff\xc0\xaf malformed",
        std::string(1 << 20, 'A')};
    for (const std::string& text : hostile)
        for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
            CAPTURE(text.substr(0, 64));
            const std::string out = line(format, text);
            CHECK(out.size() < 20'000);
            CHECK(std::count(out.begin(), out.end(), '\n') == 1);
            CHECK(out.back() == '\n');
            for (const char* bad :
                 {"\x1b", "\r", "\a", "\u202e", "\u2066", "\u200f", "\u0085", "\u2028", "\u009b", "\xff"})
                CHECK(out.find(bad) == std::string::npos);
            CHECK(out.find('\0') == std::string::npos);
            if (format != LogFormat::json) continue;
            // Each quote inside is escaped: after the fifth member nothing is left over.
            std::size_t bare = 0;
            for (std::size_t i = 0; i < out.size(); ++i) {
                if (out[i] == '\\')
                    ++i;
                else
                    bare += out[i] == '"' ? 1 : 0;
            }
            CHECK(bare == 16);
        }
}

TEST_CASE("what strangers may see of a line") {
    using base::LogLevel;
    using system::for_strangers;
    // What anybody outside can cause: its id and status.
    CHECK(for_strangers(LogLevel::info, "01m8aw6nkefr2ypeqb8zspasmg: 404 there is no device GW-0001") ==
          "01m8aw6nkefr2ypeqb8zspasmg: 404");
    CHECK(for_strangers(LogLevel::info, "anything else of a phone of Anna") == "[left out]");
    CHECK(for_strangers(LogLevel::warning, "refused for user \"anna\" from 192.0.2.7") ==
          "refused for user [left out] from [left out]");
    CHECK(for_strangers(LogLevel::warning, "refused \"a\"b\" and 'c' now") == "refused [left out] now");
    CHECK(for_strangers(LogLevel::warning, "refused 2001:db8::7: a certificate") ==
          "refused [left out] a certificate");
    CHECK(for_strangers(LogLevel::error, "token HdxiY5Tx9U9ouWv2BGV3-rmVVYbffQQJ53KVHNNG_WY ends") ==
          "token [left out] ends");
    CHECK(for_strangers(LogLevel::error, "a commit failed: disk I/O error (10), version 3.40.1") ==
          "a commit failed: disk I/O error (10), version 3.40.1");
}

TEST_CASE("the newest lines are kept, and passed on whole") {
    Lines lines;
    HandClock clock;
    system::RecentLog log(lines, clock, 2);
    log.write(base::LogLevel::error, "a", "first");
    log.write(base::LogLevel::error, "b", "second of \"anna\"");
    log.write(base::LogLevel::debug, "c", "nothing that is kept");
    log.write(base::LogLevel::warning, "d", "third");
    CHECK(log.lines() == std::vector<std::string>{"1970-01-01T00:00:00Z error b: second of [left out]\n",
                                                  "1970-01-01T00:00:00Z warning d: third\n"});
    CHECK(lines.lines.size() == 4);
    CHECK(lines.lines[1] == "b: second of \"anna\"");
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
