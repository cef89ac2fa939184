// SPDX-License-Identifier: Apache-2.0
#include "imports.hpp"

#include "session.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <device_lists/file.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <set>

namespace oakum::cli {
namespace {

using device_lists::Column;
using device_lists::How;
using ports::Method;

constexpr std::size_t kLargest = 256UL << 20, kShown = 20;

base::Result<device_lists::Wishes> wishes_of(const DeviceTable& import) {
    device_lists::Wishes wishes;
    for (const std::string& column : import.columns) {
        // A head may hold '=', a fact has none.
        const std::size_t equals = column.rfind('=');
        if (equals == std::string::npos || equals == 0)
            return base::invalid("'" + column + "' is not HEAD=FACT").at("--map");
        wishes.told[column.substr(0, equals)] = column.substr(equals + 1);
    }
    if (import.with_persons) wishes.persons = device_lists::Persons::wanted;
    if (import.dates == "day-first") wishes.dates = device_lists::Dates::day_first;
    if (import.dates == "month-first") wishes.dates = device_lists::Dates::month_first;
    return wishes;
}

// The id of a device here is no fact: a second import goes by the serial.
bool is_taken(const Column& column) {
    return !column.fact.empty() && column.fact != device_lists::kId;
}

std::string cell_of(std::string_view value) {
    std::string out = "\"";
    for (const char c : value)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

struct Refused {
    std::uint64_t line = 0;
    std::string reason;
};
// What was taken, as a table whose heads are facts. Each device stands in the line in which it began in the
// file, so that what the server says of a line is true of the file.
struct Taken {
    std::string table;
    std::vector<Refused> refused;
    std::vector<std::string> notes;
    std::uint64_t here = 0; // lines that were refused before anything was sent
};

base::Result<Taken> take(device_lists::File& file) {
    std::set<std::string> facts;
    bool group = false;
    for (const Column& column : file.layout().columns) {
        group = group || column.fact == device_lists::kGroup;
        if (is_taken(column) && column.fact != device_lists::kGroup) facts.insert(column.fact);
    }
    for (const auto& [fact, value] : file.layout().constants)
        facts.insert(fact);
    facts.insert("os_version"); // may stand in the column of the platform
    Taken taken;
    std::string head;
    for (const std::string& fact : facts)
        head += (head.empty() ? "" : ",") + fact;
    taken.table = head + (group ? ",group\n" : "\n");
    std::uint64_t line = 2;
    for (bool last = false; !last;) {
        TRY_VALUE(device_lists::Piece piece, file.next(1024));
        last = piece.last;
        for (device_lists::Refused& refused : piece.refused)
            taken.refused.push_back({refused.line, std::move(refused.reason)});
        for (const device_lists::Record& record : piece.records) {
            for (; line < record.line; ++line)
                taken.table += '\n';
            std::string row;
            for (const std::string& fact : facts) {
                const auto at = record.facts.find(fact);
                row += (row.empty() ? "" : ",") + cell_of(at == record.facts.end() ? "" : at->second);
            }
            taken.table += row + (group ? "," + cell_of(record.group) : "") + '\n';
            line = record.line + 1;
        }
    }
    taken.notes = file.notes();
    taken.here = taken.refused.size();
    return taken;
}

void show_columns(const Flow& flow, const device_lists::Layout& layout) {
    if (!layout.name.empty()) flow.console.out("An export of " + layout.name + ".\n");
    std::vector<std::vector<std::string>> rows;
    for (const Column& column : layout.columns) {
        if (column.head.empty()) continue;
        const bool left = !is_taken(column);
        const std::string how = left && column.about_a_person ? "left out: about a person"
                                : left                        ? "left out"
                                : column.how == How::told     ? "as you said"
                                : column.how == How::named    ? "by its name"
                                                              : "guessed";
        rows.push_back({column.head, left ? "" : column.fact, how});
    }
    flow.console.out(render_table({{"COLUMN"}, {"IS TAKEN FOR"}, {"HOW"}}, rows,
                                  flow.console.terminal ? flow.console.width : 0) +
                     "\n");
}

base::Status write_refused(const std::string& path, const std::vector<Refused>& refused) {
    std::vector<std::vector<std::string>> rows;
    for (const Refused& each : refused)
        rows.push_back({std::to_string(each.line), each.reason});
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << render_csv({{"line", true, true}, {"reason"}}, rows);
    file.close();
    if (!file) return base::unavailable("cannot write " + path).at("--refused");
    return {};
}

void show_refused(const Flow& flow, const std::vector<Refused>& refused, std::uint64_t all) {
    if (refused.empty()) return;
    std::vector<std::vector<std::string>> rows;
    for (const Refused& each : refused)
        if (rows.size() < kShown) rows.push_back({std::to_string(each.line), each.reason});
    flow.console.out("\n" + render_table({{"LINE", true, true}, {"REFUSED BECAUSE"}}, rows,
                                         flow.console.terminal ? flow.console.width : 0));
    if (all > rows.size())
        flow.console.out(fmt::format("and {} more; --refused FILE writes them.\n", all - rows.size()));
}

// What the server says of the lines that it was sent, with those that were refused here, and with the file's
// own columns.
std::string merged(const json::Value& result, const device_lists::Layout& layout, const Taken& taken) {
    const auto count = [&](const char* name) { return static_cast<std::uint64_t>(number_at(result, name)); };
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("dry_run", flag_at(result, "/dry_run")).key("mapping").begin_array();
    for (const Column& column : layout.columns) {
        if (column.head.empty()) continue;
        writer.begin_object().member("column", column.head).key("fact");
        if (is_taken(column))
            writer.value(column.fact);
        else
            writer.null();
        writer.member("guessed", column.how == How::guessed).end_object();
    }
    writer.end_array().key("notes").begin_array();
    for (const std::string& note : taken.notes)
        writer.value(note);
    writer.end_array().member("lines", count("/lines") + taken.here).member("new", count("/new"));
    writer.member("changed", count("/changed")).member("unchanged", count("/unchanged"));
    writer.member("refused", count("/refused") + taken.here).key("rows").begin_array();
    for (const Refused& each : taken.refused)
        writer.begin_object()
            .member("line", each.line)
            .member("outcome", "refused")
            .member("reason", each.reason)
            .end_object();
    writer.end_array().end_object();
    return text;
}

// That some column is the serial number.
base::Status check(const device_lists::Layout& layout) {
    std::string heads;
    for (const Column& column : layout.columns) {
        if (column.fact == "serial") return {};
        if (!column.head.empty() && heads.size() < 500) heads += (heads.empty() ? "" : ", ") + column.head;
    }
    return base::invalid(
               "no column is the serial number; say which one is: --map \"HEAD=serial\" (the columns: " +
               heads + ")")
        .at("line 1");
}

} // namespace

base::Status import_devices(const Flow& flow, const DeviceTable& import) {
    TRY_VALUE(const device_lists::Wishes wishes, wishes_of(import));
    TRY_VALUE(const std::string text, read_file(import.file, kLargest));
    if (device_lists::form_of(text) != device_lists::Form::table)
        return base::invalid(
            import.file +
            " is no table whose first line names the columns; for scans and leases: oakum device seen");
    TRY_VALUE(const std::unique_ptr<device_lists::File> file, device_lists::open(text, wishes));
    TRY(check(file->layout()));
    TRY_VALUE(Taken taken, take(*file));
    std::string group = import.group;
    if (!group.empty()) {
        TRY_VALUE(group, id_of(flow.api, "group", group));
    }
    const bool table = flow.shown.output == Output::table;
    if (table) show_columns(flow, file->layout());
    const Api::Body body{"text/csv", std::move(taken.table), {}};
    TRY_VALUE(const json::Value result,
              flow.api.call(Method::post,
                            target("/api/v1/devices/import",
                                   {{"dry_run", flow.dry_run ? "true" : ""},
                                    {"group", group},
                                    {"name", std::filesystem::path(import.file).filename().string()}}),
                            &body));
    if (const auto rows = result.find("rows"))
        for (const json::Value& row : rows->items())
            if (text_at(row, "/outcome") == "refused")
                taken.refused.push_back(
                    {static_cast<std::uint64_t>(number_at(row, "/line")), text_at(row, "/reason")});
    std::stable_sort(taken.refused.begin(), taken.refused.end(),
                     [](const Refused& a, const Refused& b) { return a.line < b.line; });
    if (!import.refused.empty()) TRY(write_refused(import.refused, taken.refused));
    const std::string json = merged(result, file->layout(), taken);
    if (flow.shown.output == Output::json) {
        flow.console.out(json + "\n");
        return {};
    }
    TRY_VALUE(const json::Value shown,
              json::parse(json, {.max_bytes = 256UL << 20, .max_values = 10'000'000}));
    flow.shown.object({{"lines", "/lines", Format::integer},
                       {"new", "/new", Format::integer},
                       {"changed", "/changed", Format::integer},
                       {"unchanged", "/unchanged", Format::integer},
                       {"refused", "/refused", Format::integer}},
                      shown);
    if (!table) return {};
    for (const std::string& note : taken.notes)
        flow.shown.sentence(note);
    show_refused(flow, taken.refused, static_cast<std::uint64_t>(number_at(shown, "/refused")));
    if (flow.dry_run) flow.console.out("Nothing was changed; run it again without --dry-run.\n");
    return {};
}

} // namespace oakum::cli
