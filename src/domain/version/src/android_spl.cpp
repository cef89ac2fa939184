// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {

base::Result<std::string> android_spl_key(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-dd";
    bool fits = text.size() == shape.size();
    for (std::size_t i = 0; fits && i < shape.size(); ++i)
        fits = shape[i] == 'd' ? is_digit(text[i]) : text[i] == shape[i];
    if (!fits) return unreadable("android_spl", "a patch level is YYYY-MM-DD");
    const auto month = text.substr(5, 2);
    const auto day = text.substr(8, 2);
    if (text < "2015-08-01" || month < "01" || month > "12" || day < "01" || day > "31")
        return unreadable("android_spl", "no such patch level");
    return std::string(text);
}

} // namespace oakum::version
