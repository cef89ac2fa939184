// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <lwm2m_data/path.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oakum::lwm2m_data {

// Content formats that carry resources. 1542 is TLV as devices called it before it had a number.
inline constexpr std::uint16_t kText = 0, kLinks = 40, kOpaque = 42, kSenmlJson = 110, kSenmlCbor = 112,
                               kOlderTlv = 1542, kTlv = 11542;
inline constexpr std::size_t kMostRecords = 1024;

// Bytes whose meaning only the resource knows: what TLV says, and opaque values.
struct Raw {
    std::string bytes;
    bool operator==(const Raw&) const = default;
};
using Value = std::variant<Raw, std::string, std::int64_t, double, bool>;
struct Record {
    Path path;
    Value value;
    bool operator==(const Record&) const = default;
};

// What was answered to reading `asked`, or sent for it ("/" for a Send). What lies elsewhere is left out.
// Errors: invalid, too_large, not_found (a format that is not known).
base::Result<std::vector<Record>> decode(std::uint16_t format, std::string_view payload, const Path& asked);

// Whether a device may be asked for it, and what it then says can be read here.
bool is_known(std::uint16_t format);

// As the resource's type; nothing when the value cannot be one.
std::optional<std::string> text_of(const Value& value);
std::optional<std::int64_t> integer_of(const Value& value);

const Value* find(const std::vector<Record>& records, const Path& path);

// One resource with a text, for writing to its instance.
std::string encode_tlv(std::uint16_t resource, std::string_view value);

} // namespace oakum::lwm2m_data
