// SPDX-License-Identifier: Apache-2.0
#include "hawkbit_import.hpp"

#include "hawkbit_plan.hpp"
#include "imports.hpp"
#include "settings.hpp"

#include <base/digest.hpp>
#include <cli/table.hpp>
#include <device/query.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <map>

namespace oakum::cli {
namespace {

namespace fs = std::filesystem;
namespace pages = hawkbit_pages;

constexpr std::size_t kRowsEach = 20'000, kMostColumns = 200, kMostShown = 20;

base::Result<std::string> authorization_of(const Flow& flow, const HawkbitImport& wish) {
    std::string said = flow.console.environment("OAKUM_HAWKBIT_CREDENTIALS");
    if (!wish.credentials.empty()) {
        TRY_VALUE(said, read_file(wish.credentials, 4096));
    }
    while (!said.empty() && (said.back() == '\n' || said.back() == '\r'))
        said.pop_back();
    if (said.find(':') == std::string::npos || said.find('\n') != std::string::npos)
        return base::invalid("one line USER:PASSWORD is needed, in the file of --credentials or in "
                             "OAKUM_HAWKBIT_CREDENTIALS");
    return "Basic " + base::to_base64(base::as_bytes(said));
}

// What a folder keeps is one hawkBit's.
base::Status claim_folder(const fs::path& folder, const std::string& address) {
    const fs::path file = folder / "address";
    std::string of;
    std::getline(std::ifstream(file, std::ios::binary), of);
    if (of == address) return {};
    if (!of.empty())
        return base::invalid("this folder keeps what was read at " + of + ": name another one, or delete it")
            .at("--folder");
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << address << "\n";
    out.close();
    if (!out) return base::invalid("cannot write " + file.string());
    return {};
}

std::string quoted(const std::string& cell) {
    std::string out = "\"";
    for (const char c : cell)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

// Tables for the import of devices. Columns that few devices have are left out when there are too many.
base::Result<std::vector<fs::path>> write_tables(const Flow& flow, const fs::path& folder,
                                                 const std::vector<TakenDevice>& devices) {
    std::map<std::string, std::size_t> how_many;
    for (const TakenDevice& device : devices)
        for (const auto& [key, value] : device.facts)
            ++how_many[key];
    std::vector<std::string> columns;
    for (const auto& [key, count] : how_many)
        columns.push_back(key);
    std::ranges::stable_sort(columns, std::greater(), [&](const std::string& key) { return how_many[key]; });
    if (columns.size() > kMostColumns) {
        flow.console.err(fmt::format("{} attributes that fewest targets have are left out, from {} on.\n",
                                     columns.size() - kMostColumns, printable(columns[kMostColumns])));
        columns.resize(kMostColumns);
    }
    std::vector<fs::path> files;
    for (std::size_t from = 0; from < devices.size(); from += kRowsEach) {
        files.push_back(folder / ("devices-" + std::to_string(files.size() + 1) + ".csv"));
        std::ofstream out(files.back(), std::ios::binary | std::ios::trunc);
        out << "serial";
        for (const std::string& column : columns)
            out << "," << quoted(column);
        out << "\r\n";
        for (std::size_t i = from; i < std::min(devices.size(), from + kRowsEach); ++i) {
            out << quoted(devices[i].serial);
            for (const std::string& column : columns) {
                const auto fact = devices[i].facts.find(column);
                out << "," << (fact == devices[i].facts.end() ? "" : quoted(fact->second));
            }
            out << "\r\n";
        }
        out.close();
        if (!out) return base::invalid("cannot write " + files.back().string());
    }
    return files;
}

void show(const Flow& flow, const HawkbitPlan& plan) {
    const int width = flow.console.terminal ? flow.console.width : 0;
    std::vector<std::vector<std::string>> rows;
    for (const PlannedRelease& each : plan.releases) {
        std::string models;
        for (const std::string& model : each.models)
            models += (models.empty() ? "" : ", ") + model;
        rows.push_back({each.set, each.hindered.empty() ? each.name + " " + each.version : "not taken",
                        each.hindered.empty() ? "for " + models : each.hindered});
    }
    if (!rows.empty())
        flow.console.out("\n" + render_table({{"DISTRIBUTION SET"}, {"RELEASE"}, {""}}, rows, width));
    rows.clear();
    for (const PlannedGroup& each : plan.groups)
        rows.push_back({each.name, each.hindered.empty() ? each.query : "not taken: " + each.hindered});
    if (!rows.empty()) flow.console.out("\n" + render_table({{"FILTER"}, {"GROUP BY QUERY"}}, rows, width));
    for (const PlannedGroup& each : plan.groups)
        for (const std::string& note : each.notes)
            flow.console.out(printable("Filter " + each.name + ": " + note + ".") + "\n");
    for (std::size_t i = 0; i < std::min(plan.unreadable.size(), kMostShown); ++i)
        flow.console.out("Cannot be read: " + printable(plan.unreadable[i]) + "\n");
    if (plan.unreadable.size() > kMostShown)
        flow.console.out(
            fmt::format("and {} more that cannot be read.\n", plan.unreadable.size() - kMostShown));
    flow.console.out("\n");
}

base::Result<fs::path> fetch_file(HawkbitReader& hawkbit, const fs::path& folder,
                                  const PlannedRelease& release) {
    const fs::path place = folder / "files" / release.artifact.sha256;
    std::error_code error;
    fs::create_directories(place, error);
    const fs::path file = place / plain_name(release.artifact.filename);
    const fs::path part = place / ".part"; // plain_name() calls no file so
    if (fs::exists(file, error)) return file;
    for (int tries = 0; tries < 2; ++tries) {
        TRY(hawkbit.download("/rest/v1/softwaremodules/" + release.module + "/artifacts/" +
                                 release.artifact.id + "/download",
                             part, release.artifact.size));
        TRY_VALUE(const base::Digest256 digest, digest_of(part.string()));
        if (digest.hex() == release.artifact.sha256) {
            fs::rename(part, file, error);
            if (error) return base::invalid("cannot write " + file.string());
            return file;
        }
        fs::remove(part, error); // what was there before may have been another's
    }
    return base::corrupt("what hawkBit sends as " + release.artifact.filename +
                         " has another digest than it says");
}

// One that is there already is left as it is; where it is another than hawkBit's, that is said.
struct Made {
    bool fresh = true;
    std::string differs{}; // how; empty: not
};
struct Done {
    std::size_t made = 0, there = 0;
    std::vector<std::string> differ, refused;
    base::Status take(const base::Result<Made>& done, const std::string& what) {
        if (done.ok()) {
            ++(done->fresh ? made : there);
            if (!done->differs.empty()) differ.push_back(what + ": " + done->differs);
        } else if (done.error().kind == base::ErrorKind::invalid ||
                   done.error().kind == base::ErrorKind::conflict ||
                   done.error().kind == base::ErrorKind::corrupt) {
            refused.push_back(what + ": " + done.error().text());
        } else {
            return done.error();
        }
        return {};
    }
};

// What the server holds at a path, read when it is first asked for.
class Held {
  public:
    Held(const Flow& flow, std::string path) : flow_(flow), path_(std::move(path)) {}
    base::Result<const std::vector<json::Value>*> all() {
        std::string cursor;
        while (!whole_) {
            TRY_VALUE(const json::Value page,
                      flow_.api.get(target(path_, {{"limit", "200"}, {"cursor", cursor}})));
            if (const auto list = page.find("items"))
                for (const json::Value& item : list->items())
                    items_.push_back(item);
            cursor = text_at(page, "/next_cursor");
            whole_ = cursor.empty();
        }
        return &items_;
    }

  private:
    const Flow& flow_;
    std::string path_;
    std::vector<json::Value> items_;
    bool whole_ = false;
};

Made there_already(const std::string& here, const std::string& at_hawkbit) {
    Made made{.fresh = false};
    if (here != at_hawkbit) made.differs = "here \"" + here + "\", at hawkBit \"" + at_hawkbit + "\"";
    return made;
}

// A conflict about the member at `about` means that one of that name is there; of any other it stays one.
bool is_there(const base::Error& error, std::string_view about) {
    return error.kind == base::ErrorKind::conflict && error.where == about;
}

base::Result<Made> make_group(const Flow& flow, Held& held, const PlannedGroup& group) {
    Api::Body body;
    json::Writer(body.bytes)
        .begin_object()
        .member("name", group.name)
        .member("query", group.query)
        .end_object();
    const auto made = flow.api.call(ports::Method::post, "/api/v1/groups", &body);
    if (made.ok()) return Made{};
    if (!is_there(made.error(), "/name")) return made.error();
    TRY_VALUE(const std::vector<json::Value>* groups, held.all());
    for (const json::Value& each : *groups)
        if (device::equal_ignoring_case(text_at(each, "/name"), group.name))
            return there_already(text_at(each, "/query"), group.query);
    return Made{.fresh = false};
}

base::Result<Made> make_release(const Flow& flow, Held& held, HawkbitReader& hawkbit, const fs::path& folder,
                                const PlannedRelease& release) {
    TRY_VALUE(const fs::path file, fetch_file(hawkbit, folder, release));
    TRY_VALUE(const std::string digest, upload(flow, file.string()));
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object()
        .member("name", release.name)
        .member("version", release.version)
        .member("artifact", digest);
    writer.key("models").begin_array();
    for (const std::string& model : release.models)
        writer.value(model);
    writer.end_array().member("notes", "taken over from a hawkBit: " + release.set).end_object();
    const auto made = flow.api.call(ports::Method::post, "/api/v1/releases", &body);
    if (made.ok()) return Made{};
    if (!is_there(made.error(), "/version")) return made.error();
    TRY_VALUE(const std::vector<json::Value>* releases, held.all());
    for (const json::Value& each : *releases)
        if (text_at(each, "/name") == release.name && text_at(each, "/version") == release.version)
            return there_already("file " + text_at(each, "/artifact/sha256"), "file " + digest);
    return Made{.fresh = false};
}

} // namespace

base::Status import_hawkbit(const Flow& flow, const HawkbitImport& wish) {
    if (flow.shown.output != Output::table) return base::invalid("this speaks to people: without -o");
    TRY_VALUE(std::string authorization, authorization_of(flow, wish));
    std::error_code error;
    fs::create_directories(wish.folder, error);
    if (error) return base::invalid("cannot make the folder " + wish.folder).at("--folder");
    TRY_VALUE(const std::unique_ptr<Fetching> fetching,
              flow.console.fetching({wish.folder, wish.authorities, wish.own_addresses}));
    TRY_VALUE(HawkbitReader hawkbit,
              HawkbitReader::open(fetching->fetcher(), flow.console, wish.url, std::move(authorization)));
    TRY(claim_folder(wish.folder, hawkbit.address()));
    HawkbitPlan plan;
    TRY(read_plan(flow, hawkbit, wish, plan));
    flow.console.out(fmt::format("{} targets, {} distribution sets and {} filters at {}.\n",
                                 plan.devices.size(), plan.releases.size(), plan.groups.size(),
                                 printable(hawkbit.address())));
    TRY_VALUE(const std::vector<fs::path> tables, write_tables(flow, wish.folder, plan.devices));
    for (const fs::path& table : tables) {
        DeviceFile devices;
        devices.file = table.string();
        TRY(import_devices(flow, devices));
    }
    show(flow, plan);
    if (flow.dry_run)
        return changed_nothing(flow, "Releases are made as drafts, for you to look at and to publish.");
    Done groups, releases;
    Held held_groups(flow, "/api/v1/groups"), held_releases(flow, "/api/v1/releases");
    for (const PlannedGroup& group : plan.groups)
        if (group.hindered.empty())
            TRY(groups.take(make_group(flow, held_groups, group), "group " + group.name));
    for (const PlannedRelease& release : plan.releases)
        if (release.hindered.empty())
            TRY(releases.take(make_release(flow, held_releases, hawkbit, wish.folder, release),
                              "release " + release.set));
    for (const Done* done : {&groups, &releases}) {
        for (const std::string& differs : done->differ)
            flow.console.out("Differs, and stays as it is here: " + printable(differs) + "\n");
        for (const std::string& refused : done->refused)
            flow.console.out("Refused: " + printable(refused) + "\n");
    }
    flow.console.out(
        fmt::format("Groups: {} new, {} there already. Releases: {} new drafts, {} there already.\n"
                    "Next: publish the releases that you go on using, and give the devices an enrolment "
                    "token (docs/existing-fleets.md).\n",
                    groups.made, groups.there, releases.made, releases.there));
    if (!groups.refused.empty() || !releases.refused.empty())
        return base::invalid("not everything was taken over; what was refused is said above");
    return {};
}

} // namespace oakum::cli
