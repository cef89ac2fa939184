// LINK: codecs_metadata
// SPDX-License-Identifier: Apache-2.0
#include <metadata/ceremony.hpp>

#include <cstdlib>

// Any bytes are read or refused; what is read comes back the same, and says where it stands or why not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)metadata::read_key(text);
    const auto ceremony = metadata::read_ceremony(text);
    if (!ceremony.ok()) return 0;
    const std::string written = metadata::encode(*ceremony);
    const auto again = metadata::read_ceremony(written);
    if (!again.ok() || metadata::encode(*again) != written) std::abort();
    (void)metadata::standing(*ceremony);
    return 0;
}
