// LINK: codecs_apple_messages
// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/declarations.hpp>
#include <apple_messages/inventory.hpp>
#include <apple_messages/messages.hpp>

// What an Apple phone says: check-ins, answers to commands, and reports of its status.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    if (size == 0) return 0;
    const std::string_view text = base::as_text(base::ByteView(data + 1, size - 1));
    switch (data[0] % 3) {
    case 0:
        (void)apple_messages::read_check_in(text);
        break;
    case 1:
        if (const auto report = apple_messages::read_report(text); report.ok()) {
            (void)apple_messages::facts_of_device_information(report->whole);
            (void)apple_messages::facts_of_security_info(report->whole);
            (void)apple_messages::apps_of(report->whole);
        }
        break;
    default:
        (void)apple_messages::read_status(text);
    }
    return 0;
}
