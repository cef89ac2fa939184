// LINK: codecs_wire
// SPDX-License-Identifier: Apache-2.0
#include <wire/native.hpp>

#include <cstdlib>

// The first byte chooses the message. What was read is written, read again and written again: both texts are
// equal.
namespace {

template <class Decode> void round(Decode decode, std::string_view text) {
    const auto message = decode(text);
    if (!message.ok()) return;
    const std::string once = oakum::wire::encode(*message);
    const auto again = decode(once);
    if (!again.ok() || oakum::wire::encode(*again) != once) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum::wire;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 11) {
    case 0:
        round(decode_enroll_request, text);
        break;
    case 1:
        round(decode_enroll_reply, text);
        break;
    case 2:
        round(decode_renew_request, text);
        break;
    case 3:
        round(decode_renew_reply, text);
        break;
    case 4:
        round(decode_poll_request, text);
        break;
    case 5:
        round(decode_poll_reply, text);
        break;
    case 6:
        round(decode_inventory, text);
        break;
    case 7:
        round(decode_report, text);
        break;
    case 8:
        round(decode_manifest, text);
        break;
    case 9:
        round(decode_signed_manifest, text);
        break;
    default:
        round(decode_report_reply, text);
        break;
    }
    return 0;
}
