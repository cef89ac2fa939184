// LINK: codecs_patch_lists
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <patch_lists/read.hpp>

#include <cstdlib>

// What a build says, from anywhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto text = base::as_text(base::ByteView(data, size));
    (void)patch_lists::is_patch_list(text);
    const auto read = patch_lists::read(text);
    if (!read.ok()) return 0;
    for (const component::Statement& statement : *read)
        if (statement.component_name.empty() || statement.status == component::StatementStatus::affected)
            std::abort();
    return 0;
}
