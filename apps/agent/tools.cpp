// SPDX-License-Identifier: Apache-2.0
#include "tools.hpp"

#include <algorithm>
#include <unistd.h>

namespace oakum::agent {
namespace {

constexpr std::size_t max_said = 400;

// Printable, and its end.
std::string said(const system::Outcome& outcome) {
    std::string text = outcome.output + outcome.errors;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    if (text.size() > max_said) text.erase(0, text.size() - max_said);
    std::ranges::replace_if(text, [](char c) { return c < 0x20 || c > 0x7E; }, ' ');
    return text;
}

} // namespace

base::Result<std::string> find_tool(const std::string& name) {
    if (name.starts_with('/')) return name;
    for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
        if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
    return base::not_found(name + " is not installed on this device");
}

base::Result<system::Outcome> run_tool(const Tool& tool) {
    system::Command command;
    command.arguments = tool.words;
    const std::string name = command.arguments.front();
    TRY_VALUE(command.arguments.front(), find_tool(name));
    command.environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"LC_ALL", "C"}};
    command.environment.insert(command.environment.end(), tool.environment.begin(), tool.environment.end());
    command.input = tool.input;
    command.timeout = tool.timeout;
    command.output_limit = tool.output_limit;
    TRY_VALUE(auto outcome, system::run(command));
    TRY(judge(name, outcome));
    return outcome;
}

base::Status judge(const std::string& name, const system::Outcome& outcome) {
    if (outcome.succeeded()) return {};
    std::string what = name;
    if (outcome.timed_out)
        what += " did not end in time";
    else if (outcome.exit_code)
        what += " ended with " + std::to_string(*outcome.exit_code);
    else
        what += " was ended by signal " + std::to_string(outcome.signal);
    const std::string last = said(outcome);
    return base::unavailable(last.empty() ? what : what + ": " + last);
}

} // namespace oakum::agent
