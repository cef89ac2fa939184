// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace oakum::http {

// A file that is sent in pieces.
class FileReader {
  public:
    FileReader() = default;
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    ~FileReader();
    // May wait for the disk. Errors: not_found, invalid (not a file, or shorter than what is to be sent).
    base::Status open(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t length);
    // Bytes that are in memory already, at most `size`; nullopt when the disk would have to be waited for.
    std::optional<std::size_t> read_now(char* into, std::size_t size);
    // May wait for the disk. 0: the file is shorter than it was, or cannot be read.
    std::size_t read(char* into, std::size_t size);
    std::uint64_t left() const { return left_; }

  private:
    void took(std::size_t bytes);
    int file_ = -1;
    std::uint64_t offset_ = 0;
    std::uint64_t left_ = 0;
};

} // namespace oakum::http
