// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <http/server.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace oakum::http::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct QuietLog final : base::LogSink {
    std::mutex mutex;
    std::vector<std::string> lines;
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        const std::lock_guard lock(mutex);
        lines.emplace_back(text);
    }
    bool says(std::string_view part) {
        const std::lock_guard lock(mutex);
        for (const std::string& line : lines) {
            if (line.find(part) != std::string::npos) return true;
        }
        return false;
    }
};

inline ports::HttpResponse text(std::string body, int status = 200) {
    ports::HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = std::move(body);
    return response;
}

// Waits until the condition holds, at most ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
}

struct Events final : ports::EventStream {
    std::mutex mutex;
    std::deque<std::string> queue;
    std::function<void()> wake;
    bool ended = false;
    std::optional<std::string> next() override {
        const std::lock_guard lock(mutex);
        if (queue.empty()) return ended ? std::nullopt : std::optional<std::string>("");
        std::string front = std::move(queue.front());
        queue.pop_front();
        return front;
    }
    void on_wake(std::function<void()> fresh) override {
        const std::lock_guard lock(mutex);
        wake = std::move(fresh);
    }
    void push(std::string event, bool last = false) {
        std::function<void()> call;
        {
            const std::lock_guard lock(mutex);
            if (!event.empty()) queue.push_back(std::move(event));
            ended = last;
            call = wake;
        }
        if (call) call();
    }
};

struct SinkRecord {
    std::mutex mutex;
    std::string bytes;
    int writes = 0;
    bool finished = false;
    bool aborted = false;
};

struct RecordingSink final : ports::BodySink {
    explicit RecordingSink(std::shared_ptr<SinkRecord> into, std::size_t room)
        : record(std::move(into)), limit(room) {}
    base::Status write(base::ByteView piece) override {
        const std::lock_guard lock(record->mutex);
        ++record->writes;
        if (record->bytes.size() + piece.size() > limit) return base::unavailable("the disk is full");
        record->bytes.append(base::as_text(piece));
        return {};
    }
    void finish(std::function<void(ports::HttpResponse)> respond) override {
        const std::lock_guard lock(record->mutex);
        record->finished = true;
        respond(text("stored " + std::to_string(record->bytes.size()), 201));
    }
    void abort() override {
        const std::lock_guard lock(record->mutex);
        record->aborted = true;
    }
    std::shared_ptr<SinkRecord> record;
    std::size_t limit;
};

// Routes by path to small functions; says 404 to the rest.
struct Handler final : ports::HttpHandler {
    using Respond = std::function<void(ports::HttpResponse)>;
    std::map<std::string, std::function<void(ports::HttpRequest, Respond)>> routes;
    std::shared_ptr<SinkRecord> record = std::make_shared<SinkRecord>();
    std::size_t sink_limit = 10 << 20;
    std::mutex mutex;
    std::vector<Respond> kept; // of /keep
    std::vector<std::jthread> threads;

    Handler() {
        routes["/hello"] = [](ports::HttpRequest, Respond respond) { respond(text("hello")); };
        routes["/echo"] = [](ports::HttpRequest request, Respond respond) { respond(text(request.body)); };
        routes["/keep"] = [this](ports::HttpRequest, Respond respond) {
            const std::lock_guard lock(mutex);
            kept.push_back(std::move(respond));
        };
        routes["/later"] = [this](ports::HttpRequest, Respond respond) {
            const std::lock_guard lock(mutex);
            threads.emplace_back([respond] { respond(text("later")); });
        };
        routes["/dropped"] = [](ports::HttpRequest, Respond) {};
        routes["/throws"] = [](ports::HttpRequest, Respond) { throw std::runtime_error("oops"); };
        routes["/split"] = [](ports::HttpRequest, Respond respond) {
            ports::HttpResponse response = text("x");
            response.headers.emplace_back("Location", "/a\r\nSet-Cookie: b");
            respond(std::move(response));
        };
        routes["/peer"] = [](ports::HttpRequest request, Respond respond) {
            respond(text(request.peer.certificate_uri + " " + request.peer.certificate_serial + " " +
                         request.peer.address));
        };
    }
    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override {
        if (head.path == "/sink") return std::make_unique<RecordingSink>(record, sink_limit);
        if (head.path == "/refused") return text("no", 403);
        return ports::BufferBody{1000};
    }
    void handle(ports::HttpRequest request, Respond respond) override {
        const auto found = routes.find(request.path);
        if (found == routes.end())
            respond(text("nothing at " + request.path, 404));
        else
            found->second(std::move(request), std::move(respond));
    }
    std::size_t kept_count() {
        const std::lock_guard lock(mutex);
        return kept.size();
    }
    void answer_kept(const std::string& body) {
        std::vector<Respond> all;
        {
            const std::lock_guard lock(mutex);
            all.swap(kept);
        }
        for (Respond& respond : all)
            respond(text(body));
    }
};

// A plain TCP connection for tests: no HTTP library between the bytes and the server.
class Wire {
  public:
    explicit Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    }
    Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)), got_(std::move(other.got_)) {}
    Wire& operator=(Wire&&) = delete;
    ~Wire() {
        if (socket_ >= 0) ::close(socket_);
    }
    int socket() const { return socket_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void finish_sending() { ::shutdown(socket_, SHUT_WR); }
    // More bytes into the buffer. False at the end of the stream, or after ten seconds.
    bool more() {
        pollfd entry{socket_, POLLIN, 0};
        if (::poll(&entry, 1, 10'000) <= 0) return false;
        char piece[65536];
        const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
        if (got <= 0) return false;
        got_.append(piece, static_cast<std::size_t>(got));
        return true;
    }
    std::string until(std::string_view end) {
        while (got_.find(end) == std::string::npos) {
            if (!more()) return got_ + " [ended]";
        }
        return take(got_.find(end) + end.size());
    }
    // One response with a Content-Length.
    std::string response(bool with_body = true) {
        std::string head = until("\r\n\r\n");
        const std::size_t at = head.find("Content-Length: ");
        const std::size_t length =
            at == std::string::npos || !with_body ? 0 : std::stoul(head.substr(at + 16));
        while (got_.size() < length) {
            if (!more()) return head + got_ + " [ended]";
        }
        return head + take(length);
    }
    std::string rest() {
        while (more()) {
        }
        return take(got_.size());
    }

  private:
    std::string take(std::size_t size) {
        std::string taken = got_.substr(0, size);
        got_.erase(0, size);
        return taken;
    }
    int socket_;
    std::string got_;
};

struct PlainServer {
    Handler handler;
    QuietLog log;
    std::unique_ptr<Server> server;
    explicit PlainServer(const std::function<void(ServerOptions&)>& change = {}) {
        ServerOptions options;
        options.plain_for_tests = true;
        if (change) change(options);
        auto started = Server::start(std::move(options), handler, log);
        REQUIRE(started.ok());
        server = std::move(started).value();
    }
    ~PlainServer() {
        server->stop(base::Duration(0));
        handler.threads.clear();
    }
    Wire connect() const { return Wire(server->port()); }
};

inline std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

inline int status_of(const std::string& response) {
    return response.starts_with("HTTP/1.1 ") ? std::stoi(response.substr(9, 3)) : 0;
}
inline std::string body_of(const std::string& response) {
    const std::size_t at = response.find("\r\n\r\n");
    return at == std::string::npos ? "" : response.substr(at + 4);
}

} // namespace oakum::http::test
