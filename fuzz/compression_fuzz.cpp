// LINK: codecs_compression
// SPDX-License-Identifier: Apache-2.0
#include <compression/decompressor.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const base::ByteView bytes(data, size);
    const compression::Limits limits{.max_output = 4 * 1024 * 1024, .max_ratio = 200, .zstd_window_log = 20};
    const auto whole = compression::decompress(bytes, limits);
    // Pieces change nothing.
    base::Bytes out;
    const auto sink = [&](base::ByteView piece) -> base::Status {
        out.insert(out.end(), piece.begin(), piece.end());
        return {};
    };
    compression::Decompressor pieces(limits);
    bool ok = true;
    for (std::size_t at = 0; ok && at < size; at += 3)
        ok = pieces.feed(bytes.subspan(at, std::min<std::size_t>(3, size - at)), sink).ok();
    ok = ok && pieces.finish(sink).ok();
    if (ok && (!whole.ok() || *whole != out)) std::abort();
    return 0;
}
