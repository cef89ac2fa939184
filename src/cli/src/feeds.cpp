// SPDX-License-Identifier: Apache-2.0
#include "feeds.hpp"

#include "advisories.hpp"
#include "session.hpp"
#include "settings.hpp"

#include <cli/table.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

base::Status import_feeds(const Flow& flow, const std::vector<std::string>& paths, bool force) {
    TRY_VALUE(const std::vector<std::string> files, feed_files(paths));
    if (flow.dry_run) {
        std::string would = fmt::format("Would import {} files:", files.size());
        for (const std::string& file : files)
            would += "\n  " + printable(file);
        return changed_nothing(flow, would);
    }
    // All are handed over first, so that the server compiles them together.
    std::vector<std::pair<std::string, std::string>> started; // name, job
    for (const std::string& file : files) {
        const std::string name = std::filesystem::path(file).filename().string();
        TRY_VALUE(std::string bytes, read_file(file, std::size_t{1} << 30));
        const Api::Body body{"application/octet-stream", std::move(bytes), {}};
        TRY_VALUE(
            const json::Value job,
            flow.api.call(Method::post,
                          target("/api/v1/feeds/import", {{"name", name}, {"force", force ? "true" : ""}}),
                          &body));
        started.emplace_back(name, text_at(job, "/id"));
        progress(flow.console, "sent", started.size(), files.size());
    }
    // A folder has other files too: each is named, and what could be read counts.
    std::vector<json::Value> jobs;
    std::size_t refused = 0;
    for (const auto& [name, id] : started) {
        const base::Result<json::Value> job = wait_for_job(flow, id, name);
        const bool not_a_feed = !job.ok() && job.error().kind == base::ErrorKind::invalid;
        if (!job.ok() && !not_a_feed) return job.error();
        refused += not_a_feed ? 1 : 0;
        if (job.ok()) jobs.push_back(*job);
        if (flow.shown.output == Output::table || not_a_feed)
            (flow.shown.output == Output::table ? flow.console.out : flow.console.err)(
                printable(name) + ": " +
                (job.ok() ? printable(text_at(*job, "/detail"))
                          : "not imported: " + printable(job.error().message)) +
                "\n");
    }
    if (flow.shown.output != Output::table)
        flow.shown.page({{"ID", "/id", Format::id}, {"STATE", "/state"}, {"DETAIL", "/detail"}}, jobs, "");
    if (refused == 0) return {};
    return base::invalid(std::to_string(refused) + " of " + std::to_string(started.size()) +
                         " files were not imported");
}

namespace {

const std::vector<Column> kFeedColumns{{"FEED", "/name"},
                                       {"IMPORTED", "/imported", Format::time},
                                       {"NEWEST", "/newest", Format::time},
                                       {"RECORDS", "/accepted", Format::integer},
                                       {"REJECTED", "/rejected", Format::integer},
                                       {"STALE", "/stale", Format::flag}};
const std::vector<Column> kSourceColumns{{"SOURCE", "/name"},
                                         {"SYNCED", "/synced", Format::time},
                                         {"NEXT", "/next", Format::time, 1},
                                         {"FAILURES", "/failures", Format::integer},
                                         {"ERROR", "/error"}};
constexpr std::size_t kReasons = 3;

std::vector<json::Value> items_of(const json::Value& page) {
    std::vector<json::Value> items;
    if (const auto list = page.find("items"))
        for (const json::Value& item : list->items())
            items.push_back(item);
    return items;
}

base::Result<std::vector<json::Value>> sources(const Flow& flow) {
    TRY_VALUE(const json::Value page, flow.api.get("/api/v1/sources?limit=500"));
    return items_of(page);
}

std::string place_of(const std::string& source) {
    return "/api/v1/sources/" + encode(source);
}

base::Result<json::Value> patch_source(const Flow& flow, const std::string& name, std::string json) {
    const Api::Body body{"application/json", std::move(json), {}};
    return flow.api.call(Method::patch, place_of(name), &body);
}

void show_source(const Flow& flow, const json::Value& source) {
    flow.shown.object({{"source", "/name"},
                       {"on", "/enabled", Format::flag},
                       {"records", "/kind"},
                       {"address", "/url"},
                       {"parts", "/parts", Format::list, kOnlyWhenThere},
                       {"every (seconds)", "/every_seconds", Format::integer},
                       {"pause between requests (ms)", "/pause_ms", Format::integer},
                       {"has a key", "/has_key", Format::flag}},
                      source);
}

} // namespace

base::Status show_feeds(const Flow& flow) {
    TRY_VALUE(const json::Value feeds, flow.api.get("/api/v1/feeds"));
    if (flow.shown.output != Output::table) {
        flow.shown.page(kFeedColumns, items_of(feeds), "");
        return {};
    }
    TRY_VALUE(std::vector<json::Value> all, sources(flow));
    flow.shown.page(kFeedColumns, items_of(feeds), "No advisory data yet: oakum feed import FOLDER");
    for (const json::Value& feed : items_of(feeds)) {
        const auto rejects = feed.find("rejects");
        if (!rejects || rejects->size() == 0) continue;
        flow.console.out("\nRejected of " + printable(text_at(feed, "/name")) + ":\n");
        std::size_t told = 0;
        for (const json::Value& reason : rejects->items())
            if (told++ < kReasons) flow.console.out("  " + printable(reason.text()) + "\n");
    }
    std::erase_if(all, [](const json::Value& source) { return !flag_at(source, "/enabled"); });
    if (all.empty()) {
        flow.console.out("\nNo source is switched on; what is offered: oakum source list\n");
        return {};
    }
    flow.console.out("\n");
    flow.shown.page(kSourceColumns, all, "");
    return {};
}

base::Status sync_feeds(const Flow& flow, const std::string& source, bool force) {
    std::vector<std::string> names;
    if (!source.empty()) {
        names.push_back(source);
    } else {
        TRY_VALUE(const std::vector<json::Value> all, sources(flow));
        for (const json::Value& one : all)
            if (flag_at(one, "/enabled")) names.push_back(text_at(one, "/name"));
        if (names.empty())
            return base::invalid("no source is switched on: oakum source enable NAME, or name one");
    }
    if (flow.dry_run) {
        std::string would = "Would sync:";
        for (const std::string& name : names)
            would += " " + printable(name);
        return changed_nothing(flow, would);
    }
    std::vector<std::pair<std::string, std::string>> started; // name, job
    for (const std::string& name : names) {
        const Api::Body body{"application/json", force ? R"({"force":true})" : "{}", {}};
        const auto job = flow.api.call(Method::post, place_of(name) + "/actions/sync", &body);
        if (job.ok()) {
            started.emplace_back(name, text_at(*job, "/id"));
            continue;
        }
        // Under way already: that one is waited for.
        if (job.error().kind != base::ErrorKind::conflict) return job.error();
        TRY_VALUE(const std::vector<json::Value> all, sources(flow));
        for (const json::Value& one : all)
            if (text_at(one, "/name") == name && !text_at(one, "/job").empty())
                started.emplace_back(name, text_at(one, "/job"));
    }
    std::vector<json::Value> ended;
    std::size_t failed = 0;
    for (const auto& [name, id] : started) {
        const base::Result<json::Value> job = wait_for_job(flow, id, name);
        if (!job.ok() && job.error().kind != base::ErrorKind::invalid) return job.error();
        failed += job.ok() ? 0 : 1;
        if (job.ok()) ended.push_back(*job);
        if (flow.shown.output == Output::table || !job.ok())
            (flow.shown.output == Output::table ? flow.console.out : flow.console.err)(
                printable(name) + ": " +
                printable(job.ok() ? text_at(*job, "/detail") : "not synced: " + job.error().message) + "\n");
    }
    if (flow.shown.output != Output::table)
        flow.shown.page({{"ID", "/id", Format::id}, {"STATE", "/state"}, {"DETAIL", "/detail"}}, ended, "");
    if (failed == 0) return {};
    return base::invalid(std::to_string(failed) + " of " + std::to_string(started.size()) +
                         " sources were not synced in full");
}

base::Status set_source(const Flow& flow, const SourceSettings& settings) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    const std::pair<const char*, const std::string&> texts[] = {
        {"kind", settings.kind}, {"walk", settings.walk}, {"url", settings.url}};
    for (const auto& [name, value] : texts)
        if (!value.empty()) writer.member(name, value);
    if (!settings.parts.empty()) {
        writer.key("parts").begin_array();
        for (const std::string& part : settings.parts)
            writer.value(part);
        writer.end_array();
    }
    if (settings.every_minutes >= 0) writer.member("every_seconds", settings.every_minutes * 60);
    if (settings.pause_ms >= 0) writer.member("pause_ms", settings.pause_ms);
    if (settings.without_key) writer.member("key", "");
    if (flow.dry_run) return changed_nothing(flow, "Would set the source " + printable(settings.name));
    if (settings.key_stdin) {
        TRY_VALUE(const std::string key, flow.console.ask("Key: ", true));
        writer.member("key", key);
    }
    writer.end_object();
    TRY_VALUE(const json::Value source, patch_source(flow, settings.name, text));
    show_source(flow, source);
    return {};
}

base::Status switch_source(const Flow& flow, const std::string& name, bool on) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would switch the source " + printable(name) + (on ? " on" : " off"));
    TRY_VALUE(const json::Value source,
              patch_source(flow, name, on ? R"({"enabled":true})" : R"({"enabled":false})"));
    show_source(flow, source);
    return {};
}

base::Status test_source(const Flow& flow, const std::string& name) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would ask the source " + printable(name) + " whether it answers");
    TRY_VALUE(const json::Value told, flow.api.call(Method::post, place_of(name) + "/actions/test"));
    if (flow.shown.output != Output::table)
        flow.console.out(std::string(told.source()) + "\n");
    else if (flag_at(told, "/reached"))
        flow.console.out(printable(text_at(told, "/sentence")) + "\n");
    if (!flag_at(told, "/reached")) return base::unavailable(text_at(told, "/sentence"));
    return {};
}

} // namespace oakum::cli
