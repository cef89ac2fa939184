// SPDX-License-Identifier: Apache-2.0
#include <lwm2m_data/records.hpp>

#include "forms.hpp"

#include <charconv>
#include <cmath>

namespace oakum::lwm2m_data {
namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// TLV's whole numbers: 1, 2, 4 or 8 bytes, signed, the highest first.
std::optional<std::int64_t> number_of(std::string_view bytes) {
    if (bytes.size() != 1 && bytes.size() != 2 && bytes.size() != 4 && bytes.size() != 8) return std::nullopt;
    std::uint64_t value = (static_cast<std::uint8_t>(bytes.front()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (const char c : bytes)
        value = value << 8U | static_cast<std::uint8_t>(c);
    return static_cast<std::int64_t>(value);
}

template <class... Case> struct Overloaded : Case... {
    using Case::operator()...;
};

} // namespace

bool is_known(std::uint16_t format) {
    return format == kText || format == kOpaque || format == kSenmlJson || format == kSenmlCbor ||
           format == kOlderTlv || format == kTlv;
}

base::Result<std::vector<Record>> decode(std::uint16_t format, std::string_view payload, const Path& asked) {
    switch (format) {
    case kText:
        if (asked.depth() < 3) return base::invalid("a plain text is one resource, and more was asked for");
        if (!base::is_utf8(payload)) return base::invalid("a text that is not UTF-8");
        return std::vector{Record{asked, std::string(payload)}};
    case kOpaque:
        if (asked.depth() < 3) return base::invalid("opaque bytes are one resource, and more was asked for");
        return std::vector{Record{asked, Raw{std::string(payload)}}};
    case kTlv:
    case kOlderTlv:
        return read_tlv(payload, asked);
    case kSenmlJson:
        return read_senml_json(payload, asked);
    case kSenmlCbor:
        return read_senml_cbor(payload, asked);
    default:
        return base::not_found("content format " + std::to_string(format) + " is not known");
    }
}

std::optional<std::string> text_of(const Value& value) {
    return std::visit(Overloaded{[](const Raw& raw) {
                                     return base::is_utf8(raw.bytes) ? std::optional(raw.bytes)
                                                                     : std::nullopt;
                                 },
                                 [](const std::string& text) { return std::optional(text); },
                                 [](std::int64_t number) { return std::optional(std::to_string(number)); },
                                 [](double) { return std::optional<std::string>(); },
                                 [](bool truth) { return std::optional<std::string>(truth ? "1" : "0"); }},
                      value);
}

std::optional<std::int64_t> integer_of(const Value& value) {
    return std::visit(Overloaded{[](const Raw& raw) { return number_of(raw.bytes); },
                                 [](const std::string& text) { return number_in(text); },
                                 [](std::int64_t number) { return std::optional(number); },
                                 [](double real) {
                                     const bool whole = std::floor(real) == real && std::abs(real) < 9e15;
                                     return whole ? std::optional(static_cast<std::int64_t>(real))
                                                  : std::nullopt;
                                 },
                                 [](bool truth) { return std::optional<std::int64_t>(truth ? 1 : 0); }},
                      value);
}

const Value* find(const std::vector<Record>& records, const Path& path) {
    for (const Record& record : records)
        if (record.path == path) return &record.value;
    return nullptr;
}

} // namespace oakum::lwm2m_data
