// SPDX-License-Identifier: Apache-2.0
#include "tls_fixture.hpp"

using namespace oakum;
using namespace oakum::http;
using namespace oakum::http::test;
using base::ErrorKind;
using Clock = std::chrono::steady_clock;

namespace {

// A server that says what it is told, whatever it is asked; one connection after the other.
class Script {
  public:
    explicit Script(std::vector<std::string> answers, milliseconds pause = milliseconds(0),
                    std::size_t step = 1 << 20)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_, 8) == 0);
        socklen_t size = sizeof address;
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread_ = std::jthread([=, this, answers = std::move(answers)](const std::stop_token& stop) {
            for (const std::string& answer : answers) {
                const int peer = ::accept(listener_, nullptr, nullptr);
                if (peer < 0) return;
                ++connections;
                char buffer[65536];
                (void)!::recv(peer, buffer, sizeof buffer, 0);
                for (std::size_t at = 0; at < answer.size() && !stop.stop_requested(); at += step) {
                    if (::send(peer, answer.data() + at, std::min(step, answer.size() - at), MSG_NOSIGNAL) <
                        0)
                        break;
                    std::this_thread::sleep_for(pause);
                }
                ::close(peer);
            }
        });
    }
    ~Script() {
        thread_.request_stop();
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    std::unique_ptr<Client> client(std::uint64_t least = 0) const {
        ClientOptions options;
        options.host = "127.0.0.1";
        options.port = port;
        options.plain = true;
        options.least_bytes_a_second = least;
        options.slow_window = milliseconds(200);
        return Client::make(options).value();
    }
    std::uint16_t port = 0;
    std::atomic<int> connections{0};

  private:
    int listener_;
    std::jthread thread_;
};

} // namespace

TEST_CASE("exchanges share one connection, with bodies both ways") {
    const TlsServer tls;
    const auto client = tls.client();
    ports::ClientRequest request = request_for("/echo");
    request.method = ports::Method::post;
    request.headers = {{"Content-Type", "text/plain"}};
    for (int i = 0; i < 5; ++i) {
        request.body = "body " + std::to_string(i);
        CHECK(client->exchange(request)->body == request.body);
    }
    CHECK(client->exchange(request_for("/none"))->status == 404);
    ports::ClientRequest head = request_for("/hello");
    head.method = ports::Method::head;
    CHECK(client->exchange(head)->header("content-length") == "5");
    CHECK(client->exchange(request_for("/hello"))->header("content-type") == "text/plain");
    CHECK(tls.server->metrics().connections_accepted == 1);
}

TEST_CASE("a large body goes up, and a refusal in the middle of it is heard") {
    const TlsServer tls;
    const auto client = tls.client();
    ports::ClientRequest request = request_for("/sink");
    request.method = ports::Method::put;
    request.body = std::string(5 << 20, 'x');
    CHECK(client->exchange(request)->body == "stored 5242880");
    request.target = "/refused";
    const auto refused = client->exchange(request);
    REQUIRE(refused.ok());
    CHECK(refused->status == 403);
    CHECK(client->exchange(request_for("/hello"))->body == "hello");
}

TEST_CASE("a connection that the server ended meanwhile is made anew without an error") {
    TlsServer tls([](ServerOptions& options) { options.timeouts.idle = milliseconds(50); });
    const auto client = tls.client();
    ports::ClientRequest post = request_for("/echo");
    post.method = ports::Method::post;
    for (int i = 0; i < 3; ++i) {
        CHECK(client->exchange(post).ok());
        REQUIRE(eventually([&] { return tls.server->metrics().connections_open == 0; }));
    }
    CHECK(tls.server->metrics().connections_accepted == 3);
}

TEST_CASE("a download is handed on as it arrives and may be ended by who receives it") {
    char name[] = "/tmp/oakum-http-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    const std::string content(3 << 20, 'z');
    REQUIRE(::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ::close(file);
    TlsServer tls;
    tls.handler.routes["/file"] = [&](ports::HttpRequest, Handler::Respond respond) {
        ports::HttpResponse response;
        response.body = ports::FileRange{name, 0, content.size()};
        respond(std::move(response));
    };
    const auto client = tls.client();
    ports::ClientRequest request = request_for("/file");
    std::size_t bytes = 0;
    int pieces = 0;
    const auto response = client->stream(request, [&](base::ByteView piece) -> base::Status {
        bytes += piece.size();
        ++pieces;
        return {};
    });
    REQUIRE(response.ok());
    CHECK(response->body.empty());
    CHECK(bytes == content.size());
    CHECK(pieces > 10);
    CHECK(client->exchange(request)->body == content);
    request.response_limit = 1000;
    CHECK(client->exchange(request).error().kind == ErrorKind::too_large);
    const auto ended =
        client->stream(request, [&](base::ByteView) -> base::Status { return base::invalid("enough"); });
    CHECK(ended.error().message == "enough");
    const auto missing = client->stream(
        request_for("/none"), [&](base::ByteView) -> base::Status { return base::bug("not for this"); });
    CHECK(missing->body == "nothing at /none");
    ::unlink(name);
}

TEST_CASE("every wait ends: for a connection, for a head, for a body") {
    ports::ClientRequest request = request_for("/");
    request.timeout = milliseconds(150);
    {
        // A listener whose queue nobody empties, and that never answers.
        const Script script({std::string()}, milliseconds(0));
        ClientOptions options;
        options.host = "127.0.0.1";
        options.port = script.port;
        options.trust.ca_pem = make_authority("a").certificate_pem();
        options.connect_timeout = milliseconds(100);
        const auto begun = Clock::now();
        CHECK(Client::make(options).value()->exchange(request).error().kind == ErrorKind::unavailable);
        CHECK(Clock::now() - begun < seconds(3));
    }
    for (const std::string& answer :
         {std::string("HTTP/1.1 200 OK\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(500, 'a')}) {
        const Script script({answer}, milliseconds(20), 4);
        const auto begun = Clock::now();
        CHECK(script.client()->exchange(request).error().kind == ErrorKind::unavailable);
        CHECK(Clock::now() - begun < seconds(3));
    }
}

TEST_CASE("a server that gives its bytes too slowly is left") {
    const Script script({"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(1000, 'a')},
                        milliseconds(20), 40);
    const auto answer = script.client(100'000)->exchange(request_for("/"));
    CHECK(answer.error().message == "the transfer is too slow");
}

TEST_CASE("an answer that is cut, forged, or longer than it says is an error") {
    for (const std::string answer : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                                     "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n",
                                     "not HTTP at all\r\n\r\n", "HTTP/1.1 200 OK\r\n"}) {
        CAPTURE(answer);
        const Script script({answer});
        CHECK_FALSE(script.client()->exchange(request_for("/")).ok());
    }
}

TEST_CASE(
    "a question is asked again when a kept connection ends before any answer, but only if that is safe") {
    TlsServer tls;
    // The server keeps the request, then goes: nobody knows whether it acted.
    const auto client = tls.client();
    CHECK(client->exchange(request_for("/hello")).ok());
    ports::ClientRequest post = request_for("/keep");
    post.method = ports::Method::post;
    std::jthread stopper([&] {
        eventually([&] { return tls.handler.kept_count() == 1; });
        tls.server->stop(milliseconds(1));
    });
    CHECK_FALSE(client->exchange(post).ok());
    stopper.join();
    CHECK(tls.handler.kept_count() == 1);
}

TEST_CASE("what would change the message around it is not sent") {
    const TlsServer tls;
    const auto client = tls.client();
    for (const char* target : {"", "hello", "/a b", "/a\r\nX: y", "/\xc3\xbc"})
        CHECK(client->exchange(request_for(target)).error().kind == ErrorKind::invalid);
    ports::ClientRequest request = request_for("/hello");
    request.headers = {{"X", "a\r\nY: b"}};
    CHECK(client->exchange(request).error().kind == ErrorKind::invalid);
    request.headers = {{"X Y", "a"}};
    CHECK(client->exchange(request).error().kind == ErrorKind::invalid);
    CHECK(tls.server->metrics().connections_accepted == 0);
}

TEST_CASE("a host that does not exist, or a port where nobody listens, is unavailable") {
    ClientOptions options;
    options.plain = true;
    options.host = "127.0.0.1";
    options.port = 1;
    CHECK(Client::make(options).value()->exchange(request_for("/")).error().kind == ErrorKind::unavailable);
    options.host = "name.invalid";
    CHECK(Client::make(options).value()->exchange(request_for("/")).error().kind == ErrorKind::unavailable);
}
