// LINK: codecs_metadata
// SPDX-License-Identifier: Apache-2.0
#include <metadata/reader.hpp>
#include <metadata/write.hpp>
#include <trust/limits.hpp>

#include <cstdlib>

// Each reader takes any bytes. What one accepts is within the limits, and comes back the same when it is
// written and read again.
namespace {

using namespace oakum;

template <class Document, class Read>
void round_trip(const base::Result<trust::Signed<Document>>& first, Read read) {
    if (!first.ok()) return;
    if (first->signatures.size() > trust::limits::signatures) std::abort();
    const std::string text = metadata::encode(first->document);
    const auto second = read(metadata::envelope(text, first->signatures));
    // Written out, a document may outgrow the limit on bytes that it was within before; nothing else may
    // refuse it.
    if (!second.ok()) {
        if (second.error().kind != base::ErrorKind::too_large) std::abort();
        return;
    }
    if (metadata::encode(second->document) != text) std::abort();
    if (metadata::canonical(text).value() != second->canonical) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView bytes(data, size);
    const metadata::JsonReader reader;
    round_trip(reader.root(bytes), [&](base::ByteView b) { return reader.root(b); });
    round_trip(reader.timestamp(bytes), [&](base::ByteView b) { return reader.timestamp(b); });
    round_trip(reader.snapshot(bytes), [&](base::ByteView b) { return reader.snapshot(b); });
    round_trip(reader.targets(bytes), [&](base::ByteView b) { return reader.targets(b); });
    round_trip(reader.order(bytes), [&](base::ByteView b) { return reader.order(b); });
    return 0;
}
