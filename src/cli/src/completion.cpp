// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"

#include "topics.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace oakum::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

// Options that begin with dashes, "--query"; with their short forms when asked for.
std::vector<std::string> options_of(const CLI::App& app, bool with_values_only) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        if (with_values_only && !takes_value(*option)) continue;
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
        if (with_values_only)
            for (const std::string& name : option->get_snames())
                names.push_back("-" + name);
    }
    return names;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : std::string(between)) + word;
    return text;
}

std::string words_of(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::App* sub : commands_of(app))
        words.push_back(sub->get_name());
    for (std::string& option : options_of(app, false))
        words.push_back(std::move(option));
    return joined(words, " ");
}

// What stands after a command that has no verbs, where it is one of a few words.
std::string arguments_of(const CLI::App& command) {
    if (command.get_name() == "completion") return "bash zsh fish";
    if (command.get_name() != "help") return {};
    std::vector<std::string> names;
    for (const std::string_view name : kTopicNames)
        names.emplace_back(name);
    return joined(names, " ");
}

// Values of options that are words of a few.
struct Values {
    std::string_view options, words;
};
constexpr Values kValues[] = {{"-o|--output", "table json csv"},
                              {"--role", "viewer operator approver administrator"},
                              {"--scopes", "read operate approve administer"},
                              {"--care", "careful normal urgent"},
                              {"--only", "affecting exploited"},
                              {"--disabled", "true false"},
                              {"--fail-on", "exploited critical high any"}};

std::string bash(const CLI::App& app) {
    std::vector<std::string> valued = options_of(app, true);
    std::string cases;
    for (const CLI::App* noun : commands_of(app)) {
        for (std::string& option : options_of(*noun, true))
            valued.push_back(std::move(option));
        for (const CLI::App* verb : commands_of(*noun)) {
            for (std::string& option : options_of(*verb, true))
                valued.push_back(std::move(option));
            cases += "        \"" + noun->get_name() + " " + verb->get_name() + " \"*) words=\"" +
                     words_of(*verb) + " $everywhere\" ;;\n";
        }
        const std::string arguments = arguments_of(*noun);
        cases += "        \"" + noun->get_name() + " \"*) words=\"" + words_of(*noun) +
                 (arguments.empty() ? "" : " " + arguments) + " $everywhere\" ;;\n";
    }
    std::sort(valued.begin(), valued.end());
    valued.erase(std::unique(valued.begin(), valued.end()), valued.end());
    std::string values;
    for (const Values& each : kValues)
        values += "        " + std::string(each.options) + ") words=\"" + std::string(each.words) + "\" ;;\n";
    return "_oakum() {\n"
           "    local words=\"\" line=\"\" word last=\"\" i everywhere=\"" +
           joined(options_of(app, false), " ") +
           "\"\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        word=\"${COMP_WORDS[i]}\"\n"
           "        case $last in\n"
           "        " +
           joined(valued, "|") +
           ") last=\"\"; continue ;;\n"
           "        esac\n"
           "        last=\"$word\"\n"
           "        case $word in -*) ;; *) line=\"$line$word \" ;; esac\n"
           "    done\n"
           "    case $last in\n" +
           values + "        " + joined(valued, "|") +
           ") COMPREPLY=(); return ;;\n" // a value of one's own, or a file
           "        *) case $line in\n" +
           cases + "        *) words=\"" + words_of(app) +
           "\" ;;\n"
           "        esac ;;\n"
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "}\n"
           "complete -o default -F _oakum oakum\n";
}

std::string quote(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

void fish_options(std::string& script, const CLI::App& command, const std::string& when) {
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_lnames().empty()) continue;
        script += "complete -c oakum" + when + " -l " + option->get_lnames().front();
        if (!option->get_snames().empty()) script += " -s " + option->get_snames().front();
        if (takes_value(*option)) {
            std::string_view words;
            for (const Values& each : kValues)
                if (each.options.ends_with("--" + option->get_lnames().front())) words = each.words;
            script += words.empty() ? " -r -F" : " -x -a " + quote(words);
        }
        script += " -d " + quote(option->get_description()) + "\n";
    }
}

std::string fish(const CLI::App& app) {
    std::string script = "complete -c oakum -e\n";
    fish_options(script, app, "");
    for (const CLI::App* noun : commands_of(app)) {
        script += "complete -c oakum -f -n __fish_use_subcommand -a " + noun->get_name() + " -d " +
                  quote(noun->get_description()) + "\n";
        const std::string in_noun = "__fish_seen_subcommand_from " + noun->get_name();
        std::vector<std::string> verbs;
        for (const CLI::App* verb : commands_of(*noun))
            verbs.push_back(verb->get_name());
        for (const CLI::App* verb : commands_of(*noun)) {
            script += "complete -c oakum -f -n " +
                      quote(in_noun + "; and not __fish_seen_subcommand_from " + joined(verbs, " ")) +
                      " -a " + verb->get_name() + " -d " + quote(verb->get_description()) + "\n";
            fish_options(script, *verb,
                         " -n " + quote(in_noun + "; and __fish_seen_subcommand_from " + verb->get_name()));
        }
        if (verbs.empty()) fish_options(script, *noun, " -n " + quote(in_noun));
        if (const std::string arguments = arguments_of(*noun); !arguments.empty())
            script += "complete -c oakum -f -n " + quote(in_noun) + " -a " + quote(arguments) + "\n";
    }
    return script;
}

} // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
    if (shell == "fish") return fish(app);
    return (shell == "zsh"
                ? "autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n"
                : "") +
           bash(app);
}

} // namespace oakum::cli
