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

namespace oakum::mender {

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
    device::TenantId tenant = device::kDefaultTenant; // whose devices these are
    std::string public_url;                           // before what the request says; empty: what it says
    // Of what is given to devices and comes back, 32 bytes: with the same key it outlives a restart. Empty:
    // one of this process.
    base::Bytes pass_key;
    exchange::RateLimit::Rate device{.per_second = 10, .burst = 200};
    exchange::RateLimit::Rate address{.per_second = 100, .burst = 2000}; // who has no pass, and downloads
};

// Everything under /api/devices/. Callable from any thread, as HttpHandler says.
class MenderProtocol final : public ports::HttpHandler {
  public:
    MenderProtocol(Services services, Settings settings = {});
    ~MenderProtocol() override;
    static bool is_asked(std::string_view path) { return path.starts_with("/api/devices/"); }

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::mender
