// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <json/parse.hpp>
#include <schedule/zones.hpp>

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using namespace oakum;
using oakum::cli::test::World;

namespace {

constexpr const char* kRelease = "01jd2m6c7g3v8x0w5n4t9r1k2p";

// No time zone is known but UTC and one without changes.
class Zones final : public schedule::Zones {
  public:
    std::shared_ptr<const schedule::ZoneRules> find(std::string_view name) override {
        if (name == "UTC") return std::make_shared<schedule::ZoneRules>(schedule::utc());
        if (name != "Asia/Tokyo") return nullptr;
        if (!tokyo_)
            tokyo_ = std::make_shared<schedule::ZoneRules>(schedule::ZoneRules{"Asia/Tokyo", 9 * 3'600, {}});
        return tokyo_;
    }

  private:
    std::shared_ptr<schedule::ZoneRules> tokyo_;
};

struct Rehearsing : World {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / "oakum-cli-simulate";
    std::filesystem::path before = std::filesystem::current_path();
    Zones zone_source;

    Rehearsing() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        std::filesystem::current_path(folder);
        console.zones = [this]() -> schedule::Zones& { return zone_source; };
        write("a.yaml", "kind: rollout\nname: spring\nrelease: gateway@1.5.0\n");
        write("b.yaml", "kind: rollout\nname: haste\nrelease: gateway@1.5.0\ncare: urgent\n");
    }
    ~Rehearsing() {
        std::filesystem::current_path(before);
        std::filesystem::remove_all(folder);
    }
    void write(const std::string& name, const std::string& text) { std::ofstream(name) << text; }
    int run(std::vector<std::string> words) {
        out.clear();
        err.clear();
        asked.clear();
        words.insert(words.begin(), {"rollout", "simulate"});
        return cli::run(words, console);
    }
    bool said(const std::string& text) const { return (out + err).find(text) != std::string::npos; }
    json::Value answered() const {
        return json::parse(out, {.max_bytes = 4 << 20, .max_values = 100'000, .floats = true}).value();
    }

    // A server with so many gateways, a window for those in Kiel, and one that stands in for another.
    void serve(int devices, int in_scope) {
        answer("/api/v1/releases?limit=200", 200,
               std::string(R"({"items":[{"id":")") + kRelease +
                   R"(","name":"gateway","version":"1.5.0"}],"next_cursor":null})");
        answer(
            std::string("/api/v1/releases/") + kRelease, 200,
            R"({"name":"gateway","version":"1.5.0","models":["GW\"1"],"hw_revisions":["B"],"min_from":"1.2",)"
            R"("target_path":"gateway-1.5.0","artifact":{"length":7000000}})");
        answer(
            "/api/v1/schedules", 200,
            R"({"items":[{"name":"nights","rule":{"kind":"window","name":"nights","query":"site = Kiel","times":[)"
            R"({"start":"2026-01-05T02:00","minutes":180,"rule":"FREQ=DAILY"}]}}]})");
        answer(
            "/api/v1/budgets", 200,
            R"({"items":[{"name":"pairs","rule":{"name":"pairs","query":"","by":["tag.pair"],"devices":1}}]})");
        answer_any = [devices, in_scope](const ports::ClientRequest& request) -> ports::ClientResponse {
            if (request.target.starts_with("/api/v1/query/preview"))
                return {200,
                        {},
                        R"({"count":)" +
                            std::to_string(request.target.find("enrolled") != std::string::npos ? devices
                                                                                                : in_scope) +
                            "}"};
            if (!request.target.starts_with("/api/v1/devices?"))
                return {404, {}, R"({"title":"Not found","status":404,"kind":"not_found"})"};
            const std::size_t at = request.target.find("cursor=");
            const int from = at == std::string::npos ? 0 : std::atoi(request.target.c_str() + at + 7);
            const int until = std::min(devices, from + 500);
            std::string items;
            for (int i = from; i < until; ++i)
                items +=
                    (i == from ? "" : ",") + std::string(R"({"id":"d)") + std::to_string(i) +
                    R"(","lifecycle":"active","risk":2.5,"exploited_open":0,"group":null,"facts":{"model":"GW\"1","site":")" +
                    (i % 2 == 0 ? "Kiel" : "Ulm") +
                    R"(","timezone":"Asia/Tokyo","cadence":"600","protocol":"native","tag.pair":"p)" +
                    std::to_string(i / 2) + R"("}})";
            return {200,
                    {},
                    R"({"items":[)" + items + R"(],"next_cursor":)" +
                        (until < devices ? "\"" + std::to_string(until) + "\"" : "null") + "}"};
        };
    }
};

} // namespace

TEST_CASE("a plan is rehearsed over a fleet that is made up, and no server is asked") {
    Rehearsing world;
    CHECK(world.run({"-f", "a.yaml", "--fleet", "3000", "--runs", "3"}) == 0);
    INFO(world.out, world.err);
    CHECK(world.asked.empty());
    CHECK(world.said("\"spring\" brings gateway@1.5.0 to a synthetic fleet of 3,000 devices from "
                     "2026-11-22T16:00:00Z on; 3 runs, 30 days, seed 1."));
    for (const char* words :
         {"Half of the devices are patched after ", "50 % patched after", "device-days open",
          "a bad release fails on", "devices that it reaches", "most downloads at once", "100 % |", "canary",
          "It takes 70 devices without a failure", "Assumed: The release fails on 0.5 %"})
        CHECK_MESSAGE(world.said(words), words);
}

TEST_CASE("the same seed says the same, word for word") {
    Rehearsing world;
    world.run({"-f", "a.yaml", "--fleet", "800", "--runs", "2", "-o", "json"});
    const std::string first = world.out;
    world.run({"-f", "a.yaml", "--fleet", "800", "--runs", "2", "-o", "json"});
    CHECK(world.out == first);
    world.run({"-f", "a.yaml", "--fleet", "800", "--runs", "2", "-o", "json", "--seed", "2"});
    CHECK(world.out != first);
}

TEST_CASE("two plans are compared on the same fleet") {
    Rehearsing world;
    CHECK(world.run({"-f", "a.yaml", "-f", "b.yaml", "--fleet", "2000", "--runs", "2", "-o", "json"}) == 0);
    const json::Value both = world.answered();
    REQUIRE(both.find("plans")->size() == 2);
    const auto seconds = [&](std::size_t plan) {
        std::size_t i = 0;
        for (const json::Value& each : both.find("plans")->items())
            if (i++ == plan) {
                CHECK(each.find("fleet")->find("devices")->source() == "2000");
                std::size_t share = 0;
                for (const json::Value& patched : each.find("patched")->items())
                    if (share++ == 0) return patched.find("median_seconds")->as_double().value();
            }
        return 0.0;
    };
    CHECK(seconds(1) < seconds(0)); // haste
    CHECK(world.run({"-f", "a.yaml", "-f", "b.yaml", "--fleet", "2000", "--runs", "2"}) == 0);
    CHECK(world.said("A: spring"));
    CHECK(world.said("B: haste"));
    CHECK(world.said("Of \"haste\":"));
}

TEST_CASE("the curve is there for spreadsheets") {
    Rehearsing world;
    CHECK(world.run({"-f", "a.yaml", "--fleet", "500", "--runs", "1", "-o", "csv"}) == 0);
    CHECK(world.out.starts_with(
        "plan,seconds,patched_share,devices_open,points_open\r\nspring,0,0.000000,500,\r\n"));
}

TEST_CASE("the server's devices are rehearsed with its windows and budgets") {
    Rehearsing world;
    world.serve(620, 700);
    CHECK(world.run({"-f", "a.yaml", "--runs", "1", "-o", "json"}) == 0);
    INFO(world.err);
    const json::Value all = world.answered();
    const json::Value plan = *all.find("plans")->items().begin();
    const json::Value fleet = plan.find("fleet").value();
    CHECK(fleet.find("kind")->text() == "real");
    CHECK(fleet.find("devices")->source() == "620");
    CHECK(fleet.find("in_scope")->source() == "700");
    CHECK(fleet.find("read")->source() == "620");
    CHECK(plan.find("conditions")->find("download_bytes")->source() == "7000000");
    // What is open on them, 2.5 points each.
    CHECK(plan.find("curve")->items().begin()->find("points_open")->as_double().value() == 1'550.0);
    std::string warnings;
    for (const json::Value& each : plan.find("warnings")->items())
        warnings += std::string(each.text()) + "\n";
    CHECK(warnings.find("80 of the 700 devices in its scope are not asked") != std::string::npos);
    // One list, in pages, of whom the rollout would ask; with the facts that decide.
    int pages = 0;
    for (const ports::ClientRequest& request : world.asked) {
        CHECK(request.method == ports::Method::get);
        if (!request.target.starts_with("/api/v1/devices?")) continue;
        ++pages;
        for (const char* part : {"enrolled", "hw_revision", "running_version",
                                 "facts=cadence%2cmodel%2cprotocol%2csite%2ctag.pair%2ctimezone"})
            CHECK_MESSAGE(request.target.find(part) != std::string::npos, request.target);
    }
    CHECK(pages == 2);
}

TEST_CASE("a large fleet is read in part, and said so") {
    Rehearsing world;
    world.serve(60'000, 60'000);
    CHECK(world.run({"-f", "a.yaml", "--runs", "1", "--days", "2"}) == 0);
    CHECK(world.said("Mind: The first 20,000 of 60,000 devices were read; each stands for 3."));
    CHECK(world.said("gateway@1.5.0 to 60,000 devices"));
}

TEST_CASE("a window in the file takes the place of the server's of that name") {
    Rehearsing world;
    world.serve(200, 200);
    world.write(
        "a.yaml",
        "kind: rollout\nname: spring\nrelease: gateway@1.5.0\ncare: urgent\n---\nkind: window\nname: nights\n"
        "times:\n  - {start: 2020-01-05T02:00, minutes: 60}\n");
    CHECK(world.run({"-f", "a.yaml", "--runs", "1"}) == 0);
    CHECK(world.said("Mind: For 200 devices no window opens within 30 days."));
    CHECK(world.said("Half of the devices are not reached within 30 days"));
}

TEST_CASE("a plan for nobody is said to be one") {
    Rehearsing world;
    world.serve(0, 12);
    CHECK(world.run({"-f", "a.yaml"}) == 0);
    CHECK(world.said("No device is in reach of this plan."));
    CHECK(world.said("12 of the 12 devices in its scope are not asked"));
}

TEST_CASE("options that make no sense are refused with what would") {
    Rehearsing world;
    const auto refused = [&](const std::vector<std::string>& words, const std::string& with) {
        INFO(with);
        CHECK(world.run(words) != 0);
        CHECK_MESSAGE(world.said(with), world.out, world.err);
        CHECK(world.asked.empty());
    };
    refused({"--fleet", "10"}, "--file");
    refused({"-f", "none.yaml", "--fleet", "10"}, "none.yaml");
    for (const char* fleet : {"0", "-1", "many", "1,000", "50000001", "99999999999999999999", "10x", ""})
        refused({"-f", "a.yaml", "--fleet", fleet},
                "--fleet is real, or how many devices are made up: 1 to 50000000");
    for (const char* rate : {"-0.1", "1.01", "nan"})
        refused({"-f", "a.yaml", "--fleet", "10", "--failure-rate", rate},
                "--failure-rate is a share between 0 and 1");
    for (const char* share : {"-1", "0.91", "nan", "inf"})
        refused({"-f", "a.yaml", "--fleet", "10", "--offline", share},
                "--offline is a share between 0 and 0.9");
    refused({"-f", "a.yaml", "--fleet", "10", "--days", "0"}, "--days");
    refused({"-f", "a.yaml", "--fleet", "10", "--days", "121"}, "--days");
    refused({"-f", "a.yaml", "--fleet", "10", "--runs", "1001"}, "--runs is 1 to 1000");
    refused({"-f", "a.yaml", "--fleet", "10", "--runs", "-1"}, "--runs");
    refused({"-f", "a.yaml", "--fleet", "10", "--seed", "x"}, "--seed");
    refused({"-f", "a.yaml", "--fleet", "10", "--poll", "0"}, "--poll");
    for (const char* hours : {"-1", "soon", "2001", "1h", "nan"})
        refused({"-f", "a.yaml", "--fleet", "10", "--person", hours}, "--person is the hours after which");
    refused({"-f", "a.yaml", "--fleet", "10", "--megabytes", "-5"}, "--megabytes is 0 to 1000000");
    refused({"-f", "a.yaml", "--fleet", "20000000", "--runs", "1000"},
            "take fewer --runs or a smaller --fleet");
    refused({"-f", "a.yaml", "-f", "b.yaml", "-f", "a.yaml", "--fleet", "10"}, "two are compared");
}

TEST_CASE("what is wrong with a file is told with its line") {
    Rehearsing world;
    world.write("two.yaml",
                "kind: rollout\nname: one\nrelease: a@1\n---\nkind: rollout\nname: two\nrelease: a@1\n");
    CHECK(world.run({"-f", "two.yaml", "--fleet", "10"}) == 1);
    CHECK(world.said("two.yaml:5:1: a rehearsal plays one rollout"));
    world.write("none.yaml", "kind: budget\nname: pairs\ndevices: 1\n");
    CHECK(world.run({"-f", "none.yaml", "--fleet", "10"}) == 1);
    CHECK(world.said("none.yaml has no rollout"));
    world.write("wrong.yaml", "kind: rollout\nname: one\nrelease: a@1\nwavs: []\n");
    CHECK(world.run({"-f", "wrong.yaml", "--fleet", "10"}) == 1);
    CHECK(world.said("wrong.yaml:4:1: a rollout has no \"wavs\""));
    world.write("falls.yaml",
                "kind: rollout\nname: one\nrelease: a@1\nwaves:\n  - {name: a, share_ppm: 500000}\n"
                "  - {name: b, share_ppm: 400000}\n");
    CHECK(world.run({"-f", "falls.yaml", "--fleet", "10"}) == 1);
    CHECK(world.said("falls.yaml:6:"));
    CHECK(world.said("shares are cumulative"));
}

TEST_CASE("phones are not rehearsed") {
    Rehearsing world;
    world.serve(5, 5);
    world.answer(std::string("/api/v1/releases/") + kRelease, 200,
                 R"({"name":"ios","version":"17.6","models":[],"target_path":null})");
    CHECK(world.run({"-f", "a.yaml"}) == 5);
    CHECK(world.said("brings phones to a level of their system"));
}

TEST_CASE("what a server says cannot steer the terminal") {
    Rehearsing world;
    world.write("a.yaml", "kind: rollout\nname: \"a\\eb\"\nrelease: \"g\\e[31m@1\"\n");
    CHECK(world.run({"-f", "a.yaml", "--fleet", "100", "--runs", "1"}) == 0);
    CHECK(world.out.find('\x1b') == std::string::npos);
}
