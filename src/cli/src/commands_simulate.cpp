// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"
#include "simulate.hpp"

namespace oakum::cli {

void add_simulate(Builder& builder) {
    SimulateWish& wish = builder.given.simulate;
    CLI::App* command = builder.noun("rollout")->add_subcommand(
        "simulate", "play a plan in virtual time: how long it takes, and what a bad release would get to");
    command
        ->add_option("-f,--file", wish.files,
                     "the plan, a file as 'oakum apply' takes it; a second -f compares two")
        ->required();
    command->add_option(
        "--fleet", wish.fleet,
        "real: the devices of the server; or so many that are made up, for which no server is asked");
    command->add_option("--failure-rate", wish.failure_rate,
                        "the share of devices that the release fails on; 0.005 unless told");
    command->add_option("--offline", wish.offline,
                        "the share of the time for which a device is out of reach; 0.05 unless told");
    command->add_option("--days", wish.days, "how long; 30 unless told")->check(CLI::Range(1, 120));
    command->add_option("--runs", wish.runs,
                        "how often it is played; 20 for up to 100000 devices, 5 for a million, else 1");
    command->add_option("--seed", wish.seed, "the same seed plays the same; 1 unless told");
    command->add_option("--person", wish.person,
                        "hours until somebody answers a gate that asks, or never; 8 unless told");
    command->add_option("--megabytes", wish.megabytes,
                        "what each device downloads; that of the release, or 50, unless told");
    command
        ->add_option("--poll", wish.poll_seconds,
                     "seconds between the polls of devices of which no cadence is known; 60 unless told")
        ->check(CLI::Range(1, 86'400));
    builder.on(command, [&session = builder.session, &wish] { return simulate(session, wish); });
}

} // namespace oakum::cli
