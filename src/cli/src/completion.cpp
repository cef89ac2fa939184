// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"

#include <CLI/CLI.hpp>

namespace oakum::cli {
namespace {

std::string words_of(const CLI::App& app) {
    std::string words;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        words += sub->get_name() + " ";
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            words += "--" + name + " ";
    return words;
}

} // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
    std::string cases;
    for (const CLI::App* noun : app.get_subcommands([](const CLI::App*) { return true; })) {
        cases += "        " + noun->get_name() + "\\ *) words=\"" + words_of(*noun) + "\" ;;\n";
        for (const CLI::App* verb : noun->get_subcommands([](const CLI::App*) { return true; }))
            cases = "        " + noun->get_name() + "\\ " + verb->get_name() + "\\ *) words=\"" +
                    words_of(*verb) + "\" ;;\n" + cases;
    }
    std::string script = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
    script += "_oakum() {\n"
              "    local words line=\"${COMP_WORDS[*]:1:COMP_CWORD-1} \"\n"
              "    case $line in\n" +
              cases + "        *) words=\"" + words_of(app) +
              "\" ;;\n"
              "    esac\n"
              "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
              "}\n"
              "complete -o default -F _oakum oakum\n";
    return script;
}

} // namespace oakum::cli
