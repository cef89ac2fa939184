// LINK: codecs_policy_files
// SPDX-License-Identifier: Apache-2.0
#include <policy_files/deadline_table.hpp>
#include <policy_files/support_ends.hpp>

#include <cstdlib>

using namespace oakum;

// Whatever somebody brings as a table of deadlines or of support ends: read within bounds, and what was read
// is read again from what is written of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto policy = policy_files::read_deadline_table("own", "Own", text); policy.ok()) {
        const auto written = policy_files::write_deadline_table(*policy);
        const auto again = policy_files::read_deadline_table("own", "Own", written);
        if (!again.ok() || policy_files::write_deadline_table(*again) != written) std::abort();
    }
    if (const auto rows = policy_files::read_support_ends(text); rows.ok()) {
        const auto written = policy_files::write_support_ends(*rows);
        const auto again = policy_files::read_support_ends(written);
        if (!again.ok() || policy_files::write_support_ends(*again) != written) std::abort();
    }
    return 0;
}
