// SPDX-License-Identifier: Apache-2.0
// Against libcoap's own client, which is a program of Debian (libcoap3-bin).
#include <coap/server.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <mutex>
#include <set>

using namespace oakum;
using ports::CoapMessage;
using ports::CoapPeer;
using ports::coap::Option;

namespace {

struct Log final : base::LogSink {
    void write(base::LogLevel, std::string_view, std::string_view) override {}
};

// Says who asked and for what.
struct Host final : ports::CoapHandler {
    coap::Server* server = nullptr;
    std::mutex mutex;
    std::set<std::uint64_t> links;
    int gone = 0;
    std::atomic<int> ticks{0};
    std::atomic<bool> has_key{true};

    std::optional<ports::CoapKey> key_of(std::string_view identity) override {
        if (identity != "meter" || !has_key) return std::nullopt;
        const std::string key = "sixteen letters!";
        return ports::CoapKey{base::Bytes(key.begin(), key.end()), "mark of " + std::string(identity)};
    }
    void on_request(const CoapPeer& peer, CoapMessage request,
                    std::function<void(CoapMessage)> respond) override {
        {
            const std::scoped_lock lock(mutex);
            links.insert(peer.link);
        }
        CoapMessage answer;
        answer.code = request.code == ports::coap::kDelete ? ports::coap::kDeleted : ports::coap::kContent;
        answer.payload = request.path() + " of <" + peer.identity + "><" + peer.mark + "> at " + peer.local +
                         " " + request.payload;
        for (const auto query : request.all(Option::uri_query))
            answer.payload += "?" + std::string(query);
        if (request.path() != "/later") return respond(answer);
        server->post_after(std::chrono::milliseconds(300), [respond, answer] { respond(answer); });
    }
    bool on_notification(const CoapPeer&, std::string_view, CoapMessage) override { return false; }
    void on_gone(std::uint64_t) override {
        const std::scoped_lock lock(mutex);
        ++gone;
    }
    void on_tick() override { ++ticks; }
};

struct Running {
    Log log;
    Host host;
    coap::Server server{log};
    Running() {
        host.server = &server;
        coap::ServerOptions options;
        options.secure = options.plain = coap::Listen{};
        REQUIRE(server.start(options, host).ok());
    }
    ~Running() { server.stop(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    std::string secure(const std::string& path) const {
        return "coaps://127.0.0.1:" + std::to_string(server.secure_port()) + path;
    }
    std::string plain(const std::string& path) const {
        return "coap://127.0.0.1:" + std::to_string(server.plain_port()) + path;
    }
};

bool has_client() {
    return std::filesystem::exists("/usr/bin/coap-client-openssl");
}

std::string client(const std::string& words) {
    FILE* pipe = ::popen(("timeout 20 coap-client-openssl " + words + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    std::array<char, 4096> piece{};
    while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe))
        said.append(piece.data(), size);
    ::pclose(pipe);
    return said;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string kMeter = "-u meter -k 'sixteen letters!' -B 5 ";

} // namespace

TEST_CASE("over DTLS a request carries the identity that its key proved") {
    REQUIRE_MESSAGE(has_client(), "coap-client-openssl is missing: apt install libcoap3-bin");
    const Running running;
    const std::string said = client(kMeter + "-m post -e hello '" + running.secure("/rd?ep=x&lt=60") + "'");
    CAPTURE(said);
    CHECK(has(said, "/rd of <meter><mark of meter> at " + running.secure("") + " hello?ep=x?lt=60"));
    CHECK(has(client(kMeter + "-m delete " + running.secure("/x") + " -v 6"), "2.02"));
}

TEST_CASE("an answer that takes its time comes by itself") {
    REQUIRE_MESSAGE(has_client(), "coap-client-openssl is missing: apt install libcoap3-bin");
    const Running running;
    CHECK(has(client(kMeter + "-m get " + running.secure("/later")), "/later of <meter>"));
    CHECK(has(client("-B 5 -m get " + running.plain("/later")), "/later of <>"));
}

TEST_CASE("a wrong key, an unknown name and one whose key was removed get no word") {
    REQUIRE_MESSAGE(has_client(), "coap-client-openssl is missing: apt install libcoap3-bin");
    Running running;
    CHECK_FALSE(has(client("-u meter -k 'another key, bad' -B 2 -m get " + running.secure("/x")), "/x of"));
    CHECK_FALSE(
        has(client("-u stranger -k 'sixteen letters!' -B 2 -m get " + running.secure("/x")), "/x of"));
    running.host.has_key = false;
    CHECK_FALSE(has(client("-u meter -k 'sixteen letters!' -B 2 -m get " + running.secure("/x")), "/x of"));
    const std::scoped_lock lock(running.host.mutex);
    CHECK(running.host.links.empty());
}

TEST_CASE("a link is one conversation, and told when it ends") {
    REQUIRE_MESSAGE(has_client(), "coap-client-openssl is missing: apt install libcoap3-bin");
    Running running;
    std::size_t calls = 0;
    for (; calls < 3 || (running.host.ticks == 0 && calls < 100); ++calls)
        client(kMeter + "-m get " + running.secure("/x"));
    running.server.stop();
    CHECK(running.host.links.size() == calls);
    CHECK(running.host.gone >= static_cast<int>(calls));
    CHECK(running.host.ticks > 0);
}

TEST_CASE("what cannot be listened on is said") {
    Log log;
    Host host;
    coap::Server server(log);
    coap::ServerOptions options;
    options.plain = coap::Listen{"no address", 1};
    CHECK(server.start(options, host).error().kind == base::ErrorKind::invalid);
}
