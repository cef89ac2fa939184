// LINK: codecs_budget_files
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <budget_files/budget_json.hpp>
#include <json/parse.hpp>

#include <cstdlib>

// A budget that a person wrote: read, kept, and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto value = json::parse(base::as_text(base::ByteView(data, size)));
    if (!value.ok()) return 0;
    const auto budget = budget_files::read_budget(*value);
    if (!budget.ok()) return 0;
    const auto again = budget_files::read_budgets(budget_files::write_budgets({*budget}));
    if (!again.ok() || again->size() != 1 || !(again->front() == *budget)) std::abort();
    // No group has less than none or more than it says, and a larger one never less than a smaller.
    std::uint32_t before = 0;
    for (std::uint64_t devices = 1; devices < 1'000'000; devices *= 7) {
        const std::uint32_t allowed = budget::allowed(budget->limit, devices);
        if (allowed < before) std::abort();
        before = allowed;
    }
    return 0;
}
