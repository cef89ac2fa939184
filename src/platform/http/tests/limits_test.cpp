// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <sys/resource.h>

using namespace oakum;
using namespace oakum::http;
using namespace oakum::http::test;
using Clock = std::chrono::steady_clock;

namespace {

void small_timeouts(ServerOptions& options) {
    options.timeouts.head = milliseconds(200);
    options.timeouts.idle = milliseconds(200);
    options.timeouts.body_idle = milliseconds(200);
    options.timeouts.write_idle = milliseconds(200);
    options.timeouts.linger = milliseconds(100);
}

} // namespace

TEST_CASE("a head that drips in is cut off when its time is over, however busy it is") {
    PlainServer plain(small_timeouts);
    Wire wire = plain.connect();
    const auto begun = Clock::now();
    std::string_view request =
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    while (!request.empty() && Clock::now() - begun < milliseconds(400)) {
        if (!wire.send(request.substr(0, 1))) break;
        request.remove_prefix(1);
        std::this_thread::sleep_for(milliseconds(20));
    }
    CHECK(status_of(wire.rest()) == 408);
    CHECK(Clock::now() - begun < seconds(3));
    CHECK(plain.server->metrics().timeouts == 1);
}

TEST_CASE("a connection that says nothing ends, before its first request and after it") {
    PlainServer plain(small_timeouts);
    Wire silent = plain.connect();
    CHECK(silent.rest().empty());
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/hello")));
    CHECK(body_of(wire.response()) == "hello");
    CHECK(wire.rest().empty());
    CHECK(eventually([&] { return plain.server->metrics().connections_open == 0; }));
}

TEST_CASE("a body that stops, or that is slower than the least rate, is cut off") {
    PlainServer plain([](ServerOptions& options) {
        small_timeouts(options);
        options.timeouts.least_bytes_a_second = 1000;
    });
    {
        Wire wire = plain.connect();
        REQUIRE(wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc"));
        CHECK(status_of(wire.rest()) == 408);
    }
    Wire wire = plain.connect();
    REQUIRE(wire.send("PUT /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"));
    const auto begun = Clock::now();
    // Never idle for long, and still far below 1,000 bytes a second.
    while (Clock::now() - begun < milliseconds(600) && wire.send("x"))
        std::this_thread::sleep_for(milliseconds(20));
    CHECK(status_of(wire.rest()) == 408);
    CHECK(eventually([&] {
        const std::lock_guard lock(plain.handler.record->mutex);
        return plain.handler.record->aborted;
    }));
}

TEST_CASE("a reader that does not read is cut off") {
    PlainServer plain([](ServerOptions& options) {
        small_timeouts(options);
        options.timeouts.idle = seconds(30);
    });
    plain.handler.routes["/big"] = [](ports::HttpRequest, Handler::Respond respond) {
        respond(text(std::string(64 << 20, 'x')));
    };
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/big")));
    CHECK(eventually([&] {
        return plain.server->metrics().timeouts == 1 && plain.server->metrics().connections_open == 0;
    }));
}

TEST_CASE("connections beyond the limits, in all and of one address, are refused") {
    PlainServer plain([](ServerOptions& options) { options.limits.connections_per_address = 3; });
    std::vector<Wire> wires;
    for (int i = 0; i < 3; ++i) {
        wires.push_back(plain.connect());
        REQUIRE(wires.back().send(get("/hello")));
        CHECK(body_of(wires.back().response()) == "hello");
    }
    {
        Wire fourth = plain.connect();
        fourth.send(get("/hello"));
        CHECK(fourth.rest().empty());
    }
    CHECK(plain.server->metrics().connections_refused == 1);
    wires.pop_back();
    REQUIRE(eventually([&] { return plain.server->metrics().connections_open == 2; }));
    Wire again = plain.connect();
    REQUIRE(again.send(get("/hello")));
    CHECK(body_of(again.response()) == "hello");

    PlainServer narrow([](ServerOptions& options) { options.limits.connections = 0; });
    Wire none = narrow.connect();
    none.send(get("/hello"));
    CHECK(none.rest().empty());
}

TEST_CASE("requests beyond what is served at once are sent away with a time to come back") {
    PlainServer plain([](ServerOptions& options) { options.limits.requests = 2; });
    std::vector<Wire> waiting;
    for (int i = 0; i < 2; ++i) {
        waiting.push_back(plain.connect());
        REQUIRE(waiting.back().send(get("/keep")));
    }
    REQUIRE(eventually([&] { return plain.handler.kept_count() == 2; }));
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/hello")));
    const std::string response = wire.response();
    CHECK(status_of(response) == 503);
    CHECK(response.find("retry-after: ") != std::string::npos);
    plain.handler.answer_kept("done");
    for (Wire& one : waiting)
        CHECK(body_of(one.response()) == "done");
    REQUIRE(wire.send(get("/hello"))); // the same connection is served again
    CHECK(body_of(wire.response()) == "hello");
    CHECK(plain.server->metrics().requests_shed == 1);
    CHECK(plain.server->metrics().requests_in_flight == 0);
}

TEST_CASE("the memory of all bodies together is bounded") {
    PlainServer plain([](ServerOptions& options) { options.limits.buffered_bytes = 1500; });
    Wire first = plain.connect();
    REQUIRE(first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nbegun"));
    REQUIRE(eventually([&] { return plain.server->metrics().requests == 1; }));
    // The first body may already have been counted or not: the second is taken once the first has gone.
    Wire second = plain.connect();
    REQUIRE(
        second.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'x')));
    const int status = status_of(second.response());
    CHECK(status == 503);
    REQUIRE(first.send(std::string(895, 'x')));
    CHECK(body_of(first.response()).size() == 900);
}

TEST_CASE("a connection ends after as many requests as it may make") {
    PlainServer plain([](ServerOptions& options) { options.limits.requests_per_connection = 2; });
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/hello") + get("/hello") + get("/hello")));
    CHECK(wire.response().find("Connection: close") == std::string::npos);
    CHECK(wire.response().find("Connection: close") != std::string::npos);
    CHECK(wire.rest().empty());
}

TEST_CASE("stopping ends idle connections at once, lets a request finish, and cuts off what is late") {
    const auto begun = Clock::now();
    PlainServer plain;
    Wire idle = plain.connect();
    REQUIRE(idle.send(get("/hello")));
    CHECK(body_of(idle.response()) == "hello");
    Wire busy = plain.connect();
    REQUIRE(busy.send(get("/keep")));
    const auto events = std::make_shared<Events>();
    plain.handler.routes["/events"] = [&](ports::HttpRequest, Handler::Respond respond) {
        ports::HttpResponse response;
        response.body = std::static_pointer_cast<ports::EventStream>(events);
        respond(std::move(response));
    };
    Wire stream = plain.connect();
    REQUIRE(stream.send(get("/events")));
    CHECK(status_of(stream.until("\r\n\r\n")) == 200);
    REQUIRE(eventually([&] { return plain.handler.kept_count() == 1; }));

    std::jthread stopping([&] { plain.server->stop(seconds(20)); });
    CHECK(idle.rest().empty());
    CHECK(stream.rest().ends_with("0\r\n\r\n"));
    plain.handler.answer_kept("finished");
    const std::string last = busy.rest();
    CHECK(last.ends_with("finished"));
    CHECK(last.find("Connection: close") != std::string::npos);
    stopping.join();
    CHECK(Clock::now() - begun < seconds(10));

    PlainServer late;
    Wire never = late.connect();
    REQUIRE(never.send(get("/keep")));
    REQUIRE(eventually([&] { return late.handler.kept_count() == 1; }));
    late.server->stop(milliseconds(50));
    CHECK(never.rest().empty());
    late.handler.answer_kept("into the void"); // after the server's threads have gone
}

TEST_CASE("a thousand idle connections are held, each still answers, and new ones are served beside them") {
    rlimit files{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &files) == 0);
    PlainServer plain;
    std::vector<Wire> wires;
    for (int i = 0; i < 1000; ++i)
        wires.push_back(plain.connect());
    REQUIRE(eventually([&] { return plain.server->metrics().connections_open == 1000; }));
    for (Wire& wire : wires)
        REQUIRE(wire.send(get("/hello")));
    int answered = 0;
    for (Wire& wire : wires)
        answered += body_of(wire.response()) == "hello" ? 1 : 0;
    CHECK(answered == 1000);
    Wire fresh = plain.connect();
    REQUIRE(fresh.send(get("/hello")));
    CHECK(body_of(fresh.response()) == "hello");
    wires.clear();
    CHECK(eventually([&] { return plain.server->metrics().connections_open == 1; }));
}
