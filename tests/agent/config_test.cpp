// SPDX-License-Identifier: Apache-2.0
#include <boot_env.hpp>
#include <checks.hpp>
#include <collector.hpp>
#include <config.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace oakum;
using namespace oakum::agent;
using namespace std::chrono_literals;

TEST_CASE("a configuration reads, with its defaults") {
    const auto config =
        parse_config("# a comment\nserver = https://oakum.example:8443/\nserial = GW-1 \nmodel=AC-GW200\n"
                     "hw_revision = B # the second\n\nhealth.command = bin/check --fast\n"
                     "health.port = 8080\nhealth.path = /health\nhealth.window_seconds = 7\n"
                     "bytes_per_second = 50000\npackages = slot dpkg\nfact.site = hall 3\n");
    REQUIRE(config.ok());
    CHECK(config->host == "oakum.example");
    CHECK(config->port == 8443);
    CHECK(config->serial == "GW-1");
    CHECK(config->settings.model == "AC-GW200");
    CHECK(config->settings.hw_revision == "B");
    CHECK(config->health_command == std::vector<std::string>{"bin/check", "--fast"});
    CHECK(config->health_port == 8080);
    CHECK(config->settings.health_window == 7s);
    CHECK(config->settings.bytes_per_second == 50'000);
    CHECK(config->packages_of_dpkg);
    CHECK(config->facts.at("site") == "hall 3");
    const auto least = parse_config("server = https://[::1]\nserial = s\nmodel = m\nhealth.command = none");
    REQUIRE(least.ok());
    CHECK(least->host == "::1");
    CHECK(least->port == 443);
    CHECK(least->health_command.empty());
    CHECK(url_of(*least) == "https://[::1]:443");
    CHECK(parse_config(first_config(*config))->serial == "GW-1");
}

TEST_CASE("a wrong line is named") {
    const std::string good = "server = https://h\nserial = s\nmodel = m\n";
    for (const char* line : {"colour = blue",
                             "health.port = 0",
                             "health.port = 65536",
                             "health.port = 80x",
                             "serial =",
                             "health.command = /bin/sh -c x",
                             "health.command = ../x",
                             "packages = all",
                             "health.window_seconds = -1",
                             "bytes_per_second = 1e6",
                             "fact. = x",
                             "fact.criticality = low",
                             "fact.tag.line = 3",
                             "backend = apt",
                             "dpkg.cache_bytes = 1",
                             "dpkg.archives = here",
                             "program.path = update",
                             "program.timeout_seconds = 0",
                             "restart_needed = perhaps",
                             "nothing",
                             "health.path = x",
                             "server = http://h",
                             "server = https://",
                             "server = https://h:0",
                             "server = https://h:99999",
                             "server = https://[::1",
                             "server = https://h/path",
                             "server = https://u@h"}) {
        const auto config = parse_config(good + line + "\n");
        REQUIRE_FALSE_MESSAGE(config.ok(), line);
        CHECK(config.error().where == "line 4");
    }
    CHECK_FALSE(parse_config("serial = s\nmodel = m\n").ok());
    CHECK_FALSE(parse_config(good + "backend = program\n").ok()); // which one?
    const auto program =
        parse_config(good + "backend = program\nprogram.path = artifact\nprogram.cpu_seconds = 5\n");
    REQUIRE(program.ok());
    CHECK(program->backend.program.empty());
    CHECK(program->backend.program_limits.cpu_seconds == 5);
    const auto packages =
        parse_config(good + "backend = dpkg\ndpkg.archives = /a /b\nrestart_needed = yes\n");
    REQUIRE(packages.ok());
    CHECK(packages->backend.archives == std::vector<std::filesystem::path>{"/a", "/b"});
    CHECK(packages->backend.restart_needed);
    CHECK_FALSE(parse_config("server = https://h\nmodel = m\n").ok());
    CHECK_FALSE(parse_config("server = https://h\nserial = s\n").ok());
}

TEST_CASE("the boot environment reads as it was written, and nothing else") {
    BootEnv env;
    env.active = "b";
    env.trying = "a";
    env.tries_left = 2;
    env.images["a"] = {base::sha256("a"), 7, "1.0"};
    env.images["b"] = {base::sha256("b"), 9, "2.0 beta", 12, 10};
    CHECK(parse_boot_env(encode(env)).value() == env);
    CHECK(parse_boot_env(encode(BootEnv{})).value() == BootEnv{});
    BootEnv staged = env;
    staged.stage = BootEnv::Stage::applied;
    staged.stage_boot = "9d3f";
    CHECK(parse_boot_env(encode(staged)).value() == staged);
    CHECK(staged != env);
    for (const char* text : {"active = c\n", "active=a\n", "c.digest = 00\n", "a.digest = 00\n",
                             "a.length = x\n", "tries_left = -1\n", "a.mood = good\n", "trying = x\n"})
        CHECK_FALSE_MESSAGE(
            parse_boot_env(std::string(text) + "sum = " + base::sha256(text).hex() + "\n").ok(), text);
    // Whatever is changed or cut off shows.
    const std::string whole = encode(env);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] ^= 1;
        CHECK_FALSE(parse_boot_env(changed).ok());
        CHECK_FALSE(parse_boot_env(whole.substr(0, i)).ok());
    }
}

TEST_CASE("a slot on trial is started a bounded number of times, then never again") {
    BootEnv env;
    env.images["a"] = {base::sha256("a"), 1, "1"};
    env.images["b"] = {base::sha256("b"), 1, "2"};
    env.trying = "b";
    env.tries_left = 2;
    BootChoice choice = choose(env);
    CHECK(choice.slot == "b");
    choice = choose(choice.env);
    CHECK(choice.slot == "b");
    choice = choose(choice.env);
    CHECK(choice.slot == "a");
    CHECK(choice.env.trying.empty());
    CHECK_FALSE(choice.env.images.contains("b"));
    CHECK(choose(choice.env).slot == "a");
}

TEST_CASE("a damaged slot gives way to the other one, if there is one") {
    BootEnv env;
    env.images["a"] = {base::sha256("a"), 1, "1"};
    env.images["b"] = {base::sha256("b"), 1, "2"};
    env = condemn(env, "a");
    CHECK(choose(env).slot == "b");
    env = condemn(env, "b");
    CHECK(choose(env).slot.empty());
}

TEST_CASE("an HTTP check wants 2xx from this machine") {
    const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const std::uint16_t port = ntohs(address.sin_port);
    REQUIRE(::listen(listener.number(), 5) == 0);
    for (const auto& [answer, good] : {std::pair<std::string, bool>{"HTTP/1.1 204 No Content\r\n\r\n", true},
                                       {"HTTP/1.1 503 Sick\r\n\r\n", false},
                                       {"220 smtp.example\r\n", false},
                                       {"HTTP/1.1", false}}) {
        std::thread server([&] {
            const Descriptor peer(::accept(listener.number(), nullptr, nullptr));
            char request[256];
            if (::recv(peer.number(), request, sizeof request, 0) > 0)
                CHECK(::send(peer.number(), answer.data(), answer.size(), MSG_NOSIGNAL) > 0);
        });
        CHECK(get_local(port, "/health", 5s).ok() == good);
        server.join();
    }
}

TEST_CASE("a wrong line says where it is, what it says and what is needed") {
    const auto wrong =
        parse_config("server = https://h\nserial = s\nmodel = m\n\nhealth.port = 80x # the web\n");
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().text() == "health.port = 80x: a whole number from 1 to 65535 is needed (at line 5)");
    CHECK(parse_config("server = https://h\nmodel = m").error().message ==
          "the line \"serial = ...\" is missing");
    // What cannot be shown is not.
    const auto hidden = parse_config("\x1b[2J = 1").error().text();
    CHECK(hidden.find('\x1b') == std::string::npos);
}

TEST_CASE("enrolling again keeps what somebody set") {
    Config config;
    config.host = "new.example";
    config.port = 8443;
    config.serial = "GW-1";
    config.model = "AC-GW200";
    const std::string before =
        "# Read by oakum-agent at its start.\nserver = https://old.example:1\nserial = GW-0\n"
        "model = AC-GW200\nhw_revision = A\n# ours\nhealth.port = 8080\n";
    const std::string after = first_config(config, before);
    CHECK(after == "# Read by oakum-agent at its start.\nserver = https://new.example:8443\nserial = GW-1\n"
                   "model = AC-GW200\n# ours\nhealth.port = 8080\n");
    CHECK(first_config(config, after) == after);
}

TEST_CASE("a service that dribbles cannot hold up its own check") {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    std::thread service([listener] {
        const int peer = ::accept(listener, nullptr, nullptr);
        // Each byte well within the time that the whole answer has.
        for (const char byte : std::string_view("HTTP/1.1 200"))
            if (std::this_thread::sleep_for(800ms); ::send(peer, &byte, 1, MSG_NOSIGNAL) != 1) break;
        ::close(peer);
    });
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(get_local(ntohs(address.sin_port), "/", 1s).ok());
    CHECK(std::chrono::steady_clock::now() - began < 6s); // all twelve bytes take ten
    service.join();
    ::close(listener);
}
