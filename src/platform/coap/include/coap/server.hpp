// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <coap/networks.hpp>
#include <ports/clock.hpp>
#include <ports/coap.hpp>

#include <memory>
#include <optional>
#include <string>

namespace oakum::coap {

struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // 0: a free one
};

struct ServerOptions {
    std::optional<Listen> secure; // DTLS with pre-shared keys
    std::optional<Listen> plain;  // UDP without any proof
    Networks plain_networks;      // whose datagrams are heard without proof, beside this machine's
    unsigned most_idle = 10'000;  // links that nothing happens on; the one that was silent longest goes first
    unsigned most_handshakes = 500;
    unsigned idle_seconds = 25 * 3600;
};

// Listens on a thread of its own, which is the one that the handler is called on and that posts run on.
class Server final : public ports::CoapLinks, public ports::Executor {
  public:
    explicit Server(base::LogSink& log);
    ~Server() override;
    // The handler is borrowed until `stop`. Errors: invalid (address), unavailable.
    base::Status start(const ServerOptions& options, ports::CoapHandler& handler);
    void stop();
    // That it listens on; 0: it does not.
    std::uint16_t secure_port() const;
    std::uint16_t plain_port() const;

    void ask(std::uint64_t link, std::string token, ports::CoapMessage request,
             std::function<void(Answer)> done) override;
    // Dropped once it has stopped.
    void post(std::function<void()> work) override;
    void post_after(base::Duration delay, std::function<void()> work) override;

  private:
    struct State;
    struct Callbacks;
    std::unique_ptr<State> state_;
};

} // namespace oakum::coap
