// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot_loader.hpp"
#include "config.hpp"
#include "folder_slots.hpp"

#include <base/log.hpp>
#include <ports/clock.hpp>

#include <functional>
#include <memory>

namespace oakum::agent {

// How this device installs, starts and proves its health: one of the ways that a configuration may name, and
// all that it is made of.
class Backend {
  public:
    virtual ~Backend() = default;
    virtual updates::SlotWriter& writer() = 0;
    virtual updates::BootControl& boot() = 0;
    virtual updates::Health& health() = 0;
    // The folder of the system that runs, asked at each collection.
    virtual std::filesystem::path root() = 0;
    // What it can install; empty: nothing, the device is watched.
    virtual std::vector<std::string> formats() const = 0;

    struct World {
        ports::Clock& clock;
        ports::Random& random;
        base::LogSink& log;
        std::function<bool(base::Duration)> told_to_end; // waits so long; true: the agent is to end
    };
    // Starts what runs. `config` outlives it. Errors: of a boot loader that cannot be asked.
    static base::Result<std::unique_ptr<Backend>> make(Config& config, World world);
};

// What chooses the slot, as it is configured; nothing with folders, where the agent is that itself.
std::unique_ptr<BootLoader> make_loader(const Config& config);
// Where a download waits.
std::filesystem::path download_of(const Config& config);
FolderSlots::Options slot_options(const Config& config);

} // namespace oakum::agent
