// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <base/time.hpp>
#include <http/identity.hpp>
#include <http/message.hpp>
#include <ports/http.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace oakum::http {

struct ServerLimits {
    HeadLimits head;
    std::size_t connections = 100'000;
    std::size_t connections_per_address = 4'096; // many devices share one address
    std::size_t connections_per_certificate = 8;
    std::size_t requests_per_certificate = 8; // at the same time
    std::size_t requests = 8'192;             // at the same time, of all
    std::size_t requests_per_connection = 0;  // 0: as many as it likes
    std::size_t buffered_bytes = 256 << 20;   // of all request bodies that are held in memory
};

struct ServerTimeouts {
    base::Duration handshake = std::chrono::seconds(10);
    base::Duration head = std::chrono::seconds(10); // from its first byte to its last
    base::Duration body_idle = std::chrono::seconds(15);
    base::Duration write_idle = std::chrono::seconds(30);
    base::Duration idle = std::chrono::seconds(60); // between two requests
    base::Duration handler = std::chrono::seconds(120);
    base::Duration heartbeat = std::chrono::seconds(15);
    base::Duration linger = std::chrono::seconds(2); // for the peer to read why it is cut off
    std::uint64_t least_bytes_a_second =
        1024; // on average, in both directions, once the idle time has passed
};

struct ServerOptions {
    std::string address = "127.0.0.1"; // "::" is every address, of both families
    std::uint16_t port = 0;            // 0: a free one
    unsigned threads = 2;
    unsigned file_threads = 2; // for file reads that would wait for the disk, and for body sinks
    ServerIdentity identity;
    bool plain_for_tests = false; // no TLS at all
    ServerLimits limits;
    ServerTimeouts timeouts;
};

struct ServerMetrics {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0; // by a limit
    std::uint64_t handshakes_full = 0;
    std::uint64_t handshakes_resumed = 0;
    std::uint64_t handshakes_failed = 0;
    std::uint64_t requests = 0;
    std::uint64_t requests_in_flight = 0;
    std::uint64_t requests_malformed = 0;
    std::uint64_t requests_shed = 0; // 429 and 503 of the server itself
    std::uint64_t timeouts = 0;
    std::uint64_t responses[6] = {}; // by the first digit of the status
    std::uint64_t bytes_in = 0;      // as on the wire
    std::uint64_t bytes_out = 0;
};

// HTTP/1.1 over TLS for one handler, on threads of its own. The handler and the log outlive it.
class Server {
  public:
    // Listens from here on. Errors: invalid (address, certificate), unavailable (the port is taken).
    static base::Result<std::unique_ptr<Server>> start(ServerOptions options, ports::HttpHandler& handler,
                                                       base::LogSink& log);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    // For new connections; those that exist go on with what they began with. Errors: invalid, and nothing
    // changes.
    base::Status reload(const ServerIdentity& identity);
    ServerMetrics metrics() const;
    // Accepts nothing more, ends idle connections and event streams, lets requests finish until `grace` has
    // passed, then cuts off what is left. Blocking; the second call does nothing.
    void stop(base::Duration grace);

  private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace oakum::http
