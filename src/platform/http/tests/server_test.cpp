// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::http;
using namespace oakum::http::test;

TEST_CASE("requests on one connection are answered in order, pipelined ones too") {
    PlainServer plain;
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/hello") + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" +
                      get("/none")));
    const std::string first = wire.response();
    CHECK(status_of(first) == 200);
    CHECK(body_of(first) == "hello");
    CHECK(first.find("\r\nDate: ") != std::string::npos);
    CHECK(first.find("Server:") == std::string::npos);
    CHECK(body_of(wire.response()) == "abc");
    CHECK(status_of(wire.response()) == 404);
    CHECK(plain.server->metrics().requests == 3);
    CHECK(plain.server->metrics().responses[2] == 2);
}

TEST_CASE("a request that arrives byte by byte is answered as one that arrives at once") {
    PlainServer plain;
    Wire wire = plain.connect();
    const std::string request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\nX: y\r\n\r\n" +
                                get("/hello");
    for (const char c : request)
        REQUIRE(wire.send({&c, 1}));
    CHECK(body_of(wire.response()) == "abcde");
    CHECK(body_of(wire.response()) == "hello");
}

TEST_CASE("HEAD has the head of GET and no body; 204 and 304 have none either") {
    PlainServer plain;
    plain.handler.routes["/204"] = [](ports::HttpRequest, Handler::Respond respond) {
        respond(text("", 204));
    };
    plain.handler.routes["/304"] = [](ports::HttpRequest, Handler::Respond respond) {
        respond(text("hidden", 304));
    };
    Wire wire = plain.connect();
    REQUIRE(wire.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/204") + get("/304") + get("/hello")));
    const std::string head = wire.response(false);
    CHECK(head.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(wire.response().find("Content-Length") == std::string::npos);
    const std::string unchanged = wire.response();
    CHECK(status_of(unchanged) == 304);
    CHECK(unchanged.ends_with("\r\n\r\n"));
    CHECK(body_of(wire.response()) == "hello");
}

TEST_CASE("a response may come later and from another thread; one that never comes is an error of ours") {
    PlainServer plain([](ServerOptions& options) { options.timeouts.handler = milliseconds(150); });
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/later") + get("/dropped") + get("/throws") + get("/split") + get("/keep") +
                      get("/hello")));
    CHECK(body_of(wire.response()) == "later");
    CHECK(status_of(wire.response()) == 500);
    CHECK(status_of(wire.response()) == 500);
    const std::string split = wire.response();
    CHECK(status_of(split) == 500);
    CHECK(split.find("Set-Cookie") == std::string::npos);
    CHECK(status_of(wire.response()) == 503); // waited for in vain
    plain.handler.answer_kept("too late for its request, and not for the next one");
    CHECK(body_of(wire.response()) == "hello");
    CHECK(plain.log.says("oops"));
}

TEST_CASE("HTTP/1.0 and Connection: close end the connection after the answer") {
    PlainServer plain;
    for (const std::string request :
         {"GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
        Wire wire = plain.connect();
        REQUIRE(wire.send(request));
        const std::string response = wire.rest();
        CHECK(response.find("Connection: close\r\n") != std::string::npos);
        CHECK(response.ends_with("hello"));
    }
    Wire wire = plain.connect();
    REQUIRE(wire.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n"));
    CHECK(wire.response().find("Connection: keep-alive") != std::string::npos);
    CHECK(body_of(wire.response()) == "hello");
}

TEST_CASE(
    "a malformed request is answered with its reason and ends the connection, what follows is not read") {
    PlainServer plain;
    struct Row {
        int status;
        std::string bytes;
    };
    const std::string smuggled = get("/hello");
    const Row rows[] = {
        {400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
              "chunked\r\n\r\n0\r\n\r\n" +
                  smuggled},
        {400,
         "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + smuggled},
        {501, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled},
        {400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" + smuggled},
        {400, "GET /hello HTTP/1.1\nHost: a\n\n" + smuggled},
        {400,
         "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n" +
             smuggled},
        {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX0\r\n\r\n" +
                  smuggled},
        {414, "GET /" + std::string(9000, 'a')},
        {431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17000, 'a')},
        {505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n" + smuggled},
        {501, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled},
        {400, std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10) + smuggled},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes.substr(0, 100));
        Wire wire = plain.connect();
        wire.send(row.bytes);
        const std::string response = wire.rest();
        CHECK(status_of(response) == row.status);
        CHECK(response.find("Connection: close\r\n") != std::string::npos);
        CHECK(response.find("hello") == std::string::npos);
    }
    CHECK(plain.server->metrics().requests_malformed == std::size(rows));
}

TEST_CASE("a path that hides a slash is refused, and the connection goes on") {
    PlainServer plain;
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/a%2fhello") + get("/../hello") + get("/x/%2e%2e/hello")));
    CHECK(status_of(wire.response()) == 400);
    CHECK(status_of(wire.response()) == 400);
    CHECK(body_of(wire.response()) == "hello");
}

TEST_CASE("a body is taken up to its limit, told by length or found while reading") {
    PlainServer plain;
    {
        Wire wire = plain.connect();
        REQUIRE(wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" +
                          std::string(1000, 'x')));
        CHECK(body_of(wire.response()).size() == 1000);
        // A short rest is read and dropped, so that the connection lives.
        REQUIRE(wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" +
                          std::string(1001, 'x') + get("/hello")));
        CHECK(status_of(wire.response()) == 413);
        CHECK(body_of(wire.response()) == "hello");
    }
    {
        Wire wire = plain.connect();
        wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" +
                  std::string(200'000, 'x'));
        const std::string response = wire.rest();
        CHECK(status_of(response) == 413);
        CHECK(response.find("Connection: close\r\n") != std::string::npos);
    }
    Wire wire = plain.connect();
    wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
              std::string(1001, 'x') + "\r\n0\r\n\r\n");
    CHECK(status_of(wire.rest()) == 413);
}

TEST_CASE("a refusal from the head alone does not wait for the body") {
    PlainServer plain;
    Wire wire = plain.connect();
    REQUIRE(wire.send("PUT /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
    CHECK(status_of(wire.rest()) == 403);
}

TEST_CASE("Expect: 100-continue is answered when the body is wanted, and not when it is refused") {
    PlainServer plain;
    Wire wire = plain.connect();
    REQUIRE(wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    CHECK(wire.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    REQUIRE(wire.send("ok"));
    CHECK(body_of(wire.response()) == "ok");
    REQUIRE(
        wire.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    CHECK(status_of(wire.rest()) == 403);
}

TEST_CASE("a streamed body reaches its sink whole, in pieces, and its sink answers") {
    PlainServer plain;
    std::string body;
    for (int i = 0; i < 1'000'000; ++i)
        body += static_cast<char>('a' + i % 23);
    Wire wire = plain.connect();
    REQUIRE(wire.send("PUT /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body));
    const std::string response = wire.response();
    CHECK(status_of(response) == 201);
    CHECK(body_of(response) == "stored 1000000");
    CHECK(plain.handler.record->bytes == body);
    CHECK(plain.handler.record->writes > 1);
    CHECK_FALSE(plain.handler.record->aborted);
    REQUIRE(wire.send("PUT /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
    CHECK(status_of(wire.response()) == 201);
}

TEST_CASE("a sink that cannot take more ends the upload; one whose peer goes away is told") {
    PlainServer plain;
    plain.handler.sink_limit = 300'000;
    {
        Wire wire = plain.connect();
        wire.send("PUT /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" +
                  std::string(900'000, 'x'));
        CHECK(status_of(wire.rest()) == 507);
        CHECK(plain.handler.record->aborted);
        CHECK_FALSE(plain.handler.record->finished);
    }
    plain.handler.record = std::make_shared<SinkRecord>();
    {
        Wire wire = plain.connect();
        REQUIRE(wire.send("PUT /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc"));
        wire.finish_sending();
        CHECK(wire.rest().empty());
    }
    CHECK(eventually([&] {
        const std::lock_guard lock(plain.handler.record->mutex);
        return plain.handler.record->aborted;
    }));
    CHECK_FALSE(plain.handler.record->finished);
}

TEST_CASE("a range of a file is sent, and only that range") {
    char name[] = "/tmp/oakum-http-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    std::string content;
    for (int i = 0; i < 700'000; ++i)
        content += static_cast<char>('a' + i % 19);
    REQUIRE(::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ::close(file);
    const auto serve = [&](std::uint64_t offset, std::uint64_t length) {
        return [=, path = std::string(name)](ports::HttpRequest, Handler::Respond respond) {
            ports::HttpResponse response;
            response.status = 206;
            response.body = ports::FileRange{path, offset, length};
            respond(std::move(response));
        };
    };
    PlainServer plain;
    plain.handler.routes["/all"] = serve(0, 700'000);
    plain.handler.routes["/part"] = serve(123, 4567);
    plain.handler.routes["/empty"] = serve(700'000, 0);
    plain.handler.routes["/beyond"] = serve(699'999, 2);
    plain.handler.routes["/overflow"] = serve(2, UINT64_MAX);
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/all") + get("/part") + get("/empty") + "HEAD /all HTTP/1.1\r\nHost: a\r\n\r\n" +
                      get("/hello")));
    CHECK(body_of(wire.response()) == content);
    CHECK(body_of(wire.response()) == content.substr(123, 4567));
    CHECK(body_of(wire.response()).empty());
    CHECK(wire.response(false).find("Content-Length: 700000") != std::string::npos);
    CHECK(body_of(wire.response()) == "hello");
    for (const char* path : {"/beyond", "/overflow"}) {
        Wire other = plain.connect();
        REQUIRE(other.send(get(path)));
        CHECK(status_of(other.rest()) == 500);
    }
    ::unlink(name);
    Wire other = plain.connect();
    REQUIRE(other.send(get("/all")));
    CHECK(status_of(other.rest()) == 500);
}

TEST_CASE("events are sent as they come, with heartbeats between, and end with their stream") {
    PlainServer plain([](ServerOptions& options) { options.timeouts.heartbeat = milliseconds(60); });
    const auto events = std::make_shared<Events>();
    plain.handler.routes["/events"] = [&](ports::HttpRequest, Handler::Respond respond) {
        ports::HttpResponse response;
        response.body = std::static_pointer_cast<ports::EventStream>(events);
        respond(std::move(response));
    };
    Wire wire = plain.connect();
    REQUIRE(wire.send(get("/events")));
    const std::string head = wire.until("\r\n\r\n");
    CHECK(head.find("content-type: text/event-stream") != std::string::npos);
    events->push("data: 1\n\n");
    CHECK(wire.until("data: 1\n\n\r\n").ends_with("9\r\ndata: 1\n\n\r\n"));
    events->push("data: 2\n\n");
    CHECK(wire.until("data: 2\n\n\r\n").find("data: 2") != std::string::npos);
    CHECK(wire.until(": still here\n\n\r\n").ends_with(": still here\n\n\r\n"));
    events->push("", true);
    CHECK(wire.rest().ends_with("0\r\n\r\n"));
}

TEST_CASE("an event stream whose reader has gone is let go") {
    PlainServer plain;
    auto events = std::make_shared<Events>();
    const std::weak_ptr<Events> watched = events;
    plain.handler.routes["/events"] = [held = std::move(events)](ports::HttpRequest,
                                                                 Handler::Respond respond) mutable {
        ports::HttpResponse response;
        response.body = std::static_pointer_cast<ports::EventStream>(std::move(held));
        respond(std::move(response));
    };
    {
        Wire wire = plain.connect();
        REQUIRE(wire.send(get("/events")));
        CHECK(status_of(wire.until("\r\n\r\n")) == 200);
    }
    CHECK(eventually([&] { return watched.expired() && plain.server->metrics().connections_open == 0; }));
}

TEST_CASE("an address that is no address, or a port that is taken, is an error") {
    PlainServer plain;
    Handler handler;
    QuietLog log;
    ServerOptions options;
    options.plain_for_tests = true;
    options.address = "localhost";
    CHECK(Server::start(options, handler, log).error().kind == base::ErrorKind::invalid);
    options.address = "127.0.0.1";
    options.port = plain.server->port();
    CHECK(Server::start(options, handler, log).error().kind == base::ErrorKind::unavailable);
    options.port = 0;
    options.plain_for_tests = false;
    options.identity.chain_pem = "nothing";
    CHECK(Server::start(options, handler, log).error().kind == base::ErrorKind::invalid);
}

TEST_CASE("whatever the HTTP layer itself refuses is a problem with a kind and an id that the log has") {
    struct Case {
        std::string request;
        int status;
        std::string_view kind;
    };
    PlainServer plain;
    for (const Case& wrong : std::vector<Case>{
             {"GET\r\n\r\n", 400, "invalid"},
             {"GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid"},
             {"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505, "invalid"},
             {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "invalid"},
             {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", 431, "too_large"},
             {"GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "too_large"},
             {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413, "too_large"},
             {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "invalid"},
             {get("/dropped"), 500, "bug"},
             {get("/throws"), 500, "bug"},
             {get("/split"), 500, "bug"}}) {
        CAPTURE(wrong.request.substr(0, 60));
        Wire wire = plain.connect();
        REQUIRE(wire.send(wrong.request));
        const std::string answer = wire.response();
        CHECK(status_of(answer) == wrong.status);
        CHECK(answer.find("content-type: application/problem+json\r\n") != std::string::npos);
        const auto problem = json::parse(body_of(answer));
        REQUIRE(problem.ok());
        const auto text_of = [&](std::string_view name) {
            const auto text = problem->string_at(name);
            return text.ok() ? *text : std::string();
        };
        CHECK(text_of("kind") == wrong.kind);
        CHECK_FALSE(text_of("detail").empty());
        CHECK(text_of("detail").find("oops") == std::string::npos);
        REQUIRE(text_of("id").size() == 26);
        CHECK(plain.log.says(text_of("id")));
    }
    CHECK(plain.log.says("oops"));
}
