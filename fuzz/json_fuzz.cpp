// LINK: codecs_json
// SPDX-License-Identifier: Apache-2.0
#include <json/canonical.hpp>
#include <json/parse.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const bool floats : {false, true}) {
        const auto root = json::parse(text, {.floats = floats});
        if (!root.ok()) continue;
        // The span of a document that parsed is a document.
        if (!json::parse(root->source(), {.floats = floats}).ok()) std::abort();
        if (const auto canonical = json::canonical(*root); !floats && !canonical.ok()) std::abort();
    }
    return 0;
}
