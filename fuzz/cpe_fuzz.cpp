// LINK: domain_component
// SPDX-License-Identifier: Apache-2.0
#include <component/cpe.hpp>

#include <cstdlib>
#include <string_view>

// What is read is written in a form that reads as the same, and relates to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum::component;
    const auto cpe = Cpe::parse({reinterpret_cast<const char*>(data), size});
    if (!cpe.ok()) return 0;
    const auto text = cpe->text();
    const auto again = Cpe::parse(text);
    if (text.size() <= 1024 && (!again.ok() || *again != *cpe)) std::abort();
    const auto self = relation(*cpe, *cpe);
    if (self != Relation::equal && self != Relation::undefined) std::abort();
    return 0;
}
