// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

namespace oakum::server {

// Device requests and people's requests share one listener: the path says whose it is. Complete before the
// listener starts.
class FrontDoor final : public ports::HttpHandler {
  public:
    FrontDoor(ports::HttpHandler& devices, ports::HttpHandler& people) : devices_(devices), people_(people) {}
    // Devices of another system, by the paths that they ask.
    using IsAsked = bool (*)(std::string_view path);
    void add(IsAsked is_asked, ports::HttpHandler& guests) { guests_.push_back({is_asked, guests}); }
    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override {
        return whose(head).on_head(head);
    }
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override {
        whose(request).handle(std::move(request), std::move(respond));
    }

  private:
    ports::HttpHandler& whose(const ports::HttpRequest& request) {
        if (request.path.starts_with("/device/")) return devices_;
        for (const Guests& each : guests_)
            if (each.is_asked(request.path)) return each.handler;
        return people_;
    }
    struct Guests {
        IsAsked is_asked;
        ports::HttpHandler& handler;
    };
    std::vector<Guests> guests_;
    ports::HttpHandler& devices_;
    ports::HttpHandler& people_;
};

} // namespace oakum::server
