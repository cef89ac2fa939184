// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <optional>
#include <string>

namespace oakum::fleet {

struct InstallWindow {
    base::TimePoint from{}, to{}; // to is outside
    bool operator==(const InstallWindow&) const = default;
};

// What is asked of a device now, whatever protocol it speaks.
struct OfferView {
    std::string deployment;
    std::uint32_t attempt = 1;
    std::string release_name, release_version;
    std::string target_path;
    std::uint64_t length = 0;
    std::uint32_t soak_seconds = 0;
    bool is_rollback = false;
    bool withdrawn = false;
    // When it may be installed, rising; nothing: at any time.
    std::optional<std::vector<InstallWindow>> install_windows;
    base::TimePoint as_of{}; // of the server's clock, with them
};

// Whether the program on the device waits for its window by itself. One that does not is asked only while it
// is open.
enum class Keeps : bool { no, yes };

// What a poll asks of rollouts. Implemented by engine/rollouts over an immutable snapshot that is swapped
// whole.
class OfferSource {
  public:
    virtual ~OfferSource() = default;
    // Whether a rollout would offer this device something now. Any thread, with the device's block shared: it
    // must not call back into the fleet, and it allocates nothing worth naming.
    virtual bool would_offer(const Glance& device, Keeps keeps) const = 0;
    // Makes the offer as a command of priority `download`; nothing when the limits or budgets say no after
    // all.
    virtual void offer(const DeviceActor& device, Keeps keeps,
                       shard::Completion<std::optional<OfferView>> done) = 0;
    // The words of a device's present deployment, from committed rows; nothing when none is asked of it. Any
    // thread.
    virtual std::optional<OfferView> present(const DeviceActor& device) const = 0;
    // Whether a poll of a device with a deployment under way may prove something (it restarts, soaks, was
    // silent): then Polling asks `seen` before it answers. Any thread, from committed rows.
    virtual bool listens(const DeviceActor& device) const = 0;
    // What a poll proves: the running version and the health (install::decide_poll), as a command.
    virtual void seen(const DeviceActor& device, std::string running_version, bool healthy,
                      std::function<void(base::Status)> done) = 0;
};

} // namespace oakum::fleet
