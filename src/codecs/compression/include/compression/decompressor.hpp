// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace oakum::compression {

enum class Encoding : std::uint8_t { plain, gzip, zstd, zip };
std::string_view to_string(Encoding encoding);

// By the first four bytes; fewer than needed, or no known magic, is plain.
Encoding detect(base::ByteView first);

struct Limits {
    std::uint64_t max_output = 8ULL * 1024 * 1024 * 1024;
    // Output over input, looked at once a mebibyte came out.
    std::uint32_t max_ratio = 200;
    // Largest zstd window, as a power of two: 27 on a server, 23 on a device.
    int zstd_window_log = 27;
};

// Streams one gzip or zstd file (any number of members or frames), the files of a zip archive one after the
// other with a line's end behind each (an archive may stand in or behind another), or plain bytes, whichever
// the first bytes say. Memory is the window plus 128 KiB. Not shared between threads.
class Decompressor {
  public:
    // Takes pieces of up to 64 KiB; an error stops the stream and is returned by feed.
    using Sink = std::function<base::Status(base::ByteView)>;

    explicit Decompressor(Limits limits = {});
    ~Decompressor();
    Decompressor(Decompressor&&) noexcept;
    Decompressor& operator=(Decompressor&&) noexcept;

    // Errors: corrupt (damaged stream), too_large (output, ratio or window), the sink's own. After an error
    // nothing more may be fed.
    base::Status feed(base::ByteView bytes, const Sink& sink);
    // Hands out what was held back and says whether the stream was whole. Errors: corrupt (it was cut off).
    base::Status finish(const Sink& sink);

    std::uint64_t bytes_in() const;
    std::uint64_t bytes_out() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// One member of a gzip file, of at most 1 GiB; members may stand one behind the other.
base::Result<base::Bytes> gzip_member(base::ByteView bytes);

// A whole buffer at once. Errors: as above.
base::Result<base::Bytes> decompress(base::ByteView bytes, const Limits& limits);

} // namespace oakum::compression
