// SPDX-License-Identifier: Apache-2.0
#include "setup.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace oakum;
using namespace oakum::cli;

namespace {

constexpr std::string_view kWelcome = R"(oakumd is ready at https://patch.example.org:8443

  user             admin
  sign in once     https://localhost:8443/sign-in#token=s3cret-token_x
                   (from this machine only, within the hour)
  CA fingerprint   CE:9B:73
  trust it         /var/lib/oakum/keys/online/ca.pem
)";

// A server at its first start: what it was told shows in what it answers.
struct FirstStart {
    bool password = false, devices = false;
    std::string enrolled;
    ports::ClientResponse operator()(const ports::ClientRequest& request) {
        const std::string& at = request.target;
        if (at == "/api/v1/session/one-time")
            return request.body.find("s3cret-token_x") != std::string::npos
                       ? ports::ClientResponse{200, {{"set-cookie", "c=1; Secure"}}, me()}
                       : ports::ClientResponse{401, {}, R"({"detail":"the link has ended"})"};
        if (at == "/api/v1/tokens") return {201, {}, R"({"secret":"s","token":{"id":"t"}})"};
        if (at == "/api/v1/me") return {200, {}, me()};
        if (at.starts_with("/api/v1/users/") && request.method == ports::Method::patch) {
            password = true;
            return {200, {}, R"({"name":"admin"})"};
        }
        if (at.starts_with("/api/v1/users"))
            return {200,
                    {},
                    R"({"items":[{"id":"01jc0000000000000000000009","name":"admin"}],"next_cursor":null})"};
        if (at.starts_with("/api/v1/devices/import")) {
            devices = true;
            return {200, {}, R"({"lines":1,"new":1,"changed":0,"unchanged":0,"refused":0,"rows":[]})"};
        }
        if (at == "/api/v1/enrolment-tokens") {
            enrolled = request.body;
            return {201, {}, R"({"command":"oakum-agent enroll --server x"})"};
        }
        if (at == "/api/v1/system")
            return {200,
                    {},
                    R"({"address":"https://patch.example.org:8443","counts":{"advisories":0,"devices":)" +
                        std::string(devices ? "1" : "0") + R"(},"setup":[{"step":"devices","done":)" +
                        (devices ? "true" : "false") + R"(,"sentence":"1 device known."}]})"};
        return {404, {}, R"({"title":"Not found","detail":"no such path","kind":"not_found"})"};
    }
    std::string me() const {
        return std::string(
                   R"({"id":"01jc0000000000000000000009","name":"admin","role":"administrator","csrf":"c","password_set":)") +
               (password ? "true}" : "false}");
    }
};

// A home and a folder of its own, without a server that the environment names.
struct House {
    std::filesystem::path folder;
    FirstStart server;
    test::World world;
    explicit House(const std::string& name)
        : folder(std::filesystem::temp_directory_path() / ("oakum-setup-" + name)) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "welcome") << kWelcome;
        std::ofstream(folder / "fleet.csv") << "serial,model\nGW-1,AC-GW200\n";
        world.answer_any = [this](const ports::ClientRequest& request) { return server(request); };
        world.console.environment = [this](const char* variable) {
            return std::string_view(variable) == "HOME" ? folder.string() : std::string();
        };
    }
    ~House() { std::filesystem::remove_all(folder); }
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    std::string welcome() const { return (folder / "welcome").string(); }
};

} // namespace

TEST_CASE("what oakumd says at its first start is read") {
    const Welcome welcome = read_welcome(kWelcome);
    CHECK(welcome.server == "https://patch.example.org:8443");
    CHECK(welcome.token == "s3cret-token_x");
    CHECK(welcome.fingerprint == "CE:9B:73");
    CHECK(read_welcome("").token.empty());
    CHECK(read_welcome("oakumd is ready at ").server.empty());
}

TEST_CASE("a guided first start asks little, and takes the defaults that the server left") {
    House house("guided");
    // Server, fingerprint and token as they are, the password twice, no advisories, the CSV, two devices.
    house.world.typed = {
        "", "", "", "a long password", "a long password", "", (house.folder / "fleet.csv").string(), "2"};
    const std::string seen = house.world.session({"setup", "--welcome", house.welcome()});
    CHECK_MESSAGE(seen.find("(status") == std::string::npos, seen);
    CHECK(house.server.password);
    CHECK(house.server.devices);
    CHECK(house.server.enrolled.find("\"uses\":2") != std::string::npos);
    CHECK(seen.find("Server [https://patch.example.org:8443]") != std::string::npos);
    CHECK(seen.find("Run on each device, as root:\n   oakum-agent enroll --server x") != std::string::npos);
    CHECK(seen.find("done   1 device known.") != std::string::npos);
    CHECK(house.world.typed.empty());
    // Again: what is done is passed over.
    house.world.typed = {"", "0"};
    const std::string again = house.world.session({"setup", "--welcome", house.welcome()});
    CHECK_MESSAGE(again.find("(status") == std::string::npos, again);
    CHECK(again.find("You are admin already.") != std::string::npos);
    CHECK(again.find("you have one") != std::string::npos);
    CHECK(again.find("1 are known") != std::string::npos);
}

TEST_CASE("with --yes nothing is asked") {
    House house("unasked");
    house.world.console.ask = [&](std::string_view prompt, bool) -> base::Result<std::string> {
        CHECK_MESSAGE(prompt.empty(), std::string(prompt)); // the password comes from standard input
        return std::string("a long password");
    };
    const std::string seen = house.world.session(
        {"setup", "--yes", "--welcome", house.welcome(), "--password-stdin", "--enrol", "0"});
    CHECK_MESSAGE(seen.find("(status") == std::string::npos, seen);
    CHECK(house.server.password);
    CHECK_FALSE(house.server.devices);
    CHECK(house.server.enrolled.empty());
}

TEST_CASE("a first start without a link, or with one that has ended, says what to do") {
    House house("refused");
    const std::string nowhere =
        house.world.session({"setup", "--yes", "--welcome", (house.folder / "none").string()});
    CHECK(nowhere.find("without the token of the sign-in link nobody can sign in") != std::string::npos);
    const std::string ended =
        house.world.session({"setup", "--yes", "--welcome", house.welcome(), "--one-time", "old"});
    CHECK(ended.find("the link has ended") != std::string::npos);
    CHECK(ended.find("(status") != std::string::npos);
    CHECK_FALSE(house.server.password);
    const std::string dry = house.world.session({"setup", "--dry-run"});
    CHECK(dry.find("Nothing was changed") != std::string::npos);
}
