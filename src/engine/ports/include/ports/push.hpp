// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <functional>
#include <optional>
#include <string>

namespace oakum::ports {

// What pushes are sent with: Apple's push certificate and its key, as the file has them now.
struct PushIdentity {
    std::string certificate_pem, key_pem;
    std::string topic; // that it is for
    base::TimePoint not_after{};
    bool operator==(const PushIdentity&) const = default;
};

// Apple's push service: lets a phone know that it should come for its commands. Bounded in time.
class PushService {
  public:
    struct Wake {
        std::string token; // hexadecimal
        std::string magic;
    };
    // gone: that token is nobody's any more.
    enum class Fate : std::uint8_t { sent, gone };
    virtual ~PushService() = default;
    // `done` is called once, from any thread. Errors: unavailable (to be tried again), denied (the
    // certificate is refused, ended, or missing).
    virtual void wake(Wake wake, std::function<void(base::Result<Fate>)> done) = 0;
    // Nothing: there is none, or it cannot be read.
    virtual std::optional<PushIdentity> identity() = 0;
};

} // namespace oakum::ports
