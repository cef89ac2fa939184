// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session.hpp"

// Rollouts, windows, freezes and budgets as files (docs/plans.md). The newest thing of a name is what a
// document is held against; nothing is started, and nothing is removed that a file does not name.
namespace oakum::cli {

// A file, or "-" for standard input. All of it is looked at before anything is sent. Errors: invalid (each
// wrong line is named), conflict (a rollout that is not over differs), those of the server.
base::Status apply_plans(const Session& session, const std::string& file);
// What apply would do. Errors: invalid also when that is something, so that a script can tell.
base::Status diff_plans(const Session& session, const std::string& file);
// The newest rollout of that name, or the one of that id, as such a file.
base::Status export_rollout(const Flow& flow, const std::string& given);

// The waves of a rollout that have not opened become what the file says of the rollout of its name. Errors:
// invalid (the lines), conflict (something else differs; a wave that has opened; somebody else was first).
base::Status edit_rollout(const Session& session, const std::string& given, const std::string& file,
                          const std::string& why);

struct Builder;
// The commands, as in command_builder.hpp.
void add_plans(Builder& builder);

} // namespace oakum::cli
