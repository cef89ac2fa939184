// SPDX-License-Identifier: Apache-2.0
#include <compression/decompressor.hpp>

#include "unzipper.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

namespace oakum::compression {
namespace {

using base::ByteView;
using base::Status;

constexpr std::size_t magic_bytes = 4;
constexpr std::uint64_t ratio_floor = 1024 * 1024;
constexpr int gzip_window = 15 + 16; // zlib: the largest window, gzip framing only

struct FreeZstd {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
struct FreeInflate {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;
    }
};

} // namespace

std::string_view to_string(Encoding encoding) {
    switch (encoding) {
    case Encoding::plain:
        return "plain";
    case Encoding::gzip:
        return "gzip";
    case Encoding::zstd:
        return "zstd";
    case Encoding::zip:
        return "zip";
    }
    return "plain";
}

Encoding detect(ByteView first) {
    const auto starts = [&](std::initializer_list<std::uint8_t> magic) {
        return first.size() >= magic.size() && std::equal(magic.begin(), magic.end(), first.begin());
    };
    if (starts({0x1F, 0x8B, 0x08})) return Encoding::gzip;
    // A frame, or a skippable frame of any of the sixteen kinds.
    if (starts({0x28, 0xB5, 0x2F, 0xFD}) || (first.size() >= 4 && (first[0] & 0xF0) == 0x50 &&
                                             first[1] == 0x2A && first[2] == 0x4D && first[3] == 0x18))
        return Encoding::zstd;
    if (starts({0x50, 0x4B, 0x03, 0x04})) return Encoding::zip;
    return Encoding::plain;
}

struct Decompressor::State {
    Limits limits;
    bool known = false;
    Encoding encoding = Encoding::plain;
    base::Bytes head;    // until the magic is whole
    bool inside = false; // a member or frame has begun and not ended
    bool failed = false;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::unique_ptr<ZSTD_DCtx, FreeZstd> zstd;
    std::unique_ptr<z_stream, FreeInflate> gzip;
    std::unique_ptr<Unzipper> zip;
    std::array<std::uint8_t, 64 * 1024> buffer{};

    Status begin() {
        known = true;
        encoding = detect(head);
        if (encoding == Encoding::zstd) {
            zstd.reset(ZSTD_createDCtx());
            if (!zstd ||
                ZSTD_isError(ZSTD_DCtx_setParameter(zstd.get(), ZSTD_d_windowLogMax, limits.zstd_window_log)))
                return base::bug("a zstd reader with that window cannot be made");
        } else if (encoding == Encoding::gzip) {
            auto* stream = new z_stream{};
            if (inflateInit2(stream, gzip_window) != Z_OK) {
                delete stream;
                return base::bug("a gzip reader cannot be made");
            }
            gzip.reset(stream);
        } else if (encoding == Encoding::zip) {
            zip = std::make_unique<Unzipper>();
        }
        return {};
    }

    Status emit(ByteView bytes, const Sink& sink) {
        out += bytes.size();
        if (out > limits.max_output)
            return base::too_large("unpacks to more than " + std::to_string(limits.max_output) + " bytes");
        if (encoding != Encoding::plain && out > ratio_floor && out / limits.max_ratio > in)
            return base::too_large("unpacks to more than " + std::to_string(limits.max_ratio) +
                                   " times its size");
        return bytes.empty() ? Status() : sink(bytes);
    }

    Status plain(ByteView bytes, const Sink& sink) {
        while (!bytes.empty()) {
            const ByteView piece = bytes.first(std::min(bytes.size(), buffer.size()));
            TRY(emit(piece, sink));
            bytes = bytes.subspan(piece.size());
        }
        return {};
    }

    Status unzstd(ByteView bytes, const Sink& sink) {
        ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
        // A full buffer may hide more output behind an input that was consumed.
        bool full = false;
        while (input.pos < input.size || full) {
            ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
            const std::size_t before = input.pos;
            const std::size_t hint = ZSTD_decompressStream(zstd.get(), &output, &input);
            if (ZSTD_isError(hint)) {
                if (ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge)
                    return base::too_large("the zstd window is larger than 2^" +
                                           std::to_string(limits.zstd_window_log) + " bytes");
                return base::corrupt(std::string("the zstd stream is damaged: ") + ZSTD_getErrorName(hint));
            }
            // Draining an ended frame asks for the next frame's header: that frame has not begun.
            if (input.pos > before || output.pos > 0) inside = hint != 0;
            full = output.pos == output.size;
            TRY(emit(ByteView(buffer).first(output.pos), sink));
        }
        return {};
    }

    Status ungzip(ByteView bytes, const Sink& sink) {
        gzip->next_in = const_cast<Bytef*>(bytes.data()); // zlib's interface lacks the const that it keeps
        gzip->avail_in = static_cast<uInt>(bytes.size());
        bool full = false;
        while (gzip->avail_in > 0 || full) {
            if (!inside) {
                if (gzip->avail_in == 0) break;
                inflateReset(gzip.get());
                inside = true;
            }
            gzip->next_out = buffer.data();
            gzip->avail_out = static_cast<uInt>(buffer.size());
            const int code = inflate(gzip.get(), Z_NO_FLUSH);
            if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
                return base::corrupt(std::string("the gzip stream is damaged: ") +
                                     (gzip->msg != nullptr ? gzip->msg : "unexpected data"));
            full = gzip->avail_out == 0;
            if (code == Z_STREAM_END) inside = false;
            TRY(emit(ByteView(buffer).first(buffer.size() - gzip->avail_out), sink));
        }
        return {};
    }

    Status route(ByteView bytes, const Sink& sink) {
        switch (encoding) {
        case Encoding::plain:
            return plain(bytes, sink);
        case Encoding::gzip:
            return ungzip(bytes, sink);
        case Encoding::zstd:
            return unzstd(bytes, sink);
        case Encoding::zip:
            return zip->feed(bytes, [&](ByteView piece) { return emit(piece, sink); });
        }
        return {};
    }

    Status feed(ByteView bytes, const Sink& sink) {
        // zlib counts input in 32 bits.
        constexpr std::size_t piece_bytes = 1024UL * 1024;
        while (!bytes.empty()) {
            const ByteView piece = bytes.first(std::min(bytes.size(), piece_bytes));
            in += piece.size();
            TRY(route(piece, sink));
            bytes = bytes.subspan(piece.size());
        }
        return {};
    }
};

Decompressor::Decompressor(Limits limits) : state_(std::make_unique<State>()) {
    state_->limits = limits;
}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

Status Decompressor::feed(ByteView bytes, const Sink& sink) {
    State& s = *state_;
    if (s.failed) return base::bug("fed after an error");
    const auto run = [&]() -> Status {
        if (!s.known) {
            const std::size_t wanted = std::min(magic_bytes - s.head.size(), bytes.size());
            s.head.insert(s.head.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(wanted));
            bytes = bytes.subspan(wanted);
            if (s.head.size() < magic_bytes) return {};
            TRY(s.begin());
            TRY(s.feed(s.head, sink));
        }
        return s.feed(bytes, sink);
    };
    Status status = run();
    s.failed = !status.ok();
    return status;
}

Status Decompressor::finish(const Sink& sink) {
    State& s = *state_;
    if (s.failed) return base::bug("finished after an error");
    if (!s.known) {
        TRY(s.begin());
        TRY(s.feed(s.head, sink));
    }
    if (s.zip) return s.zip->finish();
    if (s.inside) return base::corrupt("the " + std::string(to_string(s.encoding)) + " stream is cut off");
    return {};
}

std::uint64_t Decompressor::bytes_in() const {
    return state_->in;
}
std::uint64_t Decompressor::bytes_out() const {
    return state_->out;
}

base::Result<base::Bytes> gzip_member(ByteView bytes) {
    z_stream stream{};
    if (bytes.size() > std::numeric_limits<uInt>::max() / 2 ||
        deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return base::bug("so much cannot be packed at once");
    base::Bytes out(deflateBound(&stream, static_cast<uLong>(bytes.size())));
    stream.next_in = const_cast<Bytef*>(bytes.data()); // zlib's interface lacks the const that it keeps
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (code != Z_STREAM_END) return base::bug("packing did not end");
    return out;
}

base::Result<base::Bytes> decompress(ByteView bytes, const Limits& limits) {
    base::Bytes out;
    const auto sink = [&](ByteView piece) -> Status {
        out.insert(out.end(), piece.begin(), piece.end());
        return {};
    };
    Decompressor decompressor(limits);
    TRY(decompressor.feed(bytes, sink));
    TRY(decompressor.finish(sink));
    return out;
}

} // namespace oakum::compression
