// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <connector/connector.hpp>
#include <connector/managed_device.hpp>
#include <floor/policy.hpp>

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

// A request that changes something there, as it goes over the wire.
struct ManagementCall {
    std::string method, url, body;
    std::string what; // what it does there, in a sentence without its end
    bool operator==(const ManagementCall&) const = default;
};
// What has to be asked for one phone, in order; none: it is so already.
struct ManagementChange {
    std::string before, after; // what is set for the phone there, by the system's names
    std::vector<ManagementCall> calls;
    bool operator==(const ManagementChange&) const = default;
};
struct UpdateWish {
    std::string device; // the system's id
    // What was set for it before it was told the first time; empty: what is set now.
    std::string before;
    floor::Policy level;
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
    // What would have this phone install the update by its own updater, and what would put back what was set
    // before. Both ask, and change nothing. The same errors; invalid also: this phone cannot be told, and
    // why.
    virtual base::Result<ManagementChange> plan_update(const UpdateWish&) {
        return base::invalid("phones are not updated through this system");
    }
    // `after`: what was set for it by us. Where something else is set by now there is nothing to put back.
    virtual base::Result<ManagementChange>
    plan_return(const std::string& /*device*/, const std::string& /*before*/, const std::string& /*after*/) {
        return base::invalid("phones are not updated through this system");
    }
    // Sends it; doing so twice is the same as once. The same errors.
    virtual base::Status send(const ManagementCall&) {
        return base::invalid("phones are not updated through this system");
    }
    // How long it asked to be left alone, with the last error.
    virtual std::optional<base::Duration> retry_after() const = 0;
};

} // namespace oakum::ports
