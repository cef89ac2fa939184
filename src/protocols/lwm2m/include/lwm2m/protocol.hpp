// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <exchange/rate_limit.hpp>
#include <exchange/updates.hpp>
#include <fleet/guests.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <fleet/shared_keys.hpp>
#include <ports/coap.hpp>

#include <memory>
#include <string>

namespace oakum::lwm2m {

// Borrowed for the protocol's lifetime.
struct Services {
    fleet::Core& core;
    fleet::Guests& guests;
    fleet::SharedKeys& keys;
    fleet::Polling& polling;
    fleet::Inventories& inventories;
    exchange::Updates& updates;
    ports::Random& random;
    ports::Executor& thread; // that the handler is called on
    base::LogSink& log;
};

struct Settings {
    device::TenantId tenant = device::kDefaultTenant; // whose devices these are
    // Where packages are fetched: "coaps://HOST:PORT" before what the device's own link says; "coap://..."
    // and "https://...", empty: not offered.
    std::string coaps_url, coap_url, https_url;
    // Of what is given to devices and comes back, 32 bytes: with the same key it outlives a restart. Empty:
    // one of this process.
    base::Bytes key;
    exchange::RateLimit::Rate device{.per_second = 10, .burst = 200};
    exchange::RateLimit::Rate files{.per_second = 200, .burst = 4000}; // blocks of a package
    exchange::RateLimit::Rate address{.per_second = 20, .burst = 200}; // who proved nothing
    std::size_t most = 200'000;                                        // registrations
};

// LwM2M 1.0 and 1.1, the server's side: registrations, and what is asked of registered devices. Used on one
// thread, as CoapHandler says; registrations are in memory only, and a device that is not known is told to
// register again.
class Lwm2mProtocol final : public ports::CoapHandler {
  public:
    Lwm2mProtocol(Services services, Settings settings = {});
    ~Lwm2mProtocol() override;
    // Before the first call, and for the protocol's lifetime.
    void speak_through(ports::CoapLinks& links);
    std::size_t registrations() const;
    std::optional<ports::CoapKey> key_of(std::string_view identity) override;

    void on_request(const ports::CoapPeer& peer, ports::CoapMessage request,
                    std::function<void(ports::CoapMessage)> respond) override;
    bool on_notification(const ports::CoapPeer& peer, std::string_view token,
                         ports::CoapMessage message) override;
    void on_gone(std::uint64_t link) override;
    void on_tick() override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::lwm2m
