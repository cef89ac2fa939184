// LINK: domain_component
// SPDX-License-Identifier: Apache-2.0
#include <component/purl.hpp>

#include <cstdlib>
#include <string_view>

// What is read is written in a form that reads as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using oakum::component::Purl;
    const auto purl = Purl::parse({reinterpret_cast<const char*>(data), size});
    if (!purl.ok()) return 0;
    const auto text = purl->text();
    const auto again = Purl::parse(text);
    // Escaping can make a legal name too long to be read again.
    if (text.size() <= 1024 && (!again.ok() || again->text() != text)) std::abort();
    return 0;
}
