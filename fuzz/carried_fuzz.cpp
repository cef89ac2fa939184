// LINK: agent_parts
// SPDX-License-Identifier: Apache-2.0
#include <brought.hpp>
#include <wire/carried.hpp>

#include <cstdlib>

// What goes back in a folder that people carry, and what an agent and its verb tell each other of one. What
// is accepted is written and read again as the same.
namespace {

template <class Decode, class Encode> void round(Decode decode, Encode encode, std::string_view text) {
    const auto message = decode(text);
    if (!message.ok()) return;
    const std::string once = encode(*message);
    const auto again = decode(once);
    if (!again.ok() || encode(*again) != once) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text = base::as_text(base::ByteView(data, size));
    round(wire::decode_receipt, [](const wire::Receipt& m) { return wire::encode(m); }, text);
    round(wire::decode_signed_receipt, [](const wire::SignedReceipt& m) { return wire::encode(m); }, text);
    round(agent::decode_asked, [](const agent::Asked& m) { return agent::encode(m); }, text);
    round(agent::decode_answered, [](const agent::Answered& m) { return agent::encode(m); }, text);
    return 0;
}
