// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <exchange/rate_limit.hpp>
#include <exchange/updates.hpp>
#include <fleet/enrolment.hpp>
#include <fleet/guests.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <ports/http.hpp>

#include <memory>
#include <string>

namespace oakum::hawkbit {

// Borrowed for the protocol's lifetime.
struct Services {
    fleet::Core& core;
    fleet::Guests& guests;
    fleet::Enrolment& enrolment;
    fleet::Polling& polling;
    fleet::Inventories& inventories;
    exchange::Updates& updates;
    ports::Random& random;
    base::LogSink& log;
};

struct Settings {
    device::TenantId tenant = device::kDefaultTenant; // whose devices these are: "default" in their addresses
    std::string public_url;                           // before what the request says; empty: what it says
    exchange::RateLimit::Rate device{.per_second = 10, .burst = 200};
    exchange::RateLimit::Rate files{.per_second = 200, .burst = 4000}; // ranges of a client that streams
    exchange::RateLimit::Rate address{.per_second = 100, .burst = 2000};
};

// Everything under /TENANT/controller/v1. Callable from any thread, as HttpHandler says.
class HawkbitProtocol final : public ports::HttpHandler {
  public:
    HawkbitProtocol(Services services, Settings settings = {});
    ~HawkbitProtocol() override;
    static bool is_asked(std::string_view path);

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::hawkbit
