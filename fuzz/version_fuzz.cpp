// LINK: domain_version
// SPDX-License-Identifier: Apache-2.0
#include <version/version.hpp>

#include <cstdlib>
#include <string_view>

// Every scheme reads or refuses any text; what it reads is equal to itself and ordered one way only.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum::version;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    const auto first = text.substr(0, line);
    const auto second = line == std::string_view::npos ? first : text.substr(line + 1);
    for (int i = 0; i <= static_cast<int>(Scheme::generic); ++i) {
        const auto scheme = static_cast<Scheme>(i);
        const auto a = Version::parse(scheme, first);
        const auto b = Version::parse(scheme, second);
        (void)Version::parse_upper(scheme, first).ok();
        if (!a.ok() || !b.ok()) continue;
        if (*compare(*a, *a) != 0 || (*compare(*a, *b) < 0) != (*compare(*b, *a) > 0)) std::abort();
    }
    (void)kernel_series(first).ok();
    (void)ios_branch(first).ok();
    return 0;
}
