// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <ports/management.hpp>
#include <ports/rows.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oakum::connectors {

// Facts of a phone that was told, or may have been: what was set for it there before, and what is since. They
// are written before anything is sent, and go when it was put back.
inline constexpr std::string_view kSteeredFrom = "x.steered_from", kSteeredTo = "x.steered_to";

// Something to be asked of a system for one of its phones.
struct Task {
    enum class Kind : std::uint8_t { tell, put_back };
    Kind kind = Kind::tell;
    device::DeviceId device;
    ports::DeploymentId deployment; // zero: none any more
    std::string id;                 // the system's
    std::string before, after;      // as kept; empty: it was not told yet
    floor::Policy level;            // of tell
    // Of put_back, when nothing has to be asked: what is set for it there.
    std::optional<std::string> stays{};
};

// What rollouts have to say to the phones of connectors: asked by the sync that just read them. Implemented
// by engine/steering. Completions are called on the writer's executor.
class Steerer {
  public:
    virtual ~Steerer() = default;
    // Notes what the newest inventory proves, and offers what rollouts offer now. Any thread.
    virtual void look(device::TenantId tenant, const std::string& connector, std::function<void()> done) = 0;
    // What is to be asked then, what is taken back first. Any thread.
    virtual std::vector<Task> tasks(device::TenantId tenant, const std::string& connector) const = 0;
    // Whether a sync now would find something that the last one did not. Any thread.
    virtual bool has_tasks(device::TenantId tenant, const std::string& connector) const = 0;
    // Makes durable what is about to be sent. Errors: conflict (it is not to be done any more).
    virtual void begin(device::TenantId tenant, const std::string& connector, const Task& task,
                       const ports::ManagementChange& change, std::function<void(base::Status)> done) = 0;
    // What became of it: sent, or refused for this phone (not_found: it, or its policy, is gone there).
    virtual void end(device::TenantId tenant, const std::string& connector, const Task& task,
                     const base::Status& sent, std::function<void(base::Status)> done) = 0;
};

} // namespace oakum::connectors
