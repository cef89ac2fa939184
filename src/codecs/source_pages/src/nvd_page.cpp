// SPDX-License-Identifier: Apache-2.0
#include <source_pages/nvd_page.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::source_pages {
namespace {

constexpr std::size_t kHead = 1024; // the counts stand before the records
constexpr std::string_view kSpace = " \t\r\n";

base::Result<std::uint64_t> count_at(std::string_view head, std::string_view name) {
    const std::string quoted = "\"" + std::string(name) + "\"";
    std::size_t at = head.find(quoted);
    if (at == std::string_view::npos)
        return base::invalid("this is no page of NVD's CVE API: it has no " + quoted);
    at = head.find_first_not_of(kSpace, at + quoted.size());
    if (at != std::string_view::npos && head[at] == ':') at = head.find_first_not_of(kSpace, at + 1);
    std::uint64_t value = 0;
    if (at != std::string_view::npos) {
        const auto [end, error] = std::from_chars(head.data() + at, head.data() + head.size(), value);
        if (error == std::errc()) return value;
    }
    return base::invalid("this is no page of NVD's CVE API: " + quoted + " is no number");
}

} // namespace

base::Result<NvdPage> read_nvd_page(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace), last = text.find_last_not_of(kSpace);
    if (first == std::string_view::npos || text[first] != '{')
        return base::invalid("this is no page of NVD's CVE API: it is no JSON object");
    if (text[last] != '}') return base::invalid("the page of NVD's CVE API is cut off");
    std::string_view head = text.substr(first, kHead);
    head = head.substr(0, std::min(head.find("\"vulnerabilities\""), head.size()));
    NvdPage page;
    TRY_VALUE(page.results, count_at(head, "resultsPerPage"));
    TRY_VALUE(page.start, count_at(head, "startIndex"));
    TRY_VALUE(page.total, count_at(head, "totalResults"));
    return page;
}

} // namespace oakum::source_pages
