// LINK: protocols_api
// SPDX-License-Identifier: Apache-2.0
#include "../src/protocols/api/src/decode.hpp"

#include <json/parse.hpp>

#include <cstdlib>

using namespace oakum;

namespace {

// An error without a kind that is the caller's fault, or without words, is a mistake of the decoder.
template <class T> void expect_told(const base::Result<T>& result) {
    if (result.ok()) return;
    const base::Error& error = result.error();
    if (error.message.empty() ||
        (error.kind != base::ErrorKind::invalid && error.kind != base::ErrorKind::too_large))
        std::abort();
}

} // namespace

// The first byte chooses the route's decoder, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto parsed =
        json::parse(text, {.max_bytes = 65'536, .max_depth = 12, .max_values = 20'000, .floats = false});
    if (!parsed.ok()) return 0;
    const json::Value& body = *parsed;
    switch (data[0] % 14) {
    case 0:
        expect_told(api::decode_sign_in(body));
        break;
    case 1:
        expect_told(api::decode_one_time(body));
        break;
    case 2:
        expect_told(api::decode_password(body));
        break;
    case 3:
        expect_told(api::decode_user_new(body));
        break;
    case 4:
        expect_told(api::decode_user_patch(body));
        break;
    case 5:
        expect_told(api::decode_token_new(body));
        break;
    case 6:
        expect_told(api::decode_enrolment_new(body));
        break;
    case 7:
        expect_told(api::decode_group_new(body));
        break;
    case 8:
        expect_told(api::decode_device_patch(body));
        break;
    case 9:
        expect_told(api::decode_why(body, api::WhyIs::required));
        break;
    case 10:
        expect_told(api::decode_upload(body));
        break;
    case 11:
        expect_told(api::decode_release(body));
        break;
    case 12:
        expect_told(api::decode_plan(body));
        break;
    case 13:
        expect_told(api::decode_backup(body));
        break;
    default:
        break;
    }
    return 0;
}
