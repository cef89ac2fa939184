// LINK: codecs_hawkbit_pages
// SPDX-License-Identifier: Apache-2.0
#include <device/query.hpp>
#include <hawkbit_pages/filter.hpp>
#include <hawkbit_pages/pages.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto query = hawkbit_pages::translate(text); query.ok())
        if (!device::parse_query(query->query).ok()) std::abort();
    (void)hawkbit_pages::read_targets(text);
    (void)hawkbit_pages::read_sets(text);
    (void)hawkbit_pages::read_modules(text);
    (void)hawkbit_pages::read_filters(text);
    (void)hawkbit_pages::read_artifacts(text);
    (void)hawkbit_pages::read_attributes(text);
    return 0;
}
