// SPDX-License-Identifier: Apache-2.0
#include <checks.hpp>
#include <service_checks.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace oakum;
using namespace oakum::agent;

namespace {

// A port of this machine that answers each connection with one text and closes it.
class Service {
  public:
    explicit Service(std::string answer = "") : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        socklen_t size = sizeof address;
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port = ntohs(address.sin_port);
        REQUIRE(::listen(listener_, 5) == 0);
        thread_ = std::thread([this, answer = std::move(answer)] {
            for (;;) {
                const int peer = ::accept(listener_, nullptr, nullptr);
                if (peer < 0) return;
                char request[512];
                if (!answer.empty() && ::recv(peer, request, sizeof request, 0) > 0)
                    (void)!::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
                ::close(peer);
            }
        });
    }
    ~Service() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    std::uint16_t port = 0;

  private:
    int listener_;
    std::thread thread_;
};

ServiceChecks configured(std::string_view key, std::string_view value) {
    ServiceChecks checks;
    const auto known = set_service_check(checks, key, value);
    REQUIRE_MESSAGE(known.ok(), value);
    CHECK(*known);
    return checks;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("what is checked beside the program and the GET reads from the configuration") {
    CHECK(configured("health.tcp", "1883  502").ports == std::vector<std::uint16_t>{1883, 502});
    CHECK(configured("health.units", "ssh.service getty@tty1.service").units.size() == 2);
    const ServiceChecks checks = configured("health.metric.board-temp", "/sys/class/hwmon/temp -10..85.5");
    REQUIRE(checks.metrics.size() == 1);
    CHECK(checks.metrics[0].name == "board-temp");
    CHECK(checks.metrics[0].file == "/sys/class/hwmon/temp");
    CHECK(checks.metrics[0].least == -10);
    CHECK(checks.metrics[0].most == 85.5);
    const Metric remote =
        configured("health.metric.queue", "http://127.0.0.1:9100/queue ..1e3").metrics.at(0);
    CHECK(remote.port == 9100);
    CHECK(remote.path == "/queue");
    CHECK_FALSE(remote.least);
    CHECK(remote.most == 1000);

    ServiceChecks none;
    CHECK_FALSE(*set_service_check(none, "health.port", "80"));
    CHECK_FALSE(none.any());
    for (const auto& [key, value] : {std::pair{"health.tcp", "0"},
                                     {"health.tcp", "65536"},
                                     {"health.tcp", "80,81"},
                                     {"health.tcp", ""},
                                     {"health.tcp", "1 2 3 4 5 6 7 8 9"},
                                     {"health.units", ""},
                                     {"health.units", "ssh"},
                                     {"health.units", "--user.service"},
                                     {"health.units", ".service"},
                                     {"health.units", "a/b.service"},
                                     {"health.units", "a;reboot.service"},
                                     {"health.metric.", "/x ..1"},
                                     {"health.metric.A", "/x ..1"},
                                     {"health.metric.a", "/x"},
                                     {"health.metric.a", "/x 1"},
                                     {"health.metric.a", "/x .."},
                                     {"health.metric.a", "/x 2..1"},
                                     {"health.metric.a", "/x ..nan"},
                                     {"health.metric.a", "/x ..inf"},
                                     {"health.metric.a", "/x ..1x"},
                                     {"health.metric.a", "x ..1"},
                                     {"health.metric.a", "http://example.org:80/x ..1"},
                                     {"health.metric.a", "http://127.0.0.1/x ..1"},
                                     {"health.metric.a", "http://127.0.0.1:0/x ..1"},
                                     {"health.metric.a", "http://127.0.0.1:80 ..1"}}) {
        CAPTURE(key);
        CAPTURE(value);
        CHECK_FALSE(set_service_check(none, key, value).ok());
    }
    for (int i = 0; i < 8; ++i)
        REQUIRE(set_service_check(none, "health.metric.m" + std::to_string(i), "/x ..1").ok());
    CHECK(set_service_check(none, "health.metric.m7", "/y ..1").ok()); // the same again
    CHECK_FALSE(set_service_check(none, "health.metric.m8", "/x ..1").ok());
}

TEST_CASE("a port takes a connection, or what keeps it from that is told") {
    std::uint16_t port = 0;
    {
        const Service service;
        port = service.port;
        CHECK(look_at_services(configured("health.tcp", std::to_string(port))).empty());
    }
    const std::string said = look_at_services(configured("health.tcp", std::to_string(port)));
    CHECK(has(said, "port " + std::to_string(port) + ": "));
    CHECK(has(said, "refused"));
}

TEST_CASE("a unit is active, or its state is told") {
    const std::vector<std::string> units{"a.service", "b.service"};
    const std::string well = "LoadState=loaded\nActiveState=active\nSubState=running\n";
    CHECK(judge_units(units, well + "\n" + well).empty());
    CHECK(judge_units(units, well + "\nLoadState=loaded\nActiveState=failed\nSubState=failed\n") ==
          "unit b.service is failed (failed)");
    CHECK(judge_units(units, "LoadState=not-found\nActiveState=inactive\nSubState=dead\n\n" + well) ==
          "unit a.service is inactive (dead), not-found");
    CHECK(judge_units(units, well + "\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\n") ==
          "unit b.service is activating (auto-restart)");
    CHECK(judge_units(units, well) == "unit b.service: systemctl says nothing of it");
    CHECK(judge_units(units, "nonsense\n\n" + well) == "unit a.service is unknown");
    CHECK(judge_units(units, "") == "unit a.service: systemctl says nothing of it");
}

TEST_CASE("the real systemctl is asked without a shell, and what it cannot say is not well") {
    const std::string said = look_at_services(configured("health.units", "no-such-thing-here.service"));
    CHECK(has(said, "unit"));
    if (::access("/run/systemd/system", F_OK) != 0) {
        MESSAGE("SKIPPED in part: no systemd runs here; it said: " << said);
        return;
    }
    CHECK(has(said, "no-such-thing-here.service is inactive (dead), not-found"));
    CHECK(look_at_services(configured("health.units", "init.scope")).empty());
}

TEST_CASE("a number within its bounds is well, and nothing else") {
    CHECK(read_metric(" 42\n").value() == 42);
    CHECK(read_metric("-1.5e3").value() == -1500);
    for (const char* text : {"", " \n", "42 C", "0x10", "nan", "inf", "1,5", "+1", "1 2"}) {
        CAPTURE(text);
        CHECK_FALSE(read_metric(text).ok());
    }
    const Metric both = configured("health.metric.t", "/x -10..85.5").metrics.at(0);
    CHECK(judge_metric(both, -10).empty());
    CHECK(judge_metric(both, 85.5).empty());
    CHECK(judge_metric(both, 85.6) == "metric t is 85.6, above 85.5");
    CHECK(judge_metric(both, -11) == "metric t is -11, below -10");

    std::string name = "/tmp/oakum-metric-XXXXXX";
    const int file = ::mkstemp(name.data());
    REQUIRE(file >= 0);
    ::close(file);
    const ServiceChecks of_file = configured("health.metric.temp", name + " ..85000");
    CHECK(look_at_services(of_file) == "metric temp: it is no number");
    std::ofstream(name) << "84999\n";
    CHECK(look_at_services(of_file).empty());
    std::ofstream(name) << "85001\n";
    CHECK(look_at_services(of_file) == "metric temp is 85001, above 85000");
    std::ofstream(name) << std::string(100'000, '1');
    CHECK(has(look_at_services(of_file), "metric temp: "));
    ::unlink(name.c_str());
    CHECK(has(look_at_services(of_file), "metric temp: "));
}

TEST_CASE("a number that a service of this machine answers") {
    const auto asked = [](const std::string& answer) {
        const Service service(answer);
        return look_at_services(configured("health.metric.queue",
                                           "http://127.0.0.1:" + std::to_string(service.port) + "/q 0..10"));
    };
    CHECK(asked("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n7\n").empty());
    CHECK(asked("HTTP/1.1 200 OK\r\n\r\n11") == "metric queue is 11, above 10");
    CHECK(asked("HTTP/1.1 200 OK\r\n\r\n{}") == "metric queue: it is no number");
    CHECK(has(asked("HTTP/1.1 500 Sick\r\n\r\n7"), "500 Sick"));
    CHECK(has(asked("HTTP/1.1 200 OK\r\n\r\n" + std::string(10'000, '1')), "has no end"));
    CHECK(has(asked("HTTP/1.1 200 OK\r\n"), "has no end"));
}
