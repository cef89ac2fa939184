// LINK: codecs_metadata codecs_tlog
// SPDX-License-Identifier: Apache-2.0
#include <metadata/log_entry.hpp>
#include <tlog/sight.hpp>
#include <tlog/tiles.hpp>

#include <cstdlib>

// Any bytes are an entry that is told in words or refused; a path has one spelling.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto entry = metadata::read_log_entry(text); entry.ok() && entry->sentence.empty())
        std::abort();
    if (const auto path = tlog::read_tile_path(text);
        path && (path->entries ? tlog::entries_path(path->tile) : tlog::tile_path(path->tile)) != text)
        std::abort();
    if (const auto sight = tlog::read_sight(text); sight.ok() && sight->epoch == 0) std::abort();
    return 0;
}
