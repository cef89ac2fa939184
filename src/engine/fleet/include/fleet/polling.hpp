// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/offers.hpp>

#include <optional>
#include <string>

namespace oakum::fleet {

struct PollReport {
    std::uint64_t desired = 0;
    std::string_view running_version;
    std::string_view inventory; // hex SHA-256 of what it last sent; empty: none
    std::string_view boot_id;
    bool healthy = true;
    Keeps keeps_windows = Keeps::no;
};
struct PollAnswer {
    bool unchanged = true; // nothing to say but when to come back
    std::uint64_t desired = 0;
    std::uint32_t poll_seconds = 60; // jitter included
    bool send_inventory = false;
    bool renew = false;
    std::optional<OfferView> offer;
};

// What a device asks again and again. The common answer reads memory only and survives the loss of the store.
class Polling {
  public:
    Polling(Core& core, OfferSource& offers, ports::Random& random);

    // The answer when nothing has to be written for it; nothing: `poll` has to be asked. Any thread, no
    // allocation worth naming. Errors: denied, not_found.
    std::optional<base::Result<PollAnswer>> poll_at_once(const DeviceActor& device,
                                                         const PollReport& report) const;
    // Whether a poll would have something to ask of it. For devices that are called instead of coming by: it
    // notes nothing of having heard of them. Any thread.
    bool has_business(const DeviceActor& device, Keeps keeps) const;
    // Writes what the poll told (a new boot, version, certificate, an offer), then answers. `done` may be
    // called before this returns. Without a store: the present desired state, no new offer.
    void poll(DeviceActor device, PollReport report, shard::Completion<PollAnswer> done);

    // Writes last_seen of devices heard of, in batches; call it about every second on the writer's executor.
    void flush_last_seen();
    // Marks devices that fell quiet, a bounded number a call; call it about every second on the writer's
    // executor.
    void sweep_quiet();

  private:
    struct Look {
        LiveFleet::PollCell cell;
        bool wants = false;    // a rollout would offer it something now
        std::uint32_t now = 0; // unix seconds
    };
    Look look(const DeviceActor& device, const PollReport& report) const;
    static bool to_note(const LiveFleet::PollCell& cell);
    static bool may_offer(const LiveFleet::PollCell& cell);
    bool is_listened_to(const DeviceActor& device, const LiveFleet::PollCell& cell) const;
    PollAnswer base_answer(const DeviceActor& device, const Look& look, const PollReport& report) const;
    void note(const DeviceActor& device, const PollReport& report, std::function<void(base::Status)> done);

    Core& core_;
    OfferSource& offers_;
    std::uint64_t jitter_key_ = 0;
    std::map<TenantId, std::uint32_t> heard_cursor_, quiet_cursor_; // the writer's thread
};

} // namespace oakum::fleet
