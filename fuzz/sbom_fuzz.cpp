// LINK: codecs_sbom
// SPDX-License-Identifier: Apache-2.0
#include <sbom/document.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto document = sbom::parse({reinterpret_cast<const char*>(data), size},
                                      {.max_components = 50, .max_statements = 50});
    if (document.ok() && (document->components.size() > 51 || document->statements.size() > 50)) std::abort();
    return 0;
}
