// SPDX-License-Identifier: Apache-2.0
#include "backups.hpp"

#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

base::Status back_up(const Flow& flow, const std::string& file, bool with_files) {
    if (flow.dry_run) return changed_nothing(flow, "Would write a backup named " + file + " on the server");
    Api::Body body;
    json::Writer(body.bytes)
        .begin_object()
        .member("file", file)
        .member("with_files", with_files)
        .end_object();
    TRY_VALUE(const json::Value begun, flow.api.call(Method::post, "/api/v1/backups", &body));
    TRY_VALUE(const json::Value done, wait_for_job(flow, text_at(begun, "/id"), "Backup"));
    flow.shown.object({{"job", "/id", Format::id}, {"state", "/state"}, {"written", "/detail"}}, done);
    flow.console.err(
        "It holds the server's online keys: keep it as secret as those, and on another machine.\n");
    return {};
}

base::Status verify_backup(const Flow& flow, const std::string& file) {
    if (flow.dry_run) return changed_nothing(flow, "Would read the backup " + file + " on the server");
    const Api::Body nothing{"application/json", "", {}};
    TRY_VALUE(const json::Value begun,
              flow.api.call(Method::post, "/api/v1/backups/" + encode(file) + "/actions/verify", &nothing));
    TRY_VALUE(const json::Value done, wait_for_job(flow, text_at(begun, "/id"), "Reading"));
    flow.shown.object({{"job", "/id", Format::id}, {"state", "/state"}, {"seen", "/detail"}}, done);
    return {};
}

base::Status schedule_backups(const Flow& flow, const BackupSchedule& wanted) {
    const bool changes = wanted.every_hours >= 0 || wanted.keep >= 0 || !wanted.with_files.empty();
    if (changes && flow.dry_run) return changed_nothing(flow, "Would change when backups are made");
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object();
    if (wanted.every_hours >= 0) writer.member("every_seconds", std::int64_t{wanted.every_hours} * 3'600);
    if (wanted.keep >= 0) writer.member("keep", std::int64_t{wanted.keep});
    if (!wanted.with_files.empty()) writer.member("with_files", wanted.with_files == "true");
    writer.end_object();
    TRY_VALUE(const json::Value schedule,
              changes ? flow.api.call(Method::patch, "/api/v1/backups/schedule", &body)
                      : flow.api.get("/api/v1/backups/schedule"));
    flow.shown.object({{"seconds between two (0: none)", "/every_seconds", Format::integer},
                       {"keeps", "/keep", Format::integer},
                       {"with artifacts and feeds", "/with_files", Format::flag},
                       {"next", "/next", Format::time},
                       {"newest that was verified", "/newest_verified", Format::time},
                       {"folder", "/folder", Format::id},
                       {"", "/warning", Format::text, kOnlyWhenThere}},
                      schedule);
    return {};
}

} // namespace oakum::cli
