// SPDX-License-Identifier: Apache-2.0
#include <compression/decompressor.hpp>

#include <doctest/doctest.h>

#include <zlib.h>
#include <zstd.h>

#include <string>

using namespace oakum;
using base::Bytes;
using base::ByteView;
using compression::Decompressor;
using compression::Encoding;

namespace {

std::string sample(std::size_t size) {
    std::string out;
    std::uint32_t state = 1;
    while (out.size() < size) {
        state = state * 1664525 + 1013904223;
        out += "CVE-" + std::to_string(state >> 8) + ";";
    }
    out.resize(size);
    return out;
}

Bytes zstd(const std::string& text, int window_log = 0) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    if (window_log > 0) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1);
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    }
    Bytes out(ZSTD_compressBound(text.size()));
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    ZSTD_inBuffer input{text.data(), text.size(), 0};
    // Two calls: the size is not known at the first, so the window is not shrunk to it.
    ZSTD_compressStream2(context, &output, &input, ZSTD_e_continue);
    REQUIRE(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end) == 0);
    ZSTD_freeCCtx(context);
    out.resize(output.pos);
    return out;
}

Bytes gzip(const std::string& text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Bytes out(deflateBound(&stream, text.size()) + 64);
    std::string copy = text;
    stream.next_in = reinterpret_cast<Bytef*>(copy.data());
    stream.avail_in = static_cast<uInt>(copy.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Bytes plus(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// Fed in pieces of `step` bytes.
base::Result<std::string> unpack(ByteView bytes, std::size_t step, compression::Limits limits = {}) {
    std::string out;
    const auto sink = [&](ByteView piece) -> base::Status {
        out += base::as_text(piece);
        return {};
    };
    Decompressor decompressor(limits);
    while (!bytes.empty()) {
        const ByteView piece = bytes.first(std::min(step, bytes.size()));
        TRY(decompressor.feed(piece, sink));
        bytes = bytes.subspan(piece.size());
    }
    TRY(decompressor.finish(sink));
    CHECK(decompressor.bytes_out() == out.size());
    return out;
}

} // namespace

TEST_CASE("each encoding unpacks to what was packed, whatever the size of the pieces") {
    const std::string text = sample(300'000);
    const Bytes rows[] = {zstd(text), gzip(text), Bytes(text.begin(), text.end()),
                          plus(zstd(text.substr(0, 100'000)), zstd(text.substr(100'000))),
                          plus(gzip(text.substr(0, 100'000)), gzip(text.substr(100'000)))};
    for (const Bytes& packed : rows) {
        CAPTURE(to_string(compression::detect(packed)));
        for (const std::size_t step : {1UL, 7UL, 4096UL, 1'000'000UL})
            CHECK(unpack(packed, step).value() == text);
        CHECK(compression::decompress(packed, {}).value() == Bytes(text.begin(), text.end()));
    }
}

TEST_CASE("the encoding is told by the first bytes") {
    CHECK(compression::detect(zstd("x")) == Encoding::zstd);
    CHECK(compression::detect(gzip("x")) == Encoding::gzip);
    CHECK(compression::detect(base::as_bytes("{\"a\":1}")) == Encoding::plain);
    CHECK(compression::detect({}) == Encoding::plain);
    CHECK(unpack({}, 1).value().empty());
    CHECK(unpack(base::as_bytes("ab"), 1).value() == "ab");
}

TEST_CASE("a stream that is cut off or damaged is corrupt") {
    const std::string text = sample(200'000);
    for (const Bytes& packed : {zstd(text), gzip(text)}) {
        for (const std::size_t kept : {5UL, packed.size() / 2, packed.size() - 1})
            CHECK(unpack(ByteView(packed).first(kept), 1000).error().kind == base::ErrorKind::corrupt);
        Bytes damaged = packed;
        damaged[6] ^= 0xFF;
        damaged[packed.size() / 2] ^= 0xFF;
        CHECK_FALSE(unpack(damaged, 1000).ok());
        CHECK(unpack(plus(packed, Bytes{'t', 'a', 'i', 'l'}), 1000).error().kind == base::ErrorKind::corrupt);
    }
}

TEST_CASE("a bomb stops at the ratio, at the output limit, and at the window") {
    const std::string zeros(40'000'000, '0');
    for (const Bytes& packed : {zstd(zeros), gzip(zeros)}) {
        CHECK(unpack(packed, 4096).error().kind == base::ErrorKind::too_large);
        CHECK(unpack(packed, 4096, {.max_ratio = 1'000'000}).ok());
        CHECK(unpack(packed, 4096, {.max_output = 1000, .max_ratio = 1'000'000}).error().kind ==
              base::ErrorKind::too_large);
    }
    const Bytes wide = zstd(sample(1000), 27);
    CHECK(unpack(wide, 4096).ok());
    CHECK(unpack(wide, 4096, {.zstd_window_log = 23}).error().kind == base::ErrorKind::too_large);
    CHECK(unpack(base::as_bytes("plain bytes have no ratio"), 1, {.max_ratio = 1}).ok());
}

TEST_CASE("the sink's error stops the stream and comes back") {
    const Bytes packed = gzip(sample(200'000));
    Decompressor decompressor;
    int calls = 0;
    const auto status = decompressor.feed(packed, [&](ByteView) -> base::Status {
        ++calls;
        return base::unavailable("no more room");
    });
    CHECK(status.error().message == "no more room");
    CHECK(calls == 1);
    CHECK(decompressor.feed(packed, [](ByteView) { return base::Status(); }).error().kind ==
          base::ErrorKind::bug);
}
