// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "folder_slots.hpp"

#include <functional>

namespace oakum::agent {

// What this device is and what runs on it: os-release and packages of the running slot, the kernel, the
// packages of dpkg where configured, the address it is reached at, and the facts of its configuration.
class Collector final : public updates::Inventory {
  public:
    // `root` is the folder of the running system, asked at each collection.
    Collector(const Config& config, std::function<std::filesystem::path()> root, base::LogSink& log)
        : config_(config), root_(std::move(root)), log_(log) {}
    base::Result<wire::InventoryMessage> collect() override;

  private:
    const Config& config_;
    std::function<std::filesystem::path()> root_;
    base::LogSink& log_;
};

} // namespace oakum::agent
