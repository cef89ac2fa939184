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
#include <unordered_map>

namespace oakum::cli {
namespace {

using device_lists::Column;
using device_lists::How;
using ports::Method;

constexpr std::size_t kLargest = 256UL << 20, kShown = 20;
// The server takes 16 MiB at most, and a row is never longer than some hundred KiB.
constexpr std::size_t kMostRowsOfBatch = 10'000, kFullBatch = 8UL << 20;

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
// A table whose heads are facts, small enough that the server answers long before the wait for it ends.
struct Batch {
    std::string table;
    std::vector<std::uint64_t> lines; // where each of its rows stands in the file
};
// What was taken of the file.
struct Taken {
    std::vector<Batch> batches; // never empty
    std::vector<Refused> refused;
    std::vector<std::string> notes;
    std::uint64_t here = 0; // lines that were refused before anything was sent
};

// Which facts the rows have, and how a row of them is written.
class Rows {
  public:
    explicit Rows(const device_lists::Layout& layout) {
        for (const Column& column : layout.columns) {
            group_ = group_ || column.fact == device_lists::kGroup;
            if (is_taken(column) && column.fact != device_lists::kGroup) facts_.insert(column.fact);
        }
        for (const auto& [fact, value] : layout.constants)
            facts_.insert(fact);
        facts_.insert("os_version"); // may stand in the column of the platform
    }
    std::string head() const {
        std::string head;
        for (const std::string& fact : facts_)
            head += (head.empty() ? "" : ",") + fact;
        return head + (group_ ? ",group\n" : "\n");
    }
    std::string row(const device_lists::Record& record) const {
        std::string row;
        for (const std::string& fact : facts_) {
            const auto at = record.facts.find(fact);
            row += (row.empty() ? "" : ",") + cell_of(at == record.facts.end() ? "" : at->second);
        }
        return row + (group_ ? "," + cell_of(record.group) : "") + '\n';
    }

  private:
    std::set<std::string> facts_;
    bool group_ = false;
};

base::Result<Taken> take(device_lists::File& file) {
    const Rows rows(file.layout());
    Taken taken;
    taken.batches.push_back({rows.head(), {}});
    std::unordered_map<std::string, std::uint64_t> serials; // the server sees those of one batch only
    for (bool last = false; !last;) {
        TRY_VALUE(device_lists::Piece piece, file.next(1024));
        last = piece.last;
        for (device_lists::Refused& refused : piece.refused)
            taken.refused.push_back({refused.line, std::move(refused.reason)});
        for (const device_lists::Record& record : piece.records) {
            if (const auto serial = record.facts.find("serial"); serial != record.facts.end()) {
                const auto [at, first] = serials.try_emplace(serial->second, record.line);
                if (!first) {
                    taken.refused.push_back({record.line, "the serial stands in line " +
                                                              std::to_string(at->second) + " already"});
                    continue;
                }
            }
            const Batch& open = taken.batches.back();
            if (open.lines.size() == kMostRowsOfBatch || open.table.size() > kFullBatch)
                taken.batches.push_back({rows.head(), {}});
            taken.batches.back().table += rows.row(record);
            taken.batches.back().lines.push_back(record.line);
        }
    }
    taken.notes = file.notes();
    taken.here = taken.refused.size();
    return taken;
}

// What the server did with all batches.
struct Done {
    std::uint64_t lines = 0, created = 0, changed = 0, unchanged = 0, refused = 0;
    bool dry_run = false;
};

base::Result<Done> send(const Flow& flow, Taken& taken, const std::string& group, const std::string& name) {
    const std::string at =
        target("/api/v1/devices/import",
               {{"dry_run", flow.dry_run ? "true" : ""}, {"group", group}, {"name", name}});
    Done done;
    std::size_t sent = 0;
    std::uint64_t line = 0;
    for (Batch& batch : taken.batches) {
        const Api::Body body{"text/csv", std::move(batch.table), {}};
        auto result = flow.api.call(Method::post, at, &body);
        if (!result.ok() && sent > 0 && !flow.dry_run)
            return std::move(result.error())
                .wrap("the lines up to " + std::to_string(line) +
                      " are imported, run it again for all; those behind it");
        if (!result.ok()) return std::move(result.error());
        const auto count = [&](const char* of) { return static_cast<std::uint64_t>(number_at(*result, of)); };
        done.lines += count("/lines");
        done.created += count("/new");
        done.changed += count("/changed");
        done.unchanged += count("/unchanged");
        done.refused += count("/refused");
        done.dry_run = flag_at(*result, "/dry_run");
        if (const auto rows = result->find("rows"))
            for (const json::Value& row : rows->items()) {
                if (text_at(row, "/outcome") != "refused") continue;
                // The first row stands below the line of the heads.
                const auto place = static_cast<std::uint64_t>(number_at(row, "/line")) - 2;
                taken.refused.push_back(
                    {place < batch.lines.size() ? batch.lines[place] : 0, text_at(row, "/reason")});
            }
        if (!batch.lines.empty()) line = batch.lines.back();
        if (taken.batches.size() > 1) progress(flow.console, "imported", ++sent, taken.batches.size());
    }
    std::stable_sort(taken.refused.begin(), taken.refused.end(),
                     [](const Refused& a, const Refused& b) { return a.line < b.line; });
    if (const std::uint64_t all = done.refused + taken.here; all > taken.refused.size())
        taken.notes.push_back(
            std::to_string(all - taken.refused.size()) +
            " more lines are refused without being named: the server names the first of many. "
            "Mend those that are named, and run it again.");
    return done;
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

void show_refused(const Flow& flow, const std::vector<Refused>& refused) {
    if (refused.empty()) return;
    std::vector<std::vector<std::string>> rows;
    for (const Refused& each : refused)
        if (rows.size() < kShown) rows.push_back({std::to_string(each.line), each.reason});
    flow.console.out("\n" + render_table({{"LINE", true, true}, {"REFUSED BECAUSE"}}, rows,
                                         flow.console.terminal ? flow.console.width : 0));
    if (refused.size() > rows.size())
        flow.console.out(
            fmt::format("and {} more; --refused FILE writes them.\n", refused.size() - rows.size()));
}

// What the server says of the lines that it was sent, with those that were refused here, and with the file's
// own columns.
std::string merged(const Done& done, const device_lists::Layout& layout, const Taken& taken) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("dry_run", done.dry_run).key("mapping").begin_array();
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
    writer.end_array().member("lines", done.lines + taken.here).member("new", done.created);
    writer.member("changed", done.changed).member("unchanged", done.unchanged);
    writer.member("refused", done.refused + taken.here).key("rows").begin_array();
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
    TRY_VALUE(const Done done,
              send(flow, taken, group, std::filesystem::path(import.file).filename().string()));
    if (!import.refused.empty()) TRY(write_refused(import.refused, taken.refused));
    const std::string json = merged(done, file->layout(), taken);
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
    show_refused(flow, taken.refused);
    if (flow.dry_run) flow.console.out("Nothing was changed; run it again without --dry-run.\n");
    return {};
}

} // namespace oakum::cli
