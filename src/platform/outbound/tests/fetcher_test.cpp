// SPDX-License-Identifier: Apache-2.0
#include <outbound/fetcher.hpp>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace oakum;
using namespace oakum::outbound;
using ports::FetchAnswer;
using ports::FetchWish;

namespace {

// Takes one connection after the other on this machine and gives each the next of its answers.
class Publisher {
  public:
    explicit Publisher(std::vector<std::string> answers) : answers_(std::move(answers)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(listener_, 8) == 0);
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~Publisher() {
        if (thread_.joinable()) end();
        ::close(listener_);
    }
    // No more is taken; what was asked may be read.
    const std::vector<std::string>& end() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        return asked_;
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/kev.json"; }

  private:
    void serve() {
        for (std::size_t next = 0;; ++next) {
            const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0) return;
            std::string text;
            char piece[4096];
            while (text.find("\r\n\r\n") == std::string::npos) {
                const ssize_t got = ::read(peer, piece, sizeof piece);
                if (got <= 0) break;
                text.append(piece, static_cast<std::size_t>(got));
            }
            asked_.push_back(text);
            std::string_view answer;
            if (next < answers_.size()) answer = answers_[next];
            while (!answer.empty()) {
                const ssize_t went = ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
                if (went <= 0) break;
                answer.remove_prefix(static_cast<std::size_t>(went));
            }
            ::close(peer);
        }
    }

    const std::vector<std::string> answers_;
    std::vector<std::string> asked_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

std::string answer(const std::string& head, const std::string& body) {
    return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

struct Got {
    std::string bytes;
    FetchAnswer begun;
    base::Result<FetchAnswer> answer = base::bug("nothing was asked");
};

Got get(
    const FetchWish& wish, FetcherOptions options = {.own_addresses = true},
    const std::function<bool()>& stopped = [] { return false; }) {
    CurlFetcher fetcher(std::move(options));
    Got got;
    got.answer = fetcher.fetch(wish, {[&](const FetchAnswer& begun) -> base::Status {
                                          got.begun = begun;
                                          return {};
                                      },
                                      [&](base::ByteView piece) -> base::Status {
                                          got.bytes += base::as_text(piece);
                                          return {};
                                      },
                                      stopped});
    return got;
}

FetchWish wish(const Publisher& of) {
    FetchWish wish;
    wish.url = of.url();
    wish.largest = 1 << 20;
    return wish;
}

} // namespace

TEST_CASE("a file comes with what names its version") {
    Publisher publisher(
        {answer("200 OK\r\nETag: \"v1\"\r\nLast-Modified: Fri, 21 Aug 2026 10:00:00 GMT", "abc")});
    const Got got = get(wish(publisher));
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 200);
    CHECK(got.bytes == "abc");
    CHECK(got.begun.etag == "\"v1\"");
    CHECK(got.begun.last_modified == "Fri, 21 Aug 2026 10:00:00 GMT");
    CHECK(got.begun.length == 3);
    CHECK(got.begun.from == 0);
    CHECK(got.answer->server == "127.0.0.1");
}

TEST_CASE("what is held is named, and not sent again") {
    Publisher publisher({"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"});
    FetchWish held = wish(publisher);
    held.etag = "\"v1\"";
    held.last_modified = "Fri, 21 Aug 2026 10:00:00 GMT";
    held.key = {"apiKey", "secret"};
    held.packed = true;
    const Got got = get(held);
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 304);
    CHECK(got.bytes.empty());
    const std::string asked = publisher.end().at(0);
    for (const char* line :
         {"\r\nIf-None-Match: \"v1\"\r\n", "\r\nIf-Modified-Since: Fri, 21 Aug 2026 10:00:00 GMT\r\n",
          "\r\napiKey: secret\r\n", "\r\nAccept-Encoding: gzip\r\n", "\r\nUser-Agent: Oakum\r\n"})
        CHECK(asked.find(line) != std::string::npos);
}

TEST_CASE("a download goes on where it was cut, unless the publisher has another version by now") {
    Publisher publisher({answer("206 Partial Content\r\nContent-Range: bytes 3-5/6", "def"),
                         answer("200 OK\r\nETag: \"v2\"", "new"),
                         answer("206 Partial Content\r\nContent-Range: bytes 0-2/6", "abc"),
                         answer("206 Partial Content", "def")});
    FetchWish rest = wish(publisher);
    rest.from = 3;
    rest.version = "\"v1\"";
    Got got = get(rest);
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 206);
    CHECK(got.begun.from == 3);
    CHECK(got.begun.length == 6);
    CHECK(got.bytes == "def");
    got = get(rest);
    CHECK(got.answer->status == 200);
    CHECK(got.begun.from == 0);
    CHECK(got.bytes == "new");
    // Another part than was asked for, and one that nobody named.
    for (int i = 0; i < 2; ++i) {
        got = get(rest);
        REQUIRE_FALSE(got.answer.ok());
        CHECK(got.answer.error().kind == base::ErrorKind::unavailable);
        CHECK(got.bytes.empty());
    }
    const auto& asked = publisher.end();
    CHECK(asked.at(0).find("\r\nRange: bytes=3-\r\n") != std::string::npos);
    CHECK(asked.at(0).find("\r\nIf-Range: \"v1\"\r\n") != std::string::npos);
}

TEST_CASE("a file that is cut off is never taken for a whole one") {
    Publisher publisher(
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nabc",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n", ""});
    for (int i = 0; i < 3; ++i) {
        const Got got = get(wish(publisher));
        REQUIRE_FALSE(got.answer.ok());
        CHECK(got.answer.error().kind == base::ErrorKind::unavailable);
        CHECK(got.answer.error().message.find("cut off") != std::string::npos);
        CHECK(got.bytes == std::string(i < 2 ? "abc" : ""));
    }
}

TEST_CASE("what is too large stops before it comes, or where it becomes too large") {
    const std::string body(2000, 'x');
    Publisher publisher({answer("200 OK", body), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body});
    FetchWish small = wish(publisher);
    small.largest = 1000;
    Got got = get(small);
    CHECK(got.answer.error().kind == base::ErrorKind::too_large);
    CHECK(got.bytes.empty());
    got = get(small);
    CHECK(got.answer.error().kind == base::ErrorKind::too_large);
    CHECK(got.bytes.size() <= 1000);
}

TEST_CASE("a refusal is told with its status and the wait that is asked for") {
    Publisher publisher({answer("429 Too Many Requests\r\nRetry-After: 7", "slow down"),
                         answer("503 Unavailable", std::string(200'000, 'x'))});
    Got got = get(wish(publisher));
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 429);
    CHECK(got.answer->retry_after == std::chrono::seconds(7));
    CHECK(got.bytes.empty());
    got = get(wish(publisher));
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 503);
    CHECK_FALSE(got.answer->retry_after);
}

TEST_CASE("redirects are followed a few times, and not with a key") {
    Publisher there({answer("200 OK", "abc")});
    const std::string leads =
        "HTTP/1.1 302 Found\r\nLocation: " + there.url() +
        "\r\nETag: \"of the redirect\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    Publisher publisher({leads, leads});
    Got got = get(wish(publisher));
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 200);
    CHECK(got.bytes == "abc");
    CHECK(got.answer->etag.empty());
    FetchWish secret = wish(publisher);
    secret.key = {"apiKey", "secret"};
    got = get(secret);
    REQUIRE(got.answer.ok());
    CHECK(got.answer->status == 302);
    CHECK(there.end().size() == 1);

    const std::string round =
        "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    Publisher endless(std::vector<std::string>(10, round));
    got = get(wish(endless));
    CHECK(got.answer.error().kind == base::ErrorKind::invalid);
    CHECK(endless.end().size() == 6);
    Publisher file({"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\nConnection: "
                    "close\r\n\r\n"});
    got = get(wish(file));
    CHECK(got.answer.error().kind == base::ErrorKind::invalid);
    CHECK(got.bytes.empty());
}

TEST_CASE("this machine and private networks are not reached unless that was allowed") {
    Publisher publisher({answer("200 OK", "abc")});
    FetchWish here = wish(publisher);
    Got got = get(here, {});
    CHECK(got.answer.error().message == "its address is not https");
    here.url.replace(0, 4, "https");
    got = get(here, {});
    CHECK(got.answer.error().kind == base::ErrorKind::denied);
    got = get(here, {.own_addresses_word = "--allow-private"});
    CHECK(got.answer.error().message.find("(--allow-private)") != std::string::npos);
    CHECK(publisher.end().empty());
}

TEST_CASE("a key goes without TLS to this machine and private networks alone") {
    Publisher publisher({answer("200 OK", "abc")});
    FetchWish keyed = wish(publisher);
    keyed.key = {"Authorization", "Basic x"};
    CHECK(get(keyed).bytes == "abc");
    CHECK(publisher.end().size() == 1);
    // Nothing is connected to.
    keyed.url = "http://8.8.8.8/rest/v1/targets";
    CHECK(get(keyed).answer.error().kind == base::ErrorKind::denied);
    // Whom a proxy leads to is not known.
    Publisher proxy({answer("200 OK", "abc")});
    const std::string at = proxy.url().substr(0, proxy.url().rfind('/'));
    CHECK(get(keyed, {.own_addresses = true, .proxy = at}).answer.error().kind == base::ErrorKind::denied);
    CHECK(proxy.end().empty());
}

TEST_CASE("a proxy is asked for the whole address, except for hosts that are reached without") {
    Publisher proxy({answer("200 OK", "by the proxy")});
    Publisher publisher({answer("200 OK", "without")});
    FetchWish far;
    far.url = "http://mirror.example/kev.json";
    far.largest = 1000;
    const std::string at = proxy.url().substr(0, proxy.url().rfind('/'));
    CHECK(get(far, {.own_addresses = true, .proxy = at}).bytes == "by the proxy");
    CHECK(proxy.end().at(0).starts_with("GET http://mirror.example/kev.json HTTP/1.1\r\n"));
    CHECK(get(wish(publisher), {.own_addresses = true, .proxy = at, .no_proxy = "127.0.0.1"}).bytes ==
          "without");
    CHECK(is_without_proxy("a.b.example", ".b.example, other"));
    CHECK(is_without_proxy("b.example", "other,b.example"));
    CHECK(is_without_proxy("anything", "*"));
    CHECK_FALSE(is_without_proxy("ab.example", "b.example"));
    CHECK_FALSE(is_without_proxy("b.example", ""));
    CHECK_FALSE(is_without_proxy("b.example", ", ,"));
}

TEST_CASE("a fetch that is stopped ends") {
    Publisher publisher({answer("200 OK", std::string(500'000, 'x'))});
    CHECK(get(wish(publisher), {.own_addresses = true}, [] { return true; }).answer.error().kind ==
          base::ErrorKind::unavailable);
}

TEST_CASE("a body goes out with its method and kind, to no other server, and what a refusal says is kept") {
    Publisher publisher({answer("200 OK", "token"), answer("307 Temporary Redirect\r\nLocation: /other", ""),
                         answer("401 Unauthorized", "{\"error\":\"invalid_client\"}"),
                         answer("500 Oops", std::string(40'000, 'x'))});
    FetchWish sent = wish(publisher);
    sent.method = "POST";
    sent.body = "grant_type=x&secret=s%26";
    sent.content_type = "application/x-www-form-urlencoded";
    const Got got = get(sent);
    REQUIRE(got.answer.ok());
    CHECK(got.bytes == "token");
    CHECK(got.answer->said.empty());
    CHECK(get(sent).answer->status == 307);
    const Got refused = get(sent);
    REQUIRE(refused.answer.ok());
    CHECK(refused.answer->status == 401);
    CHECK(refused.answer->said == "{\"error\":\"invalid_client\"}");
    CHECK(refused.bytes.empty());
    CHECK(get(sent).answer->said.size() == 16 << 10);
    const auto& asked = publisher.end();
    REQUIRE(asked.size() == 4);
    CHECK(asked[0].starts_with("POST /kev.json HTTP/1.1\r\n"));
    CHECK(asked[0].find("Content-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
    CHECK(asked[0].find("Content-Length: 24\r\n") != std::string::npos);
    CHECK(asked[0].find("Expect:") == std::string::npos);
}
