// SPDX-License-Identifier: Apache-2.0
#include <access/break_glass.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::access {
namespace {

constexpr std::int64_t kLatest = 253'402'300'799'000; // year 9999
constexpr std::int64_t kMost = 1'000'000;             // is as loud as more

std::int64_t number(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::clamp(value, least, most);
}

} // namespace

// "UNIX-MILLISECONDS TIMES"
std::optional<BreakGlassUse> break_glass_use(std::string_view document) {
    if (document.empty()) return std::nullopt;
    const std::size_t space = std::min(document.find(' '), document.size() - 1);
    return BreakGlassUse{.last = base::from_unix_ms(number(document.substr(0, space), 0, kLatest)),
                         .times = static_cast<std::uint64_t>(number(document.substr(space + 1), 1, kMost))};
}

std::string used_again(std::string_view document, base::TimePoint now) {
    const auto before = break_glass_use(document);
    return std::to_string(now.time_since_epoch().count()) + " " +
           std::to_string(before ? before->times + 1 : 1);
}

} // namespace oakum::access
