// SPDX-License-Identifier: Apache-2.0
#include "cursor.hpp"

#include <base/bytes.hpp>
#include <base/digest.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kMark = 4, kMaxCursor = 512;

std::string mark_of(std::string_view list) {
    const std::uint64_t hash = base::siphash24(0x6f616b756dULL, 1, base::as_bytes(list));
    std::string mark;
    for (std::size_t i = 0; i < kMark; ++i)
        mark.push_back(static_cast<char>(hash >> (8 * i) & 0xFF));
    return mark;
}

} // namespace

std::string encode_cursor(std::string_view list, std::string_view after) {
    std::string text = mark_of(list);
    text += after;
    return base::to_base64url(base::as_bytes(text));
}

base::Result<std::string> decode_cursor(std::string_view list, std::string_view cursor) {
    const auto wrong = [] {
        return base::invalid("this cursor does not belong to this list; begin without one").at("cursor");
    };
    if (cursor.size() > kMaxCursor) return wrong();
    auto bytes = base::from_base64(cursor);
    if (!bytes.ok() || bytes->size() <= kMark) return wrong();
    const std::string_view text = base::as_text(*bytes);
    if (text.substr(0, kMark) != mark_of(list)) return wrong();
    return std::string(text.substr(kMark));
}

} // namespace oakum::api
