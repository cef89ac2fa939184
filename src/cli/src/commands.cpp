// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"
#include "completion.hpp"
#include "plans.hpp"
#include "simulate.hpp"

namespace oakum::cli {

CLI::App* Builder::noun(std::string_view name) {
    for (CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; }))
        if (known->get_name() == name) return known;
    CLI::App* noun = app.add_subcommand(std::string(name), std::string(about(name)));
    noun->require_subcommand(1);
    return noun;
}

void Builder::does(CLI::App* command, std::function<base::Status(const Flow&)> action) {
    on(command, [&session = session, action = std::move(action)]() -> base::Status {
        TRY_VALUE(Api api, session.api());
        const Shown shown = session.shown();
        return action(Flow{api, shown, session.console, session.line.dry_run});
    });
}

void Builder::on(CLI::App* command, std::function<base::Status()> action) {
    const std::string of = command->get_parent() == &app ? "" : command->get_parent()->get_name();
    command->callback([&line = session.line, of, action = std::move(action)] {
        line.noun = of;
        line.action = action;
    });
}

namespace {

void add_verb(Builder& builder, const Verb& verb) {
    Line& line = builder.session.line;
    CLI::App* command =
        builder.noun(verb.noun)->add_subcommand(std::string(verb.name), std::string(verb.help));
    for (const Option& option : verb.options) {
        const std::string key(option.name);
        const bool positional = option.place == Place::path || option.place == Place::words;
        const std::string name = (positional ? "" : "--") + key;
        CLI::Option* added = nullptr;
        if (option.place == Place::body_pairs)
            added = command->add_option_function<std::vector<std::string>>(
                name, [&line, key](const std::vector<std::string>& pairs) { line.pairs[key] = pairs; },
                std::string(option.help));
        else
            added = command->add_option_function<std::string>(
                name, [&line, key](const std::string& value) { line.values[key] = value; },
                std::string(option.help));
        if (option.required) added->required();
    }
    command->callback([&line, &session = builder.session, &verb] {
        line.verb = &verb;
        line.noun = verb.noun;
        line.action = [&session, &verb] { return run_verb(verb, session); };
    });
}

} // namespace

void add_commands(CLI::App& app, Session& session, Given& given) {
    Builder builder{app, session, given};
    add_status(builder);
    add_setup(builder);
    add_help(builder);
    for (const Verb& verb : verbs())
        add_verb(builder, verb);
    add_inventory(builder);
    add_feeds(builder);
    add_connectors(builder);
    add_apple(builder);
    add_takeovers(builder);
    add_lwm2m(builder);
    add_edits(builder);
    add_scan(builder);
    add_offline(builder);
    add_releases(builder);
    add_rollouts(builder);
    add_backups(builder);
    add_evidence(builder);
    add_verification(builder);
    add_keys(builder);
    add_log(builder);
    add_explanations(builder);
    add_people(builder);
    add_channels(builder);
    add_policies(builder);
    add_care(builder);
    add_schedules(builder);
    add_budgets(builder);
    add_plans(builder);
    add_simulate(builder);
    add_floors(builder);
    add_decisions(builder);
    CLI::App* completion =
        app.add_subcommand("completion", "a completion script: eval \"$(oakum completion bash)\", or zsh; "
                                         "oakum completion fish | source");
    completion->add_option("shell", given.shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    builder.on(completion, [&]() -> base::Status {
        session.console.out(completion_script(app, given.shell));
        return {};
    });
}

} // namespace oakum::cli
