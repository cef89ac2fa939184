// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace oakum::backup {

// A file descriptor that is closed once.
class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File();
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&&) = delete;
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

base::Error failed(std::string_view doing, const std::filesystem::path& path, int error);
// New, mode 0600. Errors: conflict (it is there), unavailable.
base::Result<File> make_file(const std::filesystem::path& path);
// Follows no link. Errors: not_found, unavailable.
base::Result<File> open_file(const std::filesystem::path& path);
base::Status write_all(const File& file, const std::filesystem::path& path, base::ByteView bytes);
// At most what fits; less only at the end.
base::Result<std::size_t> read_some(const File& file, const std::filesystem::path& path,
                                    std::span<std::uint8_t> into);
base::Status sync(const File& file, const std::filesystem::path& path);
base::Status sync_folder(const std::filesystem::path& folder);
// With those above it, each mode 0700 and durable.
base::Status make_folders(const std::filesystem::path& folder);
base::Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
base::Status remove_tree(const std::filesystem::path& path);
bool is_there(const std::filesystem::path& path);

} // namespace oakum::backup
