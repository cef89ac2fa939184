// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/push.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace oakum::outbound {

struct ApnsOptions {
    std::string url = "https://api.push.apple.com"; // without a path
    std::string
        authorities; // a file of certificates that it is trusted by, beside the machine's; empty: none
    std::chrono::seconds connect_timeout{10}, timeout{30};
    std::size_t queue_limit = 10'000;
};

// What an answer of Apple's means. Errors: as PushService says.
base::Result<ports::PushService::Fate> fate_of(long status, std::string_view body);

// HTTP/2 by libcurl on a thread of its own, over one connection that is kept. `identity` is asked before each
// push, so that a new certificate counts from then on; its caller decides how often it reads a file.
class CurlApns final : public ports::PushService {
  public:
    using Identity = std::function<base::Result<ports::PushIdentity>()>;
    CurlApns(ApnsOptions options, Identity identity);
    ~CurlApns() override;
    CurlApns(const CurlApns&) = delete;
    CurlApns& operator=(const CurlApns&) = delete;

    void wake(Wake wake, std::function<void(base::Result<Fate>)> done) override;
    std::optional<ports::PushIdentity> identity() override;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace oakum::outbound
