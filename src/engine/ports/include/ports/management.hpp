// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <connector/connector.hpp>
#include <connector/managed_device.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::ports {

// Apps that a system found, with the devices that have them.
struct AppPage {
    struct Found {
        component::Component app;
        std::vector<std::string> devices; // by the system's ids
    };
    std::vector<Found> apps;
    std::string next; // empty: this was the last
};

// One tenant of another management system. Blocking; one thread at a time. Cursors are the system's own, and
// are given back as they came.
class ManagementSystem {
  public:
    virtual ~ManagementSystem() = default;
    // Errors, in words that may be shown: unauthenticated (what signs in is refused), denied (a permission is
    // missing), invalid (what came cannot be used), unavailable (to be tried again later), too_large.
    virtual base::Result<connector::DevicePage> devices(const std::string& cursor) = 0;
    // The same errors. Systems that tell apps with their devices give an empty last page.
    virtual base::Result<AppPage> apps(const std::string& cursor) = 0;
    // Signs in and asks for one device; a sentence of what answered.
    virtual base::Result<std::string> try_out() = 0;
    // How long it asked to be left alone, with the last error.
    virtual std::optional<base::Duration> retry_after() const = 0;
};

} // namespace oakum::ports
