// SPDX-License-Identifier: Apache-2.0
// LINK: codecs_feed_bundle
// Bundles of feeds and their manifests, as strangers make them: what is handed out is what the manifest
// names.
#include <feed_bundle/reader.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const base::ByteView bytes(data, size);
    if (const auto manifest = feed_bundle::read_manifest(base::as_text(bytes)); manifest.ok()) {
        for (const feed_bundle::Entry& entry : manifest->entries)
            if (!feed_bundle::is_plain_name(entry.name)) std::abort();
        const auto again = feed_bundle::read_manifest(feed_bundle::to_json(*manifest));
        if (again.ok() && *again != *manifest) std::abort();
    }
    std::uint64_t came = 0;
    std::size_t ended = 0;
    feed_bundle::Reader reader({[&](const feed_bundle::Entry&) -> base::Status {
                                    came = 0;
                                    return {};
                                },
                                [&](base::ByteView piece) -> base::Status {
                                    came += piece.size();
                                    return {};
                                },
                                [&](const feed_bundle::Entry& entry) -> base::Status {
                                    if (came != entry.size) std::abort();
                                    ++ended;
                                    return {};
                                }});
    const std::size_t half = size / 2;
    base::Status fed = reader.feed(bytes.first(half));
    if (fed.ok()) fed = reader.feed(bytes.subspan(half));
    if (fed.ok() && reader.finish().ok() && ended != reader.manifest().entries.size()) std::abort();
    return 0;
}
