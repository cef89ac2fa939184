// LINK: domain_search
// SPDX-License-Identifier: Apache-2.0
#include <search/wanted.hpp>

#include <cstdlib>

// What somebody types into the search box: it is found in itself, whatever stands before or behind it, and an
// advisory's id that was understood is understood again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum::search;
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto id = advisory_named(text); id && advisory_named(*id) != id) std::abort();
    const auto wanted = Wanted::parse(text);
    if (!wanted.ok()) return 0;
    if (wanted->in(wanted->text()) != Match::exact) std::abort();
    if (wanted->in(wanted->text() + "-7") < Match::prefix) std::abort();
    if (wanted->in("a" + wanted->text()) < Match::within) std::abort();
    return 0;
}
