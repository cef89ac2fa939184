// SPDX-License-Identifier: Apache-2.0
#include "unzipper.hpp"

#include <algorithm>
#include <array>

namespace oakum::compression {

using base::ByteView;
using base::Status;

namespace {

constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50, kWideEnd = 0x06064B50,
                        kLocator = 0x07064B50, kDescriptor = 0x08074B50;
constexpr int kMostNested = 1; // an archive in an archive
constexpr std::uint32_t kSeeWide = 0xFFFFFFFF;

std::uint64_t little(ByteView bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value << 8 | bytes[at + i];
    return value;
}

} // namespace

Unzipper::~Unzipper() {
    if (inflating_) inflateEnd(&stream_);
}

bool Unzipper::gather(ByteView& bytes, std::size_t wanted) {
    const std::size_t piece = std::min(bytes.size(), wanted - std::min(wanted, held_.size()));
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(piece));
    bytes = bytes.subspan(piece);
    return held_.size() >= wanted;
}

void Unzipper::next() {
    part_ = Part::signature;
    wanted_ = 4;
    held_.clear();
}

// Bytes come before they are looked at: each part says how many it needs, some only once they see the first.
Status Unzipper::feed(ByteView bytes, const Sink& sink) {
    while (!bytes.empty()) {
        switch (part_) {
        case Part::signature:
            if (!gather(bytes, wanted_)) return {};
            TRY(signature());
            break;
        case Part::local:
            if (!gather(bytes, wanted_)) return {};
            TRY(local_header());
            if (part_ == Part::stored && packed_said_ == 0) TRY(end_file(sink));
            break;
        case Part::stored:
            TRY(stored(bytes, sink));
            break;
        case Part::deflated:
            TRY(deflated(bytes, sink));
            break;
        case Part::descriptor:
            if (!gather(bytes, wanted_)) return {};
            TRY(descriptor());
            break;
        case Part::skipped: {
            const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), skipping_));
            bytes = bytes.subspan(piece);
            skipping_ -= piece;
            if (skipping_ == 0) next();
            break;
        }
        }
    }
    return {};
}

Status Unzipper::finish() const {
    const bool between = part_ == Part::signature && held_.empty();
    if (!has_ended_ || !between) return base::corrupt("the zip archive is cut off");
    return {};
}

// What comes next, and as much of its head as tells how long it is.
Status Unzipper::signature() {
    const auto kind = static_cast<std::uint32_t>(little(held_, 0, 4));
    const auto wants = [&](std::size_t bytes) {
        wanted_ = bytes;
        return held_.size() < bytes;
    };
    has_ended_ = false;
    switch (kind) {
    case kLocal:
        part_ = Part::local;
        wanted_ = 30;
        return {};
    case kCentral:
        if (wants(46)) return {};
        skipping_ = little(held_, 28, 2) + little(held_, 30, 2) + little(held_, 32, 2);
        break;
    case kWideEnd:
        if (wants(12)) return {};
        skipping_ = little(held_, 4, 8);
        break;
    case kLocator:
        skipping_ = 16;
        break;
    case kEnd:
        if (wants(22)) return {};
        skipping_ = little(held_, 20, 2);
        has_ended_ = true;
        break;
    default:
        return base::corrupt("the zip archive is damaged: no header where one has to be");
    }
    if (skipping_ == 0) {
        next();
    } else {
        part_ = Part::skipped;
        held_.clear();
    }
    return {};
}

Status Unzipper::local_header() {
    const std::size_t name = little(held_, 26, 2), extra = little(held_, 28, 2), whole = 30 + name + extra;
    if (held_.size() < whole) {
        wanted_ = whole;
        return {};
    }
    const auto flags = static_cast<std::uint16_t>(little(held_, 6, 2)),
               method = static_cast<std::uint16_t>(little(held_, 8, 2));
    if ((flags & 1) != 0) return base::corrupt("the zip archive is encrypted");
    has_descriptor_ = (flags & 8) != 0;
    sum_said_ = static_cast<std::uint32_t>(little(held_, 14, 4));
    packed_said_ = little(held_, 18, 4);
    size_said_ = little(held_, 22, 4);
    wide_ = false;
    for (std::size_t at = 30 + name; at + 4 <= whole;) {
        const std::size_t id = little(held_, at, 2), size = little(held_, at + 2, 2);
        at += 4;
        if (at + size > whole) break;
        if (id == 1) {
            wide_ = true;
            std::size_t field = at;
            for (std::uint64_t* const value : {&size_said_, &packed_said_})
                if (*value == kSeeWide && field + 8 <= at + size) {
                    *value = little(held_, field, 8);
                    field += 8;
                }
        }
        at += size;
    }
    return begin_file(method);
}

Status Unzipper::begin_file(std::uint16_t method) {
    sum_ = static_cast<std::uint32_t>(crc32(0, nullptr, 0));
    packed_ = size_ = 0;
    known_ = false;
    first_.clear();
    inner_.reset();
    held_.clear();
    if (method == 0) {
        if (has_descriptor_)
            return base::corrupt("the zip archive has a file whose length is told behind it");
        part_ = Part::stored;
        return {};
    }
    if (method != 8)
        return base::corrupt("the zip archive packs by method " + std::to_string(method) +
                             "; deflated and stored files can be read");
    part_ = Part::deflated;
    if (inflating_) {
        inflateReset(&stream_);
        return {};
    }
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) return base::bug("a deflate reader cannot be made");
    inflating_ = true;
    return {};
}

Status Unzipper::stored(ByteView& bytes, const Sink& sink) {
    const auto piece =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), packed_said_ - packed_));
    packed_ += piece;
    TRY(content(bytes.first(piece), sink));
    bytes = bytes.subspan(piece);
    return packed_ == packed_said_ ? end_file(sink) : Status();
}

Status Unzipper::deflated(ByteView& bytes, const Sink& sink) {
    std::array<std::uint8_t, 64 * 1024> buffer;
    // zlib's interface lacks the const that it keeps, and counts in 32 bits: pieces are of a mebibyte.
    const ByteView piece = bytes.first(std::min<std::size_t>(bytes.size(), 1024UL * 1024));
    stream_.next_in = const_cast<Bytef*>(piece.data());
    stream_.avail_in = static_cast<uInt>(piece.size());
    int code = Z_OK;
    do {
        stream_.next_out = buffer.data();
        stream_.avail_out = static_cast<uInt>(buffer.size());
        code = inflate(&stream_, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return base::corrupt("the zip archive is damaged: a file cannot be unpacked");
        TRY(content(ByteView(buffer).first(buffer.size() - stream_.avail_out), sink));
    } while (code != Z_STREAM_END && stream_.avail_out == 0);
    const std::size_t used = piece.size() - stream_.avail_in;
    packed_ += used;
    bytes = bytes.subspan(used);
    if (code != Z_STREAM_END) return {};
    return end_file(sink);
}

Status Unzipper::content(ByteView bytes, const Sink& sink) {
    if (bytes.empty()) return {};
    sum_ = static_cast<std::uint32_t>(crc32(sum_, bytes.data(), static_cast<uInt>(bytes.size())));
    size_ += bytes.size();
    if (!known_) {
        const std::size_t piece = std::min<std::size_t>(bytes.size(), 4 - first_.size());
        first_.insert(first_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(piece));
        bytes = bytes.subspan(piece);
        if (first_.size() < 4) return {};
        known_ = true;
        if (little(first_, 0, 4) == kLocal) {
            if (depth_ >= kMostNested) return base::corrupt("the zip archive is nested too deep");
            inner_ = std::make_unique<Unzipper>(depth_ + 1);
        }
        TRY(inner_ ? inner_->feed(first_, sink) : sink(first_));
    }
    if (bytes.empty()) return {};
    return inner_ ? inner_->feed(bytes, sink) : sink(bytes);
}

Status Unzipper::end_file(const Sink& sink) {
    constexpr std::array<std::uint8_t, 1> line{'\n'};
    if (!known_ && !first_.empty()) TRY(sink(first_));
    if (inner_) TRY(inner_->finish());
    inner_.reset();
    if (size_ > 0) TRY(sink(line));
    if (has_descriptor_) {
        part_ = Part::descriptor;
        held_.clear();
        wanted_ = 4;
        return {};
    }
    if (sum_ != sum_said_ || size_ != size_said_ || packed_ != packed_said_)
        return base::corrupt("the zip archive is damaged: a file is not what its header says");
    next();
    return {};
}

// Its signature may be left out (APPNOTE 4.3.9.3).
Status Unzipper::descriptor() {
    const std::size_t head = little(held_, 0, 4) == kDescriptor ? 4 : 0;
    const std::size_t width = wide_ ? 8 : 4;
    const std::size_t whole = head + 4 + 2 * width;
    if (held_.size() < whole) {
        wanted_ = whole;
        return {};
    }
    const std::uint64_t mask = wide_ ? ~std::uint64_t{0} : 0xFFFFFFFF;
    if (little(held_, head, 4) != sum_ || little(held_, head + 4, width) != (packed_ & mask) ||
        little(held_, head + 4 + width, width) != (size_ & mask))
        return base::corrupt("the zip archive is damaged: a file is not what is said behind it");
    next();
    return {};
}

} // namespace oakum::compression
