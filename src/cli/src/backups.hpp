// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

base::Status back_up(const Flow& flow, const std::string& file, bool with_files);
base::Status verify_backup(const Flow& flow, const std::string& file);

// Writes what the server tells for somebody who helps into a new tar file.
base::Status save_support_bundle(const Flow& flow, const std::string& file);

struct BackupSchedule {
    int every_hours = -1, keep = -1;
    std::string with_files; // true, false
};
// Changes what is given, and shows how it is then.
base::Status schedule_backups(const Flow& flow, const BackupSchedule& wanted);

} // namespace oakum::cli
