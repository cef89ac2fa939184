// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <array>
#include <cstdint>
#include <set>
#include <string>

namespace oakum::agent {

// One file of a firmware image.
struct ImageEntry {
    std::string path; // relative, checked: safe to join to a folder
    std::uint64_t size = 0;
    bool executable = false;
};

// Where a reader's findings go, file by file.
class ImageSink {
  public:
    virtual ~ImageSink() = default;
    virtual base::Status begin(const ImageEntry& entry) = 0;
    virtual base::Status data(base::ByteView piece) = 0;
    virtual base::Status end() = 0;
};

// A firmware image is a tar archive (POSIX ustar) made one way only: regular files of mode 0644 or 0755, in
// byte order of their names, owned by root, without links, folders, extensions or anything after the end. Fed
// in pieces; holds no file. What is not exactly so is refused. Errors: invalid, too_large, and whatever the
// sink returned.
class ImageReader {
  public:
    explicit ImageReader(ImageSink& sink) : sink_(sink) {}
    base::Status feed(base::ByteView bytes);
    // After the last byte.
    base::Status finish();

    static constexpr std::size_t max_files = 20'000;
    static constexpr std::uint64_t max_file = 1ULL << 30;
    static constexpr std::size_t block = 512;

  private:
    base::Status take_block();
    base::Status header();
    base::Status admit(const std::string& path);

    ImageSink& sink_;
    std::array<std::uint8_t, block> buffer_{};
    std::size_t held_ = 0;
    std::uint64_t left_ = 0; // of the present file
    bool in_file_ = false;
    std::size_t zero_blocks_ = 0;
    std::string last_;
    std::set<std::string> folders_;
    std::set<std::string> files_;
};

} // namespace oakum::agent
