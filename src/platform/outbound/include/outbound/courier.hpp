// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/courier.hpp>

#include <chrono>
#include <memory>

namespace oakum::outbound {

struct CourierOptions {
    // Whether webhooks may reach addresses that are not the world's: this machine, private and link-local
    // networks.
    bool own_addresses = false;
    std::chrono::seconds connect_timeout{5}, timeout{15};
    std::size_t largest_answer = 64 << 10;
    std::size_t queue_limit = 256;
};

// Delivers by libcurl on a thread of its own, one parcel after the other. The address that a socket is
// connected to is the one that is looked at, so that a name cannot lead elsewhere afterwards; proxies of the
// environment are not used; no redirect is followed. Mail goes over TLS; without it only to this machine.
// Destruction waits for the parcel that is under way, and answers what is left with `unavailable`.
class CurlCourier final : public ports::Courier {
  public:
    explicit CurlCourier(CourierOptions options = {});
    ~CurlCourier() override;
    CurlCourier(const CurlCourier&) = delete;
    CurlCourier& operator=(const CurlCourier&) = delete;

    void deliver(ports::Parcel parcel, std::function<void(base::Status)> done) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace oakum::outbound
