// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot_loader.hpp"
#include "medium.hpp"

#include <string_view>
#include <vector>

namespace oakum::agent {

// What RAUC says of its slots, of its two systems the first by boot name is "a".
struct RaucStatus {
    struct Slot {
        std::string name;      // "rootfs.0"
        std::string boot_name; // of its system, also for slots that belong to one
        bool is_main = false;  // the boot name is its own
        std::filesystem::path device;
        std::string digest; // of what was installed last; empty: never
        std::uint64_t length = 0;
    };
    std::string booted;  // boot name
    std::string primary; // slot name; empty: unknown
    std::vector<Slot> slots;
    std::string boot_names[2];

    // Errors: invalid, corrupt (not exactly two systems).
    static base::Result<RaucStatus> parse(std::string_view json);
    std::string letter_of(const std::string& boot_name) const {
        return boot_name == boot_names[0] ? "a" : "b";
    }
    // The slot that is marked for a system: the one that has the boot name itself.
    base::Result<std::string> main_slot(const std::string& letter) const;
};

// RAUC, asked by its own client over D-Bus. It knows the boot loader and counts the tries.
class Rauc final : public BootLoader, public Medium {
  public:
    struct Options {
        std::filesystem::path download;
        std::string bus; // address of the system bus; empty: the usual one
        std::uint64_t capacity = 0;
    };
    explicit Rauc(Options options) : options_(std::move(options)) {}

    base::Result<View> look() override;
    base::Status try_next(const std::string& slot, std::uint32_t attempts) override;
    base::Status keep(const std::string& slot) override;
    base::Status refuse(const std::string& slot) override;

    base::Result<std::uint64_t> capacity(const std::string&) override { return options_.capacity; }
    base::Status begin(const std::string& slot) override;
    // RAUC reads the download itself.
    base::Status write(base::ByteView) override { return {}; }
    base::Status finish() override;
    // By the lengths and digests that RAUC wrote down as it installed; its images are those of block devices.
    base::Status read_back(const updates::Image& image) override;

  private:
    base::Result<std::string> ask(std::vector<std::string> words, base::Duration timeout);
    base::Result<RaucStatus> status();
    base::Status mark(std::string_view how, const std::string& slot);

    Options options_;
    std::string slot_;
};

} // namespace oakum::agent
