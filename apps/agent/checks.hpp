// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "folder_slots.hpp"

namespace oakum::agent {

// The firmware runs; its health program ends with 0; it answers a GET on a port of this machine with 2xx.
// Each as far as configured, in this order; the first that fails is told with the end of its output and of
// the firmware's.
class Checks final : public updates::Health {
  public:
    Checks(const Config& config, FolderSlots& slots, Firmware& process)
        : config_(config), slots_(slots), process_(process) {}
    updates::HealthState check() override;

  private:
    updates::HealthState ill(std::string what);
    const Config& config_;
    FolderSlots& slots_;
    Firmware& process_;
};

// Where no firmware is the agent's child: the program and the port that are configured.
class HostChecks final : public updates::Health {
  public:
    explicit HostChecks(const Config& config) : config_(config) {}
    updates::HealthState check() override;

  private:
    const Config& config_;
};

// Errors: unavailable, with what was answered instead of 2xx.
base::Status get_local(std::uint16_t port, const std::string& path, base::Duration timeout);

} // namespace oakum::agent
