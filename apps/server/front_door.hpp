// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

namespace oakum::server {

// Device requests and people's requests share one listener: the path says whose it is.
class FrontDoor final : public ports::HttpHandler {
  public:
    FrontDoor(ports::HttpHandler& devices, ports::HttpHandler& people) : devices_(devices), people_(people) {}
    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override {
        return whose(head).on_head(head);
    }
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override {
        whose(request).handle(std::move(request), std::move(respond));
    }

  private:
    ports::HttpHandler& whose(const ports::HttpRequest& request) {
        return request.path.starts_with("/device/") ? devices_ : people_;
    }
    ports::HttpHandler& devices_;
    ports::HttpHandler& people_;
};

} // namespace oakum::server
