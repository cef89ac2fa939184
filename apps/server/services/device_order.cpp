// SPDX-License-Identifier: Apache-2.0
#include "device_order.hpp"

#include <algorithm>
#include <limits>

namespace oakum::server {
namespace {

using api::DeviceSort;
using api::Order;
using device::DeviceId;

constexpr std::size_t kMostKept = 4;                      // orders: 16 MB each at a million devices
constexpr base::Duration kKept = std::chrono::minutes(1); // since it was last read on

// By a number, the greatest first, or by a text, the least first.
struct Place {
    double number = 0;
    bool known = true; // the text is
    std::string text;
    DeviceId id;
};

// -1: a stands before b in the natural order; 0: they stand alike.
int compare(const Place& a, const Place& b) {
    if (a.number != b.number) return a.number > b.number ? -1 : 1;
    if (a.known != b.known) return a.known ? -1 : 1;
    return a.text.compare(b.text);
}

// The first of many, in order. Nothing is kept of what comes behind them.
class Foremost {
  public:
    Foremost(std::size_t most, Order order) : most_(most), order_(order) {}

    void add(Place place) {
        ++seen_;
        if (most_ == 0) return;
        if (places_.size() == most_ && !before(place, places_.front())) return;
        if (places_.size() == most_) {
            std::ranges::pop_heap(places_, By{*this});
            places_.pop_back();
        }
        places_.push_back(std::move(place));
        // A heap costs only who looks for less than all.
        if (places_.size() == most_)
            heaped_ ? std::ranges::push_heap(places_, By{*this}) : std::ranges::make_heap(places_, By{*this});
        heaped_ = heaped_ || places_.size() == most_;
    }
    std::uint64_t seen() const { return seen_; }
    std::vector<DeviceId> ids() && {
        std::ranges::sort(places_, By{*this});
        std::vector<DeviceId> ids;
        ids.reserve(places_.size());
        for (const Place& place : places_)
            ids.push_back(place.id);
        return ids;
    }

  private:
    bool before(const Place& a, const Place& b) const {
        const int by = compare(a, b);
        return by == 0 ? a.id < b.id : (by < 0) == (order_ == Order::natural);
    }
    struct By {
        const Foremost& of;
        bool operator()(const Place& a, const Place& b) const { return of.before(a, b); }
    };

    std::size_t most_;
    Order order_;
    std::uint64_t seen_ = 0;
    bool heaped_ = false;
    std::vector<Place> places_;
};

Place place_of(const fleet::Glance& device, DeviceSort sort) {
    const auto text = [&](std::string_view key) {
        const auto value = device.fact(key);
        return Place{0, value.has_value(), std::string(value.value_or("")), device.id()};
    };
    switch (sort) {
    case DeviceSort::name: {
        auto name = device.fact(device::key::name);
        if (!name) name = device.fact(device::key::serial);
        return {0, true, name ? std::string(*name) : device.id().text(), device.id()};
    }
    case DeviceSort::model:
        return text(device::key::model);
    case DeviceSort::site:
        return text(device::key::site);
    case DeviceSort::firmware_version:
        return text(device::key::firmware_version);
    case DeviceSort::last_seen:
    case DeviceSort::risk:
        break;
    }
    return {};
}

constexpr double kUnknown = -std::numeric_limits<double>::infinity();

double seconds(base::TimePoint at) {
    return static_cast<double>(base::unix_seconds(at));
}

} // namespace

base::TimePoint seen_elsewhere(const std::vector<device::Fact>& facts) {
    base::TimePoint newest{};
    for (const device::Fact& fact : facts) {
        if (fact.key == "x.seen_at")
            if (const auto time = base::parse_time(fact.value); time.ok()) return *time;
        newest = std::max(newest, fact.at);
    }
    return newest;
}

std::pair<DeviceOrder::Ids, std::uint64_t> DeviceOrder::first(const Asked& asked, std::size_t most) {
    Foremost foremost(most, asked.order);
    if (asked.sort == DeviceSort::risk) {
        standings_.each(asked.selection,
                        [&](const fleet::Glance& device, const FleetStandings::Stands& stands) {
                            const bool known = stands.counts && stands.assessed;
                            foremost.add({known ? stands.points : kUnknown, true, {}, device.id()});
                        });
    } else if (asked.sort == DeviceSort::last_seen) {
        std::vector<DeviceId> elsewhere; // asked after the blocks are free again
        context_.core.fleet.each(asked.selection, [&](const fleet::Glance& device) {
            const auto seen = device.field(device::Field::last_seen);
            const auto at = seen ? base::parse_time(*seen) : base::Result<base::TimePoint>(base::TimePoint{});
            if (at.ok() && *at != base::TimePoint{})
                foremost.add({seconds(*at), true, {}, device.id()});
            else if (device.lifecycle() == device::Lifecycle::unmanaged)
                elsewhere.push_back(device.id());
            else
                foremost.add({kUnknown, true, {}, device.id()});
        });
        for (const DeviceId& id : elsewhere) {
            const base::TimePoint at =
                seen_elsewhere(context_.core.fleet.effective({asked.selection.tenant, id}));
            foremost.add({at == base::TimePoint{} ? kUnknown : seconds(at), true, {}, id});
        }
    } else {
        context_.core.fleet.each(asked.selection, [&](const fleet::Glance& device) {
            foremost.add(place_of(device, asked.sort));
        });
    }
    const std::uint64_t seen = foremost.seen();
    return {std::move(foremost).ids(), seen};
}

std::shared_ptr<const DeviceOrder::Ids> DeviceOrder::whole(const Asked& asked) {
    const base::Duration now = context_.core.clock.steady();
    const auto is_same = [&](const Kept& kept) {
        return kept.asked.selection.tenant == asked.selection.tenant &&
               kept.asked.selection.scope == asked.selection.scope && kept.asked.query == asked.query &&
               kept.asked.sort == asked.sort && kept.asked.order == asked.order;
    };
    {
        base::Lock lock(mutex_);
        std::erase_if(kept_, [&](const Kept& kept) { return now - kept.used > kKept; });
        const auto at = std::ranges::find_if(kept_, is_same);
        if (at != kept_.end()) {
            at->used = now;
            return at->ids;
        }
    }
    auto ids = std::make_shared<const Ids>(first(asked, std::numeric_limits<std::size_t>::max()).first);
    base::Lock lock(mutex_);
    std::erase_if(kept_, is_same);
    if (kept_.size() == kMostKept) kept_.pop_front();
    kept_.push_back({asked, context_.core.clock.steady(), ids});
    return ids;
}

base::Result<api::Page<DeviceId>> DeviceOrder::page(const Asked& asked, const api::PageRequest& page) {
    TRY_VALUE(const std::size_t from, position_of(page));
    api::Page<DeviceId> out;
    if (from == 0) {
        auto [ids, total] = first(asked, page.limit);
        out.items = std::move(ids);
        out.total = total;
    } else {
        const auto ids = whole(asked);
        for (std::size_t i = from; i < ids->size() && out.items.size() < page.limit; ++i)
            out.items.push_back((*ids)[i]);
        out.total = ids->size();
    }
    out.next = next_of(from, out.items.size(), *out.total);
    return out;
}

} // namespace oakum::server
