// SPDX-License-Identifier: Apache-2.0
// Updates by a program that keeps to the contract of docs/agent.md, or does not.
#include "bench_device.hpp"

#include <program.hpp>

#include <csignal>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;
namespace fs = std::filesystem;
using install::Reason;
using install::State;

namespace {

// What each verb does beside writing down that it was called. `root` and `calls` are variables of it.
struct Script {
    std::string check = "test -s \"$OAKUM_ARTIFACT\"";
    std::string install = "cp \"$root/version\" \"$OAKUM_STATE/before\"\n"
                          "sed -n 1p \"$OAKUM_ARTIFACT\" > \"$root/version\"\n"
                          "sed -n 2p \"$OAKUM_ARTIFACT\" > \"$root/kind\"";
    std::string commit = ":";
    std::string rollback = "cp \"$OAKUM_STATE/before\" \"$root/version\"\necho good > \"$root/kind\"";
    std::string version = "cat \"$root/version\"";
};

struct Programmed : BenchDevice {
    explicit Programmed(const Script& script = {}, const std::string& more = {}, bool carried = false)
        : BenchDevice([&](const std::string& in) {
              return "backend = program\nprogram.path = " + (carried ? "artifact" : in + "/update") +
                     "\nprogram.timeout_seconds = 20\n" + more;
          }) {
        for (const char* name : {"slots/a", "slots/b"})
            fs::create_directories(path(name));
        backend.terms.budget.install = 1; // a failure ends it
        put("root/version", "1.0\n");
        put("root/kind", "good\n");
        put("root/etc/os-release", "VERSION_ID=0.9\n");
        put("update", text(script));
        fs::permissions(path("update"), fs::perms(0755));
    }
    std::string text(const Script& script) const {
        return "#!/bin/sh\nroot=" + path("root") + "\ncalls=" + path("calls") +
               "\necho \"$*\" >> \"$calls\"\ncase $1 in\ncheck)\n" + script.check + "\n;;\ninstall)\n" +
               script.install + "\n;;\ncommit)\n" + script.commit + "\n;;\nrollback)\n" + script.rollback +
               "\n;;\nversion)\n" + script.version + "\n;;\n*) exit 64 ;;\nesac\n";
    }
    void update(const std::string& kind = "good", const std::string& version = "2.0") {
        BenchDevice::update(version + "\n" + kind + "\n", "tar", [] {}, version);
    }
    State ended_as() const { return backend.server.state; }
    Reason why() const { return backend.server.reason; }
    // What was called, in order, without the questions about the version.
    std::string called() const {
        std::istringstream lines(get("calls"));
        std::string all;
        for (std::string line; std::getline(lines, line);)
            if (line != "version") all += (all.empty() ? "" : " ") + line;
        return all;
    }
};

} // namespace

TEST_CASE("program: check, install and commit are called in order, each with its word alone") {
    Programmed device;
    device.update();
    CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
    CHECK(device.called() == "check install commit");
    CHECK(device.get("root/version") == "2.0\n");
    CHECK(device.backend.server.version_after == "2.0");
    device.update("good", "3.0");
    CHECK(device.ended_as() == State::verified);
    CHECK(device.called() == "check install commit check install commit");
}

TEST_CASE("program: it gets an environment of its own, no shell's, and a folder that stays") {
    Script script;
    script.check = "env | sed 's/=.*//' | sort | tr '\\n' ' ' > \"$root/env\"\npwd > \"$root/pwd\"\n"
                   "echo once > \"$OAKUM_STATE/mine\"\nread line && echo \"$line\" > \"$root/input\"; :";
    Programmed device(script);
    ::setenv("OAKUM_TEST_SECRET", "secret", 1);
    device.update();
    REQUIRE_MESSAGE(device.ended_as() == State::verified, device.ended());
    CHECK(device.get("root/env") == "LC_ALL OAKUM_ARTIFACT OAKUM_CONTRACT OAKUM_STATE PATH PWD ");
    CHECK(device.get("root/pwd") == "/\n");
    CHECK_FALSE(fs::exists(device.path("root/input")));
    CHECK(device.get("program-state/mine") == "once\n");
    CHECK((fs::status(device.path("program-state")).permissions() & fs::perms(0077)) == fs::perms::none);
}

TEST_CASE("program: an ill version is taken back by rollback") {
    Programmed device;
    device.update("ill");
    CHECK_MESSAGE(device.ended_as() == State::rolled_back, device.ended());
    CHECK(device.why() == Reason::health_failed);
    CHECK(device.called() == "check install rollback");
    CHECK(device.get("root/version") == "1.0\n");
    CHECK(device.backend.server.version_after == "1.0");
}

TEST_CASE("program: what hangs, crashes, refuses, lies or babbles ends with the truth and its own words") {
    struct Case {
        const char* name;
        Script script;
        State end;
        Reason why;
        const char* words;
        const char* called;
        const char* version; // at the end
    };
    const Script usual;
    std::vector<Case> cases;
    const auto add = [&](const char* name, auto change, State end, Reason why, const char* words,
                         const char* called, const char* version = "1.0\n") {
        Script script;
        change(script);
        cases.push_back({name, script, end, why, words, called, version});
    };
    add(
        "check refuses", [](Script& s) { s.check = "echo the battery is low >&2; exit 7"; }, State::failed,
        Reason::write_failed, "check ended with 7: the battery is low", "check");
    add(
        "check hangs as long as install may", [](Script& s) { s.check = "sleep 600"; }, State::failed,
        Reason::write_failed, "did not end in time", "check");
    add(
        "install hangs", [](Script& s) { s.install += "\nsleep 600"; }, State::failed, Reason::write_failed,
        "install did not end in time", "check install rollback");
    add(
        "install hangs and takes no signal",
        [](Script& s) { s.install += "\ntrap '' TERM\nwhile :; do sleep 1; done"; }, State::failed,
        Reason::write_failed, "install did not end in time", "check install rollback");
    add(
        "install crashes in its middle", [](Script& s) { s.install += "\nkill -SEGV $$"; }, State::failed,
        Reason::write_failed, "install was ended by signal 11", "check install rollback");
    add(
        "install fails", [](Script& s) { s.install += "\necho flash is worn; exit 1"; }, State::failed,
        Reason::write_failed, "install ended with 1: flash is worn", "check install rollback");
    add(
        "install says it is done and does nothing",
        [](Script& s) { s.install = "cp \"$root/version\" \"$OAKUM_STATE/before\""; }, State::rolled_back,
        Reason::wrong_version, "runs 1.0 instead of 2.0", "check install rollback");
    add(
        "version babbles",
        [](Script& s) {
            s.version = "cat \"$root/version\"; test $(cat \"$root/version\") = 1.0 || echo more";
        },
        State::rolled_back, Reason::wrong_version, "runs unknown instead of 2.0", "check install rollback");
    add(
        "version hangs after the update",
        [](Script& s) { s.version = "test $(cat \"$root/version\") = 1.0 && echo 1.0 || sleep 600"; },
        State::rolled_back, Reason::wrong_version, "runs unknown instead of 2.0", "check install rollback");
    add(
        "commit fails, which is its own matter", [](Script& s) { s.commit = "exit 1"; }, State::verified,
        Reason::none, "", "check install commit", "2.0\n");
    add(
        "rollback says it is done and does nothing",
        [](Script& s) { s.install += "\necho ill > \"$root/kind\"", s.rollback = ":"; }, State::rolled_back,
        Reason::health_failed, "no uplink", "check install rollback", "2.0\n");
    add(
        "rollback fails three times",
        [](Script& s) { s.install += "\necho ill > \"$root/kind\"", s.rollback = "exit 9"; },
        State::rolled_back, Reason::health_failed, "no uplink", "check install rollback rollback", "2.0\n");
    for (const Case& each : cases) {
        CAPTURE(each.name);
        std::string more = "boot_attempts = 2\n";
        Programmed device(each.script, more);
        device.config.backend.program_timeout = 4s;
        device.update();
        CHECK_MESSAGE(device.ended_as() == each.end, device.ended());
        CHECK(device.why() == each.why);
        CHECK_MESSAGE(device.ended().find(each.words) != std::string::npos, device.ended());
        CHECK(device.called() == each.called);
        CHECK(device.get("root/version") == each.version);
    }
}

TEST_CASE("program: one that others could have written is not run") {
    Programmed device;
    const fs::path program = device.path("update");
    CHECK(check_program(program).ok());
    const auto refused = [&](const std::string& words) {
        const auto checked = check_program(program);
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().kind == base::ErrorKind::denied);
        CHECK_MESSAGE(checked.error().text().find(words) != std::string::npos, checked.error().text());
    };
    fs::permissions(program, fs::perms(0775));
    refused("may be written to by others");
    fs::permissions(program, fs::perms(0757));
    refused("may be written to by others");
    fs::permissions(program, fs::perms(0644));
    if (::geteuid() != 0) refused("cannot be executed");
    fs::permissions(program, fs::perms(0755));
    fs::permissions(device.folder.path, fs::perms(0777));
    refused("may be written to by others");
    fs::permissions(device.folder.path, fs::perms(0700));
    fs::rename(program, device.path("real"));
    fs::create_symlink(device.path("real"), program);
    refused("is not a plain file");
    fs::remove(program);
    fs::rename(device.path("real"), program);
    if (::geteuid() == 0) {
        REQUIRE(::chown(program.c_str(), 65534, 65534) == 0);
        refused("does not belong to root");
        device.update();
        CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
        CHECK(device.ended().find("does not belong to root") != std::string::npos);
        CHECK(device.called().empty());
        REQUIRE(::chown(program.c_str(), 0, 0) == 0);
        REQUIRE(::chown(device.folder.path.c_str(), 65534, 65534) == 0);
        refused("does not belong to root");
        REQUIRE(::chown(device.folder.path.c_str(), 0, 0) == 0);
    }
    CHECK(check_program("update").error().kind == base::ErrorKind::denied);
    CHECK(check_program("/nowhere/update").error().kind == base::ErrorKind::not_found);
}

TEST_CASE("program: it keeps within its limits, and what it started ends with it") {
    Script script;
    script.install = "head -c 3000000 /dev/zero > \"$root/big\" || { echo too big; exit 1; }";
    Programmed device(script, "program.file_bytes = 1048576\n");
    device.update();
    CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
    CHECK(fs::file_size(device.path("root/big")) <= 1 << 20);

    Script spins;
    spins.install = "while :; do :; done";
    Programmed busy(spins, "program.cpu_seconds = 1\n");
    busy.config.backend.program_timeout = 20s;
    busy.update();
    CHECK(busy.ended().find("install was ended by signal") != std::string::npos);

    Script leaves;
    leaves.install += "\n(sleep 2; echo late > \"$root/late\") &";
    Programmed child(leaves);
    child.update();
    CHECK_MESSAGE(child.ended_as() == State::verified, child.ended());
    std::this_thread::sleep_for(2500ms);
    CHECK_FALSE(fs::exists(child.path("root/late")));

    Script talks;
    talks.install += "\nhead -c 5000000 /dev/zero | tr '\\0' x";
    Programmed loud(talks);
    loud.update();
    CHECK_MESSAGE(loud.ended_as() == State::verified, loud.ended());
}

TEST_CASE("program: one that comes in the artifact is run from there, alone or with files beside it") {
    Script script;
    script.install = "cp \"$root/version\" \"$OAKUM_STATE/before\"\necho 2.0 > \"$root/version\"";
    {
        Programmed device({}, "", true);
        device.BenchDevice::update(device.text(script), "program", [] {});
        CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
        CHECK(device.called() == "check install commit");
        // The next one is asked about itself, and the one before is what goes back.
        Script ill = script;
        ill.install += "\necho ill > \"$root/kind\"\necho 3.0 > \"$root/version\"";
        device.BenchDevice::update(device.text(ill), "program", [] {}, "3.0");
        CHECK_MESSAGE(device.ended_as() == State::rolled_back, device.ended());
        CHECK(device.get("root/version") == "2.0\n");
        CHECK(device.backend.server.version_after == "2.0");
    }
    {
        Programmed device({}, "", true);
        script.install = "cp \"$root/version\" \"$OAKUM_STATE/before\"\ncp \"$OAKUM_FILES/data/version\" "
                         "\"$root/version\"";
        device.BenchDevice::update(
            Tar().file("bin/update", device.text(script), true).file("data/version", "2.0\n").done(),
            "program", [] {});
        CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
        CHECK(device.get("root/version") == "2.0\n");
    }
    for (const std::string& bad :
         {Tar().file("bin/update", "#!/bin/sh\n").done(), Tar().file("data", "x", true).done(),
          Tar().file("../update", "x", true).done(), std::string("hello"), std::string()}) {
        Programmed device({}, "", true);
        device.BenchDevice::update(bad.empty() ? std::string("x") : bad, "program", [] {});
        CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
        CHECK(device.called().empty());
    }
}

TEST_CASE("program: killed in the middle it is called again, and what takes the device down each time is "
          "given up") {
    Script script;
    script.install = "cp -n \"$root/version\" \"$OAKUM_STATE/before\"\nsleep 0.5\n"
                     "sed -n 1p \"$OAKUM_ARTIFACT\" > \"$root/version\"\necho good > \"$root/kind\"";
    const auto die_at = [](Programmed& device, base::Duration pause) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(device.live() ? 0 : 1);
        std::this_thread::sleep_for(pause);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        std::this_thread::sleep_for(600ms); // what it had started goes on
    };
    for (const auto pause : {50ms, 150ms, 300ms, 600ms, 900ms}) {
        Programmed device(script);
        const std::string root = device.backend.publish("2.0\ngood\n", "2.0", "tar");
        REQUIRE(FolderKeep(device.folder.path / "trust").save("root.json", root).ok());
        die_at(device, pause);
        REQUIRE(device.live());
        CHECK_MESSAGE(device.ended_as() == State::verified, device.ended());
        CHECK(device.get("root/version") == "2.0\n");
    }
    Script deadly = script;
    deadly.install = "cp -n \"$root/version\" \"$OAKUM_STATE/before\"\nkill -9 $PPID; sleep 5";
    Programmed device(deadly);
    const std::string root = device.backend.publish("2.0\ngood\n", "2.0", "tar");
    REQUIRE(FolderKeep(device.folder.path / "trust").save("root.json", root).ok());
    for (int lives = 0; lives < 2; ++lives) { // boot_attempts
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(device.live() ? 0 : 1);
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WIFSIGNALED(status));
    }
    REQUIRE(device.live());
    CHECK_MESSAGE(device.ended_as() == State::failed, device.ended());
    CHECK(device.ended().find("it was interrupted 2 times") != std::string::npos);
    CHECK(device.get("root/version") == "1.0\n");
}

TEST_CASE("program: a version is one printable word") {
    CHECK(read_version("2.0\n").value() == "2.0");
    CHECK(read_version("1:2.0-rc1+b3").value() == "1:2.0-rc1+b3");
    for (const std::string& bad :
         {std::string(), std::string("\n"), std::string("1 2\n"), std::string("1\n2\n"),
          std::string("\x1b[1m2\n"), std::string("2\0", 2), std::string(200, '1')})
        CHECK_FALSE(read_version(bad).ok());
}
