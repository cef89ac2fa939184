// SPDX-License-Identifier: Apache-2.0
#include "boot_loader.hpp"

#include "boot_env.hpp"
#include "tools.hpp"

#include <system/file.hpp>

#include <algorithm>

namespace oakum::agent {
namespace {

constexpr std::size_t block_size = 1024;
constexpr std::string_view block_head = "# GRUB Environment Block\n";
constexpr std::size_t max_text = 256 << 10;

bool is_slot(std::string_view text) {
    return text == "a" || text == "b";
}

std::string value_of(const BootVariables& variables, const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
}

// Calls `line` with each line that is "name=value".
template <class Line> void each_pair(std::string_view text, Line line) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view each = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = each.find('=');
        if (equals != std::string_view::npos && equals > 0)
            line(std::string(each.substr(0, equals)), std::string(each.substr(equals + 1)));
    }
}

} // namespace

base::Result<BootVariables> UBootEnvironment::read() {
    TRY_VALUE(const auto outcome, run_tool({{"fw_printenv", "-c", config_.string()}}));
    BootVariables variables;
    each_pair(outcome.output, [&](std::string name, std::string value) {
        variables.insert_or_assign(std::move(name), std::move(value));
    });
    return variables;
}

base::Status UBootEnvironment::write(const BootVariables& changes) {
    Tool tool{{"fw_setenv", "-c", config_.string(), "-s", "-"}};
    for (const auto& [name, value] : changes)
        tool.input += name + "=" + value + "\n";
    TRY(run_tool(tool));
    return {};
}

base::Result<BootVariables> parse_grub_block(std::string_view block) {
    if (block.size() != block_size || !block.starts_with(block_head))
        return base::corrupt("this is no GRUB environment block");
    BootVariables variables;
    while (!block.empty() && block.back() == '#')
        block.remove_suffix(1);
    while (!block.empty()) {
        // A backslash takes the next character as it is.
        std::string line;
        std::size_t at = 0;
        for (; at < block.size() && block[at] != '\n'; ++at) {
            if (block[at] == '\\' && at + 1 < block.size()) ++at;
            line += block[at];
        }
        block.remove_prefix(std::min(at + 1, block.size()));
        const std::size_t equals = line.find('=');
        if (line.starts_with('#') || equals == std::string::npos || equals == 0) continue;
        variables.insert_or_assign(line.substr(0, equals), line.substr(equals + 1));
    }
    return variables;
}

base::Result<std::string> make_grub_block(const BootVariables& variables) {
    std::string block(block_head);
    for (const auto& [name, value] : variables) {
        for (const char c : name + "=" + value) {
            if (c == '\n' || c == '\\') block += '\\';
            block += c;
        }
        block += '\n';
    }
    if (block.size() > block_size) return base::too_large("the GRUB environment block is full");
    block.append(block_size - block.size(), '#');
    return block;
}

base::Result<BootVariables> GrubEnvironment::read() {
    TRY_VALUE(const std::string block, system::read_bounded(file_, block_size));
    auto variables = parse_grub_block(block);
    if (!variables.ok()) return std::move(variables).error().wrap(file_.string());
    return variables;
}

base::Status GrubEnvironment::write(const BootVariables& changes) {
    TRY_VALUE(BootVariables variables, read());
    for (const auto& [name, value] : changes) {
        if (value.empty())
            variables.erase(name);
        else
            variables.insert_or_assign(name, value);
    }
    TRY_VALUE(const std::string block, make_grub_block(variables));
    return system::write_durably(file_, block, system::FileMode::readable_by_all);
}

base::Result<BootLoader::View> VariableLoader::look() {
    TRY_VALUE(const std::string line, system::read_bounded(command_line_, max_text));
    constexpr std::string_view word = "oakum.slot=";
    View view;
    for (std::size_t at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
        if (at > 0 && line[at - 1] != ' ') continue;
        const std::size_t from = at + word.size();
        view.running = line.substr(from, line.find_first_of(" \n", from) - from);
    }
    if (!is_slot(view.running))
        return base::corrupt(command_line_.string() + " does not say oakum.slot=a or oakum.slot=b");
    TRY_VALUE(const BootVariables variables, environment_->read());
    view.next = value_of(variables, "oakum_active");
    if (!is_slot(view.next)) return base::corrupt("the boot loader's oakum_active is neither a nor b");
    const std::string trying = value_of(variables, "oakum_trying");
    if (is_slot(trying) && value_of(variables, "oakum_tries") > "0") view.next = trying;
    return view;
}

base::Status VariableLoader::set(const BootVariables& wanted) {
    TRY_VALUE(const BootVariables present, environment_->read());
    const bool same = std::ranges::all_of(
        wanted, [&](const auto& each) { return value_of(present, each.first) == each.second; });
    return same ? base::Status() : environment_->write(wanted);
}

base::Status VariableLoader::try_next(const std::string& slot, std::uint32_t attempts) {
    return set({{"oakum_active", other_slot(slot)},
                {"oakum_trying", slot},
                {"oakum_tries", std::to_string(std::clamp(attempts, 1U, 9U))}});
}

base::Status VariableLoader::keep(const std::string& slot) {
    return set({{"oakum_active", slot}, {"oakum_trying", ""}, {"oakum_tries", ""}});
}

base::Status VariableLoader::refuse(const std::string& slot) {
    return keep(other_slot(slot));
}

} // namespace oakum::agent
