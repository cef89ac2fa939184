// LINK: codecs_ddi
// SPDX-License-Identifier: Apache-2.0
#include <ddi/messages.hpp>

#include <base/bytes.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto feedback = ddi::decode_feedback(text); feedback.ok())
        if (feedback->details.size() > ddi::kMaxDetails || !base::is_utf8(feedback->details)) std::abort();
    if (const auto attributes = ddi::decode_attributes(text); attributes.ok()) {
        if (attributes->data.size() > ddi::kMaxAttributes) std::abort();
        for (const auto& [name, value] : attributes->data)
            if (name.empty() || !base::is_utf8(value)) std::abort();
    }
    (void)ddi::decode_confirmation(text);
    return 0;
}
