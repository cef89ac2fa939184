// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <exchange/rate_limit.hpp>
#include <exchange/updates.hpp>
#include <fleet/guests.hpp>
#include <ports/http.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::lwm2m {

// The addresses by which devices fetch packages: good for one device and one attempt of a deployment, as long
// as that goes on; computed, not stored. Short, since devices hold 128 to 255 bytes of an address.
class Addresses {
  public:
    explicit Addresses(base::Bytes key) : key_(std::move(key)) {}

    static constexpr std::string_view kPrefix = "/fw/";
    // "/fw/DEVICE/SEAL"
    std::string path_of(const fleet::DeviceActor& device, const ports::DeploymentRow& row) const;
    // The device that a path names, whatever its seal.
    static std::optional<device::DeviceId> device_in(std::string_view path);
    bool is_of(std::string_view path, const fleet::DeviceActor& device,
               const ports::DeploymentRow& row) const;

  private:
    base::Bytes key_;
};

// What may be fetched at a path now. Any thread. Errors: not_found.
struct Fetched {
    fleet::DeviceActor device;
    exchange::Wanted wanted;
};
base::Result<Fetched> fetched_at(const Addresses& addresses, device::TenantId tenant, std::string_view path,
                                 fleet::Core& core, exchange::Updates& updates);

// The same packages over HTTPS, below /lwm2m/fw/. Callable from any thread, as HttpHandler says.
class Downloads final : public ports::HttpHandler {
  public:
    Downloads(fleet::Core& core, exchange::Updates& updates, Addresses addresses, device::TenantId tenant,
              exchange::RateLimit::Rate rate, ports::Random& random);
    static constexpr std::string_view kPrefix = "/lwm2m";
    static bool is_asked(std::string_view path) { return path.starts_with("/lwm2m/fw/"); }

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;

  private:
    fleet::Core& core_;
    exchange::Updates& updates_;
    const Addresses addresses_;
    const device::TenantId tenant_;
    exchange::RateLimit rate_;
};

} // namespace oakum::lwm2m
