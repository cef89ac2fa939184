// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot_env.hpp"
#include "boot_loader.hpp"
#include "medium.hpp"

#include <base/log.hpp>

#include <functional>

namespace oakum::agent {

// Two slots of a boot loader that is not ours: a medium takes the image, the loader chooses, and what was
// verified to be in each is noted in FOLDER/boot.env (with a copy), in the format of boot_env.hpp. The loader
// is believed about what runs and what comes next, the notes about what lies where. One thread.
class LoaderSlots final : public updates::SlotWriter, public updates::BootControl {
  public:
    struct Options {
        std::filesystem::path folder; // of the notes
        std::filesystem::path root;   // of the system that runs
        std::uint32_t attempts = 3;
        // Starts the device anew. May return before that happened, with the device still in the old slot.
        std::function<base::Status()> restart;
    };
    LoaderSlots(Options options, BootLoader& loader, Medium& medium, base::LogSink& log)
        : options_(std::move(options)), loader_(loader), medium_(medium), log_(log) {}

    // Reads the notes; none is a device that came so from its factory.
    base::Status load();

    base::Result<std::uint64_t> capacity(std::uint64_t reserved) override;
    base::Status begin() override;
    base::Status write(base::ByteView piece) override { return medium_.write(piece); }
    base::Status finish() override { return medium_.finish(); }
    base::Status read_back(const updates::Image& image) override { return medium_.read_back(image); }

    base::Result<updates::BootView> view() override;
    base::Status activate(const updates::Image& image) override;
    // Gives the slot on trial up when the loader was asked often enough and starts another: a device does not
    // restart for ever.
    base::Status restart() override;
    base::Status mark_good() override;
    base::Status fall_back(const std::string& bad) override;

  private:
    base::Status note(const BootEnv& notes);
    base::Result<std::string> spare();

    Options options_;
    BootLoader& loader_;
    Medium& medium_;
    base::LogSink& log_;
    BootEnv notes_;
};

} // namespace oakum::agent
