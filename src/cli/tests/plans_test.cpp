// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace oakum;
using oakum::cli::test::World;

namespace {

constexpr const char* kRelease = "01jd2m6c7g3v8x0w5n4t9r1k2p";
constexpr const char* kRollout = "01jd2m6c7g3v8x0w5n4t9r1k3q";

// The waves that "care: urgent" stands for, as the server tells them.
const std::string kGate =
    R"({"minimum":10,"tolerated_failure_ppm":50000,"halt_error_ppm":10000,"proceed_error_ppm":50000,"hard_stop":0,"unproven":"open","soak_seconds":300})";

std::string rollout(const std::string& state, const std::string& share = "50000") {
    return std::string(R"({"id":")") + kRollout + R"(","name":"spring","sentence":"It is so.","state":")" +
           state + R"(","release":{"id":")" + kRelease +
           R"(","name":"gateway","version":"1.5.0"},"priority":"normal","plan":{"name":"spring","release":")" +
           kRelease + R"(","query":"site = Kiel","waves":[{"name":"canary","share_ppm":)" + share +
           R"(,"gate":)" + kGate + R"(},{"name":"rest","share_ppm":1000000,"gate":)" + kGate +
           R"(}],"soak_seconds":300,"step_timeout_seconds":21600,"max_attempts":3,"rollback_on_halt":false}})";
}

struct Plans : World {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / "oakum-cli-plans";
    std::filesystem::path before = std::filesystem::current_path();

    Plans() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        std::filesystem::current_path(folder);
        answer("/api/v1/releases?limit=200", 200,
               std::string(R"({"items":[{"id":")") + kRelease +
                   R"(","name":"gateway","version":"1.5.0"}],"next_cursor":null})");
        answer(std::string("/api/v1/releases/") + kRelease, 200,
               R"({"name":"gateway","version":"1.5.0","state":"published"})");
        has_none();
        write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nquery: site = Kiel\ncare: urgent\n");
    }
    ~Plans() {
        std::filesystem::current_path(before);
        std::filesystem::remove_all(folder);
    }
    void write(const std::string& text) { std::ofstream("plan.yaml") << text; }
    void has_none() {
        answer("/api/v1/rollouts?limit=200", 200, R"({"items":[],"next_cursor":null})");
        answer("/api/v1/rollouts", 201, rollout("draft"));
    }
    void has(const std::string& whole) {
        answer("/api/v1/rollouts?limit=200", 200,
               std::string(R"({"items":[{"id":"other","name":"winter"},{"id":")") + kRollout +
                   R"(","name":"spring"},{"id":"older","name":"spring"}],"next_cursor":null})");
        answer(std::string("/api/v1/rollouts/") + kRollout, 200, whole);
    }
    int run(const std::vector<std::string>& words) {
        out.clear();
        err.clear();
        asked.clear();
        return cli::run(words, console);
    }
    std::vector<ports::ClientRequest> changes() const {
        std::vector<ports::ClientRequest> all;
        for (const ports::ClientRequest& request : asked)
            if (request.method != ports::Method::get && !request.target.ends_with("/preview"))
                all.push_back(request);
        return all;
    }
    bool said(const std::string& text) const { return (out + err).find(text) != std::string::npos; }
};

} // namespace

TEST_CASE("a plan that the server does not have is made, whole, and not started") {
    Plans world;
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    const auto changes = world.changes();
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].target == "/api/v1/rollouts");
    CHECK(
        changes[0].body ==
        std::string(R"({"name":"spring","release":")") + kRelease +
            R"(","query":"site = Kiel","priority":"normal","waves":[{"name":"canary","share_ppm":50000,"gate":)" +
            kGate + R"(},{"name":"rest","share_ppm":1000000,"gate":)" + kGate +
            R"(}],"soak_seconds":300,"step_timeout_seconds":21600,"max_attempts":3,"rollback_on_halt":false})");
    CHECK(world.said("made"));
    // The same request made twice at once is one rollout.
    const auto key = [](const ports::ClientRequest& request) {
        for (const auto& [name, value] : request.headers)
            if (name == "idempotency-key") return value;
        return std::string();
    };
    const std::string first = key(changes[0]);
    CHECK_FALSE(first.empty());
    world.run({"apply", "-f", "plan.yaml"});
    CHECK(key(world.changes().at(0)) == first);
}

TEST_CASE("waves may ask for devices, in a file and in a line") {
    Plans world;
    const auto waves = [&] {
        REQUIRE(world.changes().size() == 1);
        const std::string body = world.changes()[0].body;
        const auto from = body.find("\"waves\":");
        return body.substr(from, body.find("}],", from) + 2 - from);
    };
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\ncare: urgent\nfirst: tag.ring = lab\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    CHECK(waves().starts_with(
        R"("waves":[{"name":"first","share_ppm":1000000,"query":"tag.ring = lab","gate":{"minimum":10,)"));
    CHECK(waves().find(R"({"name":"canary","share_ppm":50000,"gate":)") != std::string::npos);
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nwaves:\n"
                "  - {name: lab, query: tag.ring = lab}\n"
                "  - {name: pilot, query: site = Kiel, share_ppm: 50000}\n"
                "  - {name: rest}\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    CHECK(waves().starts_with(
        R"("waves":[{"name":"lab","share_ppm":1000000,"query":"tag.ring = lab","gate":)"));
    CHECK(waves().find(R"({"name":"pilot","share_ppm":50000,"query":"site = Kiel","gate":)") !=
          std::string::npos);
    CHECK(waves().find(R"({"name":"rest","share_ppm":1000000,"gate":)") != std::string::npos);

    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--wave",
                     "lab=tag.ring = lab", "--wave", "pilot=5 of site = Kiel", "--wave", "rest=100"}) == 0);
    CHECK(waves().starts_with(
        R"("waves":[{"name":"lab","share_ppm":1000000,"query":"tag.ring = lab"},)"
        R"({"name":"pilot","share_ppm":50000,"query":"site = Kiel"},{"name":"rest","share_ppm":1000000}])"));
    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--wave",
                     "pilot=2.5 of site = Kiel or kev", "--wave", "rest=100"}) == 0);
    CHECK(waves().find(R"({"name":"pilot","share_ppm":25000,"query":"site = Kiel or kev"})") !=
          std::string::npos);
    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--first",
                     "tag.ring = lab"}) == 0);
    CHECK(world.changes()[0].body.find(R"("first":"tag.ring = lab")") != std::string::npos);
}

TEST_CASE("a plan may say how fast each of its waves goes") {
    Plans world;
    const auto body = [&] { return world.changes().at(0).body; };
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\npace: {max_in_flight: 500}\nwaves:\n"
                "  - {name: canary, share_ppm: 50000, pace: {per_minute: 10, doubles_after_minutes: 30, "
                "up_to_per_minute: 400}}\n"
                "  - {name: rest}\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    CHECK(body().find(R"("pace":{"per_minute":10,"doubles_after_minutes":30,"up_to_per_minute":400}},)") !=
          std::string::npos);
    CHECK(body().find(R"("pace":{"max_in_flight":500}}])") != std::string::npos);
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nwaves:\n"
                "  - name: canary\n"
                "    share_ppm: 50000\n"
                "    pace:\n"
                "      per_minute: 10\n"
                "      up_to_per_minute: 400\n"
                "  - {name: rest, pace: fast}\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) != 0);
    CHECK(world.changes().empty());
    CHECK(world.said("plan.yaml:10:24: \"pace\" is a mapping: lines such as \"max_in_flight: ...\""));
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nwaves:\n"
                "  - name: canary\n"
                "    share_ppm: 50000\n"
                "    pace:\n"
                "      per_minute: 10\n"
                "      up_to_per_minute: 400\n"
                "  - {name: rest}\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) != 0);
    CHECK(world.said("plan.yaml:9:25: a rate that grows says both"));

    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--max-in-flight",
                     "50", "--per-minute", "10"}) == 0);
    CHECK(body().find(R"("pace":{"max_in_flight":50,"per_minute":10})") != std::string::npos);
    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--per-minute",
                     "0"}) != 0);
}

TEST_CASE("waves that have not opened become what the file says, and the plan that was looked at is named") {
    Plans world;
    const std::string path = std::string("/api/v1/rollouts/") + kRollout;
    const std::string was = rollout("running", "50000");
    const std::string content(64, 'a');
    world.answer("/api/v1/rollouts?limit=200", 200,
                 std::string(R"({"items":[{"id":")") + kRollout + R"(","name":"spring"}]})");
    world.answer(path, 200, was.substr(0, was.size() - 1) + R"(,"content":")" + content + "\"}");
    world.answer(path + "/waves", 200, was);
    const auto file = [&](const std::string& waves, const std::string& query = "site = Kiel") {
        world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nquery: " + query +
                    "\nsoak_seconds: 300\nstep_timeout_seconds: 21600\nwaves:\n" + waves);
    };
    const std::string canary = std::string("  - {name: canary, share_ppm: 50000, gate: ") + kGate + "}\n";
    file(canary + "  - {name: rest, gate: " + kGate + ", pace: {per_minute: 20}}\n");
    CHECK(world.run({"rollout", "edit", "spring", "-f", "plan.yaml", "--why", "slower"}) == 0);
    REQUIRE(world.changes().size() == 1);
    CHECK(world.changes()[0].body.ends_with(R"("pace":{"per_minute":20}}],"content":")" + content +
                                            R"(","why":"slower"})"));
    world.run({"rollout", "edit", "spring", "-f", "plan.yaml", "--why", "slower", "--dry-run"});
    CHECK(world.changes().empty());
    CHECK(world.said("/waves/1/pace/per_minute"));
    file(canary + "  - {name: rest, gate: " + kGate + "}\n", "site = Bonn");
    CHECK(world.run({"rollout", "edit", "spring", "-f", "plan.yaml", "--why", "slower"}) != 0);
    CHECK(world.changes().empty());
    CHECK(world.said("plan.yaml:4:8: only waves can be changed that have not opened; /query"));
    file(canary + "  - {name: rest, gate: " + kGate + "}\n");
    CHECK(world.run({"rollout", "edit", "spring", "-f", "plan.yaml", "--why", "slower"}) == 0);
    CHECK(world.changes().empty());
    CHECK(world.said("Everything is as the file says."));
    // What the server refuses stands at its line.
    file(canary + "  - {name: rest, gate: " + kGate + ", pace: {per_minute: 20}}\n");
    world.answer(
        path + "/waves", 409,
        R"({"title":"conflict","status":409,"detail":"wave 1 has opened","errors":[{"pointer":"/waves/0","detail":"wave 1 has opened"}]})");
    CHECK(world.run({"rollout", "edit", "spring", "-f", "plan.yaml", "--why", "slower"}) != 0);
}

TEST_CASE("a plan may say when it starts by itself, in whatever zone") {
    Plans world;
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nquery: site = Kiel\ncare: urgent\n"
                "starts_at: 2027-03-01T23:00:00+01:00\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    REQUIRE(world.changes().size() == 1);
    CHECK(world.changes()[0].body.find(R"("starts_at":"2027-03-01T22:00:00Z")") != std::string::npos);
    // The same moment said otherwise is no difference.
    std::string kept = rollout("draft");
    kept.insert(kept.rfind("}}"), R"(,"starts_at":"2027-03-01T22:00:00Z")");
    world.has(kept);
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    CHECK(world.changes().empty());
    world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nstarts_at: tomorrow\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) != 0);
    CHECK(world.said("plan.yaml:4:12: \"starts_at\" is a time like"));
    world.has_none();
    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--at",
                     "2027-03-01T22:00:00Z"}) == 0);
    CHECK(world.changes()[0].body.find(R"("starts_at":"2027-03-01T22:00:00Z")") != std::string::npos);
    CHECK(world.run(
              {"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--at", "soon"}) != 0);
    CHECK(world.said("--at is a time like"));
}

TEST_CASE("a wave that cannot be meant is refused before the server is asked, in a file at its line") {
    Plans world;
    const auto refused = [&](const std::string& text, const std::string& why) {
        CAPTURE(text);
        world.write("kind: rollout\nname: spring\nrelease: gateway@1.5.0\n" + text);
        CHECK(world.run({"apply", "-f", "plan.yaml"}) != 0);
        CHECK(world.changes().empty());
        CAPTURE(world.err);
        CHECK(world.said(why));
    };
    refused("waves:\n  - {name: lab, query: site = (lab}\n", "plan.yaml:5:");
    refused("first: site = (lab\n", "plan.yaml:4:");
    refused("first: kev\nwaves:\n  - {name: all}\n", "plan.yaml:4:8: \"first\" comes before the waves");
    refused("waves:\n  - {name: all}\n  - {name: lab, query: kev}\n",
            "nobody is left for it: the wave \"all\"");
    for (const char* wave : {"lab", "=5", "lab=", "lab=0", "lab=101", "lab=5 %", "lab=5 of ",
                             "lab=5 of x = (", "lab=x = (", "lab=0x5", "lab=5e1", "lab=-5"}) {
        CAPTURE(wave);
        CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--wave",
                         wave}) != 0);
        CHECK(world.changes().empty());
        CHECK(world.said("a wave is NAME=PERCENT"));
    }
    CHECK(world.run({"rollout", "create", "--name", "spring", "--release", "gateway@1.5.0", "--wave", "a=5",
                     "--first", "kev"}) != 0);
    CHECK(world.said("--first comes before the waves of --care"));
}

TEST_CASE("applied again it changes nothing, whatever became of it") {
    Plans world;
    for (const char* state : {"draft", "running", "halted", "finished", "aborted"}) {
        world.has(rollout(state));
        CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
        CHECK(world.changes().empty());
        CHECK(world.said("as it is"));
        CHECK(world.run({"diff", "-f", "plan.yaml"}) == 0);
        CHECK(world.said("Everything is as the file says."));
    }
}

TEST_CASE("a rollout that is not over and differs is refused at the line that differs") {
    Plans world;
    world.has(rollout("running", "70000"));
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 5);
    CHECK(world.changes().empty());
    CHECK(world.said(
        "plan.yaml:1:1: the rollout \"spring\" is running with /waves/0/share_ppm \"70000\", and the file "
        "says \"50000\""));
    CHECK(world.said(std::string("oakum rollout abort ") + kRollout));
    CHECK(world.run({"diff", "-f", "plan.yaml", "-o", "csv"}) == 1);
    CHECK(world.said("rollout,spring,refused,running,/waves/0/share_ppm,70000,50000"));
}

TEST_CASE("after one that is over a plan that differs is a new rollout") {
    Plans world;
    world.has(rollout("aborted", "70000"));
    world.answer("/api/v1/rollouts", 201, rollout("draft"));
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    CHECK(world.changes().size() == 1);
}

TEST_CASE("a look changes nothing and says so by its exit status") {
    Plans world;
    CHECK(world.run({"diff", "-f", "plan.yaml"}) == 1);
    CHECK(world.said("1 of 1 document in plan.yaml is not as the server has it"));
    CHECK(world.changes().empty());
    CHECK(world.run({"apply", "-f", "plan.yaml", "--dry-run"}) == 0);
    CHECK(world.said("Nothing was changed"));
    CHECK(world.changes().empty());
}

TEST_CASE("each wrong line is named before the server is asked anything") {
    Plans world;
    world.write(
        "kind: rollout\nname: spring\nrelese: x\n---\nkind: budget\nname: a\ndevices: 1\npercent: no\n");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 1);
    CHECK(world.asked.empty());
    CHECK(world.said("plan.yaml:1:1: a rollout needs \"release\""));
    CHECK(world.said("plan.yaml:3:1: a rollout has no \"relese\""));
    CHECK(world.said("plan.yaml:8:10: \"percent\" is a whole number"));
    CHECK(world.said("3 things in it are wrong; nothing was changed"));

    world.write("kind: rollout\nname: a\nrelease: r\nquery: site ==\n---\nkind: window\nname: b\ntimes:\n"
                "  - start: 2026-01-05T02:00\n    minutes: 60\n    rule: FREQ=YEARLY\n---\n"
                "kind: budget\nname: c\ndevices: 1\npercent: 2\n");
    CHECK(world.run({"diff", "-f", "plan.yaml"}) == 1);
    CHECK(world.asked.empty());
    CHECK(world.said("plan.yaml:4:8: column "));
    CHECK(world.said("plan.yaml:11:11: "));
    CHECK(world.said("plan.yaml:15:10: "));
}

TEST_CASE("what the server refuses is said with its line, and what is not published is not brought") {
    Plans world;
    world.answer(
        "/api/v1/rollouts", 400,
        R"({"title":"Invalid","status":400,"kind":"invalid","detail":"no","where":"/query column 3"})");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 1);
    CHECK(world.said("plan.yaml:4:8: column 3 of the query: no"));
    world.answer(std::string("/api/v1/releases/") + kRelease, 200,
                 R"({"name":"gateway","version":"1.5.0","state":"draft"})");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 1);
    CHECK(world.said("plan.yaml:3:10: gateway@1.5.0 is draft, not published: oakum release publish "));
    world.write("kind: rollout\nname: spring\nrelease: gateway@9\n");
    CHECK(world.run({"diff", "-f", "plan.yaml"}) == 1);
    CHECK(world.said("plan.yaml:3:10: there is no release \"gateway@9\""));
}

TEST_CASE("windows and budgets are replaced where they differ, in the words that the server keeps") {
    Plans world;
    world.write("kind: window\nname: nights\ntimes:\n  - {start: 2026-01-05T02:00, minutes: 180, rule: "
                "INTERVAL=1;FREQ=DAILY}\n---\n"
                "kind: budget\nname: pairs\nby: [site]\ndevices: 1\n");
    const std::string window =
        R"({"kind":"window","name":"nights","query":"","times":[{"start":"2026-01-05T02:00","minutes":180,"rule":"FREQ=DAILY"}],"zone":"","zone_if_unknown":"UTC","why":""})";
    const std::string has_window = R"({"items":[{"name":"nights","sentence":"s","rule":)" + window + "}]}";
    const auto budgets = [](const std::string& most) {
        return R"({"items":[{"name":"pairs","sentence":"s","rule":{"name":"pairs","query":"","by":["site"],)" +
               most + R"(,"why":""}}]})";
    };
    world.answer("/api/v1/schedules", 200, R"({"items":[]})");
    world.answer("/api/v1/budgets", 200, budgets(R"("devices":2)"));
    world.answer("/api/v1/schedules/preview", 200, "{}");
    world.answer("/api/v1/budgets/preview", 200, "{}");
    world.answer("/api/v1/schedules/nights", 200, R"({"sentence":"set"})");
    world.answer("/api/v1/budgets/pairs", 200, R"({"sentence":"set"})");
    CHECK(world.run({"diff", "-f", "plan.yaml", "-o", "csv"}) == 1);
    CHECK(world.said("window,nights,new,,,,"));
    CHECK(world.said("budget,pairs,change,,/devices,2,1"));
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    const auto changes = world.changes();
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].target == "/api/v1/schedules/nights");
    CHECK(changes[1].target == "/api/v1/budgets/pairs");
    CHECK(changes[1].body.find("\"devices\":1") != std::string::npos);
    CHECK(changes[1].body.find("\"kind\"") == std::string::npos);

    world.answer("/api/v1/schedules", 200, has_window);
    world.answer("/api/v1/budgets", 200, budgets(R"("devices":1)"));
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 0);
    CHECK(world.changes().empty());

    // What the server says no to is known before the first change.
    world.answer("/api/v1/schedules", 200, R"({"items":[]})");
    world.answer("/api/v1/budgets", 200, R"({"items":[]})");
    world.answer(
        "/api/v1/budgets/preview", 400,
        R"({"title":"Invalid","status":400,"kind":"invalid","detail":"no such fact","where":"/by/0"})");
    CHECK(world.run({"apply", "-f", "plan.yaml"}) == 1);
    CHECK(world.said("plan.yaml:8:6: no such fact"));
    CHECK(world.changes().empty());
}

TEST_CASE("a rollout is written as a file that says the same") {
    Plans world;
    world.has(rollout("running"));
    CHECK(world.run({"rollout", "export", "spring"}) == 0);
    CHECK(world.out.starts_with("kind: rollout\nname: spring\nrelease: gateway@1.5.0\nquery: "));
    world.write(world.out);
    CHECK(world.run({"diff", "-f", "plan.yaml"}) == 0);
    // From standard input too.
    std::ifstream file("plan.yaml");
    for (std::string line; std::getline(file, line);)
        world.input.push_back(line);
    CHECK(world.run({"diff", "-f", "-"}) == 0);
}
