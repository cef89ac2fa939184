// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"
#include "offline.hpp"

namespace oakum::cli {

void add_scan(Builder& builder) {
    Line& line = builder.session.line;
    Scan& scan = builder.given.scan;
    CLI::App* command = builder.app.add_subcommand(
        "scan",
        "what SBOMs and root file systems are exposed to, without a server: only them and advisory files");
    command->add_option("target", scan.targets, "SBOMs (CycloneDX, SPDX) and folders of root file systems")
        ->required()
        ->check(CLI::ExistingPath);
    command
        ->add_option(
            "--advisories", scan.advisories,
            "a compiled file (.oadb), or advisory files or folders; may be given again (or OAKUM_ADVISORIES)")
        ->envname("OAKUM_ADVISORIES")
        ->required()
        ->check(CLI::ExistingPath);
    command
        ->add_option("--vex", scan.vex,
                     "what makers state (OpenVEX, CSAF, CycloneDX, cve-check of Yocto, pkg-stats of "
                     "Buildroot); may be given again")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--fail-on", scan.fail_on,
                     "end with status 1 when something is found that is: exploited, critical, high or any")
        ->check(CLI::IsMember({"exploited", "critical", "high", "any"}));
    command
        ->add_option(
            "--kernel-config", scan.kernel_build,
            "how its Linux kernel was built: a .config, a list of the compiled files, or an SPDX document; "
            "what is not compiled in does no harm")
        ->check(CLI::ExistingFile);
    builder.on(command, [&session = builder.session, &scan] {
        scan.document = session.line.output == "sarif"       ? Document::sarif
                        : session.line.output == "cyclonedx" ? Document::cyclonedx
                                                             : Document::none;
        return cli::scan(session.shown(), session.line.limit, scan);
    });
    command->parse_complete_callback([&line] { line.writes_documents = true; });

    CLI::App* kernel = builder.noun("kernel")->add_subcommand(
        "assess", "what is said of a Linux kernel of a version: an advisory and its verdict a line");
    kernel->add_option("version", builder.given.version, "as uname -r tells it")->required();
    kernel
        ->add_option(
            "--advisories", scan.advisories,
            "a compiled file (.oadb), or advisory files or folders; may be given again (or OAKUM_ADVISORIES)")
        ->envname("OAKUM_ADVISORIES")
        ->required()
        ->check(CLI::ExistingPath);
    kernel
        ->add_option(
            "--config", scan.kernel_build,
            "how it was built: its .config, a list of the compiled files, or an SPDX document; what is "
            "not compiled in does no harm")
        ->check(CLI::ExistingFile);
    builder.on(kernel, [&session = builder.session, &given = builder.given] {
        return assess_kernel(session.shown(), given.version, given.scan);
    });

    CLI::App* compile = builder.noun("feed")->add_subcommand(
        "compile", "one file from advisory files and folders that a scan opens at once");
    compile->add_option("path", builder.given.paths, "files or folders")
        ->required()
        ->check(CLI::ExistingPath);
    compile->add_option("--to", builder.given.file, "the file to make, NAME.oadb")->required();
    builder.on(compile, [&session = builder.session, &given = builder.given] {
        return compile_feeds(session.shown(), given.paths, given.file);
    });
}

void add_offline(Builder& builder) {
    Given& given = builder.given;
    const Console& console = builder.session.console;
    CLI::App* compare = builder.noun("version")->add_subcommand(
        "compare", "-1, 0 or 1 for two versions, or for each line \"A<TAB>B\" of standard input");
    compare->add_option("scheme", given.text, "semver, deb, rpm, apk, pep440, maven, npm, go, kernel, ...")
        ->required();
    compare->add_option("versions", given.questions, "two versions");
    builder.on(compare, [&] { return compare_versions(console, given.text, given.questions); });

    CLI::App* score = builder.noun("cvss")->add_subcommand(
        "score", "the base score of CVSS vectors, and the overall one where they have other metrics");
    score->add_option("vectors", given.questions, "vectors; without one, a line of standard input each");
    builder.on(score, [&] { return score_vectors(console, given.questions); });

    CLI::App* match = builder.noun("cpe")->add_subcommand(
        "match",
        "whether criteria cover a name: two CPEs, or each line \"CRITERIA<TAB>NAME\" of standard input");
    match->add_option("names", given.questions, "criteria, then a name");
    builder.on(match, [&] { return match_names(console, given.questions); });

    CLI::App* ssvc = builder.app.add_subcommand(
        "ssvc", "the outcome of a decision table: bod-26-04, deployer, coordinator, supplier, ...");
    ssvc->add_option("table", given.text, "the table")->required();
    ssvc->add_option("points", given.questions,
                     "the answers in the table's order; without them, a line of standard input each");
    builder.on(ssvc, [&] { return decide_by_table(console, given.text, given.questions); });

    rollout::Study& study = given.study;
    CLI::App* gate = builder.noun("rollout")->add_subcommand(
        "gate-study", "how often a gate halts and lets on a release whose true rate of failure is known");
    gate->add_option("--alpha", study.tolerance.halt_error,
                     "at most so often is a good release halted; 0.01 unless told");
    gate->add_option("--beta", study.tolerance.proceed_error,
                     "at most so often does a bad one go on; 0.05 unless told");
    gate->add_option("--tolerated", study.tolerance.tolerated,
                     "the share of failures that is good enough; 0.05 unless told");
    gate->add_option("--true-rate", study.true_rate, "the share of devices that fail; 0.05 unless told");
    gate->add_option("--runs", study.runs, "rollouts to play; 10000 unless told")
        ->check(CLI::Range(1, 1'000'000));
    gate->add_option("--devices", study.devices, "devices of each; 10000 unless told")
        ->check(CLI::Range(1, 1'000'000));
    gate->add_option("--delay", study.delay,
                     "how many devices begin while one shows its health; 0 unless told")
        ->check(CLI::Range(0, 1'000'000));
    gate->add_option("--silent", study.silent_share, "the share of failures that say nothing; 0 unless told")
        ->check(CLI::Range(0.0, 1.0));
    gate->add_option("--seed", study.seed, "the same seed plays the same rollouts");
    builder.on(gate, [&session = builder.session, &study] { return study_gate(session.shown(), study); });
}

} // namespace oakum::cli
