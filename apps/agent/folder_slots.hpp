// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot_env.hpp"
#include "files.hpp"
#include "firmware_process.hpp"

#include <base/log.hpp>
#include <ports/clock.hpp>

namespace oakum::agent {

// Two slots as folders, with the boot loader that belongs to them: FOLDER/boot.env with a copy beside it
// (boot.env.copy), and in FOLDER/a and FOLDER/b the image as it was written (image.tar) and, of a slot that
// is started, its files (root/). Each start hashes the image against what was verified, unpacks it anew and
// runs bin/firmware; a firmware that ends is started again, which on trial costs a try. When no slot can be
// started nothing runs, and the spare one waits to be written. One thread.
class FolderSlots final : public updates::SlotWriter, public updates::BootControl {
  public:
    struct Options {
        std::filesystem::path folder;
        std::uint64_t capacity = 0;
        std::uint32_t attempts = 3;
        Environment environment; // of the firmware and its checks
    };
    FolderSlots(Options options, Firmware& process, ports::Clock& clock, ports::Random& random,
                base::LogSink& log);

    // The image that the device leaves the factory with, into slot a. Errors: conflict (there is one
    // already), and those of a bad image.
    base::Status provision(const std::filesystem::path& image);
    // Starts the slot that the boot loader chooses, or nothing. Errors: not_found (never provisioned).
    base::Status boot();

    std::filesystem::path root() const { return options_.folder / running_ / "root"; }
    const Environment& environment() const { return options_.environment; }

    base::Result<std::uint64_t> capacity(std::uint64_t reserved) override;
    base::Status begin() override;
    base::Status write(base::ByteView piece) override;
    base::Status finish() override;
    base::Status read_back(const updates::Image& image) override;

    // Also starts a firmware again that has ended.
    base::Result<updates::BootView> view() override;
    base::Status activate(const updates::Image& image) override;
    base::Status restart() override;
    base::Status mark_good() override;
    base::Status fall_back(const std::string& bad) override;

  private:
    std::filesystem::path image_path(const std::string& slot) const {
        return options_.folder / slot / "image.tar";
    }
    base::Status store(const BootEnv& env);
    // The boot loader's memory, or its copy when that cannot be read.
    base::Result<BootEnv> recall() const;
    // The slot to start, after its try was counted. A try that cannot be counted is not made: a slot on trial
    // that is tried for ever would never fall back.
    std::string pick();
    base::Status start(const std::string& slot, const updates::Image& image);
    // Hashes the image while it is unpacked; nothing is run unless both are right.
    base::Status unpack(const std::string& slot, const updates::Image& image);

    Options options_;
    Firmware& process_;
    ports::Clock& clock_;
    ports::Random& random_;
    base::LogSink& log_;
    BootEnv env_;
    std::string running_;
    std::string version_;
    std::string boot_id_;
    base::Duration started_{};
    std::uint32_t quick_ends_ = 0;
    bool nothing_runs_ = false;
    bool unpacked_ = false; // the files of the running slot are those of its image
    Descriptor out_;
};

// A factory's image came into a slot of this folder once.
bool was_provisioned(const std::filesystem::path& slots);

} // namespace oakum::agent
