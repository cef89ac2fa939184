// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "backups.hpp"
#include "completion.hpp"
#include "explain.hpp"
#include "offline.hpp"
#include "scan.hpp"
#include "seen.hpp"

namespace oakum::cli {
namespace {

using Action = std::function<base::Status(const Flow&)>;

// What the functions below need of the command line.
struct Builder {
    CLI::App& app;
    Session& session;
    Given& given;

    CLI::App* noun(std::string_view name) {
        for (CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; }))
            if (known->get_name() == name) return known;
        CLI::App* noun = app.add_subcommand(std::string(name), std::string(about(name)));
        noun->require_subcommand(1);
        return noun;
    }
    // Connects only when it runs.
    void does(CLI::App* command, Action action) {
        on(command, [&session = session, action = std::move(action)]() -> base::Status {
            TRY_VALUE(Api api, session.api());
            const Shown shown = session.shown();
            return action(Flow{api, shown, session.console, session.line.dry_run});
        });
    }
    void on(CLI::App* command, std::function<base::Status()> action) {
        const std::string of = command->get_parent() == &app ? "" : command->get_parent()->get_name();
        command->callback([&line = session.line, of, action = std::move(action)] {
            line.noun = of;
            line.action = action;
        });
    }
};

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

void add_status(Builder& builder) {
    Line& line = builder.session.line;
    CLI::App* status = builder.app.add_subcommand("status", "how exposed the fleet is and what to fix first");
    status->add_option_function<std::string>(
        "--query", [&line](const std::string& query) { line.values["query"] = query; }, "which devices");
    builder.does(status, [&line](const Flow& flow) { return show_status(flow, line.values["query"]); });

    CLI::App* search = builder.app.add_subcommand(
        "search", "anything by name: CVE, device, serial, address, group, site, release, rollout, component");
    search->add_option("text", builder.given.text, "what to look for")->required();
    builder.does(search, [&given = builder.given](const Flow& flow) { return search_all(flow, given.text); });
}

void add_inventory(Builder& builder) {
    Given& given = builder.given;
    CLI::App* import = builder.noun("device")->add_subcommand(
        "import", "devices from a table (CSV), as spreadsheets, Intune and Jamf Pro write them; a second "
                  "import updates by serial");
    DeviceTable& devices = given.devices;
    import->add_option("file", devices.file, "the table")->required()->check(CLI::ExistingFile);
    import->add_option("--group", devices.group, "the group that new devices join: id or name");
    import->add_option("--map", devices.columns,
                       "HEAD=FACT: what a column means; HEAD= leaves it out; may be given again");
    import->add_flag("--with-persons", devices.with_persons,
                     "take columns about persons too (user names, mail, phone numbers)");
    import->add_option("--dates", devices.dates, "how 3/4/2026 is meant, where the file does not show it")
        ->check(CLI::IsMember({"day-first", "month-first"}));
    import->add_option("--refused", devices.refused,
                       "a CSV file for the lines that are refused, with the reasons");
    builder.does(import, [&](const Flow& flow) { return import_devices(flow, given.devices); });

    CLI::App* seen = builder.noun("device")->add_subcommand(
        "seen", "what a scan of nmap (-oX) or DHCP leases saw, and which device of the fleet each is");
    seen->add_option("file", given.file, "the scan, or the lease file of dnsmasq, ISC dhcpd or Kea")
        ->required()
        ->check(CLI::ExistingFile);
    seen->add_flag("--unknown", given.unknown, "only those that are none of the fleet's");
    builder.does(seen, [&](const Flow& flow) { return show_seen(flow, given.file, given.unknown); });

    CLI::App* sbom = builder.noun("sbom")->add_subcommand(
        "attach", "say what a firmware version, or one device, is made of (CycloneDX, SPDX)");
    sbom->add_option("file", given.file, "the SBOM")->required()->check(CLI::ExistingFile);
    sbom->add_option("--model", given.model, "the model it is for");
    sbom->add_option("--version", given.version, "the firmware version it is for");
    sbom->add_option("--device", given.device, "the one device it is for: id, serial or name");
    builder.does(sbom, [&](const Flow& flow) {
        return attach_sbom(flow, given.file, given.model, given.version, given.device);
    });

    CLI::App* feeds = builder.noun("feed")->add_subcommand(
        "import", "advisories from files or folders (.json, .jsonl, .csv, also .gz and .zst)");
    feeds->add_option("path", given.paths, "files or folders")->required()->check(CLI::ExistingPath);
    builder.does(feeds, [&](const Flow& flow) { return import_feeds(flow, given.paths); });

    Line& line = builder.session.line;
    CLI::App* advisory = builder.noun("advisory")->add_subcommand("show", "are we affected by it?");
    advisory
        ->add_option_function<std::string>(
            "id", [&line](const std::string& id) { line.values["id"] = id; },
            "CVE id or another of its names")
        ->required();
    advisory->add_option_function<std::string>(
        "--query", [&line](const std::string& query) { line.values["query"] = query; }, "which devices");
    builder.does(advisory, [&line](const Flow& flow) {
        return show_advisory(flow, line.values["id"], line.values["query"]);
    });
}

// What there is in SBOMs and root file systems, without a server.
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
    command->add_option("--vex", scan.vex, "what makers state (OpenVEX, CycloneDX); may be given again")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--fail-on", scan.fail_on,
                     "end with status 1 when something is found that is: exploited, critical, high or any")
        ->check(CLI::IsMember({"exploited", "critical", "high", "any"}));
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
    builder.on(kernel, [&session = builder.session, &given = builder.given] {
        return assess_kernel(session.shown(), given.version, given.scan.advisories);
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

// Single rules, without a server.
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
    create->add_option("--release", rollout.release, "the release: id, or NAME@VERSION")->required();
    create->add_option_function<std::string>(
        "--query",
        [&rollout, &line](const std::string& query) { rollout.query = line.values["query"] = query; },
        "who gets it; without one, every compatible device");
    create->add_option("--care", rollout.care, "careful, normal or urgent: waves and gates in one word");
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

void add_backups(Builder& builder) {
    Given& given = builder.given;
    CLI::App* make = builder.noun("backup")->add_subcommand(
        "create", "one file that restores the server: store, online keys, artifacts, feeds");
    make->add_option("file", given.file, "a name below the server's DIR/backups")->required();
    make->add_flag("--without-files", given.without_files, "leave out artifacts and feeds");
    builder.does(make, [&](const Flow& flow) { return back_up(flow, given.file, !given.without_files); });

    CLI::App* look = builder.noun("backup")->add_subcommand(
        "verify", "read one again, and say whether it can be restored");
    look->add_option("file", given.file, "its name")->required();
    builder.does(look, [&](const Flow& flow) { return verify_backup(flow, given.file); });

    CLI::App* bundle = builder.noun("support")->add_subcommand(
        "bundle",
        "a tar file for somebody who helps: versions, configuration, findings, figures, no secrets");
    bundle->add_option("file", given.file, "the new file")->required();
    builder.does(bundle, [&](const Flow& flow) { return save_support_bundle(flow, given.file); });

    BackupSchedule& schedule = given.schedule;
    CLI::App* when = builder.noun("backup")->add_subcommand(
        "schedule", "how often the server makes one by itself; with options, change it");
    when->add_option("--every-hours", schedule.every_hours, "hours between two; 0: none")
        ->check(CLI::Range(0, 8'760));
    when->add_option("--keep", schedule.keep, "how many of them are kept")->check(CLI::Range(1, 400));
    when->add_option("--with-files", schedule.with_files, "true or false: artifacts and feeds go in too")
        ->check(CLI::IsMember({"true", "false"}));
    builder.does(when, [&](const Flow& flow) { return schedule_backups(flow, given.schedule); });
}

void add_setup(Builder& builder) {
    Setup& setup = builder.given.setup;
    CLI::App* command = builder.app.add_subcommand(
        "setup", "from the first start of a server to assessed devices, step by step; may be run again");
    command->add_option("--welcome", setup.welcome, "what oakumd left for its first person");
    command->add_option("--one-time", setup.one_time, "the token of the one-time sign-in link");
    command->add_option("--feeds", setup.feeds, "a folder with advisory files")->check(CLI::ExistingPath);
    command->add_option("--devices", setup.devices, "a CSV of your devices")->check(CLI::ExistingFile);
    command->add_option("--enrol", setup.enrol, "how many devices may enrol within a day")
        ->check(CLI::Range(0, 99'999));
    command->add_flag("--password-stdin", setup.password_stdin, "read the password from standard input");
    command->add_flag("--yes", setup.yes, "ask nothing: what is not given keeps its default");
    builder.on(command, [&session = builder.session, &setup] { return set_up(session, setup); });
}

// Why this, why not now, when.
void add_explanations(Builder& builder) {
    Given& given = builder.given;
    Line& line = builder.session.line;
    const auto of = [&](CLI::App* command, std::string_view name, std::string help) {
        command
            ->add_option_function<std::string>(
                std::string(name),
                [&line, &given](const std::string& id) { given.id = line.values["id"] = id; },
                std::move(help))
            ->required();
    };
    CLI::App* device = builder.noun("device")->add_subcommand(
        "explain", "why it is as it is, what it waits for, and until when");
    of(device, "id", "its id, serial or name");
    builder.does(device, [&given](const Flow& flow) { return explain_device(flow, given.id); });

    CLI::App* rollout =
        builder.noun("rollout")->add_subcommand("explain", "what it does, what it waits for, and until when");
    of(rollout, "id", "its id or its name");
    builder.does(rollout, [&given](const Flow& flow) { return explain_rollout(flow, given.id); });

    CLI::App* finding = builder.noun("finding")->add_subcommand(
        "explain", "why a device is affected or not, who says so, and why it is not fixed now");
    of(finding, "advisory", "CVE id or another of its names");
    finding->add_option("--device", given.device, "the device: id, serial or name")->required();
    builder.does(finding,
                 [&given](const Flow& flow) { return explain_finding(flow, given.id, given.device); });
}

void add_channels(Builder& builder) {
    Given& given = builder.given;
    NewChannel& channel = given.channel;
    CLI::App* add = builder.noun("channel")->add_subcommand(
        "add", "tell alarms somewhere else too; what is secret is read from standard input");
    add->add_option("--name", channel.name, "its name")->required();
    add->add_option("--kind", channel.kind, "webhook, mail, slack or teams")
        ->required()
        ->check(CLI::IsMember({"webhook", "mail", "slack", "teams"}));
    add->add_option(
        "--address", channel.address,
        "https://... of a webhook; smtp://HOST:587 (STARTTLS) or smtps://HOST:465 of a mail server");
    add->add_flag("--address-stdin", channel.address_stdin,
                  "read the address, which is a secret of Slack and Teams");
    add->add_flag("--secret-stdin", channel.secret_stdin,
                  "read the key of a webhook's signature (else one is made), or the password of mail");
    add->add_option("--pace", channel.pace, "digest (urgent ones at once, all once a day) or at_once")
        ->check(CLI::IsMember({"digest", "at_once"}));
    add->add_option("--to", channel.recipients, "mail: to whom, A,B,...")->delimiter(',');
    add->add_option("--from", channel.sender, "mail: from whom");
    add->add_option("--account", channel.account, "mail: the user; its password is read with --secret-stdin");
    builder.does(add, [&](const Flow& flow) { return add_channel(flow, channel); });

    CLI::App* test =
        builder.noun("channel")->add_subcommand("test", "send a message now, and say whether it arrived");
    test->add_option("id", given.id, "its id or its name")->required();
    builder.does(test, [&](const Flow& flow) { return test_channel(flow, given.id); });
}

void add_people(Builder& builder) {
    Given& given = builder.given;
    Session& session = builder.session;
    CLI::App* person = builder.noun("user")->add_subcommand(
        "create", "let somebody in; the password is asked for, or read from standard input");
    person->add_option("--name", given.person.name, "the name to sign in with")->required();
    person->add_option("--role", given.person.role, "viewer, operator, approver or administrator")
        ->required();
    person->add_option("--group", given.person.groups,
                       "only the devices of this group: id or name; may be given again");
    person->add_flag("--password-stdin", given.person.password_stdin, "do not prompt");
    builder.does(person, [&](const Flow& flow) { return create_user(flow, given.person); });

    CLI::App* password = builder.noun("user")->add_subcommand(
        "password", "change a password; it is asked for, or read from standard input");
    password->add_option("id", given.user, "whose: id or name")->required();
    password->add_flag("--password-stdin", given.password_stdin, "do not prompt");
    builder.does(password, [&](const Flow& flow) {
        session.line.values["id"] = given.user;
        return set_password(flow, given.user, given.password_stdin);
    });

    for (const auto& [name, change, help] :
         {std::tuple("on", TotpChange::on,
                     "set up an authenticator: a code is then asked for at each sign-in"),
          std::tuple("codes", TotpChange::codes, "new recovery codes in place of those that are left"),
          std::tuple("off", TotpChange::off, "no longer ask for a code")}) {
        CLI::App* totp = builder.noun("totp")->add_subcommand(name, help);
        totp->add_option("--user", given.user, "your name; without it, whose token this is");
        builder.does(totp, [&, wanted = change](const Flow& flow) -> base::Status {
            TRY_VALUE(const Connection connection, session.connection());
            return change_totp(flow, connection, wanted, given.user);
        });
    }
    CLI::App* glass = builder.noun("user")->add_subcommand(
        "break-glass", "an account for when nothing else lets anybody in; its password is shown once");
    glass->add_option("--name", given.person.name, "its name")->default_val("break-glass");
    glass->add_flag("--renew", given.renew, "a new password for the one there is");
    builder.does(glass,
                 [&](const Flow& flow) { return make_break_glass(flow, given.person.name, given.renew); });

    NewToken& token = given.token;
    CLI::App* make = builder.noun("token")->add_subcommand(
        "create", "a new API token; its secret is shown once, and you sign in for it");
    make->add_option("--label", token.label, "what it is for")->required();
    make->add_option("--scopes", token.scopes, "read,operate,approve,administer")
        ->required()
        ->delimiter(',')
        ->check(CLI::IsMember({"read", "operate", "approve", "administer"}));
    make->add_option("--days", token.days, "days until it ends")->required()->check(CLI::Range(1, 366));
    make->add_option("--user", token.user, "whose it will be; without it, yours");
    make->add_flag("--password-stdin", token.password_stdin, "do not prompt");
    builder.does(make, [&](const Flow& flow) -> base::Status {
        TRY_VALUE(const Connection connection, session.connection());
        return create_token(flow, connection, token);
    });

    CLI::App* sign_in = builder.app.add_subcommand("login", "sign in and keep a token for the next commands");
    sign_in->add_option("--user", given.user, "your name");
    sign_in->add_option("--one-time", given.one_time, "the token of a one-time sign-in link");
    builder.on(sign_in, [&]() -> base::Status {
        if (given.user.empty() && given.one_time.empty())
            return base::invalid(
                "say who you are with --user NAME, or give the token of a one-time link with --one-time");
        TRY_VALUE(const Connection connection, session.connection());
        return login(session.console, connection, given.user, given.one_time);
    });
    CLI::App* sign_out = builder.app.add_subcommand("logout", "end the token that login made, and forget it");
    builder.on(sign_out, [&]() -> base::Status {
        TRY_VALUE(const Connection connection, session.connection());
        TRY_VALUE(Api api, session.api());
        return logout(session.console, connection, api);
    });
    CLI::App* who = builder.app.add_subcommand("whoami", "who you are to the server, and what you may do");
    builder.does(who, who_am_i);
}

} // namespace

void add_commands(CLI::App& app, Session& session, Given& given) {
    Builder builder{app, session, given};
    add_status(builder);
    add_setup(builder);
    for (const Verb& verb : verbs())
        add_verb(builder, verb);
    add_inventory(builder);
    add_scan(builder);
    add_offline(builder);
    add_releases(builder);
    add_rollouts(builder);
    add_backups(builder);
    add_explanations(builder);
    add_people(builder);
    add_channels(builder);
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
