// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/digest.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

// The few file calls that blobs need, with errors that say what to do.
namespace oakum::blobs {

class File {
  public:
    File() = default;
    explicit File(int fd) : fd_(fd) {}
    ~File();
    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

// unavailable, or not_found for ENOENT.
base::Error file_error(const char* doing, const std::filesystem::path& path, int error);

// Neither follows a link.
base::Result<File> open_for_writing(const std::filesystem::path& path);
base::Result<File> open_for_reading(const std::filesystem::path& path);
base::Result<std::uint64_t> size_of(const File& file, const std::filesystem::path& path);
// All of it or an error.
base::Status write_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                      base::ByteView bytes);
base::Status truncate(const File& file, const std::filesystem::path& path, std::uint64_t length);
base::Status sync(const File& file, const std::filesystem::path& path);
base::Status sync_folder(const std::filesystem::path& folder);
// Feeds the first `length` bytes to `piece`. Errors: corrupt (the file is shorter).
base::Status read_first(const File& file, const std::filesystem::path& path, std::uint64_t length,
                        const std::function<void(base::ByteView)>& piece);
// Lets the next read come from the disk and not from memory, as far as the system obliges.
void forget_cached(const File& file);
// Mode 0700, its parent synced.
base::Status make_folder(const std::filesystem::path& folder);

} // namespace oakum::blobs
