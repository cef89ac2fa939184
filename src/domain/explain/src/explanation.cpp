// SPDX-License-Identifier: Apache-2.0
#include <explain/explanation.hpp>

#include <algorithm>

namespace oakum::explain {

std::string_view to_string(Explanation::Reply reply) {
    switch (reply) {
    case Explanation::Reply::yes:
        return "yes";
    case Explanation::Reply::no:
        return "no";
    case Explanation::Reply::unknown:
        break;
    }
    return "unknown";
}

std::string in_words(base::Duration duration) {
    const auto counted = [](std::int64_t count, const char* unit) {
        return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
    };
    const auto seconds = std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(duration).count(), 0);
    if (seconds < 120) return counted(seconds, "second");
    if (seconds < 120 * 60) return counted((seconds + 59) / 60, "minute");
    if (seconds < 48 * 3600) return counted((seconds + 3599) / 3600, "hour");
    return counted((seconds + 86'399) / 86'400, "day");
}

std::string devices(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits + (count == 1 ? " device" : " devices");
}

} // namespace oakum::explain
