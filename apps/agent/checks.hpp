// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "folder_slots.hpp"

namespace oakum::agent {

// The firmware runs; its health program ends with 0; it answers a GET on a port of this machine with 2xx; its
// services are well (service_checks.hpp). Each as far as configured, in this order; the first that fails is
// told with the end of its output and of the firmware's.
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

// Where no firmware is the agent's child: what is configured.
class HostChecks final : public updates::Health {
  public:
    explicit HostChecks(const Config& config) : config_(config) {}
    updates::HealthState check() override;

  private:
    const Config& config_;
};

// A service of this machine takes a connection. Errors: unavailable.
base::Status connect_local(std::uint16_t port, base::Duration timeout);
// Errors: unavailable, with what was answered instead of 2xx.
base::Status get_local(std::uint16_t port, const std::string& path, base::Duration timeout);
// Also the body, at most 4 KiB with the head.
base::Result<std::string> fetch_local(std::uint16_t port, const std::string& path, base::Duration timeout);

} // namespace oakum::agent
