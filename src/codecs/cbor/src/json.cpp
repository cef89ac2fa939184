// SPDX-License-Identifier: Apache-2.0
#include <cbor/json.hpp>

#include <base/bytes.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <bit>
#include <cmath>

namespace oakum::cbor {
namespace {

using base::Result;
using base::Status;

enum Major : std::uint8_t { natural, negative, octets, text, array, map, tag, simple };
constexpr std::uint8_t kIndefinite = 31, kBreak = 0xff;

double half(std::uint16_t bits) {
    const int exponent = bits >> 10U & 0x1f;
    const double mantissa = bits & 0x3ff;
    const double value = exponent == 0    ? std::ldexp(mantissa, -24)
                         : exponent == 31 ? (mantissa == 0 ? HUGE_VAL : std::nan(""))
                                          : std::ldexp(mantissa + 1024, exponent - 25);
    return (bits & 0x8000U) != 0 ? -value : value;
}

class Reader {
  public:
    Reader(std::string_view bytes, const Limits& limits, std::string& out)
        : bytes_(bytes), limits_(limits), out_(out), writer_(out) {}

    Status document() {
        TRY(value(0));
        if (at_ != bytes_.size()) return wrong("something follows the document");
        return {};
    }

  private:
    struct Head {
        Major major = natural;
        std::uint8_t info = 0;
        std::uint64_t argument = 0;
    };

    base::Error wrong(std::string what) const {
        return base::invalid(std::move(what) + " (byte " + std::to_string(at_) + ")");
    }
    bool at_break() const { return at_ < bytes_.size() && static_cast<std::uint8_t>(bytes_[at_]) == kBreak; }

    Result<Head> head() {
        if (at_ >= bytes_.size()) return wrong("it ends too early");
        const auto first = static_cast<std::uint8_t>(bytes_[at_++]);
        Head head{static_cast<Major>(first >> 5U), static_cast<std::uint8_t>(first & 31U), 0};
        if (head.info < 24) {
            head.argument = head.info;
        } else if (head.info < 28) {
            const std::size_t size = std::size_t{1} << (head.info - 24U);
            if (bytes_.size() - at_ < size) return wrong("it ends too early");
            for (std::size_t i = 0; i < size; ++i)
                head.argument = head.argument << 8U | static_cast<std::uint8_t>(bytes_[at_++]);
        } else if (head.info != kIndefinite || head.major == natural || head.major == negative ||
                   head.major == tag) {
            return wrong("a head that CBOR does not know");
        }
        return head;
    }

    Result<std::string> key() {
        TRY_VALUE(const Head name, this->head());
        constexpr std::uint64_t kFarthest = 1'000'000;
        if (limits_.wider && name.major == natural && name.argument < kFarthest)
            return std::to_string(name.argument);
        if (limits_.wider && name.major == negative && name.argument < kFarthest)
            return std::to_string(-1 - static_cast<std::int64_t>(name.argument));
        if (name.major != text) return wrong("a key that is not a text");
        return string(name);
    }

    Status octet_string(const Head& head) {
        if (!limits_.wider || head.info == kIndefinite) return wrong("bytes, which JSON cannot say");
        std::string bytes;
        TRY(piece(head.argument, bytes));
        writer_.value(base::to_base64url(base::as_bytes(bytes)));
        return {};
    }

    Result<std::string> string(const Head& head) {
        std::string joined;
        if (head.info != kIndefinite) {
            TRY(piece(head.argument, joined));
        } else {
            while (!at_break()) {
                TRY_VALUE(const Head part, this->head());
                if (part.major != text || part.info == kIndefinite) return wrong("a text of something else");
                TRY(piece(part.argument, joined));
            }
            ++at_;
        }
        if (!base::is_utf8(joined)) return wrong("a text that is not UTF-8");
        return joined;
    }
    Status piece(std::uint64_t length, std::string& into) {
        if (length > bytes_.size() - at_) return wrong("it ends too early");
        into.append(bytes_.substr(at_, static_cast<std::size_t>(length)));
        at_ += static_cast<std::size_t>(length);
        return {};
    }

    // Calls `one` for each of so many, or until the break. Each takes a byte at least, so a length that lies
    // ends with the bytes.
    template <class One> Status each(const Head& head, One one) {
        if (head.info != kIndefinite) {
            for (std::uint64_t i = 0; i < head.argument; ++i)
                TRY(one());
            return {};
        }
        while (!at_break()) {
            if (at_ >= bytes_.size()) return wrong("it ends too early");
            TRY(one());
        }
        ++at_;
        return {};
    }

    Status value(std::size_t depth) {
        if (depth > limits_.max_depth) return base::too_large("values are nested too deeply");
        if (out_.size() > limits_.max_bytes) return base::too_large("the document");
        TRY_VALUE(const Head head, this->head());
        switch (head.major) {
        case natural:
            writer_.value(head.argument);
            return {};
        case negative:
            if (head.argument > 0x7fffffffffffffffULL) return wrong("a number that is too small");
            writer_.value(-1 - static_cast<std::int64_t>(head.argument));
            return {};
        case octets:
            return octet_string(head);
        case text: {
            TRY_VALUE(const std::string said, string(head));
            writer_.value(said);
            return {};
        }
        case array:
            writer_.begin_array();
            TRY(each(head, [&] { return value(depth + 1); }));
            writer_.end_array();
            return {};
        case map:
            writer_.begin_object();
            TRY(each(head, [&]() -> Status {
                TRY_VALUE(const std::string said, key());
                writer_.key(said);
                return value(depth + 1);
            }));
            writer_.end_object();
            return {};
        case tag:
            return value(depth + 1);
        case simple:
            return primitive(head);
        }
        return wrong("a head that CBOR does not know");
    }

    Status primitive(const Head& head) {
        double number = 0;
        switch (head.info) {
        case 20:
        case 21:
            writer_.value(head.info == 21);
            return {};
        case 22:
        case 23:
            writer_.null();
            return {};
        case 25:
            number = half(static_cast<std::uint16_t>(head.argument));
            break;
        case 26:
            number = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.argument)));
            break;
        case 27:
            number = std::bit_cast<double>(head.argument);
            break;
        default:
            return wrong("a value that JSON cannot say");
        }
        if (!std::isfinite(number)) return wrong("a number that JSON cannot say");
        writer_.value(number);
        return {};
    }

    const std::string_view bytes_;
    const Limits& limits_;
    std::string& out_;
    json::Writer writer_;
    std::size_t at_ = 0;
};

void append_head(std::string& out, Major major, std::uint64_t argument) {
    const auto first = static_cast<std::uint8_t>(major << 5U);
    if (argument < 24) {
        out += static_cast<char>(first | argument);
        return;
    }
    const unsigned log = argument <= 0xff ? 0 : argument <= 0xffff ? 1 : argument <= 0xffffffff ? 2 : 3;
    out += static_cast<char>(first | (24U + log));
    for (int shift = (8 << log) - 8; shift >= 0; shift -= 8)
        out += static_cast<char>(argument >> static_cast<unsigned>(shift) & 0xffU);
}

void append(std::string& out, const json::Value& value) {
    switch (value.type()) {
    case json::Type::null:
        append_head(out, simple, 22);
        return;
    case json::Type::boolean:
        append_head(out, simple, value.as_bool().value_or(false) ? 21 : 20);
        return;
    case json::Type::integer: {
        const std::int64_t number = value.as_int().value_or(0);
        if (number >= 0)
            append_head(out, natural, static_cast<std::uint64_t>(number));
        else
            append_head(out, negative, static_cast<std::uint64_t>(-1 - number));
        return;
    }
    case json::Type::natural:
        append_head(out, natural, value.as_uint().value_or(0));
        return;
    case json::Type::real: {
        const auto bits = std::bit_cast<std::uint64_t>(value.as_double().value_or(0));
        out += static_cast<char>(simple << 5U | 27U);
        for (int shift = 56; shift >= 0; shift -= 8)
            out += static_cast<char>(bits >> static_cast<unsigned>(shift) & 0xffU);
        return;
    }
    case json::Type::string:
        append_head(out, text, value.text().size());
        out += value.text();
        return;
    case json::Type::array:
        append_head(out, array, value.size());
        for (const json::Value& item : value.items())
            append(out, item);
        return;
    case json::Type::object:
        append_head(out, map, value.size());
        for (const json::Value& member : value.items()) {
            append_head(out, text, member.key().size());
            out += member.key();
            append(out, member);
        }
        return;
    }
}

} // namespace

Result<std::string> to_json(std::string_view cbor, const Limits& limits) {
    if (cbor.size() > limits.max_bytes) return base::too_large("the document");
    std::string out;
    TRY(Reader(cbor, limits, out).document());
    return out;
}

Result<std::string> from_json(std::string_view json, const Limits& limits) {
    TRY_VALUE(
        const json::Value value,
        json::parse(json, {.max_bytes = limits.max_bytes, .max_depth = limits.max_depth, .floats = true}));
    std::string out;
    append(out, value);
    return out;
}

} // namespace oakum::cbor
