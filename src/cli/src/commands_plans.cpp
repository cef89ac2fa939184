// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

#include "plans.hpp"

namespace oakum::cli {

void add_plans(Builder& builder) {
    Given& given = builder.given;
    const Session& session = builder.session;
    const auto takes_file = [&given](CLI::App* command) {
        command->add_option("-f,--file", given.file, "the file; - reads standard input")->required();
    };
    CLI::App* apply = builder.app.add_subcommand(
        "apply", "make what a YAML file of rollouts, windows, freezes and budgets says; starts nothing");
    takes_file(apply);
    builder.on(apply, [&given, &session] { return apply_plans(session, given.file); });
    CLI::App* diff = builder.app.add_subcommand(
        "diff", "what applying a file would change; exit status 1 when it would change something");
    takes_file(diff);
    builder.on(diff, [&given, &session] { return diff_plans(session, given.file); });
    CLI::App* write = builder.noun("rollout")->add_subcommand(
        "export", "a rollout's plan as such a file; of several of that name the newest");
    write->add_option("id", given.id, "its id or its name")->required();
    builder.does(write, [&given](const Flow& flow) { return export_rollout(flow, given.id); });
    CLI::App* edit = builder.noun("rollout")->add_subcommand(
        "edit", "change waves that have not opened, also while it runs, to what a file says");
    edit->add_option("id", given.id, "its id or its name")->required();
    takes_file(edit);
    edit->add_option("--why", given.text, "the reason, for the audit log")->required();
    builder.on(edit, [&given, &session] { return edit_rollout(session, given.id, given.file, given.text); });
}

} // namespace oakum::cli
