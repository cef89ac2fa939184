// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot_env.hpp"
#include "files.hpp"

#include <base/log.hpp>

#include <functional>

namespace oakum::agent {

// What changes the system that runs, and can take it back. Each call may be repeated after a power cut in its
// middle; `slot` is the folder of the update that it is about, where its artifact lies as "image".
class Applier {
  public:
    virtual ~Applier() = default;
    // Looks into an artifact that was verified, and makes the way back, before anything of the system
    // changes. Errors: invalid (it is not what it should be), unavailable (there is no way back; with what to
    // do).
    virtual base::Status prepare(const std::filesystem::path& slot) = 0;
    // What `prepare` made is on the medium as it was made. Errors: corrupt.
    virtual base::Status read_back(const std::filesystem::path& slot) = 0;
    // Errors: unavailable, with the words of what failed.
    virtual base::Status apply(const std::filesystem::path& slot) = 0;
    virtual base::Status revert(const std::filesystem::path& slot) = 0;
    // It stays.
    virtual base::Status keep(const std::filesystem::path& slot) = 0;
    // The system is as this update left it; false where somebody changed it since.
    virtual bool holds(const std::filesystem::path& slot) = 0;
    // What runs, as whoever installs says it; `slot`: of the update that is installed. Nothing: the system
    // says it itself.
    virtual std::optional<std::string> version(const std::filesystem::path& slot) {
        (void)slot;
        return std::nullopt;
    }
    // What a power cut left half done, before anything else. Errors: unavailable (it cannot be mended).
    virtual base::Status repair() = 0;
};

// Updates of the one system that there is, in the words of two slots: the one that runs is the update that
// was applied last, the other takes the next one, and going back reverts. Noted in FOLDER/boot.env with a
// copy; an artifact lies in FOLDER/a/image or FOLDER/b/image. One thread.
class InPlace final : public updates::SlotWriter, public updates::BootControl {
  public:
    struct Options {
        std::filesystem::path folder;
        std::filesystem::path root; // of the system, for its etc/os-release
        std::uint64_t capacity = 0;
        std::uint32_t attempts = 3; // of one update to be applied, when it is interrupted
        // Starts the device anew after each change; empty: a change takes effect at once.
        std::function<base::Status()> restart;
    };
    InPlace(Options options, Applier& applier, base::LogSink& log)
        : options_(std::move(options)), applier_(applier), log_(log) {}

    // Reads the notes, and mends what was left half done. What cannot be mended is told by `broken`.
    base::Status load();
    // Why the system is not sound; empty: it is.
    const std::string& broken() const { return broken_; }

    base::Result<std::uint64_t> capacity(std::uint64_t reserved) override;
    base::Status begin() override;
    base::Status write(base::ByteView piece) override;
    base::Status finish() override;
    base::Status read_back(const updates::Image& image) override;

    base::Result<updates::BootView> view() override;
    base::Status activate(const updates::Image& image) override;
    base::Status restart() override;
    base::Status mark_good() override;
    base::Status fall_back(const std::string& bad) override;

  private:
    std::filesystem::path slot(const std::string& name) const { return options_.folder / name; }
    std::string running() const;
    base::Status note(const BootEnv& notes);
    base::Status revert(const std::string& bad);

    Options options_;
    Applier& applier_;
    base::LogSink& log_;
    BootEnv notes_;
    Descriptor out_;
    std::string broken_, boot_id_;
};

} // namespace oakum::agent
