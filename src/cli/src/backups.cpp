// SPDX-License-Identifier: Apache-2.0
#include "backups.hpp"

#include <json/writer.hpp>
#include <tar/header.hpp>

#include <filesystem>
#include <fstream>

namespace oakum::cli {

using ports::Method;

constexpr std::size_t kLongestText = 16 << 20;

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

base::Status save_support_bundle(const Flow& flow, const std::string& file) {
    if (std::filesystem::exists(file)) return base::conflict(file + " is there already: name a new file");
    if (flow.dry_run) return changed_nothing(flow, "Would write " + file);
    TRY_VALUE(const json::Value bundle, flow.api.get("/api/v1/support-bundle"));
    TRY_VALUE(const base::TimePoint made, base::parse_time(text_at(bundle, "/made")));
    std::vector<tar::Entry> entries;
    TRY_VALUE(const json::Value files, bundle.array_at("files"));
    for (const json::Value& each : files.items()) {
        TRY_VALUE(std::string text, each.string_at("text", kLongestText));
        entries.push_back({text_at(each, "/name"), std::move(text)});
    }
    TRY_VALUE(const std::string archive, tar::archive(entries, made));
    std::ofstream out(file, std::ios::binary);
    out << archive;
    out.close();
    if (!out)
        return base::unavailable("writing " + file + " failed: is there room, and may you write there?");
    flow.console.out(
        file + " is written: " + std::to_string(entries.size()) +
        " files. It holds no keys, tokens, passwords or facts of devices; read it before you pass "
        "it on.\n");
    return {};
}

} // namespace oakum::cli
