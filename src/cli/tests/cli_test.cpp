// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace oakum;
using cli::test::World;

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

TEST_CASE("a long import is followed by its record until it ends, and the counts are those of its end") {
    World world;
    const auto file = std::filesystem::temp_directory_path() / "oakum_cli_fleet.csv";
    std::ofstream(file) << "serial\nS-1\n";
    std::string state = "running";
    int asked = 0;
    world.answer_any = [&](const ports::ClientRequest& request) -> ports::ClientResponse {
        if (request.method == ports::Method::post)
            return {
                200,
                {},
                R"({"dry_run":false,"edit":"01jc0000000000000000000009","running":true,"mapping":[],"notes":[],)"
                R"("lines":10,"new":9,"changed":0,"unchanged":0,"refused":1,"kept":0,"doubles":0,"rows":[)"
                R"({"line":3,"outcome":"refused","device":null,"by":null,"reason":"not so","changes":[]}]})"};
        CHECK(request.target == "/api/v1/edits/01jc0000000000000000000009");
        if (++asked == 2) state = state == "running" ? "done" : state;
        return {200,
                {},
                R"({"id":"01jc0000000000000000000009","state":")" + state +
                    R"(","total":100000,"created":99998,"changed":1,"unchanged":0,"refused":1})"};
    };
    CHECK(cli::run({"device", "import", file.string()}, world.console) == 0);
    CHECK(asked == 2);
    for (const char* part : {"100,000", "99,998", "   3  not so",
                             "To take it back: oakum edit undo 01jc0000000000000000000009"}) {
        CAPTURE(part);
        CAPTURE(world.out);
        CHECK(world.out.find(part) != std::string::npos);
    }
    // For programs the answer is of the same form as that of a short one.
    world.out.clear();
    asked = 0, state = "running";
    CHECK(cli::run({"-o", "json", "device", "import", file.string()}, world.console) == 0);
    CHECK(world.out.find(R"("running":false)") != std::string::npos);
    CHECK(world.out.find(R"("new":99998)") != std::string::npos);
    // A server that ended in the middle.
    asked = 0, state = "interrupted";
    CHECK(cli::run({"device", "import", file.string()}, world.console) == 6);
    CHECK(world.err.find("what it did until then stands") != std::string::npos);
    std::filesystem::remove(file);
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
    CHECK(cli::run({"advisory", "show", "../users"}, world.console) == 6);
    CHECK(world.asked.at(0).target == "/api/v1/advisories/..%2fusers");
    // A name is looked for, and never a part of a path or of another query.
    CHECK(cli::run({"device", "show", "../users"}, world.console) == 6);
    CHECK(world.asked.at(1).target.starts_with("/api/v1/devices?query="));
    CHECK(cli::run({"device", "show", "x\" or name = \"y"}, world.console) == 3);
    CHECK(world.asked.size() == 2);
}

namespace {

// What bash offers at the end of a line.
std::string offers(const std::string& script, const std::string& line) {
    const std::string path = "/tmp/oakum-completion-" + std::to_string(::getpid()) + ".sh";
    std::ofstream(path) << script << "\nCOMP_WORDS=(" << line
                        << "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _oakum"
                        << "\necho \"${COMPREPLY[@]}\"\n";
    std::string out;
    FILE* bash = ::popen(("bash --norc " + path + " 2>&1").c_str(), "r");
    REQUIRE(bash != nullptr);
    char buffer[4096];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, bash))
        out.append(buffer, got);
    ::pclose(bash);
    ::unlink(path.c_str());
    return out;
}

} // namespace

TEST_CASE("completion works in bash: nouns, verbs, options, and the values that are words") {
    World world;
    CHECK(cli::run({"completion", "bash"}, world.console) == 0);
    CHECK(world.out.find("complete -o default -F _oakum oakum") != std::string::npos);
    CHECK(offers(world.out, "oakum roll") == "rollout\n");
    CHECK(offers(world.out, "oakum rollout open") == "open-next-wave\n");
    CHECK(offers(world.out, "oakum rollout open-next-wave --w") == "--why\n");
    CHECK(offers(world.out, "oakum device list --qu") == "--query\n");
    CHECK(offers(world.out, "oakum -o json dev") == "device\n");
    CHECK(offers(world.out, "oakum --output ''") == "table json csv\n");
    CHECK(offers(world.out, "oakum user create --name anna --role ad") == "administrator\n");
    CHECK(offers(world.out, "oakum completion f") == "fish\n");
    // A value of one's own, like a file: bash's own completion takes over.
    CHECK(offers(world.out, "oakum release create --artifact ''") == "\n");
}

TEST_CASE("completion for the other shells names each noun and verb") {
    for (const char* shell : {"zsh", "fish"}) {
        World world;
        CHECK(cli::run({"completion", shell}, world.console) == 0);
        for (const char* word : {"rollout", "open-next-wave", "query", "administrator"})
            CHECK_MESSAGE(world.out.find(word) != std::string::npos, shell);
    }
    World world;
    CHECK(cli::run({"completion", "tcsh"}, world.console) == 2);
}

TEST_CASE("a device may be named by its serial or its name") {
    World world;
    const std::string query =
        "/api/v1/devices?query=%28serial%20%3d%20%22GW-1%22%20or%20name%20%3d%20%22GW-1%22%29%"
        "20and%20lifecycle%20in%20%28pending%2c%20active%2c%20quiet%2c%20retired%2c%20unmanaged%29&limit=20";
    world.answer(query, 200, R"({"items":[{"id":"01jc0000000000000000000002"}],"next_cursor":null})");
    world.answer("/api/v1/devices/01jc0000000000000000000002", 200, R"({"id":"01jc0000000000000000000002"})");
    CHECK(cli::run({"device", "show", "GW-1"}, world.console) == 0);
    world.answer(query, 200, R"({"items":[{"id":"a"},{"id":"b"}],"next_cursor":null})");
    CHECK(cli::run({"device", "show", "GW-1"}, world.console) == 5);
    CHECK(world.err.find("more than one device is called") != std::string::npos);
}

TEST_CASE("a query's mistake is marked at its column, in whatever alphabet") {
    World world;
    world.answer_any = [](const ports::ClientRequest&) {
        return ports::ClientResponse{
            400,
            {},
            R"({"title":"Not valid","detail":"there is no field 'sitte'","kind":"invalid","where":"column 20"})"};
    };
    CHECK(cli::run({"device", "list", "--query", "owner = \"Zoë\" and sitte = x"}, world.console) == 1);
    CHECK(world.err.find("  owner = \"Zoë\" and sitte = x\n                    ^\n") != std::string::npos);
}

TEST_CASE("text of the server cannot steer the terminal that reads its error") {
    World world;
    world.answer_any = [](const ports::ClientRequest&) {
        return ports::ClientResponse{
            409, {}, "{\"detail\":\"device \\u001b[2J\\u202eevil\",\"kind\":\"conflict\"}"};
    };
    CHECK(cli::run({"device", "hold", "01jc0000000000000000000002"}, world.console) == 5);
    CHECK(world.err == "oakum: device ?[2J?evil\n");
}

TEST_CASE("what login keeps only its owner can read, and logout ends and forgets it") {
    World world;
    world.home = "/tmp/oakum-cli-home-" + std::to_string(::getpid());
    const std::string file = world.home + "/.config/oakum/connection.json";
    world.answer("/api/v1/session/one-time", 200, R"({"name":"admin","role":"administrator","csrf":"c"})");
    world.answer("/api/v1/tokens", 201, R"({"secret":"s3cret","token":{"id":"01jc000000000000000000000a"}})");
    REQUIRE(cli::run({"login", "--one-time", "t"}, world.console) == 0);
    CHECK(std::filesystem::status(file).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    world.answer("/api/v1/tokens/01jc000000000000000000000a", 204, "");
    CHECK(cli::run({"logout"}, world.console) == 0);
    CHECK(world.asked.back().method == ports::Method::del);
    CHECK_FALSE(std::filesystem::exists(file));
    std::filesystem::remove_all(world.home);
}
