// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple_phones/phones.hpp>
#include <base/log.hpp>
#include <exchange/rate_limit.hpp>
#include <ports/http.hpp>

#include <memory>
#include <string_view>

namespace oakum::apple_mdm {

// Borrowed for the protocol's lifetime.
struct Services {
    fleet::Core& core;
    apple_phones::Phones& phones;
    ports::Random& random;
    base::LogSink& log;
};

struct Settings {
    device::TenantId tenant = device::kDefaultTenant; // whose phones these are
    exchange::RateLimit::Rate address{.per_second = 100, .burst = 2000};
};

// Everything under /apple/. Callable from any thread, as HttpHandler says.
class AppleProtocol final : public ports::HttpHandler {
  public:
    explicit AppleProtocol(Services services, Settings settings = {});
    static bool is_asked(std::string_view path) { return path.starts_with("/apple/"); }

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;

  private:
    using Respond = std::function<void(ports::HttpResponse)>;
    void certificates(const ports::HttpRequest& request, Respond respond);
    void message(const ports::HttpRequest& request, Respond respond);
    ports::HttpResponse failed(const base::Error& error) const;

    const Services services_;
    const Settings settings_;
    exchange::RateLimit addresses_;
};

} // namespace oakum::apple_mdm
