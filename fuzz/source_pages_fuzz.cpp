// LINK: codecs_source_pages
// SPDX-License-Identifier: Apache-2.0
#include <source_pages/csaf_provider.hpp>
#include <source_pages/cve_releases.hpp>
#include <source_pages/nvd_page.hpp>

#include <cstdlib>

using namespace oakum;

// Whatever a publisher, or somebody in its name, answers: read within bounds, and no address leads elsewhere
// than one may be asked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto is_address = [](const std::string& url) {
        return (url.starts_with("https://") || url.starts_with("http://")) &&
               url.find_first_of(" \r\n\t#") == std::string::npos;
    };
    if (const auto listings = source_pages::read_csaf_provider(text); listings.ok())
        for (const auto& listing : *listings)
            if (!is_address(listing.url)) std::abort();
    if (const auto feed = source_pages::read_rolie(text); feed.ok())
        for (const auto& entry : feed->entries)
            if (!is_address(entry.url)) std::abort();
    if (const auto changes = source_pages::read_csaf_changes(text, "https://h/f"); changes.ok())
        for (const auto& entry : changes->entries)
            if (!entry.url.starts_with("https://h/f/") || entry.url.find("..") != std::string::npos)
                std::abort();
    (void)source_pages::check_csaf_document(text).ok();
    (void)source_pages::read_cve_releases(text).ok();
    (void)source_pages::read_nvd_page(text).ok();
    return 0;
}
