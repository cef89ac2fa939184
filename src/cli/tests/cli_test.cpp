// SPDX-License-Identifier: Apache-2.0
#include <cli/console.hpp>

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>

using namespace oakum;

namespace {

// Answers by method and target; remembers what was asked.
struct Recorded : ports::HttpClient {
    std::map<std::string, ports::ClientResponse>& answers;
    std::vector<ports::ClientRequest>& asked;
    Recorded(std::map<std::string, ports::ClientResponse>& a, std::vector<ports::ClientRequest>& r)
        : answers(a), asked(r) {}
    base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override {
        asked.push_back(request);
        const auto found = answers.find(request.target);
        if (found == answers.end()) return base::unavailable("nothing answers " + request.target);
        return found->second;
    }
    base::Result<ports::ClientResponse> stream(const ports::ClientRequest& request,
                                               const std::function<base::Status(base::ByteView)>&) override {
        return exchange(request);
    }
};

struct World {
    std::map<std::string, ports::ClientResponse> answers;
    std::vector<ports::ClientRequest> asked;
    std::string out, err;
    cli::Console console;
    World() {
        console.out = [this](std::string_view text) { out += text; };
        console.err = [this](std::string_view text) { err += text; };
        console.now = [] { return base::parse_time("2026-11-22T16:00:00Z").value(); };
        console.ask = [](std::string_view, bool) -> base::Result<std::string> {
            return std::string("correct horse battery");
        };
        console.connect = [this](const cli::Connection&) -> base::Result<std::unique_ptr<ports::HttpClient>> {
            return std::unique_ptr<ports::HttpClient>(new Recorded(answers, asked));
        };
        console.wait = [](base::Duration) {};
        console.environment = [](const char* name) {
            return std::string(std::string_view(name) == "OAKUM_SERVER" ? "https://127.0.0.1:8443"
                               : std::string_view(name) == "HOME"       ? "/nonexistent"
                                                                        : "");
        };
    }
    void answer(const std::string& target, int status, std::string body) {
        answers[target] = {status, {}, std::move(body)};
    }
};

} // namespace

TEST_CASE("a list is a table that says when it was cut") {
    World world;
    world.answer(
        "/api/v1/devices?query=site%20%3d%20Plant&limit=1", 200,
        R"({"items":[{"id":"01","name":"cam\u001b[1m-1","model":"AC-CAM40","firmware_version":"3.1.0","os_version":null,"site":"Plant",
                     "criticality":"high","exposure":null,"lifecycle":"active","findings_open":1674,"exploited_open":2,"risk":12.34}],
                     "next_cursor":"abc","total":7,"unknown":0})");
    CHECK(cli::run({"device", "list", "--query", "site = Plant", "--limit", "1"}, world.console) == 0);
    CHECK(
        world.out ==
        "ID  NAME       MODEL     VERSION  OS  SITE   CRITICALITY  EXPOSURE  STATE    OPEN  EXPLOITED  RISK\n"
        "01  cam?[1m-1  AC-CAM40  3.1.0    -   Plant  high         -         active  1,674          2  "
        "12.3\n");
    CHECK(world.err == "1 of 7 shown; --limit N shows more.\n");
}

TEST_CASE("JSON output is what the server said, and CSV is for spreadsheets") {
    World world;
    world.answer(
        "/api/v1/feeds", 200,
        R"({"items":[{"name":"kev","accepted":1674,"rejected":0,"stale":false}],"next_cursor":null})");
    CHECK(cli::run({"feed", "list", "-o", "json"}, world.console) == 0);
    CHECK(world.out == "[\n{\"name\":\"kev\",\"accepted\":1674,\"rejected\":0,\"stale\":false}\n]\n");
    world.out.clear();
    CHECK(cli::run({"feed", "list", "-o", "csv"}, world.console) == 0);
    CHECK(world.out == "FEED,IMPORTED,NEWEST,RECORDS,REJECTED,STALE\r\nkev,,,1674,0,no\r\n");
}

TEST_CASE("an advisory is shown with why, and with what ends it") {
    World world;
    world.answer(
        "/api/v1/advisories/CVE-2024-6387", 200,
        R"({"id":"CVE-2024-6387","aliases":[],"title":"regreSSHion","severity":"high","cvss":8.1,"affected":2,"not_affected":1,
            "cannot_tell":3,"sentence":"Affected: 2 devices; not affected: 1; cannot tell: 3 (1 of them report no software).",
            "evidence":[{"verdict":"affected","component":{"kind":"package","name":"openssh","version":"9.2p1"},"devices":2,
                         "reason":"the version is in the affected range"},
                        {"verdict":"unknown","component":{"kind":"package","name":"openssh","version":"git"},"devices":2,
                         "reason":"the component's version cannot be ordered"}],
            "fixes":[{"name":"AC-GW200","version":"1.5.0","devices":2,"state":"published"}]})");
    CHECK(cli::run({"advisory", "show", "CVE-2024-6387"}, world.console) == 0);
    for (const char* part :
         {"cannot tell: 3 (1 of them report no software).",
          "affected        2  openssh    9.2p1    the version is in the affected range",
          "unknown         2  openssh    git      the component's version cannot be ordered",
          "AC-GW200  1.5.0          2  published"}) {
        CAPTURE(part);
        CHECK(world.out.find(part) != std::string::npos);
    }
}

TEST_CASE("a folder's files are sent first, and one that is no feed is named and stops nothing") {
    World world;
    const auto folder = std::filesystem::temp_directory_path() / "oakum_cli_feeds";
    std::filesystem::create_directories(folder);
    for (const char* name : {"a.json", "b.json"})
        std::ofstream(folder / name) << "{}";
    world.answer("/api/v1/feeds/import?name=a.json", 202, R"({"id":"j1","state":"queued"})");
    world.answer("/api/v1/feeds/import?name=b.json", 202, R"({"id":"j2","state":"queued"})");
    world.answer("/api/v1/jobs/j1", 200,
                 R"({"id":"j1","state":"failed","detail":"this is none of the known feeds"})");
    world.answer("/api/v1/jobs/j2", 200,
                 R"({"id":"j2","state":"done","detail":"2 records read; 2 advisories at hand"})");
    CHECK(cli::run({"feed", "import", folder.string()}, world.console) == 1);
    CHECK(world.out == "a.json: not imported: this is none of the known feeds\n"
                       "b.json: 2 records read; 2 advisories at hand\n");
    CHECK(world.err.find("1 of 2 files were not imported") != std::string::npos);
    REQUIRE(world.asked.size() == 4);
    CHECK(world.asked[1].target == "/api/v1/feeds/import?name=b.json");
    std::filesystem::remove_all(folder);
}

TEST_CASE("a problem becomes a sentence, an exit status and what to do next") {
    World world;
    world.answer(
        "/api/v1/advisories/CVE-2099-0001", 404,
        R"({"type":"about:blank","title":"Not found","status":404,"detail":"CVE-2099-0001 is not in our data; its newest record is of 2026-08-21","kind":"not_found"})");
    CHECK(cli::run({"advisory", "show", "CVE-2099-0001"}, world.console) == 3);
    CHECK(world.err == "oakum: CVE-2099-0001 is not in our data; its newest record is of 2026-08-21\n");
    world.err.clear();
    CHECK(cli::run({"device", "list"}, world.console) == 6);
    CHECK(world.err.find("Is oakumd running") != std::string::npos);
}

TEST_CASE("a dry run shows the request and sends nothing") {
    World world;
    CHECK(cli::run({"rollout", "halt", "01x", "--why", "smoke in the lab", "--dry-run"}, world.console) == 0);
    CHECK(world.asked.empty());
    CHECK(world.out.find("smoke in the lab") != std::string::npos);
}

TEST_CASE("a wrong command line is told apart from a failure") {
    World world;
    CHECK(cli::run({"device", "explode"}, world.console) == 2);
    CHECK(cli::run({"rollout", "halt", "01x"}, world.console) == 2);
    CHECK(cli::run({"--help"}, world.console) == 0);
    CHECK(world.out.find("what to fix first") != std::string::npos);
}

TEST_CASE("ids are encoded, so that one cannot reach another path") {
    World world;
    CHECK(cli::run({"device", "show", "../users"}, world.console) == 6);
    CHECK(world.asked.at(0).target == "/api/v1/devices/..%2fusers");
}

TEST_CASE("completion knows each noun and verb") {
    World world;
    CHECK(cli::run({"completion", "bash"}, world.console) == 0);
    for (const char* word : {"rollout", "open-next-wave", "--query", "complete -o default -F _oakum oakum"})
        CHECK(world.out.find(word) != std::string::npos);
}
