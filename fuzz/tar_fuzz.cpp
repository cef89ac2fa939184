// SPDX-License-Identifier: Apache-2.0
// LINK: codecs_tar
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <tar/header.hpp>

// A header that was read is written and read again, the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    tar::Block block{};
    std::memcpy(block.data(), data, size < block.size() ? size : block.size());
    const auto read = tar::from_block(block);
    if (!read.ok() || !read->has_value()) return 0;
    const auto again = tar::to_block(**read);
    if (!again.ok()) return 0; // a name that we would not give
    const auto reread = tar::from_block(*again);
    if (!reread.ok() || **reread != **read) std::abort();
    return 0;
}
