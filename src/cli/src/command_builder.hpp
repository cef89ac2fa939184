// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands.hpp"

// How the files of the commands add theirs.
namespace oakum::cli {

// What they need of the command line.
struct Builder {
    CLI::App& app;
    Session& session;
    Given& given;

    // The command of a noun, made when it is first asked for.
    CLI::App* noun(std::string_view name);
    // Connects only when it runs.
    void does(CLI::App* command, std::function<base::Status(const Flow&)> action);
    void on(CLI::App* command, std::function<base::Status()> action);
};

void add_status(Builder& builder);
void add_setup(Builder& builder);
// What is built in for people to read: topics, and what queries can ask.
void add_help(Builder& builder);
void add_inventory(Builder& builder);
// Advisory data and its sources.
void add_feeds(Builder& builder);
// Taking a fleet over from another update server.
void add_takeovers(Builder& builder);
// LwM2M devices.
void add_lwm2m(Builder& builder);
// Other management systems.
void add_connectors(Builder& builder);
// Apple's devices that Oakum itself manages.
void add_apple(Builder& builder);
// What phones and tablets have to run at least.
void add_floors(Builder& builder);
// Changes of many devices.
void add_edits(Builder& builder);
// What there is in SBOMs and root file systems, without a server.
void add_scan(Builder& builder);
// Single rules, without a server.
void add_offline(Builder& builder);
void add_releases(Builder& builder);
void add_rollouts(Builder& builder);
void add_backups(Builder& builder);
// Making evidence packs, and checking one without a server.
void add_evidence(Builder& builder);
// What the server vouches for, of releases, and checking that without it.
void add_verification(Builder& builder);
// Keys and what they sign, over files.
void add_keys(Builder& builder);
// What a server has published, for who believes neither it nor a copy.
void add_log(Builder& builder);
// Why this, why not now, when.
void add_explanations(Builder& builder);
void add_people(Builder& builder);
void add_channels(Builder& builder);
void add_policies(Builder& builder);
// How long things are kept, people who left, and what is tried before it is needed.
void add_care(Builder& builder);
// Windows and freezes: when devices may be changed.
void add_schedules(Builder& builder);
// How many devices may be out of service at once.
void add_budgets(Builder& builder);
// What people decide about findings, and tell others.
void add_decisions(Builder& builder);

} // namespace oakum::cli
