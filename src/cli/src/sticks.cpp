// SPDX-License-Identifier: Apache-2.0
#include "sticks.hpp"

#include "session.hpp"

#include <cli/table.hpp>
#include <fmt/format.h>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <metadata/log_entry.hpp>
#include <metadata/reader.hpp>
#include <tlog/tiles.hpp>
#include <transparency/tree.hpp>
#include <wire/carried.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace oakum::cli {

using ports::CarriedFolder;
using ports::Method;

namespace {

constexpr std::size_t kMostFiles = 20'000, kMostReceipts = 10'000, kMostReceipt = 32 << 10;
constexpr std::size_t kMostLogFile = 64 << 10;
constexpr std::uint64_t kMostEntries = 1 << 20; // 4,100 tiles
constexpr const char* kAbout = "oakum-stick.json";
constexpr const char* kReadMe = "README.txt";

using Names = std::set<std::string>;

base::Status write_text(CarriedFolder& folder, const std::string& where, const std::string& name,
                        std::string_view text) {
    TRY_VALUE(const auto file, folder.create(where, name));
    TRY(file->write(base::as_bytes(text)));
    return file->keep();
}

// What an earlier export left there and this one does not need.
base::Status remove_others(CarriedFolder& folder, const std::string& where, const Names& wanted) {
    TRY_VALUE(const auto there, folder.names(where, kMostFiles));
    for (const std::string& name : there)
        if (!wanted.contains(name)) TRY(folder.remove(where, name));
    return {};
}

// Whether the folder holds these bytes already.
base::Result<bool> holds(CarriedFolder& folder, const std::string& sha256, std::uint64_t length) {
    TRY_VALUE(const auto there, folder.length("artifacts", sha256));
    if (there != length) return false;
    base::Sha256 hash;
    TRY(folder.stream("artifacts", sha256, 0, length, [&](base::ByteView piece) -> base::Status {
        hash.update(piece);
        return {};
    }));
    return hash.finish().hex() == sha256;
}

base::Status fetch_artifact(const Flow& flow, CarriedFolder& folder, const json::Value& artifact) {
    TRY_VALUE(const std::string sha256, artifact.string_at("sha256", 64));
    TRY_VALUE(const std::uint64_t length, artifact.uint_at("length"));
    const std::string name = text_at(artifact, "/name");
    TRY_VALUE(const bool there, holds(folder, sha256, length));
    if (there) return {};
    TRY_VALUE(const auto file, folder.create("artifacts", sha256));
    base::Sha256 hash;
    std::uint64_t got = 0;
    TRY(flow.api.download("/api/v1/artifacts/" + encode(sha256), [&](base::ByteView piece) -> base::Status {
        got += piece.size();
        if (got > length) return base::corrupt("the server sends more of " + name + " than it has");
        hash.update(piece);
        progress(flow.console, name, got, length);
        return file->write(piece);
    }));
    if (got != length || hash.finish().hex() != sha256)
        return base::corrupt("what the server sent of " + name + " is not what it should be; try again");
    return file->keep();
}

std::string read_me(const json::Value& stick) {
    std::string text =
        "Updates for devices that are not on the network.\n\n" + text_at(stick, "/sentence") +
        "\n\nAt the device, as root, with this folder in the place of FOLDER:\n\n"
        "    oakum-agent install FOLDER\n\n"
        "Unmount before you unplug. Then bring the folder back, and where the command line reaches "
        "the server:\n\n    oakum release receipts FOLDER\n\nFor:\n";
    if (const auto devices = stick.find("devices"))
        for (const json::Value& each : devices->items())
            text += "    " + printable(text_at(each, "/device/name")) + "  " +
                    printable(text_at(each, "/release/name")) + " " +
                    printable(text_at(each, "/release/version")) + "\n";
    return text;
}

base::Status write_orders(CarriedFolder& folder, const json::Value& devices) {
    Names orders, directions;
    for (const json::Value& each : devices.items()) {
        const std::string name = text_at(each, "/device/id") + ".json";
        TRY(write_text(folder, "orders", name, text_at(each, "/order")));
        orders.insert(name);
        if (!at(each, "/direction")) continue;
        TRY(write_text(folder, "directions", name, text_at(each, "/direction")));
        directions.insert(name);
    }
    TRY(remove_others(folder, "directions", directions));
    return remove_others(folder, "orders", orders);
}

// Nothing: the server has no such file.
base::Result<std::optional<std::string>> log_file(const Flow& flow, const std::string& name) {
    std::string text;
    const base::Status got = flow.api.download("/log/" + name, [&](base::ByteView piece) -> base::Status {
        if (text.size() + piece.size() > kMostLogFile)
            return base::too_large("the log's file " + name + " has more than it should");
        text += base::as_text(piece);
        return {};
    });
    if (!got.ok() && got.error().kind == base::ErrorKind::not_found) return std::optional<std::string>();
    TRY(got);
    return std::optional(std::move(text));
}

// The epoch and the size that a checkpoint tells; whoever reads the folder looks at its signatures.
std::optional<std::pair<std::string, std::uint64_t>> told_by(std::string_view checkpoint) {
    const auto end = checkpoint.find('\n');
    const auto slash = checkpoint.substr(0, end).rfind('/');
    if (end == std::string_view::npos || slash == std::string_view::npos) return std::nullopt;
    std::uint64_t size = 0;
    const std::string_view rest = checkpoint.substr(end + 1);
    if (std::from_chars(rest.data(), rest.data() + rest.size(), size).ec != std::errc() ||
        size > kMostEntries)
        return std::nullopt;
    return std::pair(std::string(checkpoint.substr(slash + 1, end - slash - 1)), size);
}

// Where the releases that are carried stand in the log.
base::Result<Names> leaves_of(const json::Value& metadata, const Names& artifacts) {
    Names leaves;
    const metadata::JsonReader reader;
    for (const json::Value& each : metadata.items()) {
        TRY_VALUE(const std::string text, each.string_at("text", 8 << 20));
        const auto list = reader.targets(base::as_bytes(text));
        if (!list.ok()) continue; // a root, a snapshot or a timestamp
        for (const auto& [path, file] : list->document.files) {
            if (!file.hashes.sha256 || !artifacts.contains(file.hashes.sha256->hex())) continue;
            TRY_VALUE(const std::string entry, metadata::release_entry(path, file));
            leaves.insert(transparency::leaf_hash(base::as_bytes(entry)).hex());
        }
    }
    return leaves;
}

// What a device asks of the log of what was published: the checkpoint, its tiles, and where each release
// stands.
base::Status write_log(const Flow& flow, CarriedFolder& folder, const json::Value& metadata,
                       const Names& artifacts) {
    const std::string where(wire::kCarriedLog);
    Names files;
    TRY_VALUE(const auto checkpoint, log_file(flow, "checkpoint"));
    const auto told = checkpoint ? told_by(*checkpoint) : std::nullopt;
    if (told) {
        std::vector<std::string> names;
        for (const tlog::Tile& tile : tlog::new_tiles(0, told->second))
            names.push_back(told->first + "/" + tlog::tile_path(tile));
        TRY_VALUE(const Names leaves, leaves_of(metadata, artifacts));
        for (const std::string& leaf : leaves)
            names.push_back(told->first + "/leaf/" + leaf);
        for (const std::string& name : names) {
            TRY_VALUE(const auto text, log_file(flow, name));
            if (!text) return base::unavailable("the server's log has no file " + name + "; try again");
            files.insert(wire::carried_log_name(name));
            TRY(write_text(folder, where, wire::carried_log_name(name), *text));
        }
        files.insert("checkpoint");
        TRY(write_text(folder, where, "checkpoint", *checkpoint));
    }
    return remove_others(folder, where, files);
}

base::Status write_stick(const Flow& flow, CarriedFolder& folder, const json::Value& stick) {
    TRY_VALUE(const auto before, folder.read("", kAbout, 64 << 10));
    TRY_VALUE(const auto there, folder.names("", kMostFiles));
    for (const char* ours : {"orders", "directions", "metadata", "artifacts", "log"})
        if (!before && std::ranges::find(there, ours) != there.end())
            return base::conflict(std::string("the folder holds \"") + ours +
                                  "\" which no export wrote: name another folder");
    // It is a stick of ours from its first byte on; devices refuse what is half written.
    std::string about;
    json::Writer writer(about);
    writer.begin_object().member("format", 1).member("sentence", text_at(stick, "/sentence"));
    writer.member("made", text_at(stick, "/made")).member("expires", text_at(stick, "/expires")).end_object();
    TRY(write_text(folder, "", kAbout, about));
    TRY_VALUE(const json::Value artifacts, stick.array_at("artifacts"));
    Names wanted;
    for (const json::Value& each : artifacts.items())
        wanted.insert(text_at(each, "/sha256"));
    // First, so that there is room.
    TRY(remove_others(folder, "artifacts", wanted));
    for (const json::Value& each : artifacts.items())
        TRY(fetch_artifact(flow, folder, each));
    TRY_VALUE(const json::Value metadata, stick.array_at("metadata"));
    Names files;
    for (const json::Value& each : metadata.items()) {
        files.insert(text_at(each, "/name"));
        TRY_VALUE(const std::string text, each.string_at("text", 8 << 20));
        TRY(write_text(folder, "metadata", text_at(each, "/name"), text));
    }
    TRY(remove_others(folder, "metadata", files));
    TRY(write_log(flow, folder, metadata, wanted));
    TRY_VALUE(const json::Value devices, stick.array_at("devices"));
    TRY(write_orders(folder, devices));
    return write_text(folder, "", kReadMe, read_me(stick));
}

void show_stick(const Flow& flow, const json::Value& stick, const std::string& folder) {
    flow.shown.object({{"", "/sentence"},
                       {"made", "/made", Format::time},
                       {"expires", "/expires", Format::time},
                       {"nothing asked", "/nothing_asked", Format::integer},
                       {"no agent", "/without_agent", Format::integer}},
                      stick);
    if (flow.shown.output != Output::table) return;
    if (const auto left = stick.find("left_out"))
        for (const json::Value& each : left->items())
            flow.console.err(printable(text_at(each, "/device/name")) +
                             " is left out: " + printable(text_at(each, "/why")) + "\n");
    flow.console.err("At the device: oakum-agent install " + folder +
                     "\nAfterwards, here: oakum release receipts " + folder +
                     "\nUnmount the medium before you unplug it.\n");
}

// The server's own words are what is told; the files' names and texts are no answer for people.
json::Value without_files(const json::Value& stick) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    for (const json::Value& member : stick.items()) {
        if (member.key() == "metadata") continue;
        if (member.key() != "devices") {
            out.key(member.key()).raw(member.source());
            continue;
        }
        out.key("devices").begin_array();
        for (const json::Value& device : member.items()) {
            out.begin_object();
            for (const json::Value& each : device.items())
                if (each.key() != "order" && each.key() != "direction")
                    out.key(each.key()).raw(each.source());
            out.end_object();
        }
        out.end_array();
    }
    out.end_object();
    auto parsed =
        json::parse(text, {.max_bytes = 64 << 20, .max_depth = 64, .max_values = 5'000'000, .floats = true});
    if (!parsed.ok()) return stick;
    return std::move(*parsed);
}

} // namespace

base::Status export_stick(const Flow& flow, StickWish wish) {
    if (wish.query.empty() && wish.release.empty())
        return base::invalid(
            "say whom it is for: --for QUERY, or --release NAME@VERSION for every device that a "
            "rollout brings that release");
    if (flow.dry_run)
        return changed_nothing(flow,
                               "Would pack what is asked of " +
                                   (wish.query.empty() ? "every device to which " + wish.release + " goes"
                                                       : "the devices where " + wish.query) +
                                   " into " + wish.folder);
    if (!wish.release.empty()) {
        TRY_VALUE(wish.release, id_of(flow.api, "release", wish.release));
    }
    // Before the server is asked to wait for what cannot be written.
    TRY_VALUE(const auto folder, flow.console.folder(wish.folder, true));
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object();
    if (!wish.query.empty()) writer.member("query", wish.query);
    if (!wish.release.empty()) writer.member("release", wish.release);
    if (wish.days > 0) writer.member("days", wish.days);
    if (!wish.why.empty()) writer.member("why", wish.why);
    writer.end_object();
    TRY_VALUE(const json::Value stick, flow.api.call(Method::post, "/api/v1/sticks", &body));
    if (auto written = write_stick(flow, *folder, stick); !written.ok())
        return std::move(written).error().wrap(
            wish.folder + " is not complete, and devices refuse it; mend it and export again");
    show_stick(flow, without_files(stick), wish.folder);
    return {};
}

base::Status take_receipts(const Flow& flow, const std::string& path) {
    TRY_VALUE(const auto folder, flow.console.folder(path, false));
    TRY_VALUE(const auto names, folder->names("receipts", kMostReceipts));
    if (names.empty())
        return base::not_found(path +
                               " holds no receipts: no device has installed from it yet, or the medium could "
                               "not be written there ('oakum-agent install' says so)");
    if (flow.dry_run) return changed_nothing(flow, fmt::format("Would hand over {} receipts", names.size()));
    std::vector<json::Value> taken;
    std::size_t refused = 0;
    for (const std::string& name : names) {
        auto text = folder->read("receipts", name, kMostReceipt);
        base::Result<json::Value> answer = base::not_found(name);
        if (!text.ok()) {
            answer = text.error();
        } else if (*text) {
            const Api::Body body{"application/json", std::move(**text), {}};
            answer = flow.api.call(Method::post, "/api/v1/receipts", &body);
        }
        // Of the connection, not of this receipt.
        if (!answer.ok() && (answer.error().kind == base::ErrorKind::unavailable ||
                             answer.error().kind == base::ErrorKind::unauthenticated))
            return answer.error();
        refused += answer.ok() ? 0 : 1;
        if (answer.ok()) taken.push_back(*answer);
        if (flow.shown.output == Output::table || !answer.ok())
            (flow.shown.output == Output::table ? flow.console.out : flow.console.err)(
                (answer.ok() ? printable(text_at(*answer, "/sentence"))
                             : printable(name) + ": refused: " + printable(answer.error().text())) +
                "\n");
    }
    if (flow.shown.output != Output::table)
        flow.shown.page({{"DEVICE", "/device/name"},
                         {"OUTCOME", "/outcome"},
                         {"STATE", "/state"},
                         {"DEPLOYMENT", "/deployment", Format::id}},
                        taken, "");
    if (refused == 0) return {};
    return base::invalid(
        fmt::format("{} of {} receipts were refused; the others are taken in", refused, names.size()));
}

} // namespace oakum::cli
