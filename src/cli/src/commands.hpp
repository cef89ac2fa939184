// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apple.hpp"
#include "backups.hpp"
#include "budgets.hpp"
#include "bulk.hpp"
#include "bundle.hpp"
#include "care.hpp"
#include "channels.hpp"
#include "connectors.hpp"
#include "decisions.hpp"
#include "evidence.hpp"
#include "feeds.hpp"
#include "floors.hpp"
#include "gate_study.hpp"
#include "hawkbit_import.hpp"
#include "imports.hpp"
#include "intake.hpp"
#include "keys.hpp"
#include "log.hpp"
#include "lwm2m.hpp"
#include "people.hpp"
#include "policies.hpp"
#include "scan.hpp"
#include "schedules.hpp"
#include "session.hpp"
#include "setup.hpp"
#include "simulate.hpp"
#include "sticks.hpp"
#include "trying.hpp"
#include "verification.hpp"

#include <CLI/CLI.hpp>

namespace oakum::cli {

// The values that CLI11 fills for commands that are more than one request.
struct Given {
    std::string text, file, group, model, version, device, user, one_time, shell, id, fail_on;
    bool password_stdin = false, without_files = false, renew = false, force = false, on = false, off = false;
    std::vector<std::string> paths, questions;
    NewLwm2m lwm2m;
    DeviceFile devices;
    NewBulk bulk;
    NewReplacement replacement;
    RetentionWish retention;
    ForgetWish forgotten;
    NewEvidence evidence;
    KeyWish key_wish;
    LogWish log;
    NewRelease release;
    ReleaseChangeWish release_change;
    IntakeWish intake;
    TrustWish trust;
    AttachWish attach;
    SummaryWish summary;
    Verification verification;
    NewRollout rollout;
    NewUser person;
    NewToken token;
    rollout::Study study;
    SimulateWish simulate;
    BackupSchedule schedule;
    Setup setup;
    StickWish stick;
    Scan scan;
    NewChannel channel;
    PolicyWish policy;
    NewSchedule window, freeze;
    NewBudget budget;
    SourceSettings source;
    ConnectorSettings connector;
    AppleProfileWish apple_profile;
    FloorWish floor;
    NewFloor new_floor;
    FloorException floor_exception;
    int floor_number = 0;
    NewBundle bundle;
    HawkbitImport hawkbit;
    NewException exception;
    OwnAdvisory advisory;
    VexOf vex;
};

// Adds every noun, verb and command; what was given becomes `session.line.action`. All arguments live as long
// as the run.
void add_commands(CLI::App& app, Session& session, Given& given);

} // namespace oakum::cli
