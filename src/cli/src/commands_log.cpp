// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {
namespace {

void from_where(CLI::App* command, LogWish& wish) {
    command
        ->add_option("--from", wish.from,
                     "a folder that oakum log fetch made, or that holds the same; without it, the server")
        ->check(CLI::ExistingDirectory);
    auto* const root =
        command->add_option("--root", wish.root, "the root that you keep: its keys sign the log");
    command
        ->add_option("--key", wish.key,
                     "the log's key, NAME+ID+KEY, or a file with it; without both, the one that is served")
        ->excludes(root);
}

} // namespace

void add_log(Builder& builder) {
    Session& session = builder.session;
    LogWish& wish = builder.given.log;
    const auto on = [&](CLI::App* command, base::Status (*does)(const Session&, const LogWish&)) {
        from_where(command, wish);
        builder.on(command, [&session, &wish, does] { return does(session, wish); });
    };
    CLI::App* head = builder.noun("log")->add_subcommand(
        "checkpoint", "how long the log is now, signed: keep it, to compare with later");
    head->add_option("--file", wish.file, "write it into this new file");
    on(head, show_checkpoint);

    CLI::App* list = builder.noun("log")->add_subcommand(
        "show", "the newest entries: releases, withdrawals, roots, heads of the audit log");
    list->add_option("--kind", wish.kind, "only these: begin, root, list, release, withdrawn, audit");
    list->add_option("--after", wish.after, "only from this number on");
    on(list, show_log);

    CLI::App* verify = builder.noun("log")->add_subcommand(
        "verify", "every entry, every tile and the signature; with --kept also that nothing was taken back");
    verify->add_option("--kept", wish.kept, "a checkpoint that you kept; may be given again")
        ->take_all()
        ->check(CLI::ExistingFile);
    verify->add_flag("--audit", wish.audit,
                     "also hold the server's audit records against their hashes in the log");
    on(verify, verify_log);

    CLI::App* fetch = builder.noun("log")->add_subcommand(
        "fetch", "copy what is new into a folder, once it goes on from what the folder holds");
    fetch->add_option("folder", wish.folder, "the folder; made when it is not there")->required();
    on(fetch, fetch_log);
}

} // namespace oakum::cli
