// LINK: codecs_feeds
// SPDX-License-Identifier: Apache-2.0
#include <feeds/reader.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace oakum;

feeds::Tally read(feeds::FeedKind kind, base::ByteView bytes, std::size_t step) {
    feeds::FeedReader reader(kind, [](feeds::Item&&) { return base::Status(); }, {.max_record = 64 * 1024});
    while (!bytes.empty()) {
        const base::ByteView piece = bytes.first(std::min(step, bytes.size()));
        if (!reader.feed(piece).ok()) std::abort();
        bytes = bytes.subspan(piece.size());
    }
    auto tally = reader.finish();
    if (!tally.ok()) std::abort();
    return *tally;
}

} // namespace

// The first byte picks the feed. Records never depend on how the bytes were cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto kind = static_cast<feeds::FeedKind>(data[0] % (static_cast<int>(feeds::last_kind) + 1));
    const base::ByteView bytes(data + 1, size - 1);
    (void)feeds::detect(base::as_text(bytes), "x.json").ok();
    const feeds::Tally whole = read(kind, bytes, size);
    const feeds::Tally pieces = read(kind, bytes, 5);
    if (whole.accepted != pieces.accepted || whole.rejected != pieces.rejected) std::abort();
    return 0;
}
