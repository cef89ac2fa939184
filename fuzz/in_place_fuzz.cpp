// LINK: agent_parts
// SPDX-License-Identifier: Apache-2.0
#include <dpkg.hpp>
#include <local_rules.hpp>
#include <program.hpp>

#include <cstdlib>

// What dpkg's programs print, what packages say of themselves, what an agent notes of them, and what a
// program prints as its version. A plan that is accepted is written and read again as the same, and names no
// path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const std::string_view text = base::as_text(base::ByteView(data, size));
    const auto fields = agent::parse_fields(text);
    if (fields.ok() && (fields->name.starts_with('-') || fields->version.find('/') != std::string::npos))
        std::abort();
    (void)agent::parse_installed(text);
    const auto plan = agent::decode_plan(text);
    if (plan.ok()) {
        const std::string once = agent::encode(*plan);
        const auto again = agent::decode_plan(once);
        if (!again.ok() || agent::encode(*again) != once) std::abort();
        for (const auto& step : plan->steps)
            if ((step.file + step.way_back).find('/') != std::string::npos) std::abort();
    }
    // What the kernel says of routes and load, and a configuration of rules.
    const std::string link = agent::read_link(text, text);
    if (link.find('/') != std::string::npos) std::abort();
    const auto load = agent::read_load(text);
    if (load.ok() && !(*load >= 0)) std::abort();
    agent::LocalRulesConfig rules;
    (void)agent::set_local_rule(rules, "rules.metered", text);
    (void)agent::set_local_rule(rules, "rules.idle_load", text);
    const auto version = agent::read_version(text);
    if (version.ok() && version->find('\n') != std::string::npos) std::abort();
    return 0;
}
