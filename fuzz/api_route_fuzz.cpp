// LINK: protocols_api protocols_native
// SPDX-License-Identifier: Apache-2.0
#include "../src/protocols/api/src/cursor.hpp"
#include "../src/protocols/api/src/routes.hpp"
#include "../src/protocols/native/src/range.hpp"

#include <native/protocol.hpp>

#include <cstdlib>

using namespace oakum;

// A path, a cursor, a byte range and a certificate's name, each from the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const api::Found found = api::find_route(size % 2 == 0 ? ports::Method::get : ports::Method::post, text);
    if (found.route && (found.allow.empty() || found.path.size() > 1)) std::abort();

    const auto after = api::decode_cursor("list", text);
    if (after.ok() && after->empty()) std::abort();
    if (size > 0 && size < 300) {
        const auto back = api::decode_cursor("list", api::encode_cursor("list", text));
        if (!back.ok() || *back != text) std::abort();
    }

    const std::uint64_t length = size == 0 ? 0 : std::uint64_t{1} << (data[0] % 64);
    const native::RangeAnswer range = native::read_range(text, length);
    if (range.kind != native::RangeKind::unsatisfiable &&
        (range.range.offset > length || range.range.length > length - range.range.offset))
        std::abort();

    ports::Peer peer;
    peer.certificate = base::Digest256{};
    peer.certificate_serial = "01";
    peer.certificate_uri = text;
    const auto device = native::device_of(peer);
    if (device.ok() && device->device.is_zero()) std::abort();
    return 0;
}
