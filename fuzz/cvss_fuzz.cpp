// LINK: domain_risk
// SPDX-License-Identifier: Apache-2.0
#include <risk/cvss.hpp>

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto score = oakum::risk::base_score({reinterpret_cast<const char*>(data), size});
    if (score && (*score < 0 || *score > 10)) std::abort();
    return 0;
}
