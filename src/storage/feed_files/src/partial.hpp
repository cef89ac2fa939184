// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file.hpp"

#include <functional>
#include <memory>
#include <ports/feed_files.hpp>
#include <string>

namespace oakum::feed_files {

inline constexpr std::string_view kNote = ".note";

// A download in a file, with its note in a file beside it: the note is replaced whole, after the bytes are
// durable.
class PartialFile final : public ports::PartialFeed {
  public:
    // `incoming`: names a new place for the finished file. Errors: unavailable.
    static base::Result<std::unique_ptr<ports::PartialFeed>>
    open(std::filesystem::path path, std::uint64_t largest, std::function<std::filesystem::path()> incoming);

    std::uint64_t size() const override { return size_; }
    const std::string& note() const override { return note_; }
    base::Status set_note(std::string note) override;
    base::Status cut(std::uint64_t size) override;
    base::Status write(base::ByteView piece) override;
    base::Result<std::string> finish() override;

  private:
    PartialFile(std::filesystem::path path, int descriptor, std::uint64_t size, std::string note,
                std::uint64_t largest, std::function<std::filesystem::path()> incoming)
        : path_(std::move(path)), file_(descriptor), size_(size), note_(std::move(note)), largest_(largest),
          incoming_(std::move(incoming)) {}

    std::filesystem::path path_;
    Descriptor file_;
    std::uint64_t size_;
    std::string note_;
    const std::uint64_t largest_;
    const std::function<std::filesystem::path()> incoming_;
};

} // namespace oakum::feed_files
