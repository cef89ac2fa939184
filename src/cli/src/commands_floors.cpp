// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {
namespace {

void add_settings(CLI::App* command, NewFloor& floor) {
    command->add_option("name", floor.name, "its name: a-z, 0-9 and -")->required();
    command->add_option("--platform", floor.platform, "ios (iPadOS too) or android")
        ->required()
        ->check(CLI::IsMember({"ios", "android"}));
    command->add_option("--query", floor.query, "which of them; without it, all");
    command->add_option("--version", floor.version, "at least this version of the system");
    command->add_option("--patch-level", floor.patch_level, "Android: at least this patch level");
    command->add_flag("--latest", floor.latest, "instead: the newest that each model is offered");
    command->add_option("--days", floor.days, "from its release, or from now if that is later")
        ->check(CLI::Range(0, 365))
        ->capture_default_str();
    command
        ->add_option("--exploited-days", floor.exploited_days,
                     "for devices with a hole that is known to be exploited")
        ->check(CLI::Range(0, 365))
        ->capture_default_str();
    command->add_option("--hour", floor.hour, "of the last day, by each device's own clock")
        ->check(CLI::Range(0, 23))
        ->capture_default_str();
    command
        ->add_option("--zone-if-unknown", floor.zone_if_unknown, "the clock for devices without a known zone")
        ->capture_default_str();
    command->add_option("--install", floor.install,
                        "when the platform may install, by the device's own clock: 22:00-05:00");
    command->add_flag("--accept-unoffered", floor.accepts_unoffered,
                      "that some models are offered nothing so new is known, and borne");
    command->add_option("--why", floor.why, "the reason, for the audit log");
}

} // namespace

void add_floors(Builder& builder) {
    Given& given = builder.given;
    NewFloor& floor = given.new_floor;
    CLI::App* add = builder.noun("floor")->add_subcommand(
        "add", "set one, or change the one of that name; what a model is not offered is refused");
    add_settings(add, floor);
    builder.does(add, [&floor](const Flow& flow) { return set_floor(flow, floor, Keep::yes); });
    CLI::App* preview = builder.noun("floor")->add_subcommand(
        "preview", "who would fall short, who cannot keep it and why; nothing is kept");
    add_settings(preview, floor);
    builder.does(preview, [&floor](const Flow& flow) { return set_floor(flow, floor, Keep::no); });

    CLI::App* show = builder.noun("floor")->add_subcommand("show", "one floor, and who does not keep it");
    show->add_option("name", floor.name, "its name")->required();
    builder.does(show, [&floor](const Flow& flow) { return show_floor(flow, floor.name); });

    FloorException& wish = given.floor_exception;
    CLI::App* except =
        builder.noun("floor")->add_subcommand("except", "ask that some devices need not keep it until a day");
    except->add_option("name", wish.name, "its name")->required();
    except->add_option("--query", wish.query, "which devices")->required();
    except->add_option("--until", wish.until, "a day, at most a year away: 2026-12-31")->required();
    except->add_option("--reason", wish.reason, "why")->required();
    builder.does(except, [&wish](const Flow& flow) { return except_from_floor(flow, wish); });
    for (const auto& [deed, help] :
         {std::pair("approve", "let an exception count, as another person than the one who asked"),
          std::pair("refuse", "refuse an exception"), std::pair("withdraw", "end an exception")}) {
        CLI::App* decide = builder.noun("floor")->add_subcommand(deed, help);
        decide->add_option("name", wish.name, "the floor's name")->required();
        decide->add_option("number", given.floor_number, "of the exception, as `oakum floor show` says it")
            ->required();
        decide->add_option("--why", wish.reason, "the reason, for the audit log");
        builder.does(decide, [&given, done = std::string(deed)](const Flow& flow) {
            return decide_floor_exception(flow, given.floor_exception.name, given.floor_number, done,
                                          given.floor_exception.reason);
        });
    }
}

} // namespace oakum::cli
