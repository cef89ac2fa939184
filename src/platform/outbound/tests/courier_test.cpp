// SPDX-License-Identifier: Apache-2.0
#include <outbound/courier.hpp>

#include <arpa/inet.h>
#include <atomic>
#include <doctest/doctest.h>
#include <future>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace oakum;
using namespace oakum::outbound;

namespace {

// Takes one connection after the other on this machine and gives each the same answer.
class Receiver {
  public:
    explicit Receiver(std::string answer) : answer_(std::move(answer)) {
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
    ~Receiver() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(port_) + "/hook?token=secret";
    }
    int requests() const { return requests_; }
    // Of the last request; read when it was answered.
    std::string seen;

  private:
    void serve() {
        for (;;) {
            const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0) return;
            std::string text;
            char piece[4096];
            for (;;) {
                const auto end = text.find("\r\n\r\n");
                const auto length = text.find("Content-Length: ");
                if (end != std::string::npos && length != std::string::npos &&
                    text.size() >= end + 4 + std::strtoul(text.c_str() + length + 16, nullptr, 10))
                    break;
                const ssize_t got = ::read(peer, piece, sizeof piece);
                if (got <= 0) break;
                text.append(piece, static_cast<std::size_t>(got));
            }
            seen = text;
            ++requests_;
            std::size_t sent = 0;
            while (sent < answer_.size()) {
                const ssize_t went = ::send(peer, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
                if (went <= 0) break;
                sent += static_cast<std::size_t>(went);
            }
            ::close(peer);
        }
    }

    const std::string answer_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> requests_{0};
    std::thread thread_;
};

base::Status deliver(CurlCourier& courier, ports::Parcel parcel) {
    std::promise<base::Status> answer;
    courier.deliver(std::move(parcel), [&](base::Status status) { answer.set_value(std::move(status)); });
    return answer.get_future().get();
}

ports::WebhookParcel webhook(const std::string& url) {
    return {url, {{"Content-Type", "application/json"}, {"Oakum-Signature", "t=1,v1=00"}}, "{\"a\":1}"};
}

CourierOptions allowed() {
    CourierOptions options;
    options.own_addresses = true;
    return options;
}

} // namespace

TEST_CASE("a webhook gets the body and the headers as they are, once") {
    Receiver receiver("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    CurlCourier courier(allowed());
    CHECK(deliver(courier, webhook(receiver.url())).ok());
    CHECK(receiver.requests() == 1);
    CHECK(receiver.seen.starts_with("POST /hook?token=secret HTTP/1.1\r\n"));
    CHECK(receiver.seen.find("\r\nOakum-Signature: t=1,v1=00\r\n") != std::string::npos);
    CHECK(receiver.seen.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE("this machine is not reached unless that was allowed, by whatever name") {
    Receiver receiver("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    CurlCourier courier;
    for (const char* host :
         {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"}) {
        CAPTURE(host);
        const base::Status status = deliver(courier, webhook(receiver.url(host)));
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().kind == base::ErrorKind::denied);
        CHECK(status.error().message.find("secret") == std::string::npos);
    }
    CHECK(receiver.requests() == 0);
}

TEST_CASE("a redirect is not followed") {
    Receiver there("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    Receiver receiver("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + there.url() +
                      "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    CurlCourier courier(allowed());
    const base::Status status = deliver(courier, webhook(receiver.url()));
    CHECK(status.error().kind == base::ErrorKind::denied);
    CHECK(status.error().message.find("307") != std::string::npos);
    CHECK(there.requests() == 0);
}

TEST_CASE("what may pass is tried again, what is refused for good is not") {
    const auto kind_of = [](int status) {
        Receiver receiver("HTTP/1.1 " + std::to_string(status) +
                          " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        CurlCourier courier(allowed());
        return deliver(courier, webhook(receiver.url())).error().kind;
    };
    for (const int status : {500, 503, 429, 408})
        CHECK(kind_of(status) == base::ErrorKind::unavailable);
    for (const int status : {400, 401, 404, 410})
        CHECK(kind_of(status) == base::ErrorKind::invalid);
}

TEST_CASE("nobody there, a name that is none and an endless answer are said in words, without the address") {
    std::string gone;
    {
        const Receiver receiver("");
        gone = receiver.url();
    }
    CurlCourier courier(allowed());
    const base::Status nobody = deliver(courier, webhook(gone));
    CHECK(nobody.error().kind == base::ErrorKind::unavailable);
    CHECK(nobody.error().message == "nobody answers at its address");
    CHECK(deliver(courier, webhook("ftp://127.0.0.1/")).error().kind == base::ErrorKind::invalid);
    Receiver endless("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(1 << 20, 'x'));
    CHECK(deliver(courier, webhook(endless.url())).error().message == "its answer was too long");
}

TEST_CASE("a receiver that says nothing is not waited for longer than allowed") {
    CourierOptions options = allowed();
    options.timeout = std::chrono::seconds(1);
    const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(silent, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(silent, 8) == 0);
    socklen_t size = sizeof at;
    REQUIRE(::getsockname(silent, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    CurlCourier courier(options);
    const base::Status status =
        deliver(courier, webhook("http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/"));
    CHECK(status.error().message == "it did not answer in time");
    ::close(silent);
}

TEST_CASE("mail that waits when the server ends is answered, and none is lost silently") {
    std::atomic<int> answered{0};
    {
        CurlCourier courier;
        for (int i = 0; i < 300; ++i)
            courier.deliver(webhook("https://127.0.0.1:1/"), [&](base::Status) { ++answered; });
    }
    CHECK(answered == 300);
}
