// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/capability.hpp>
#include <fleet/core.hpp>
#include <shard/jobs.hpp>

#include <map>
#include <string>
#include <vector>

namespace oakum::fleet {

struct DeviceSummary {
    ports::DeviceRow row;
    std::vector<device::Fact> facts; // effective, each with its source; sorted by key
    std::vector<GroupId> groups;
    std::optional<ports::DeploymentRow> deployment; // the current one
};
struct DeviceExplanation {
    DeviceSummary device;
    std::vector<device::CapabilityAnswer> capabilities;
    std::vector<std::string> sentences; // why it is as it is, and waits for what
};
// People's use cases over devices. Reading answers at once from memory or the history; changing is durable
// before it is answered, audited, and written into the device's history.
class Registry {
  public:
    explicit Registry(Core& core) : core_(core) {}

    // Errors: invalid (the query, with its column), denied.
    base::Result<Count> count(const access::Actor& actor, std::string_view query,
                              Records records = Records::listed) const;
    base::Result<std::vector<DeviceSummary>> sample(const access::Actor& actor, std::string_view query,
                                                    std::size_t limit) const;
    base::Result<std::vector<Facet>> facet(const access::Actor& actor, std::string_view query,
                                           std::string_view key, std::size_t limit) const;
    base::Result<DeviceSummary> get(const access::Actor& actor, DeviceId device) const;
    base::Result<DeviceExplanation> explain(const access::Actor& actor, DeviceId device) const;
    base::Result<std::vector<ports::DeviceEventRow>> events(const access::Actor& actor, DeviceId device,
                                                            std::optional<base::TimePoint> before,
                                                            std::size_t limit) const;
    base::Result<std::vector<ports::DeviceSetRow>> sets(const access::Actor& actor, DeviceId device) const;
    // What the fleet knows by that name and the actor may see: devices, sites, models; and components.
    struct Found {
        FoundInFleet fleet;
        std::vector<FoundComponent> components;
    };
    base::Result<Found> search(const access::Actor& actor, const search::Wanted& wanted,
                               std::size_t most_of_a_kind) const;
    // Its selection, for other use cases that go by a query: managed devices, unless what they do is shown as
    // a list. Errors: invalid, with the column.
    base::Result<Selection> selection(const access::Actor& actor, std::string_view query,
                                      Records records = Records::managed) const;

    // An empty value removes the person's word; what was reported comes back with the next inventory.
    void set_facts(access::Actor actor, DeviceId device, std::map<std::string, std::string> facts,
                   std::string why, std::function<void(base::Status)> done);
    void move(access::Actor actor, DeviceId device, GroupId group, std::string why,
              std::function<void(base::Status)> done);
    void hold(access::Actor actor, DeviceId device, bool held, std::string why,
              std::function<void(base::Status)> done);
    void retire(access::Actor actor, DeviceId device, std::string why,
                std::function<void(base::Status)> done);
    // "Not a clone": a person looked.
    void clear_clone(access::Actor actor, DeviceId device, std::string why,
                     std::function<void(base::Status)> done);

  private:
    DeviceSummary summary(DeviceKey key, ports::DeviceRow row) const;

    Core& core_;
};

// Facts by which phones are found in their management system and given back what they had: connectors alone
// write them, since what they say is acted on there.
bool is_of_connectors(std::string_view key);
// Keys of facts that people, lists, groups and devices may set: the fixed list, "tag.*" and "x.*", lower
// case, without those of connectors. Errors: invalid.
base::Status check_fact(std::string_view key, std::string_view value);
// The same with those of connectors.
base::Status check_any_fact(std::string_view key, std::string_view value);

} // namespace oakum::fleet
