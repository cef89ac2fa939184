// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <exchange/rate_limit.hpp>
#include <fleet/enrolment.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <native/device_services.hpp>
#include <ports/http.hpp>

#include <memory>

namespace oakum::native {

// Borrowed for the protocol's lifetime.
struct Services {
    fleet::Enrolment& enrolment;
    fleet::Polling& polling;
    fleet::Inventories& inventories;
    DeviceReports& reports;
    DeviceFiles& files;
    DeviceDirections& directions;
    ports::Clock& clock;
    ports::Random& random;
    base::LogSink& log;
};

struct Settings {
    device::TenantId tenant = device::kDefaultTenant; // whose tokens enrol here
    exchange::RateLimit::Rate device{.per_second = 10, .burst = 200};
    exchange::RateLimit::Rate address{.per_second = 100, .burst = 2000}; // while it has no identity
};

// Everything under /device/v1. Callable from any thread, as HttpHandler says.
class NativeProtocol final : public ports::HttpHandler {
  public:
    NativeProtocol(Services services, Settings settings = {});
    ~NativeProtocol() override;

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::native
