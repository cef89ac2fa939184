// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace oakum::ports {

struct WebhookParcel {
    std::string url; // https, or http where private addresses are allowed
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};
struct MailParcel {
    std::string url;               // "smtp://host:587" (STARTTLS) or "smtps://host:465"
    std::string account, password; // empty: without signing in
    std::string from;
    std::vector<std::string> to;
    std::string text; // RFC 5322, lines of CRLF
};
using Parcel = std::variant<WebhookParcel, MailParcel>;

// Carries what is told to other machines. Bounded in time and size; follows no redirect.
class Courier {
  public:
    virtual ~Courier() = default;
    // `done` is called once, from any thread. Errors, in words that may be shown (they repeat nothing of an
    // address but its host): unavailable (to be tried again), denied (the address is one that may not be
    // reached), invalid (the receiver refuses for good).
    virtual void deliver(Parcel parcel, std::function<void(base::Status)> done) = 0;
};

} // namespace oakum::ports
