// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

void add_evidence(Builder& builder) {
    Given& given = builder.given;
    NewEvidence& wanted = given.evidence;
    CLI::App* make = builder.noun("evidence")
                         ->add_subcommand("make", "a signed archive of a period: exposure, findings, "
                                                  "rollouts, decisions, audit log, inventory");
    make->add_option("--from", wanted.from, "the first day, such as 2026-10-01")->required();
    make->add_option("--to", wanted.to, "the last day")->required();
    make->add_option("--standard", wanted.standard,
                     "which controls it answers; oakum evidence key lists them");
    make->add_option("--query", wanted.query, "only these devices, in the query language");
    make->add_option("--file", wanted.file, "write it here as well; else it stays on the server");
    make->add_option("--why", wanted.why, "the reason, for the audit log");
    builder.does(make, [&](const Flow& flow) { return make_evidence(flow, given.evidence); });

    CLI::App* get =
        builder.noun("evidence")->add_subcommand("get", "write one that was made into a new file");
    get->add_option("name", given.id, "as the list names it")->required();
    get->add_option("--file", given.file, "the new file")->required();
    builder.does(get, [&](const Flow& flow) { return get_evidence(flow, given.id, given.file); });

    CLI::App* verify =
        builder.noun("evidence")
            ->add_subcommand("verify", "whether a pack is whole and as it was signed; needs no server");
    verify->add_option("file", given.file, "the archive")->required();
    verify->add_option("--key", given.text, "the id of the key that it has to be signed with");
    builder.on(verify, [&session = builder.session, &given] {
        return verify_evidence(session.shown(), given.file, given.text);
    });
}

} // namespace oakum::cli
