// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <exchange/rate_limit.hpp>
#include <ports/http.hpp>
#include <published/log.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace oakum::published {

// Borrowed for the protocol's lifetime.
struct Services {
    const Log& published;
    ports::Clock& clock;
    ports::Random& random;
    base::LogSink& log;
    // Whether who holds this token may read. Nothing: everybody may. Errors: unauthenticated, denied.
    std::function<base::Status(std::string_view token)> may_read;
};
struct Settings {
    device::TenantId tenant = device::kDefaultTenant;
    exchange::RateLimit::Rate address{.per_second = 100, .burst = 2000};
};

// Everything below /log/. Callable from any thread, as HttpHandler says.
class Protocol final : public ports::HttpHandler {
  public:
    explicit Protocol(Services services, Settings settings = {});
    ~Protocol() override;
    static bool is_asked(std::string_view path) { return path.starts_with("/log/"); }

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::published
