// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {
namespace {

void add_options(CLI::App& command, OwnAdvisory& advisory) {
    command.add_option("--description", advisory.description, "what it is, in words");
    command.add_option("--workaround", advisory.workaround, "what helps until there is a fix");
    command.add_option("--scheme", advisory.scheme, "how its versions are read: semver, deb, generic, ...");
    command.add_option("--introduced", advisory.introduced, "the first affected version");
    command.add_option("--fixed", advisory.fixed, "the first version without it");
    command.add_option("--last-affected", advisory.last_affected, "or the last one with it");
    command.add_option("--vector", advisory.vector, "its CVSS vector");
    command.add_option("--severity", advisory.severity, "or a word: low, medium, high or critical")
        ->check(CLI::IsMember({"low", "medium", "high", "critical"}));
    command.add_option("--reference", advisory.references, "a link; may be given again");
    command.add_option("--alias", advisory.aliases,
                       "what others call it, such as its CVE; may be given again");
    command.add_option("--embargo", advisory.embargo, "whom it may be told");
    command.add_option("--embargo-until", advisory.embargo_until, "until when");
    command.add_option_function<bool>(
        "--exploited", [&advisory](bool exploited) { advisory.exploited = exploited; },
        "true when it is known to be exploited");
}

} // namespace

void add_decisions(Builder& builder) {
    Given& given = builder.given;
    NewException& exception = given.exception;
    CLI::App* add =
        builder.noun("exception")
            ->add_subcommand(
                "add",
                "ask that findings be accepted, mitigated, not affected or suppressed; says what it covers");
    add->add_option("--kind", exception.kind, "accept, mitigate, not_affected or suppress")
        ->required()
        ->check(CLI::IsMember({"accept", "mitigate", "not_affected", "suppress"}));
    add->add_option("--advisory", exception.advisory, "the vulnerability, by any of its ids");
    add->add_option("--fix", exception.fix,
                    "in its place: what this row of oakum fix list ends, by its id; of many the weightiest")
        ->excludes("--advisory");
    add->add_option("--component", exception.component, "in this component alone: name or package URL");
    add->add_option("--versions", exception.versions, "of the component, such as \">=1.2, <1.4\"");
    add->add_option("--below-score", exception.below_score,
                    "suppress: only what scores less, and is not known to be exploited");
    add->add_option("--group", exception.group, "on devices of this group: id or name");
    add->add_option("--query", exception.query, "on these devices, in the query language");
    add->add_option("--justification", exception.justification, "not_affected: why, in the words of VEX");
    add->add_option("--metric", exception.metric, "mitigate: what it changes, such as MAV:A");
    add->add_option("--evidence", exception.evidence, "a sentence or a link; may be given again");
    add->add_option("--expires", exception.expires, "until when, such as 2026-12-31");
    add->add_option("--reason", exception.reason, "why")->required();
    builder.does(add, [&](const Flow& flow) { return add_exception(flow, exception); });

    OwnAdvisory& advisory = given.advisory;
    CLI::App* record =
        builder.noun("advisory")
            ->add_subcommand("add", "record one that no feed tells; it matches like any other");
    record->add_option("--title", advisory.title, "what it is, in a line")->required();
    record
        ->add_option("--component", advisory.component,
                     "what it concerns: a package URL, a CPE name, or the name of a component or firmware")
        ->required();
    add_options(*record, advisory);
    builder.does(record, [&](const Flow& flow) { return add_advisory(flow, advisory); });
    CLI::App* edit =
        builder.noun("advisory")->add_subcommand("edit", "change one of your own; the rest stays");
    edit->add_option("id", advisory.id, "its id, such as OAKUM-2026-1")->required();
    edit->add_option("--title", advisory.title, "what it is, in a line");
    edit->add_option("--component", advisory.component, "what it concerns, in place of what is stored");
    add_options(*edit, advisory);
    builder.does(edit, [&](const Flow& flow) { return edit_advisory(flow, advisory); });

    VexOf& vex = given.vex;
    CLI::App* tell = builder.noun("vex")->add_subcommand(
        "export", "what is said of vulnerabilities in the software here, as a document for others");
    tell->add_option("--format", vex.format, "openvex (as without it) or cyclonedx")
        ->check(CLI::IsMember({"openvex", "cyclonedx"}));
    tell->add_option("--advisory", vex.advisory, "this one alone");
    tell->add_option("--release", vex.release, "the software of this release: id, or NAME@VERSION");
    tell->add_option("--query", vex.query, "what these devices run, in the query language");
    tell->add_option("--to", vex.file, "a new file; without one, standard output");
    builder.does(tell, [&](const Flow& flow) { return export_vex(flow, vex); });
}

} // namespace oakum::cli
