// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connector/connector.hpp>
#include <connector/managed_device.hpp>
#include <fleet/core.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace oakum::fleet {

// The fact that names the connector which follows a device; and the date since when it is not there any more.
inline constexpr std::string_view kConnectorKey = "x.connector", kConnectorGone = "x.connector_gone";

// One sweep through what another management system says of its devices: page by page into the fleet. Which
// device a record means is decided as for an import; a device that another connector follows, or that has an
// agent of ours, gets from this one only what nobody else says. Used by one thread at a time; commits on the
// writer's executor.
class Uptake {
  public:
    struct Origin {
        std::string connector;        // its name
        std::string title;            // "Microsoft Intune (hq)": the detail of its facts
        std::string id_key, protocol; // of connector::About
        std::set<std::string> others; // the other connectors that there are
    };
    struct Counts {
        std::uint64_t created = 0, changed = 0, unchanged = 0, refused = 0;
        std::uint64_t older = 0; // another record knows the device better
        std::uint64_t left = 0;  // retired by a person, and stays so
        std::uint64_t gone = 0;
    };

    Uptake(Core& core, TenantId tenant, Origin origin);
    ~Uptake();
    Uptake(const Uptake&) = delete;
    Uptake& operator=(const Uptake&) = delete;

    // `done` is called on the writer's executor once all are committed, or refused with a reason.
    void take(std::vector<connector::ManagedDevice> page, std::function<void()> done);
    // By the system's ids: the apps of devices that were named in this sweep. As `take`.
    void take_apps(std::map<std::string, std::vector<component::Component>> apps, std::function<void()> done);
    // It names them no more. As `take`.
    void retire(const std::vector<std::string>& devices, std::function<void()> done);

    const Counts& counts() const;
    // Why records were refused, in sentences; the first 20.
    const std::vector<std::string>& reasons() const;
    void refuse(std::string why);
    // Devices that this connector follows and that were not named in this sweep, by id.
    std::vector<std::string> unnamed() const;

  private:
    struct Parts;
    std::shared_ptr<Parts> parts_; // shared with the completions of its commands
};

} // namespace oakum::fleet
