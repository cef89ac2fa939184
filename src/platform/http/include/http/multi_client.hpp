// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <http/identity.hpp>
#include <ports/http.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace oakum::http {

struct MultiClientOptions {
    std::string host;
    std::uint16_t port = 443;
    Trust trust;
    unsigned threads = 1;
    std::size_t queue_limit = 16; // requests of one member that wait
    base::Duration connect_timeout = std::chrono::seconds(15);
    base::Duration keep_alive = std::chrono::seconds(50); // 0: each request has a connection of its own
    bool plain_for_tests = false;
};

// Thousands of clients of one server in one process, each with its own certificate, connection and session:
// for simulators and load. Calls come from any thread; callbacks come on the threads of this object, must not
// block, and may submit again.
class MultiClient {
  public:
    using OnResponse = std::function<void(base::Result<ports::ClientResponse>)>;
    using OnPiece = std::function<base::Status(base::ByteView)>;
    using Member = std::size_t;

    // Errors: invalid (certificates), unavailable (the host has no address).
    static base::Result<std::unique_ptr<MultiClient>> start(MultiClientOptions options);
    // Answers what is left with `unavailable`.
    ~MultiClient();
    MultiClient(const MultiClient&) = delete;
    MultiClient& operator=(const MultiClient&) = delete;

    // Errors: invalid (the certificate or the key).
    base::Result<Member> add(const ClientIdentity& identity);
    // From the next connection on.
    base::Status change_identity(Member member, const ClientIdentity& identity);
    // In order for one member. With `piece`, a body of status 200 or 206 goes there. `done` is called exactly
    // once, unless this returns an error: invalid, not_found (no such member), unavailable (too many wait).
    base::Status submit(Member member, ports::ClientRequest request, OnResponse done,
                        OnPiece piece = nullptr);
    // Ends the member's connection when what it is doing is done; the session is kept.
    void disconnect(Member member);

    std::size_t open_connections() const;

  private:
    struct Parts;
    explicit MultiClient(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace oakum::http
