// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

#include <rollout/pace.hpp>

namespace oakum::cli {
namespace {

void add_sticks(Builder& builder) {
    StickWish& stick = builder.given.stick;
    Line& line = builder.session.line;
    CLI::App* carry = builder.noun("release")->add_subcommand(
        "export",
        "a folder, such as on a USB stick, that brings devices without a network what is asked of them");
    carry->add_option("folder", stick.folder, "where it is written; it is made")->required();
    carry->add_option_function<std::string>(
        "--for", [&stick, &line](const std::string& query) { stick.query = line.values["query"] = query; },
        "for the devices that this query names");
    carry->add_option("--release", stick.release,
                      "for the devices that a rollout brings this release: id, or NAME@VERSION");
    carry->add_option("--days", stick.days, "how long it is good for; 7 unless told")
        ->check(CLI::Range(1, 30));
    carry->add_option("--why", stick.why, "the reason, for the audit log");
    builder.does(carry, [&stick](const Flow& flow) { return export_stick(flow, stick); });

    CLI::App* back = builder.noun("release")->add_subcommand(
        "receipts", "take in what devices signed about updates that were carried to them");
    back->add_option("folder", stick.folder, "the folder that was carried")->required();
    builder.does(back, [&stick](const Flow& flow) { return take_receipts(flow, stick.folder); });
}

void add_trust(Builder& builder) {
    TrustWish& wish = builder.given.trust;
    CLI::App* trust = builder.noun("intake")->add_subcommand(
        "trust", "let what somebody signs count: a maker's key, or that of a builder");
    trust->add_option("name", wish.name, "what they are called here; who has the name is replaced")
        ->required();
    trust
        ->add_option("--kind", wish.kind,
                     "minisign, mcuboot, swupdate or rauc sign what devices install; provenance says how it "
                     "was built")
        ->required();
    trust
        ->add_option("--key", wish.key_file,
                     "a file: a public key of minisign, or in PEM; of swupdate and rauc the certificate, or "
                     "that of the CA that issues theirs")
        ->required()
        ->check(CLI::ExistingFile);
    trust->add_option("--line", wish.lines,
                      "the name of a line of releases for which it counts; may be given again; else for all");
    trust->add_option("--builder", wish.builder, "of provenance: the builder, as statements name it");
    trust->add_option("--build-type", wish.build_type, "of provenance: the kind of build");
    trust->add_option("--parameter", wish.parameters,
                      "of provenance: NAME=VALUE of each parameter that a build has; may be given again");
    trust->add_option("--why", wish.why, "the reason, for the audit log");
    builder.does(trust, [&wish](const Flow& flow) { return trust_signer(flow, wish); });
}

void add_attachments(Builder& builder) {
    AttachWish& wish = builder.given.attach;
    constexpr const char* kWhich = "its SHA-256, as oakum artifact list shows it";
    CLI::App* attach =
        builder.noun("artifact")
            ->add_subcommand(
                "attach",
                "put signatures (FILE.minisig) or statements of how it was built (DSSE) beside an artifact");
    attach->add_option("artifact", wish.artifact, kWhich)->required();
    attach->add_option("files", wish.files, "the files")->required()->check(CLI::ExistingFile);
    builder.does(attach, [&wish](const Flow& flow) { return attach_files(flow, wish); });
    CLI::App* detach = builder.noun("artifact")->add_subcommand("detach", "take one of them away again");
    detach->add_option("artifact", wish.artifact, kWhich)->required();
    detach->add_option("name", wish.name, "as oakum artifact attachments shows it")->required();
    builder.does(detach, [&wish](const Flow& flow) { return detach_file(flow, wish); });
}

void add_intake(Builder& builder) {
    IntakeWish& intake = builder.given.intake;
    CLI::App* set = builder.noun("intake")->add_subcommand(
        "set", "ask for a check, or no longer: approval=on, version=off");
    set->add_option("checks", intake.checks, "CHECK=on or CHECK=off")->required();
    set->add_option("--why", intake.why, "the reason, for the audit log");
    builder.does(set, [&intake](const Flow& flow) { return set_intake(flow, intake); });
    add_trust(builder);
    add_attachments(builder);
}

} // namespace

void add_releases(Builder& builder) {
    Given& given = builder.given;
    Line& line = builder.session.line;
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
    create
        ->add_option(
            "--attach", release.attached,
            "a signature (FILE.minisig) or a statement of how it was built (DSSE) that stands beside "
            "the artifact; may be given again")
        ->check(CLI::ExistingFile);
    create->add_flag("--publish", release.publish, "sign it at once");
    builder.does(create, [&release](const Flow& flow) { return create_release(flow, release); });
    add_sticks(builder);

    ReleaseChangeWish& wish = given.release_change;
    CLI::App* change = builder.noun("release")->add_subcommand(
        "change",
        "give a draft another artifact, SBOM, attachment or notes; who approved it approves it anew");
    change
        ->add_option_function<std::string>(
            "id",
            [&given, &line](const std::string& id) { given.release_change.release = line.values["id"] = id; },
            "its id or its name")
        ->required();
    change->add_option("--artifact", wish.artifact_file, "the file that devices install")
        ->check(CLI::ExistingFile);
    change->add_option("--artifact-sha256", wish.artifact, "or one that was uploaded before");
    change->add_option("--sbom", wish.sbom_file, "what is in it")->check(CLI::ExistingFile);
    change
        ->add_option(
            "--attach", wish.attached,
            "a signature (FILE.minisig) or a statement of how it was built (DSSE) that stands beside "
            "the artifact; may be given again")
        ->check(CLI::ExistingFile);
    change->add_option_function<std::string>(
        "--notes",
        [&wish](const std::string& notes) {
            wish.notes = notes;
            wish.has_notes = true;
        },
        "for the people who approve it");
    builder.does(change, [&wish](const Flow& flow) { return change_release(flow, wish); });

    add_intake(builder);
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
    create->add_option("--first", rollout.first,
                       "a query: these devices in a wave of their own before those of --care");
    create
        ->add_option("--priority", rollout.priority,
                     "normal, urgent or emergency: which windows, freezes and budgets it need not keep")
        ->check(CLI::IsMember({"normal", "urgent", "emergency"}));
    create->add_option(
        "--wave", rollout.waves,
        "NAME=PERCENT (cumulative), NAME=QUERY or 'NAME=PERCENT of QUERY'; may be given again");
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
    create
        ->add_option("--max-in-flight", rollout.max_in_flight,
                     "of each wave, at most so many devices have an update under way")
        ->check(CLI::Range(1U, rollout::kMostInFlight));
    create
        ->add_option("--per-minute", rollout.per_minute,
                     "of each wave, at most so many devices are asked in a minute")
        ->check(CLI::Range(1U, rollout::kMostPerMinute));
    create->add_flag("--start", rollout.start, "start it at once");
    create->add_option("--at", rollout.at,
                       "it starts by itself then: 2026-11-30T22:00:00Z, or with an offset");
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
