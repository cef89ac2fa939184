// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple_phones/phones.hpp>
#include <connectors/steerer.hpp>
#include <floor/offered.hpp>
#include <schedule/zones.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace oakum::apple_phones {

// Tells Oakum's own phones what rollouts ask of them, as a sync of a connector does it for others: what is to
// be said is written down first, then declared, and put back when the rollout is done with the phone.
class Declaring {
  public:
    // What Apple offers to which model; null: not known.
    using Offered = std::function<std::shared_ptr<const floor::Offered>()>;
    struct Tools {
        fleet::Core& core;
        Phones& phones;
        connectors::Steerer& steerer;
        schedule::Zones& zones;
        Offered offered;
        ports::Executor& looks;
        base::LogSink& log;
    };
    explicit Declaring(Tools tools) : tools_(std::move(tools)) {}

    void start();
    void stop() { stopped_ = true; }
    // Something was heard of a phone: the next look is soon.
    void nudge() { news_ = true; }

  private:
    struct Round;
    void look_now_and_then();
    void look(device::TenantId tenant);
    void next(const std::shared_ptr<Round>& round);
    // What a phone is to be told, or why it cannot be. Errors: invalid.
    base::Result<ports::ManagementChange> plan(device::TenantId tenant, const connectors::Task& task,
                                               std::optional<apple::Enforced>& enforced) const;

    Tools tools_;
    std::atomic<bool> stopped_{false}, news_{true};
    std::atomic<int> rounds_{0};    // under way
    std::uint32_t quiet_looks_ = 0; // of the thread that looks
};

} // namespace oakum::apple_phones
