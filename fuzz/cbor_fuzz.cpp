// LINK: codecs_cbor
// SPDX-License-Identifier: Apache-2.0
#include <cbor/json.hpp>
#include <json/parse.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto text = cbor::to_json(bytes);
    if (!text.ok()) return 0;
    // Repeated names and U+0000 are JSON's matter; whatever JSON takes comes back the same.
    if (!json::parse(*text, {.floats = true}).ok()) return 0;
    const auto again = cbor::from_json(*text);
    if (!again.ok()) std::abort();
    const auto same = cbor::to_json(*again);
    if (!same.ok() || *same != *text) std::abort();
    return 0;
}
