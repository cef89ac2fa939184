// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

#include "connectors.hpp"

namespace oakum::cli {
namespace {

void add_settings(CLI::App* command, ConnectorSettings& settings) {
    command->add_option("name", settings.name, "its name here")->required();
    command->add_option("--account", settings.account,
                        "Intune: the directory (tenant) id; Android: the enterprise's id");
    command->add_option("--client", settings.client,
                        "Intune: the application (client) id; Android: the service account's e-mail address");
    command->add_flag("--secret-stdin", settings.secret_stdin,
                      "read the secret from standard input; it is sealed");
    command
        ->add_option("--secret-file", settings.secret_file,
                     "read the secret, or the service account's key, from a file")
        ->check(CLI::ExistingFile);
    command->add_option("--every-minutes", settings.every_minutes, "between two syncs")
        ->check(CLI::Range(5, 10'080));
    command->add_flag("--apps", settings.apps,
                      "also which apps its devices have: about one more request for each app");
    command->add_flag("--without-apps", settings.without_apps, "no apps from now on");
    command->add_option("--url", settings.url, "where it is asked, in a national cloud: https://HOST");
    command->add_option("--sign-in-url", settings.sign_in,
                        "where it is signed in to, in a national cloud: https://HOST");
}

} // namespace

void add_connectors(Builder& builder) {
    Given& given = builder.given;
    ConnectorSettings& settings = given.connector;
    CLI::App* needs =
        builder.noun("connector")
            ->add_subcommand("needs", "what has to be granted in a system, each with its reason, and how");
    needs->add_option("kind", settings.kind, "intune or android_management")->required();
    builder.does(needs, [&settings](const Flow& flow) { return show_connector_kind(flow, settings.kind); });

    CLI::App* add = builder.noun("connector")->add_subcommand("add", "connect one, and read its devices");
    add_settings(add, settings);
    add->add_option("--kind", settings.kind, "intune or android_management")->required();
    builder.does(add, [&settings](const Flow& flow) { return add_connector(flow, settings); });

    CLI::App* change = builder.noun("connector")->add_subcommand("set", "change one");
    add_settings(change, settings);
    builder.does(change, [&settings](const Flow& flow) { return change_connector(flow, settings); });

    for (const bool on : {true, false}) {
        CLI::App* turn = builder.noun("connector")
                             ->add_subcommand(on ? "enable" : "disable",
                                              on ? "sync it from now on, each time that it is due"
                                                 : "ask it no more; its devices stay");
        turn->add_option("name", settings.name, "its name")->required();
        builder.does(turn,
                     [&settings, on](const Flow& flow) { return switch_connector(flow, settings.name, on); });
    }
    CLI::App* steer =
        builder.noun("connector")
            ->add_subcommand("steer", "whether rollouts may write there, to have its phones updated");
    steer->add_option("name", settings.name, "its name")->required();
    steer->add_flag("--on", given.on, "they may; needs what `oakum connector needs` says of it");
    steer->add_flag("--off", given.off, "they may not: it is read and nothing more, from now on");
    builder.does(steer, [&](const Flow& flow) -> base::Status {
        if (given.on == given.off) return base::invalid("say --on or --off");
        return steer_connector(flow, settings.name, given.on);
    });
    CLI::App* test = builder.noun("connector")
                         ->add_subcommand("test", "sign in and ask for one device, without taking anything");
    test->add_option("name", settings.name, "its name")->required();
    builder.does(test, [&settings](const Flow& flow) { return test_connector(flow, settings.name); });

    CLI::App* sync = builder.noun("connector")->add_subcommand("sync", "read all of its devices now");
    sync->add_option("name", settings.name, "its name")->required();
    sync->add_flag("--force", given.force, "believe it also when it has lost many of its devices");
    builder.does(sync, [&](const Flow& flow) { return sync_connector(flow, settings.name, given.force); });

    FloorWish& floor = given.floor;
    CLI::App* below =
        builder.noun("connector")
            ->add_subcommand(
                "floor",
                "who falls short of a version or patch level, and the exact calls that would bring it about");
    below->add_option("name", floor.name, "the connector's name")->required();
    below->add_option("--platform", floor.platform, "ios (iPadOS too) or android")
        ->required()
        ->check(CLI::IsMember({"ios", "android"}));
    below->add_option("--version", floor.version, "at least this version of the system");
    below->add_option("--patch-level", floor.patch_level, "Android: at least this patch level");
    below->add_option("--install", floor.install,
                      "when the platform may install, by the device's own clock: 22:00-05:00");
    below->add_option("--days", floor.days, "until a device that falls short loses its access")
        ->check(CLI::Range(0, 365));
    builder.does(below, [&floor](const Flow& flow) { return plan_floor(flow, floor); });
}

} // namespace oakum::cli
