// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <functional>
#include <memory>
#include <string>
#include <zlib.h>

namespace oakum::compression {

// Reads a zip archive from its front to its end as it comes, by its local headers (APPNOTE 6.3): the contents
// of its files one after the other, a line's end behind each, checked by their sums; names lead nowhere.
// Archives may stand one behind the other, and a file of an archive may itself be one. Memory is one header.
class Unzipper {
  public:
    using Sink = std::function<base::Status(base::ByteView)>;

    explicit Unzipper(int depth = 0) : depth_(depth) {}
    ~Unzipper();
    Unzipper(const Unzipper&) = delete;
    Unzipper& operator=(const Unzipper&) = delete;

    // Errors: corrupt (damaged, or packed in a way that cannot be read), the sink's own.
    base::Status feed(base::ByteView bytes, const Sink& sink);
    // Whether an archive ended where the bytes did.
    base::Status finish() const;

  private:
    enum class Part : std::uint8_t { signature, local, stored, deflated, descriptor, skipped };

    // Takes what the present part needs; false: more bytes have to come.
    bool gather(base::ByteView& bytes, std::size_t wanted);
    base::Status signature();
    base::Status local_header();
    base::Status begin_file(std::uint16_t method);
    base::Status stored(base::ByteView& bytes, const Sink& sink);
    base::Status deflated(base::ByteView& bytes, const Sink& sink);
    base::Status descriptor();
    base::Status content(base::ByteView bytes, const Sink& sink);
    base::Status end_file(const Sink& sink);
    void next();

    const int depth_;
    Part part_ = Part::signature;
    base::Bytes held_;           // of a header, until it is whole
    std::size_t wanted_ = 4;     // of it
    std::uint64_t skipping_ = 0; // bytes of the directory that are left
    bool has_ended_ = false;     // behind the end of a directory
    bool inflating_ = false;
    z_stream stream_{};

    // Of the file that is read.
    bool has_descriptor_ = false, wide_ = false, known_ = false;
    std::uint32_t sum_ = 0, sum_said_ = 0;
    std::uint64_t packed_ = 0, packed_said_ = 0, size_ = 0, size_said_ = 0;
    base::Bytes first_; // until it is known whether it is an archive
    std::unique_ptr<Unzipper> inner_;
};

} // namespace oakum::compression
