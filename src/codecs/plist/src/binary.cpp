// SPDX-License-Identifier: Apache-2.0
// "bplist00": objects, a table of where each begins, and a trailer of 32 bytes. As CoreFoundation writes it.
#include "forms.hpp"

#include <array>
#include <bit>
#include <cmath>

namespace oakum::plist {
namespace {

constexpr std::size_t kTrailer = 32;
// Seconds from 1970 to 2001, from which dates are counted; and the years that a date may be of.
constexpr double kEpoch = 978'307'200, kFirstDate = -62'135'596'800.0, kLastDate = 253'402'300'799.0;

class Reader {
  public:
    Reader(std::string_view document, const Limits& limits)
        : bytes_(base::as_bytes(document)), budget_(limits) {}

    base::Result<Value> read() {
        TRY(read_trailer());
        return object(top_, 1);
    }

  private:
    base::Error broken(std::string_view what, std::uint64_t at) const {
        return base::invalid(std::string(what)).at("byte " + std::to_string(at));
    }

    // Big endian; the caller knows that they are there.
    std::uint64_t number(std::uint64_t at, unsigned size) const {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < size; ++i)
            value = value << 8U | bytes_[at + i];
        return value;
    }

    base::Status read_trailer() {
        if (bytes_.size() < kBinary.size() + kTrailer)
            return broken("it ends before its trailer", bytes_.size());
        const std::uint64_t trailer = bytes_.size() - kTrailer;
        offset_size_ = bytes_[trailer + 6];
        reference_size_ = bytes_[trailer + 7];
        count_ = number(trailer + 8, 8);
        top_ = number(trailer + 16, 8);
        table_ = number(trailer + 24, 8);
        end_ = trailer;
        if (offset_size_ < 1 || offset_size_ > 8 || reference_size_ < 1 || reference_size_ > 8)
            return broken("its numbers have an impossible size", trailer);
        if (count_ == 0 || count_ > end_ || table_ < kBinary.size() || table_ > end_ ||
            count_ > (end_ - table_) / offset_size_)
            return broken("its table does not fit in it", trailer);
        end_ = table_; // objects stand before it
        return {};
    }

    base::Result<Value> object(std::uint64_t reference, std::size_t depth) {
        if (reference >= count_) return broken("an object names one that is not there", table_);
        const std::uint64_t at = number(table_ + reference * offset_size_, offset_size_);
        if (at < kBinary.size() || at >= end_) return broken("an object begins outside of it", at);
        const std::uint8_t kind = bytes_[at] >> 4U, low = bytes_[at] & 15U;
        switch (kind) {
        case 0x0:
            return truth(at, low, depth);
        case 0x1:
            return whole(at, low, depth);
        case 0x2:
            return real(at, low, depth);
        case 0x3:
            return date(at, low, depth);
        case 0x4:
        case 0x5:
        case 0x6:
        case 0xA:
        case 0xD:
            return sized(at, kind, depth);
        default:
            return broken("an object of a kind that is not known", at);
        }
    }

    base::Result<Value> truth(std::uint64_t at, std::uint8_t low, std::size_t depth) {
        TRY(budget_.spend(depth));
        if (low != 8 && low != 9) return broken("an object of a kind that is not known", at);
        return Value(low == 9);
    }

    base::Result<std::int64_t> integer(std::uint64_t at, std::uint8_t low) const {
        // 16 bytes hold what does not fit in 8 with a sign; nothing that is read here is so large.
        if (low > 3) return broken("a number of more than 8 bytes", at);
        const unsigned size = 1U << low;
        if (size > end_ - at - 1) return broken("it ends inside a number", at);
        const std::uint64_t value = number(at + 1, size);
        return static_cast<std::int64_t>(value); // shorter ones have no sign
    }

    base::Result<Value> whole(std::uint64_t at, std::uint8_t low, std::size_t depth) {
        TRY(budget_.spend(depth));
        TRY_VALUE(const std::int64_t value, integer(at, low));
        return Value(value);
    }

    base::Result<double> floating(std::uint64_t at, std::uint8_t low) const {
        if (low != 2 && low != 3) return broken("a real number of an impossible size", at);
        const unsigned size = 1U << low;
        if (size > end_ - at - 1) return broken("it ends inside a number", at);
        const std::uint64_t value = number(at + 1, size);
        return size == 4 ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(value)))
                         : std::bit_cast<double>(value);
    }

    base::Result<Value> real(std::uint64_t at, std::uint8_t low, std::size_t depth) {
        TRY(budget_.spend(depth));
        TRY_VALUE(const double value, floating(at, low));
        if (!std::isfinite(value)) return broken("a real number that is none", at);
        return Value(value);
    }

    base::Result<Value> date(std::uint64_t at, std::uint8_t low, std::size_t depth) {
        TRY(budget_.spend(depth));
        TRY_VALUE(const double seconds, floating(at, low));
        const double unix = seconds + kEpoch;
        if (!(unix >= kFirstDate && unix <= kLastDate)) return broken("a date that no calendar has", at);
        return Value(base::from_unix_ms(static_cast<std::int64_t>(unix * 1000)));
    }

    struct Piece {
        std::uint64_t at = 0, count = 0;
    };
    // How many it has, and where they begin.
    base::Result<Piece> piece(std::uint64_t at) const {
        const std::uint8_t low = bytes_[at] & 15U;
        if (low != 15) return Piece{at + 1, low};
        if (at + 1 >= end_ || bytes_[at + 1] >> 4U != 1) return broken("a length that is no number", at);
        const std::uint8_t size = bytes_[at + 1] & 15U;
        TRY_VALUE(const std::int64_t count, integer(at + 1, size));
        if (count < 0) return broken("a length that is no number", at);
        return Piece{at + 2 + (std::uint64_t{1} << size), static_cast<std::uint64_t>(count)};
    }

    base::Result<Value> sized(std::uint64_t at, std::uint8_t kind, std::size_t depth) {
        TRY_VALUE(const Piece has, piece(at));
        const std::uint64_t each = kind == 0x6   ? 2
                                   : kind == 0xA ? reference_size_
                                   : kind == 0xD ? 2 * std::uint64_t{reference_size_}
                                                 : 1;
        if (has.at > end_ || has.count > (end_ - has.at) / each)
            return broken("an object ends outside of it", at);
        TRY(budget_.spend(depth, has.count * each));
        const auto bytes = bytes_.subspan(has.at, has.count * each);
        switch (kind) {
        case 0x4:
            return Value(base::Bytes(bytes.begin(), bytes.end()));
        case 0x5:
            for (const std::uint8_t byte : bytes)
                if (byte == 0 || byte > 127) return broken("a text that is not ASCII", at);
            return Value(std::string(base::as_text(bytes)));
        case 0x6:
            return wide(bytes, at);
        case 0xA:
            return array(has, depth);
        default:
            return dict(has, depth);
        }
    }

    base::Result<Value> wide(base::ByteView bytes, std::uint64_t at) const {
        std::string text;
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            std::uint32_t code = static_cast<std::uint32_t>(bytes[i] << 8U | bytes[i + 1]);
            if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size()) {
                const auto low = static_cast<std::uint32_t>(bytes[i + 2] << 8U | bytes[i + 3]);
                if (low < 0xDC00 || low > 0xDFFF) return broken("a text that is no UTF-16", at);
                code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
                i += 2;
            } else if (code >= 0xD800 && code < 0xE000) {
                return broken("a text that is no UTF-16", at);
            }
            if (code == 0) return broken("a text with a zero character", at);
            append(text, code);
        }
        return Value(std::move(text));
    }

    static void append(std::string& text, std::uint32_t code) {
        const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
        if (code < 0x80) return put(code);
        if (code < 0x800) {
            put(0xC0 | code >> 6U);
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12U);
            put(0x80 | (code >> 6U & 63U));
        } else {
            put(0xF0 | code >> 18U);
            put(0x80 | (code >> 12U & 63U));
            put(0x80 | (code >> 6U & 63U));
        }
        put(0x80 | (code & 63U));
    }

    std::uint64_t reference(const Piece& piece, std::uint64_t index) const {
        return number(piece.at + index * reference_size_, reference_size_);
    }

    base::Result<Value> array(const Piece& has, std::size_t depth) {
        Array items;
        for (std::uint64_t i = 0; i < has.count; ++i) {
            TRY_VALUE(Value item, object(reference(has, i), depth + 1));
            items.push_back(std::move(item));
        }
        return Value(std::move(items));
    }

    base::Result<Value> dict(const Piece& has, std::size_t depth) {
        std::vector<std::pair<std::string, Value>> members;
        for (std::uint64_t i = 0; i < has.count; ++i) {
            TRY_VALUE(const Value key, object(reference(has, i), depth + 1));
            const auto* name = key.as<std::string>();
            if (!name) return broken("a key that is no text", has.at);
            TRY_VALUE(Value value, object(reference(has, has.count + i), depth + 1));
            members.emplace_back(*name, std::move(value));
        }
        TRY_VALUE(Dict dict, Dict::of(std::move(members)));
        return Value(std::move(dict));
    }

    base::ByteView bytes_;
    Budget budget_;
    std::uint8_t offset_size_ = 0, reference_size_ = 0;
    std::uint64_t count_ = 0, top_ = 0, table_ = 0, end_ = 0;
};

} // namespace

base::Result<Value> parse_binary(std::string_view document, const Limits& limits) {
    return Reader(document, limits).read();
}

} // namespace oakum::plist
