// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <system/process.hpp>

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

using namespace oakum;
using namespace oakum::system;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

Command shell(std::string script) {
    Command command;
    command.arguments = {"/bin/sh", "-c", std::move(script)};
    command.timeout = seconds(10);
    return command;
}

} // namespace

TEST_CASE("a command's words reach it unchanged, and its streams and exit code come back") {
    Command command;
    command.arguments = {"/bin/sh", "-c", "printf '%s|' \"$@\"; echo oops >&2; exit 7", "sh", "a b", "$(id)",
                         "c;d",     ""};
    const Outcome outcome = run(command).value();
    CHECK(outcome.output == "a b|$(id)|c;d||");
    CHECK(outcome.errors == "oops\n");
    CHECK(outcome.exit_code == 7);
    CHECK_FALSE(outcome.succeeded());
}

TEST_CASE("nothing of our environment is inherited but what is given") {
    Command command;
    command.arguments = {"/usr/bin/env"};
    command.environment = {{"OAKUM_SLOT", "b"}};
    CHECK(run(command)->output == "OAKUM_SLOT=b\n");
}

TEST_CASE("input is given, the folder is set, and descriptors are not inherited") {
    Command command = shell("cat; pwd; ls /proc/self/fd | wc -l");
    command.input = "hello ";
    command.folder = "/tmp";
    command.environment = {{"PATH", "/usr/bin:/bin"}};
    CHECK(run(command)->output == "hello /tmp\n4\n"); // 0, 1, 2 and the one that lists
}

TEST_CASE("output beyond the limit is dropped without stopping the command") {
    Command command = shell("head -c 300000 /dev/zero; echo done >&2");
    command.environment = {{"PATH", "/usr/bin:/bin"}};
    command.output_limit = 1000;
    const Outcome outcome = run(command).value();
    CHECK(outcome.output.size() == 1000);
    CHECK(outcome.truncated);
    CHECK(outcome.errors == "done\n");
    CHECK(outcome.succeeded());
}

TEST_CASE("a command that takes too long is ended with all that it started") {
    Command command = shell("trap '' TERM; (sleep 60) & while :; do sleep 1; done");
    command.environment = {{"PATH", "/usr/bin:/bin"}};
    command.timeout = milliseconds(100);
    const auto begun = steady_clock::now();
    const Outcome outcome = run(command).value();
    CHECK(outcome.timed_out);
    CHECK(outcome.signal == SIGKILL);
    CHECK_FALSE(outcome.exit_code.has_value());
    CHECK(steady_clock::now() - begun < seconds(8));
}

TEST_CASE("a command whose child keeps the pipes open ends when the command itself ends") {
    Command command = shell("sleep 60 & echo here");
    command.environment = {{"PATH", "/usr/bin:/bin"}};
    const auto begun = steady_clock::now();
    CHECK(run(command)->output == "here\n");
    CHECK(steady_clock::now() - begun < seconds(5));
}

TEST_CASE("a stop request ends the command") {
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(milliseconds(50));
        stop.request_stop();
    });
    Command command;
    command.arguments = {"/bin/sleep", "60"};
    CHECK(run(command, stop.get_token()).error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("commands that cannot be started say why") {
    Command command;
    CHECK(run(command).error().kind == base::ErrorKind::invalid);
    command.arguments = {"sleep", "1"};
    CHECK(run(command).error().kind == base::ErrorKind::invalid);
    command.arguments = {"/nonexistent/program"};
    CHECK(run(command).error().kind == base::ErrorKind::not_found);
    command.arguments = {"/etc/passwd"};
    CHECK(run(command).error().kind == base::ErrorKind::denied);
    command.arguments = {"/bin/echo", std::string("a\0b", 3)};
    CHECK(run(command).error().kind == base::ErrorKind::invalid);
}

TEST_CASE("a program with limits runs within them, and what it starts does too") {
    Command command = shell("ulimit -c; ulimit -f; ulimit -n; echo $HOME; pwd");
    command.environment = {{"HOME", "/nowhere"}};
    command.limits =
        Limits{.memory_bytes = 1 << 30, .cpu_seconds = 2, .file_bytes = 1 << 20, .open_files = 32};
    const auto outcome = run(command);
    REQUIRE(outcome.ok());
    CHECK(outcome->output == "0\n2048\n32\n/nowhere\n/\n");

    Command writes = shell("head -c 3000000 /dev/zero > /tmp/oakum-limits-test; echo $?");
    writes.environment = {{"PATH", "/usr/bin:/bin"}};
    writes.limits = Limits{.file_bytes = 1 << 20};
    const auto cut = run(writes);
    REQUIRE(cut.ok());
    CHECK(cut->output != "0\n");
    ::unlink("/tmp/oakum-limits-test");

    Command spins = shell("while :; do :; done");
    spins.limits = Limits{.cpu_seconds = 1};
    const auto ended = run(spins);
    REQUIRE(ended.ok());
    CHECK(ended->signal != 0);
    CHECK_FALSE(ended->timed_out);

    Command hungry = shell("x=x; while :; do x=$x$x; done");
    hungry.limits = Limits{.memory_bytes = 64 << 20, .cpu_seconds = 20};
    const auto refused = run(hungry);
    REQUIRE(refused.ok());
    CHECK_FALSE(refused->succeeded());
    CHECK_FALSE(refused->timed_out);

    Command nothing = shell("");
    nothing.arguments = {"/nowhere/program"};
    nothing.limits = Limits{};
    CHECK(run(nothing).error().kind == base::ErrorKind::not_found);
}
