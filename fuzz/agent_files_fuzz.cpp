// LINK: agent_parts
// SPDX-License-Identifier: Apache-2.0
#include <config.hpp>
#include <updates/state.hpp>

#include <cstdlib>

// What an agent reads from its own disk, which may be damaged or edited by hand. A stored state that is
// accepted is written and read again as the same; a configuration that is accepted says where the server is,
// and what `enroll` makes of it is accepted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text = base::as_text(base::ByteView(data, size));
    const auto state = updates::decode_state(text);
    if (state.ok()) {
        const std::string again = updates::encode(*state);
        const auto read = updates::decode_state(again);
        if (!read.ok() || updates::encode(*read) != again) std::abort();
    }
    const auto config = agent::parse_config(text);
    if (config.ok() && !agent::parse_config(agent::first_config(*config, text)).ok()) std::abort();
    return 0;
}
