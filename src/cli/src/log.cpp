// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include "log_keys.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <metadata/log_entry.hpp>
#include <tlog/kept_tiles.hpp>
#include <transparency/proof.hpp>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>

namespace oakum::cli {

using base::Result;
using base::Status;
using transparency::Sight;

namespace {

namespace fs = std::filesystem;

void say_on_whose_word(const Session& session, const OpenedLog& log) {
    if (log.on_its_word && session.shown().output == Output::table)
        session.console.err(
            "The key is the one that is served beside the log. To know that it is the right one, "
            "give the root that you keep (--root FILE), or the key (--key).\n");
}

Status write_new(const std::string& path, std::string_view text) {
    if (fs::exists(path)) return base::conflict(path + " is there already: name a new file");
    std::ofstream out(path, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out)
        return base::unavailable("writing " + path + " failed: is there room, and may you write there?");
    return {};
}

void write_sight(json::Writer& out, const Sight& sight) {
    out.member("origin", tlog::origin_of(sight.log, sight.epoch)).member("entries", sight.size);
    out.member("root", sight.root.hex());
}

// One entry as a row; what cannot be read is shown as such.
json::Value row_of(std::uint64_t number, const base::Bytes& bytes) {
    const std::string text(base::as_text(bytes));
    const auto entry = metadata::read_log_entry(text);
    std::string row;
    json::Writer out(row);
    out.begin_object().member("number", number);
    if (entry.ok()) {
        out.member("kind", entry->word).member("subject", entry->subject).member("sentence", entry->sentence);
        if (entry->at) out.member("at", base::to_iso8601(*entry->at));
        if (entry->digest) out.member("sha256", entry->digest->hex());
        out.key("entry").raw(text);
    } else {
        out.member("kind", "unreadable").member("subject", "");
        out.member("sentence", "cannot be read: " + entry.error().message);
    }
    out.end_object();
    return json::parse(row).value();
}

const std::vector<Column>& entry_columns() {
    static const std::vector<Column> columns{{"number", "/number", Format::integer},
                                             {"time", "/at", Format::time, 1},
                                             {"kind", "/kind"},
                                             {"what", "/sentence"}};
    return columns;
}

} // namespace

Status show_checkpoint(const Session& session, const LogWish& wish) {
    TRY_VALUE(const OpenedLog log, open_log(session, wish));
    TRY_VALUE(const LogReader reader, LogReader::present(*log.place, log.keys));
    if (!wish.file.empty() && !session.line.dry_run) TRY(write_new(wish.file, reader.note()));
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_sight(out, reader.sight());
    out.member("began",
               base::to_iso8601(base::from_unix_ms(static_cast<std::int64_t>(reader.sight().epoch) * 1000)));
    out.member("note", reader.note()).end_object();
    TRY_VALUE(const json::Value told, json::parse(text));
    session.shown().object({{"origin", "/origin", Format::id},
                            {"entries", "/entries", Format::integer},
                            {"root", "/root", Format::id},
                            {"began", "/began", Format::time}},
                           told);
    say_on_whose_word(session, log);
    return {};
}

Status show_log(const Session& session, const LogWish& wish) {
    TRY_VALUE(const OpenedLog log, open_log(session, wish));
    TRY_VALUE(const LogReader reader, LogReader::present(*log.place, log.keys));
    const auto limit = static_cast<std::size_t>(std::max(session.line.limit, 1));
    std::deque<json::Value> rows;
    bool more = false;
    for (std::uint64_t bundle = reader.bundles(); bundle-- > 0 && !more;) {
        if ((bundle + 1) * tlog::kTileWidth <= wish.after) break;
        TRY_VALUE(const auto entries, reader.entries(bundle));
        for (std::size_t i = entries.size(); i-- > 0 && !more;) {
            const std::uint64_t number = bundle * tlog::kTileWidth + i;
            if (number < wish.after) break;
            json::Value row = row_of(number, entries[i]);
            if (!wish.kind.empty() && text_at(row, "/kind") != wish.kind) continue;
            more = rows.size() == limit;
            if (!more) rows.push_front(std::move(row));
        }
    }
    session.shown().page(entry_columns(), {rows.begin(), rows.end()}, "No such entries.");
    if (more && session.shown().output == Output::table)
        session.console.err("These are the newest " + std::to_string(limit) + "; more with --limit.\n");
    say_on_whose_word(session, log);
    return {};
}

namespace {

// What verifying found.
struct Findings {
    std::vector<std::string> wrong, compared;
    std::uint64_t read = 0;
    std::vector<metadata::LogEntry> audit; // heads of the audit log
    void add(const Status& status) {
        constexpr std::size_t kMost = 100;
        if (!status.ok() && wrong.size() < kMost) wrong.push_back(status.error().message);
    }
};

// Every entry, every tile, and the root are what the entries make them.
Status check_whole(const LogReader& reader, Findings& found) {
    tlog::KeptTiles tiles;
    for (std::uint64_t bundle = 0; bundle < reader.bundles(); ++bundle) {
        TRY_VALUE(const auto entries, reader.entries(bundle));
        for (const base::Bytes& entry : entries) {
            if (const auto read = metadata::read_log_entry(base::as_text(entry)); !read.ok())
                found.add(base::corrupt("entry " + std::to_string(tiles.size()) +
                                        " cannot be read: " + read.error().message));
            else if (read->kind == metadata::LogEntry::Kind::audit)
                found.audit.push_back(*read);
            tiles.append(transparency::leaf_hash(entry));
        }
        found.read = tiles.size();
    }
    if (tiles.root() != reader.sight().root)
        return base::corrupt("its " + std::to_string(tiles.size()) +
                             " entries have another root than the checkpoint says: an entry was changed");
    for (const tlog::Tile& tile : tlog::new_tiles(0, reader.sight().size)) {
        const auto served = reader.hashes(tile);
        if (!served.ok())
            found.add(served.error());
        else if (tiles.hashes(tile) != *served)
            found.add(base::corrupt(tlog::tile_path(tile) + " is not what the entries make it"));
    }
    return {};
}

std::string in_words(const Sight& sight) {
    return std::to_string(sight.size) + " entries of " + tlog::origin_of(sight.log, sight.epoch);
}

Status check_grown(const LogReader& reader, const Sight& older) {
    TRY_VALUE(const auto proof,
              transparency::prove_consistency(older.size, reader.sight().size, reader.nodes()));
    return transparency::check_consistency(older.size, older.root, reader.sight().size, reader.sight().root,
                                           proof);
}

// Of an epoch that a restore ended: what is still served of it has to go on from what was kept.
Status check_ended(LogPlace& place, const LogKeys& keys, const Sight& kept) {
    auto reader = LogReader::epoch(place, kept.epoch, keys);
    if (!reader.ok()) return std::move(reader).error().wrap("reading the log before the restore");
    if (reader->sight().size < kept.size)
        return base::corrupt("a restore lost the entries from " + std::to_string(reader->sight().size) +
                             " to " + std::to_string(kept.size - 1) + " of " +
                             tlog::origin_of(kept.log, kept.epoch) +
                             ": ask who runs the server what they were");
    return check_grown(*reader, kept);
}

Status check_kept(LogPlace& place, const LogKeys& keys, const LogReader& present, const Sight& kept) {
    const auto met = transparency::meet(kept, present.sight());
    if (const auto* conflict = std::get_if<transparency::Conflict>(&met))
        return base::corrupt(conflict->sentence);
    switch (std::get<transparency::Meeting>(met)) {
    case transparency::Meeting::first:
    case transparency::Meeting::same:
        return {};
    case transparency::Meeting::grown:
        return check_grown(present, kept);
    case transparency::Meeting::begun_anew:
        return check_ended(place, keys, kept);
    }
    return base::bug("no such meeting");
}

Status compare(const Session& session, const OpenedLog& log, const LogReader& present,
               const std::string& file, Findings& found) {
    TRY_VALUE(const std::string note, session.console.keys().read(file, kMostCheckpoint));
    // The reader's own: its key may have been replaced since.
    auto kept = tlog::read_sight(note);
    if (!kept.ok()) return std::move(kept).error().wrap("reading " + file);
    auto status = check_kept(*log.place, log.keys, present, *kept);
    if (status.ok())
        found.compared.push_back(file + ": " + in_words(*kept));
    else
        found.add(base::corrupt(file + ", of " + in_words(*kept) + ": " + status.error().message));
    return {};
}

// Records that were removed when their time was over cannot be compared; the first that is there says so.
Status check_audit(const Session& session, Findings& found) {
    TRY_VALUE(Api api, session.api());
    std::uint64_t compared = 0;
    for (const metadata::LogEntry& head : found.audit) {
        TRY_VALUE(
            const json::Value page,
            api.get(target("/api/v1/audit", {{"after", std::to_string(head.number - 1)}, {"limit", "1"}})));
        const auto items = at(page, "/items");
        const std::string number = std::to_string(head.number);
        if (!items || items->size() == 0) {
            found.add(base::corrupt("audit record " + number + " is in the log, and not on the server"));
            continue;
        }
        const json::Value record = *items->items().begin();
        if (number_at(record, "/number") > static_cast<double>(head.number)) continue;
        ++compared;
        if (text_at(record, "/hash") != head.digest->hex())
            found.add(base::corrupt("audit record " + number +
                                    " is another one than the log says: the audit log was "
                                    "changed there or before"));
    }
    found.compared.push_back(std::to_string(compared) + " heads of the audit log");
    return {};
}

void show(const Session& session, const Sight& sight, const Findings& found, bool on_its_word) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("good", found.wrong.empty());
    write_sight(out, sight);
    out.member("read", found.read).member("key_is_trusted", !on_its_word);
    const auto list = [&](std::string_view name, const std::vector<std::string>& lines) {
        out.key(name).begin_array();
        for (const std::string& line : lines)
            out.value(line);
        out.end_array();
    };
    list("compared", found.compared);
    list("wrong", found.wrong);
    out.end_object();
    session.shown().object({{"as it was signed", "/good", Format::flag},
                            {"origin", "/origin", Format::id},
                            {"entries", "/entries", Format::integer},
                            {"root", "/root", Format::id},
                            {"goes on from", "/compared", Format::list, kOnlyWhenThere},
                            {"wrong", "/wrong", Format::list, kOnlyWhenThere}},
                           json::parse(text).value());
}

} // namespace

Status verify_log(const Session& session, const LogWish& wish) {
    TRY_VALUE(const OpenedLog log, open_log(session, wish));
    TRY_VALUE(const LogReader reader, LogReader::present(*log.place, log.keys));
    Findings found;
    found.add(check_whole(reader, found));
    for (const std::string& file : wish.kept)
        TRY(compare(session, log, reader, file, found));
    if (wish.audit) TRY(check_audit(session, found));
    show(session, reader.sight(), found, log.on_its_word);
    if (!found.wrong.empty())
        return base::corrupt("the log is not what was signed, or not the one that you saw before");
    say_on_whose_word(session, log);
    return {};
}

namespace {

Status write_file(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const fs::path fresh = path.string() + ".new";
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (out) fs::rename(fresh, path, error);
    if (!out || error) return base::unavailable("writing " + path.string() + " failed: is there room?");
    return {};
}

Status copy(const LogReader& reader, const fs::path& folder, std::uint64_t held) {
    for (const tlog::Tile& tile : tlog::new_tiles(held, reader.sight().size)) {
        TRY_VALUE(const base::Bytes hashes, reader.hashes(tile));
        TRY(write_file(folder / reader.name_of(tlog::tile_path(tile)), base::as_text(hashes)));
        if (tile.level > 0) continue;
        TRY_VALUE(const auto entries, reader.entries(tile.index));
        TRY_VALUE(const base::Bytes bundle, tlog::encode_entries(entries));
        TRY(write_file(folder / reader.name_of(tlog::entries_path(tile)), base::as_text(bundle)));
    }
    return {};
}

} // namespace

Status fetch_log(const Session& session, const LogWish& wish) {
    TRY_VALUE(const OpenedLog log, open_log(session, wish));
    TRY_VALUE(const LogReader reader, LogReader::present(*log.place, log.keys));
    const auto held = log_in_folder(wish.folder);
    TRY_VALUE(const auto before, held->get("checkpoint", kMostCheckpoint));
    std::uint64_t size = 0;
    if (before) {
        TRY_VALUE(const Sight kept, tlog::read_sight(base::as_text(*before)));
        if (const Status follows = check_kept(*log.place, log.keys, reader, kept); !follows.ok())
            return base::corrupt("what is served does not go on from what " + wish.folder +
                                 " holds, which stays as it is: " + follows.error().message);
        size = kept.epoch == reader.sight().epoch ? kept.size : 0;
    }
    const std::uint64_t fresh = reader.sight().size - size;
    if (session.line.dry_run) {
        session.console.err("Would copy " + std::to_string(fresh) + " entries into " + wish.folder + "\n");
        return {};
    }
    TRY(copy(reader, wish.folder, size));
    // The checkpoint last: until then the folder is as it was, with files that nobody asks for.
    const fs::path folder = wish.folder;
    TRY_VALUE(const auto keys, log.place->get("key", kMostCheckpoint));
    if (keys) TRY(write_file(folder / "key", base::as_text(*keys)));
    TRY(write_file(folder / reader.name_of("checkpoint"), reader.note()));
    TRY(write_file(folder / "checkpoint", reader.note()));
    session.console.err(std::to_string(fresh) + " new entries; " + wish.folder + " holds " +
                        in_words(reader.sight()) + ". To check it: oakum log verify --from " + wish.folder +
                        "\n");
    return {};
}

} // namespace oakum::cli
