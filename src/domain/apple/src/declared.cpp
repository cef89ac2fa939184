// SPDX-License-Identifier: Apache-2.0
#include <apple/declared.hpp>

namespace oakum::apple {
namespace {

constexpr int kDeclares = 15, kEnforces = 17;

// 26 of "26.3.1"; 0: it cannot be read.
int major_of(std::string_view version) {
    int number = 0;
    for (const char c : version) {
        if (c == '.') return number;
        if (c < '0' || c > '9' || number > 999) return 0;
        number = number * 10 + (c - '0');
    }
    return number;
}

} // namespace

std::string words(const Enforced& enforced) {
    return "iOS " + enforced.version + " by " + enforced.until;
}

bool takes_declarations(std::string_view os_version) {
    return major_of(os_version) >= kDeclares;
}
bool takes_enforcement(std::string_view os_version) {
    return major_of(os_version) >= kEnforces;
}
bool tells_updates(std::string_view os_version) {
    return major_of(os_version) >= kEnforces;
}

} // namespace oakum::apple
