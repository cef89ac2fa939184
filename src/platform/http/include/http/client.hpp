// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <http/identity.hpp>
#include <ports/http.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace oakum::http {

struct ClientOptions {
    std::string host; // a DNS name or an IP address, as in the server's certificate
    std::uint16_t port = 443;
    Trust trust;
    ClientIdentity identity;
    base::Duration connect_timeout = std::chrono::seconds(10);
    // A transfer that gives less than this, on average over the window, is ended.
    std::uint64_t least_bytes_a_second = 128;
    base::Duration slow_window = std::chrono::seconds(30);
    bool plain = false; // no TLS: for what runs on this machine itself
};

// One server, one connection at a time, kept for the next exchange; sessions are resumed. Small: for agents.
// Blocking, and not shared between threads.
class Client final : public ports::HttpClient {
  public:
    // Does not connect yet. Errors: invalid (certificates, host).
    static base::Result<std::unique_ptr<Client>> make(ClientOptions options);
    ~Client() override;

    base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override;
    base::Result<ports::ClientResponse>
    stream(const ports::ClientRequest& request,
           const std::function<base::Status(base::ByteView)>& piece) override;

    // Ends the connection and frees its memory; the session is kept, so that the next one is cheap.
    void disconnect();
    // With Trust::ca_fingerprint, after a connection: the authority that was found under it, to be pinned
    // from now on.
    std::string learned_ca_pem() const;

  private:
    struct Parts;
    explicit Client(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace oakum::http
