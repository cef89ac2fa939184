// LINK: codecs_mender_api
// SPDX-License-Identifier: Apache-2.0
#include <mender_api/artifact.hpp>
#include <mender_api/messages.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto asked = mender_api::decode_auth_request(text); asked.ok())
        if (const auto serial = mender_api::serial_of(asked->identity); serial.size() > 128) std::abort();
    (void)mender_api::decode_inventory(text);
    (void)mender_api::decode_next_v1(text);
    (void)mender_api::decode_next_v2(text);
    (void)mender_api::decode_status(text);
    if (const auto log = mender_api::decode_log(text); log.ok() && log->size() > mender_api::kMaxLog)
        std::abort();
    if (const auto head = mender_api::read_artifact_head(text); head.ok() && head->name.empty()) std::abort();
    return 0;
}
