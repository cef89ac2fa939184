// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deed_change.hpp"

#include <fleet/core.hpp>

#include <device_lists/file.hpp>

#include <functional>

// What one line of an import changes on one device, decided once for the preview and for the commit.
namespace oakum::fleet {

// An empty value: there was, or is, none.
struct FactChange {
    device::Fact before, after;
};
struct DeviceChange {
    bool fresh = false; // the device is made by it
    // That it moves to: of one that was retired and comes back, that was only seen and is managed now; the
    // first one of a fresh device.
    std::optional<device::Lifecycle> lifecycle, lifecycle_before;
    std::optional<GroupId> group; // that it moves to
    GroupId group_before;
    std::vector<FactChange> facts;
    std::size_t kept = 0; // values that were not taken: the device itself or a person says otherwise
    bool empty() const { return !lifecycle && !group && facts.empty(); }
};

// `held` gives the device's own facts; `file` is kept as the source of new ones. Errors: conflict (it is
// retired and was enrolled).
base::Result<DeviceChange> change_by(const device_lists::Record& record, const std::string& file,
                                     GroupId group, const std::optional<ports::DeviceRow>& device,
                                     const std::function<std::optional<device::Fact>(std::string_view)>& held,
                                     base::TimePoint now);

// Puts it with its events and changes the row, which the caller puts. `why` stands in the device's history.
// Gives what undoes it.
base::Result<DeedChange> put_change(shard::Transaction& transaction, const Software& software,
                                    const DeviceChange& change, const std::string& why,
                                    ports::DeviceRow& device);
// The same of an import, which keeps what undoes it; the device's row as it is afterwards.
base::Status make_change(shard::Transaction& transaction, const Software& software,
                         const DeviceChange& change, const std::string& file, ports::EditId edit,
                         const device_lists::Record& record, ports::DeviceRow device);
// One of two records of one device: this one leaves.
void retire_double(shard::Transaction& transaction, ports::EditId edit, std::uint64_t line,
                   ports::DeviceRow device, const std::string& why);

} // namespace oakum::fleet
