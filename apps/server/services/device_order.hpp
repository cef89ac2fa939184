// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "standings.hpp"

#include <api/devices_service.hpp>
#include <base/thread_annotations.hpp>
#include <deque>

namespace oakum::server {

// When something else saw a device that nobody hears of: a scan or a lease says when, or was read then. The
// epoch: nobody knows.
base::TimePoint seen_elsewhere(const std::vector<device::Fact>& facts);

// The devices of a list in the order that was asked for. The first page costs one look at each device; who
// goes on reading gets the order of that moment, which is kept for a minute: no device is left out or comes
// twice.
class DeviceOrder {
  public:
    DeviceOrder(const Context& context, FleetStandings& standings)
        : context_(context), standings_(standings) {}

    struct Asked {
        fleet::Selection selection;
        std::string query; // of the selection, as text
        api::DeviceSort sort = api::DeviceSort::risk;
        api::Order order = api::Order::natural;
    };
    // What is not known stands last, or first of a reversed order; ties are in the order of ids.
    // Errors: invalid, a cursor that is not one of ours.
    base::Result<api::Page<device::DeviceId>> page(const Asked& asked, const api::PageRequest& page);

  private:
    using Ids = std::vector<device::DeviceId>;
    struct Kept {
        Asked asked;
        base::Duration used{}; // of monotonic time
        std::shared_ptr<const Ids> ids;
    };
    // The first `most`, and how many there are.
    std::pair<Ids, std::uint64_t> first(const Asked& asked, std::size_t most);
    std::shared_ptr<const Ids> whole(const Asked& asked);

    Context context_;
    FleetStandings& standings_;
    base::Mutex mutex_;
    std::deque<Kept> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::server
