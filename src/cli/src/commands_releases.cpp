// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

void add_releases(Builder& builder) {
    Given& given = builder.given;
    CLI::App* artifact =
        builder.noun("artifact")
            ->add_subcommand(
                "upload",
                "a file that devices install; goes on where it broke off, repairs one that is damaged there");
    artifact->add_option("file", given.file, "the file")->required()->check(CLI::ExistingFile);
    builder.does(artifact, [&](const Flow& flow) { return upload_artifact(flow, given.file); });

    NewRelease& release = given.release;
    CLI::App* create =
        builder.noun("release")->add_subcommand("create", "a release from an artifact and its SBOM");
    create->add_option("--name", release.name, "its name, like gateway")->required();
    create->add_option("--version", release.version, "its version, as devices will report it")->required();
    create->add_option("--artifact", release.artifact_file, "the file that devices install")
        ->check(CLI::ExistingFile);
    create->add_option("--artifact-sha256", release.artifact, "or one that was uploaded before");
    create->add_option("--model", release.models, "a compatible model; may be given again")->required();
    create->add_option("--hw-revision", release.hw_revisions,
                       "a compatible hardware revision; may be given again");
    create->add_option("--min-from", release.min_from, "the oldest version that may be updated directly");
    create->add_option(
        "--floor", release.floor,
        "the oldest version of its line that a device accepts once it verified this one, which may be named "
        "itself; unless told, as published releases of the line asked");
    create->add_option("--sbom", release.sbom_file, "what is in it")->check(CLI::ExistingFile);
    create->add_option("--notes", release.notes, "for the people who approve it");
    create->add_flag("--publish", release.publish, "sign it at once");
    builder.does(create, [&release](const Flow& flow) { return create_release(flow, release); });
}

void add_rollouts(Builder& builder) {
    Given& given = builder.given;
    Line& line = builder.session.line;
    NewRollout& rollout = given.rollout;
    CLI::App* create =
        builder.noun("rollout")->add_subcommand("create", "bring a release to devices, in waves");
    create->add_option("--name", rollout.name, "its name")->required();
    create->add_option("--release", rollout.release, "the release: id, or NAME@VERSION");
    create->add_option("--floor", rollout.floor, "instead: bring phones to what this floor asks for");
    create->add_option_function<std::string>(
        "--query",
        [&rollout, &line](const std::string& query) { rollout.query = line.values["query"] = query; },
        "who gets it; without one, every compatible device");
    create->add_option("--care", rollout.care, "careful, normal or urgent: waves and gates in one word");
    create
        ->add_option("--priority", rollout.priority,
                     "normal, urgent or emergency: which windows, freezes and budgets it need not keep")
        ->check(CLI::IsMember({"normal", "urgent", "emergency"}));
    create->add_option("--wave", rollout.waves, "NAME=PERCENT, cumulative; may be given again");
    create->add_option("--minimum", rollout.gate.minimum,
                       "healthy devices that a wave needs before the next");
    create
        ->add_option("--tolerated", rollout.gate.tolerated_percent,
                     "percent of failures that is good enough; 5 unless told")
        ->check(CLI::Range(0.0001, 99.0));
    create->add_option("--hard-stop", rollout.gate.hard_stop, "so many failures halt it at once")
        ->check(CLI::Range(1, 10'000'000));
    create
        ->add_option("--unproven", rollout.gate.unproven,
                     "after a wave too small to prove anything: ask (a person opens the next) or open")
        ->check(CLI::IsMember({"ask", "open"}));
    create->add_option("--soak", rollout.soak_seconds,
                       "seconds of health before a device counts as verified");
    create->add_option("--step-timeout", rollout.step_timeout_seconds,
                       "seconds of silence that count as a failure");
    create->add_flag("--start", rollout.start, "start it at once");
    create->add_option("--why", rollout.why, "the reason, for the audit log");
    builder.does(create, [&rollout](const Flow& flow) { return create_rollout(flow, rollout); });

    CLI::App* watch = builder.noun("rollout")->add_subcommand("watch", "follow it until it ends");
    watch
        ->add_option_function<std::string>(
            "id", [&given, &line](const std::string& id) { given.id = line.values["id"] = id; },
            "the rollout's id or name")
        ->required();
    builder.does(watch, [&](const Flow& flow) { return watch_rollout(flow, given.id); });
}

} // namespace oakum::cli
