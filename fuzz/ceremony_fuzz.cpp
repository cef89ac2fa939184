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
    (void)metadata::standing(*ceremony, trust::Rest::in_full);
    // As what somebody kept, against what somebody else made: a file starts from what it starts from.
    (void)metadata::starts_from_root(*ceremony, text);
    (void)metadata::since_list(*ceremony, text);
    return 0;
}
