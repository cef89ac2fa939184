// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace oakum::system {

enum class FileMode { owner_only, readable_by_all };

// Replaces the file as a whole: after a crash at any moment it holds the old text or the new one. Written
// beside it, synced, renamed, and the folder synced. Errors: not_found (no such folder), denied, unavailable
// (disk full).
base::Status write_durably(const std::filesystem::path& path, std::string_view text,
                           FileMode mode = FileMode::owner_only);
// Regular files only; symbolic links are followed. Errors: not_found, denied, too_large, unavailable.
base::Result<std::string> read_bounded(const std::filesystem::path& path, std::size_t limit);
// Creates the folder and those above it, with mode 0700 where they are new.
base::Status make_private_folder(const std::filesystem::path& path);
// Makes renames and removals in the folder durable.
base::Status sync_folder(const std::filesystem::path& path);

// A file mapped for reading. The bytes are those of the file when it was opened; whoever replaces it must
// rename.
class MappedFile {
  public:
    // Errors: not_found, denied, unavailable, invalid (not a regular file).
    static base::Result<MappedFile> open(const std::filesystem::path& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();
    base::ByteView bytes() const { return {data_, size_}; }

  private:
    MappedFile(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    const std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

// One process at a time: held until destruction or death of the process. The file itself stays.
class FileLock {
  public:
    // Does not wait. Errors: conflict (held by another process), unavailable.
    static base::Result<FileLock> acquire(const std::filesystem::path& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

} // namespace oakum::system
