// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace oakum::feed_files {

// Of the call that just failed, by errno.
base::Error failed(std::string_view doing, const std::filesystem::path& path);

// A file descriptor that is closed once.
class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }

  private:
    int value_;
};

base::Status write_all(int descriptor, base::ByteView bytes, const std::filesystem::path& path);
base::Status sync_folder(const std::filesystem::path& folder);
// Whole or not at all, also after a power cut.
base::Status replace_file(const std::filesystem::path& path, std::string_view text);
// Letters, digits, '.', '-', '_' and '+'; no leading '.', at most 200.
bool is_plain_name(std::string_view name);

} // namespace oakum::feed_files
