// SPDX-License-Identifier: Apache-2.0
#include "imports.hpp"

#include "bulk.hpp"
#include "session.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <utility>

namespace oakum::cli {
namespace {

using ports::Method;

constexpr std::size_t kLargest = 64UL << 20, kShown = 20;
// As many refused lines as the server names.
constexpr json::Limits kAnswer{.max_bytes = 64UL << 20, .max_values = 5'000'000, .floats = true};

// {"Head":"fact","Other":null}
base::Result<std::string> columns_json(const std::vector<std::string>& columns) {
    if (columns.empty()) return std::string();
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const std::string& column : columns) {
        // The fact has no '=', a head may.
        const std::size_t equals = column.rfind('=');
        if (equals == std::string::npos || equals == 0)
            return base::invalid("'" + column + "' is not HEAD=FACT").at("--column");
        writer.key(column.substr(0, equals));
        if (equals + 1 == column.size())
            writer.null();
        else
            writer.value(column.substr(equals + 1));
    }
    writer.end_object();
    return text;
}

std::string type_of(std::string_view text) {
    const std::size_t begin = text.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    return begin != std::string_view::npos && text[begin] == '<' ? "application/xml" : "text/csv";
}

std::vector<json::Value> rows_of(const json::Value& result, std::string_view outcome) {
    std::vector<json::Value> rows;
    if (const auto all = result.find("rows"))
        for (const json::Value& row : all->items())
            if (text_at(row, "/outcome") == outcome) rows.push_back(row);
    return rows;
}

std::string line_of(const json::Value& row) {
    return std::to_string(static_cast<std::uint64_t>(number_at(row, "/line")));
}

// "site: Plant 1 -> Plant 2, owner: ot"
std::string changes_of(const json::Value& row) {
    std::string text;
    const auto changes = row.find("changes");
    if (!changes) return text;
    for (const json::Value& change : changes->items()) {
        const std::string before = text_at(change, "/before"), after = text_at(change, "/after");
        text += (text.empty() ? "" : ", ") + text_at(change, "/key") + ": " +
                (before.empty() ? "" : before + " -> ") + (after.empty() ? "(none)" : after);
    }
    return text;
}

void show_columns(const Flow& flow, const json::Value& result) {
    const std::string system = text_at(result, "/system");
    if (!system.empty()) flow.console.out("An export of " + printable(system) + ".\n");
    const auto mapping = result.find("mapping");
    if (!mapping || mapping->size() == 0) return;
    std::vector<std::vector<std::string>> rows;
    for (const json::Value& column : mapping->items()) {
        if (text_at(column, "/column").empty()) continue;
        std::string how = text_at(column, "/how");
        if (how == "left_out") how = flag_at(column, "/person") ? "left out: about a person" : "left out";
        if (how == "named") how = "by its name";
        if (how == "told") how = "as you said";
        if (how == "remembered") how = "as last time";
        rows.push_back({text_at(column, "/column"), text_at(column, "/fact"), how});
    }
    flow.console.out(render_table({{"COLUMN"}, {"IS TAKEN FOR"}, {"HOW"}}, rows,
                                  flow.console.terminal ? flow.console.width : 0) +
                     "\n");
}

void show_rows(const Flow& flow, const json::Value& result) {
    std::vector<std::vector<std::string>> rows;
    for (const char* outcome : {"new", "changed"})
        for (const json::Value& row : rows_of(result, outcome))
            rows.push_back({line_of(row), outcome, text_at(row, "/by"), changes_of(row)});
    if (!rows.empty())
        flow.console.out("\nSome of them:\n" +
                         render_table({{"LINE", true, true}, {"IS"}, {"FOUND BY"}, {"WHAT CHANGES"}}, rows,
                                      flow.console.terminal ? flow.console.width : 0));
    std::vector<json::Value> refused = rows_of(result, "refused");
    refused.erase(refused.begin() + static_cast<std::ptrdiff_t>(std::min(refused.size(), kShown)),
                  refused.end());
    if (refused.empty()) return;
    flow.console.out("\nRefused:\n");
    flow.shown.page({{"LINE", "/line", Format::integer}, {"BECAUSE", "/reason"}}, refused, "");
    const auto all = static_cast<std::uint64_t>(number_at(result, "/refused"));
    if (all > kShown)
        flow.console.out(fmt::format("and {} more; --refused FILE writes all of them.\n", all - kShown));
}

base::Status write_refused(const std::string& path, const json::Value& result) {
    std::vector<std::vector<std::string>> rows;
    for (const json::Value& row : rows_of(result, "refused"))
        rows.push_back({line_of(row), text_at(row, "/reason")});
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << render_csv({{"line"}, {"reason"}}, rows);
    file.close();
    if (!file) return base::unavailable("cannot write " + path).at("--refused");
    return {};
}

// The answer that came while it went on, with what its record says at the end.
std::string at_the_end(const json::Value& answer, const json::Value& edit) {
    static constexpr std::pair<std::string_view, std::string_view> kCounts[] = {{"new", "/created"},
                                                                                {"changed", "/changed"},
                                                                                {"unchanged", "/unchanged"},
                                                                                {"refused", "/refused"},
                                                                                {"lines", "/total"}};
    std::string text;
    for (const json::Value& member : answer.items()) {
        std::string value(member.source());
        if (member.key() == "running") value = "false";
        for (const auto& [name, pointer] : kCounts)
            if (member.key() == name)
                value = std::to_string(static_cast<std::uint64_t>(number_at(edit, pointer)));
        text += (text.empty() ? "{\"" : ",\"") + std::string(member.key()) + "\":" + value;
    }
    return text + "}";
}

void show_undo(const Flow& flow, const std::string& id) {
    if (flow.shown.output == Output::table && !id.empty())
        flow.console.out("To take it back: oakum edit undo " + printable(id) + "\n");
}

} // namespace

base::Status import_devices(const Flow& flow, const DeviceFile& import) {
    TRY_VALUE(const std::string columns, columns_json(import.columns));
    TRY_VALUE(std::string text, read_file(import.file, kLargest));
    std::string group = import.group, dates = import.dates;
    std::replace(dates.begin(), dates.end(), '-', '_');
    if (!group.empty()) {
        TRY_VALUE(group, id_of(flow.api, "group", group));
    }
    std::string type = type_of(text);
    const Api::Body body{std::move(type), std::move(text), {}};
    const auto send = [&](bool dry_run) {
        return flow.api.call(Method::post,
                             target("/api/v1/devices/import",
                                    {{"dry_run", dry_run ? "true" : ""},
                                     {"group", group},
                                     {"name", std::filesystem::path(import.file).filename().string()},
                                     {"columns", columns},
                                     {"persons", import.with_persons ? "true" : ""},
                                     {"dates", dates},
                                     {"every_refusal", import.refused.empty() ? "" : "true"},
                                     {"wait", "1"}}),
                             &body);
    };
    TRY_VALUE(json::Value result, send(flow.dry_run));
    const bool table = flow.shown.output == Output::table;
    if (table) show_columns(flow, result);
    if (flag_at(result, "/running")) {
        TRY_VALUE(json::Value edit, flow.api.get("/api/v1/edits/" + encode(text_at(result, "/edit"))));
        TRY_VALUE(edit, wait_for_end(flow, std::move(edit), "Importing"));
        TRY_VALUE(result, json::parse(at_the_end(result, edit), kAnswer));
        if (text_at(edit, "/state") == "interrupted")
            return base::unavailable(
                "the import was interrupted; what it did until then stands: import the file again "
                "for the rest, or take it back with oakum edit undo " +
                text_at(edit, "/id"));
        if (!import.refused.empty()) {
            // Not all were known when it was answered; the lines that are refused are so still.
            TRY_VALUE(const json::Value looked, send(true));
            TRY(write_refused(import.refused, looked));
        }
    } else if (!import.refused.empty()) {
        TRY(write_refused(import.refused, result));
    }
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(result.source()) + "\n");
        return {};
    }
    flow.shown.object({{"lines", "/lines", Format::integer},
                       {"new", "/new", Format::integer},
                       {"changed", "/changed", Format::integer},
                       {"unchanged", "/unchanged", Format::integer},
                       {"refused", "/refused", Format::integer},
                       {"values not taken: others know better", "/kept", Format::integer},
                       {"unmanaged ones among them", "/doubles", Format::integer}},
                      result);
    if (!table) return {};
    if (const auto notes = result.find("notes"))
        for (const json::Value& note : notes->items())
            flow.shown.sentence(note.text());
    show_rows(flow, result);
    if (flow.dry_run)
        flow.console.out("Nothing was changed; run it again without --dry-run.\n");
    else
        show_undo(flow, text_at(result, "/edit"));
    return {};
}

} // namespace oakum::cli
