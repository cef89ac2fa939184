// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::explain {

struct Explanation {
    enum class Reply : std::uint8_t { yes, no, unknown };
    struct Input {
        std::string name;
        std::optional<std::string> value;
        std::string source; // who said it, or where it is kept
        std::optional<base::TimePoint> at;
        bool operator==(const Input&) const = default;
    };
    struct Step {
        std::string question;
        Reply answer = Reply::unknown;
        std::string because;
        std::vector<Input> inputs;
        bool operator==(const Step&) const = default;
    };
    std::string sentence;
    std::vector<Step> steps;
};
std::string_view to_string(Explanation::Reply reply);

// "40 seconds", "12 minutes", "3 hours", "2 days": rounded up, so that nobody waits longer than was said.
std::string in_words(base::Duration duration);
// "1 device", "1,234 devices".
std::string devices(std::uint64_t count);

} // namespace oakum::explain
