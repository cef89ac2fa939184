// LINK: agent_parts
// SPDX-License-Identifier: Apache-2.0
#include <boot_loader.hpp>
#include <config.hpp>
#include <rauc.hpp>
#include <updates/state.hpp>

#include <cstdlib>

// What an agent reads from its own disk, which may be damaged or edited by hand. A stored state that is
// accepted is written and read again as the same; a configuration that is accepted says where the server is,
// and what `enroll` makes of it is accepted. What GRUB keeps is written and read again as the same; what RAUC
// says is read or refused.
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
    std::string block(text.substr(0, 1024));
    block.resize(1024, '#');
    const auto variables = agent::parse_grub_block(block);
    const auto made = variables.ok() ? agent::make_grub_block(*variables) : base::Result<std::string>(block);
    if (variables.ok() && made.ok() && agent::parse_grub_block(*made).value() != *variables) std::abort();
    const auto slots = agent::RaucStatus::parse(text);
    if (slots.ok() && slots->boot_names[0] == slots->boot_names[1]) std::abort();
    return 0;
}
