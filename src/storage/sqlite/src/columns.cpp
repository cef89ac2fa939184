// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"

namespace oakum::sqlite {

std::string join(const std::vector<std::string>& parts, const char* between) {
    std::string out;
    for (const auto& part : parts) {
        if (!out.empty()) out += between;
        out += part;
    }
    return out;
}

} // namespace oakum::sqlite
