// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

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

    CLI::App* change = builder.noun("channel")->add_subcommand(
        "set",
        "change one: what is not given stays, also its secret, but a new address needs the secret anew");
    change->add_option("id", given.id, "its id or its name")->required();
    change->add_option("--name", channel.name, "another name");
    change->add_option("--address", channel.address, "another address");
    change->add_flag("--address-stdin", channel.address_stdin,
                     "read it, where it is a secret (Slack, Teams)");
    change->add_flag("--secret-stdin", channel.secret_stdin, "read another key or password");
    change->add_option("--pace", channel.pace, "digest or at_once")
        ->check(CLI::IsMember({"digest", "at_once"}));
    change->add_option("--to", channel.recipients, "mail: to whom, A,B,...")->delimiter(',');
    change->add_option("--from", channel.sender, "mail: from whom");
    change->add_option("--account", channel.account, "mail: the user");
    builder.does(change, [&](const Flow& flow) { return change_channel(flow, given.id, channel); });

    CLI::App* test =
        builder.noun("channel")->add_subcommand("test", "send a message now, and say whether it arrived");
    test->add_option("id", given.id, "its id or its name")->required();
    builder.does(test, [&](const Flow& flow) { return test_channel(flow, given.id); });
}

void add_policies(Builder& builder) {
    Given& given = builder.given;
    CLI::App* use = builder.noun("policy")->add_subcommand(
        "use", "put it in force, as what it changes was counted just before; --dry-run only counts");
    use->add_option("policy", given.policy.policy, "its id, as the list shows it")->required();
    use->add_option("--days", given.policy.days, "days of what it leaves to you: exploited=14,others=90")
        ->delimiter(',');
    use->add_option("--why", given.policy.why, "the reason, for the audit log");
    builder.does(use, [&](const Flow& flow) { return use_policy(flow, given.policy); });

    CLI::App* ends = builder.noun("support-end")
                         ->add_subcommand("import", "replace your own table: CSV with of, name, branch, "
                                                    "support_end, source; each wrong line is named");
    ends->add_option("file", given.file, "a CSV file; an empty one takes the table away")->required();
    builder.does(ends, [&](const Flow& flow) { return import_support_ends(flow, given.file); });

    CLI::App* add = builder.noun("policy")->add_subcommand(
        "add", "a table of your own (docs/deadline-table.schema.json); each wrong line is named");
    add->add_option("file", given.file, "a CSV file")->required();
    add->add_option("--name", given.text, "what it is called")->required();
    builder.does(add, [&](const Flow& flow) { return add_policy(flow, given.file, given.text); });

    CLI::App* test = builder.noun("policy")->add_subcommand(
        "test", "what a table in a file would change today, before it is added");
    test->add_option("file", given.file, "a CSV file")->required();
    builder.does(test, [&](const Flow& flow) { return test_policy(flow, given.file); });
}

void add_care(Builder& builder) {
    Given& given = builder.given;
    CLI::App* show =
        builder.noun("retention")->add_subcommand("show", "how long each kind is kept, and its bounds");
    builder.does(show, show_retention);
    RetentionWish& wish = given.retention;
    CLI::App* set =
        builder.noun("retention")
            ->add_subcommand(
                "set", "keep things for another time: shows what that would remove, and with --yes sets it");
    set->add_option("periods", wish.periods, "KIND=DAYS or KIND=forever, such as audit=1095 history=180")
        ->required();
    set->add_option("--why", wish.why, "the reason, for the audit log");
    set->add_flag("--yes", wish.yes, "do it");
    builder.does(set, [&wish](const Flow& flow) { return set_retention(flow, wish); });

    ForgetWish& forgotten = given.forgotten;
    CLI::App* forget = builder.noun("user")->add_subcommand(
        "forget", "of somebody who left: shows what goes and what stays as evidence, and with --yes forgets");
    forget->add_option("id", forgotten.user, "whose account, which is disabled: id or name")->required();
    forget->add_option("--why", forgotten.why, "the reason, for the audit log");
    forget->add_flag("--yes", forgotten.yes, "do it; it cannot be undone");
    builder.does(forget, [&forgotten](const Flow& flow) { return forget_user(flow, forgotten); });

    CLI::App* provider = builder.noun("provider")
                             ->add_subcommand("test", "whether the identity provider answers, with its keys, "
                                                      "at our time, to our client, and sends people back");
    builder.does(provider, test_provider);
    CLI::App* keys = builder.noun("key")->add_subcommand(
        "test", "whether each key that the server has signs, and until when");
    builder.does(keys, test_keys);
}

void add_schedules(Builder& builder) {
    const auto add = [&](const char* kind, NewSchedule& given, const char* list_help, const char* set_help) {
        CLI::App* list = builder.noun(kind)->add_subcommand("list", list_help);
        builder.does(list, [kind](const Flow& flow) { return list_schedules(flow, kind); });
        CLI::App* set = builder.noun(kind)->add_subcommand("set", set_help);
        set->add_option("name", given.name, "its name: a-z, 0-9 and -")->required();
        set->add_option("--from", given.from, "local time at which it begins first: 2026-01-05T02:00")
            ->required();
        set->add_option("--for", given.length, "how long it lasts: 90m, 3h, 14d")->required();
        set->add_option("--repeat", given.repeat,
                        "how it comes again, as in RFC 5545: FREQ=WEEKLY;BYDAY=MO,TU; without it, once");
        set->add_option("--also", given.dates, "another beginning, as long as the first; may be given again");
        set->add_option("--query", given.query, "whom it is for; without it, every device");
        set->add_option("--zone", given.zone,
                        "by whose clock, such as Europe/Berlin; without it, each device's own");
        set->add_option("--zone-if-unknown", given.zone_if_unknown,
                        "the clock for devices without a known zone; \"\": a window stays shut for them")
            ->capture_default_str();
        set->add_option("--yields-to", given.yields_to, "rollouts that need not keep it: urgent or emergency")
            ->check(CLI::IsMember({"urgent", "emergency"}));
        set->add_option("--why", given.why, "the reason, for the audit log and for those who are held up");
        builder.does(set, [kind, &given](const Flow& flow) { return set_schedule(flow, kind, given); });
    };
    add("window", builder.given.window, "when devices may be changed, and what it means for them",
        "add one, or replace the one of that name; --dry-run only says what it means");
    add("freeze", builder.given.freeze, "when nothing is changed",
        "add one, or replace the one of that name; --dry-run only says what it means");
}

void add_budgets(Builder& builder) {
    NewBudget& given = builder.given.budget;
    CLI::App* list = builder.noun("budget")->add_subcommand(
        "list", "how many devices may be out of service at once, and where there is no room now");
    builder.does(list, [](const Flow& flow) { return list_budgets(flow); });
    CLI::App* add = builder.noun("budget")->add_subcommand(
        "add", "add one, or replace the one of that name; --dry-run only says what it means");
    add->add_option("name", given.name, "its name: a-z, 0-9 and -")->required();
    add->add_option("--most", given.most,
                    "how many of a group at once: 1, or a share of it: 10% (rounded down, 1 at least)")
        ->required();
    add->add_option("--by", given.by,
                    "facts whose values make a group: site,tag.role; without it, all are one group")
        ->delimiter(',');
    add->add_option("--query", given.query, "whom it is for; without it, every device");
    add->add_option("--yields-to", given.yields_to, "rollouts that need not keep it: urgent or emergency")
        ->check(CLI::IsMember({"urgent", "emergency"}));
    add->add_option("--why", given.why, "the reason, for the audit log");
    builder.does(add, [&given](const Flow& flow) { return add_budget(flow, given); });
}

} // namespace oakum::cli
