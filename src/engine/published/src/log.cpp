// SPDX-License-Identifier: Apache-2.0
#include <published/log.hpp>

#include "head.hpp"

#include <metadata/log_entry.hpp>
#include <tlog/checkpoint.hpp>
#include <tlog/sight.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::published {

using base::Result;
using base::Status;
using device::TenantId;
using ports::DocumentRow;
using shard::Transaction;

namespace {

constexpr std::size_t kMostEntry = 0xFFFF;
constexpr std::string_view kRole = "log";

base::Error missing(std::uint64_t epoch, std::uint64_t index) {
    return base::corrupt("entry " + std::to_string(index) + " of the log of what was published, epoch " +
                         std::to_string(epoch) + ", is missing; restore a backup");
}

transparency::Hash leaf_of(const std::string& entry) {
    return transparency::leaf_hash(base::as_bytes(entry));
}

} // namespace

bool Log::has_begun(const Transaction& transaction) const {
    return !transaction.document(std::string(kHeadDocument)).empty();
}

Status Log::append(Transaction& transaction, std::span<const std::string> entries) const {
    TRY_VALUE(Head head, read_head(transaction.document(std::string(kHeadDocument))));
    if (head.epochs.empty() || entries.empty()) return {};
    Head::Epoch& present = head.epochs.back();
    for (const std::string& entry : entries) {
        if (entry.empty() || entry.size() > kMostEntry)
            return base::too_large("an entry of the log has 1 to 65,535 bytes, this one would have " +
                                   std::to_string(entry.size()));
        transaction.put(DocumentRow{entry_document(present.epoch, present.size++), entry});
    }
    // Last, so that a reader who sees it finds all entries.
    transaction.put(DocumentRow{std::string(kHeadDocument), encode(head)});
    return {};
}

Status Log::begin(Transaction& transaction, const std::string& name) const {
    TRY_VALUE(Head head, read_head(transaction.document(std::string(kHeadDocument))));
    std::optional<metadata::LogBefore> after;
    auto epoch = static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(transaction.now()), 1));
    if (!head.epochs.empty()) {
        const Head::Epoch& last = head.epochs.back();
        TRY_VALUE(const std::vector<std::string> told, entries(transaction));
        transparency::Growth growth;
        for (const std::string& entry : told)
            growth.append(leaf_of(entry));
        after = metadata::LogBefore{tlog::origin_of(head.name, last.epoch), last.size, growth.root()};
        epoch = std::max(epoch, last.epoch + 1);
    } else {
        head.name = name;
    }
    const std::string origin = tlog::origin_of(head.name, epoch);
    TRY_VALUE(const std::string first, metadata::begin_entry(origin, transaction.now(), after));
    head.epochs.push_back({epoch, 0});
    head.audit = 0;
    transaction.put(DocumentRow{std::string(kHeadDocument), encode(head)});
    TRY(append(transaction, std::span(&first, 1)));
    transaction.audit({"oakumd", "log.begin", origin, "", "",
                       after ? "restored from a backup: others may have seen entries that it has not" : ""});
    return {};
}

Result<std::vector<std::string>> Log::entries(const Transaction& transaction) const {
    TRY_VALUE(const Head head, read_head(transaction.document(std::string(kHeadDocument))));
    std::vector<std::string> entries;
    if (head.epochs.empty()) return entries;
    const Head::Epoch& present = head.epochs.back();
    for (std::uint64_t index = 0; index < present.size; ++index) {
        entries.push_back(transaction.document(entry_document(present.epoch, index)));
        if (entries.back().empty()) return missing(present.epoch, index);
    }
    return entries;
}

void Log::look_at_audit() {
    for (const TenantId tenant : control_.tenants()) {
        if (control_.document(tenant, std::string(kHeadDocument)).empty()) continue;
        writer_.submit(
            shard::control_of(tenant), shard::Priority::telemetry,
            [this](Transaction& transaction) -> Status {
                TRY_VALUE(Head head, read_head(transaction.document(std::string(kHeadDocument))));
                const auto newest = transaction.find<ports::AuditRow>(shard::NewestAudit{});
                const base::TimePoint now = transaction.now();
                const bool due = now < head.audit_at || now - head.audit_at >= kAuditEvery;
                if (!newest || newest->number <= head.audit || !due) return {};
                TRY_VALUE(const std::string entry,
                          metadata::audit_entry(newest->number, newest->hash, newest->at));
                head.audit = newest->number;
                head.audit_at = now;
                transaction.put(DocumentRow{std::string(kHeadDocument), encode(head)});
                return append(transaction, std::span(&entry, 1));
            },
            [this](Status status) {
                if (!status.ok() && status.error().kind != base::ErrorKind::unavailable)
                    log_.write(base::LogLevel::error, "log",
                               "the head of the audit log could not be noted: " + status.error().text());
            });
    }
}

// Entries are put before the head that counts them, and never again.
Result<Log::Kept*> Log::kept(TenantId tenant) const {
    TRY_VALUE(const Head head, read_head(control_.document(tenant, std::string(kHeadDocument))));
    if (head.epochs.empty()) return base::not_found("nothing was published yet");
    Kept& kept = kept_[tenant];
    kept.name = head.name;
    for (const Head::Epoch& each : head.epochs) {
        tlog::KeptTiles& tiles = kept.epochs[each.epoch].tiles;
        while (tiles.size() < each.size) {
            const std::string entry = control_.document(tenant, entry_document(each.epoch, tiles.size()));
            if (entry.empty()) return missing(each.epoch, tiles.size());
            tiles.append(leaf_of(entry));
        }
    }
    return &kept;
}

Result<std::string> Log::checkpoint(TenantId tenant, const std::string& name, std::uint64_t epoch,
                                    Epoch& of) const {
    TRY_VALUE(const auto signers, signers_(tenant));
    std::vector<std::string> keys;
    for (const auto& key : signers)
        keys.push_back(key.key_id);
    if (of.checkpoint.size == of.tiles.size() && of.checkpoint.keys == keys) return of.checkpoint.note;
    TRY_VALUE(
        const std::string text,
        tlog::encode(tlog::Checkpoint{tlog::origin_of(name, epoch), of.tiles.size(), of.tiles.root(), {}}));
    tlog::Note note{text, {}};
    for (const auto& key : signers) {
        auto made = tlog::sign_note(text, {name, key.public_key}, [&](base::ByteView message) {
            return signer_.sign(std::string(kRole), key.key_id, message);
        });
        if (made.ok())
            note.signatures.push_back(std::move(made->signatures.front()));
        else if (made.error().kind != base::ErrorKind::unavailable)
            return std::move(made).error().wrap("signing the log");
    }
    if (note.signatures.empty())
        return base::unavailable("the log's key is not in keys/online of this server");
    of.checkpoint = {of.tiles.size(), std::move(keys), tlog::encode(note)};
    return of.checkpoint.note;
}

Result<std::string> Log::keys(TenantId tenant, const std::string& name) const {
    TRY_VALUE(const auto signers, signers_(tenant));
    std::string lines;
    for (const auto& key : signers)
        lines += tlog::encode(tlog::NoteKey{name, key.public_key}) + "\n";
    return lines;
}

Result<std::optional<Log::File>> Log::bundle(TenantId tenant, std::uint64_t epoch, std::uint64_t size,
                                             const tlog::Tile& tile) const {
    if (tile.index > size / tlog::kTileWidth) return std::optional<File>();
    const std::uint64_t begin = tile.index * tlog::kTileWidth;
    if (size - begin < tile.width) return std::optional<File>();
    std::vector<base::Bytes> entries;
    for (std::uint64_t index = begin; index < begin + tile.width; ++index) {
        const std::string entry = control_.document(tenant, entry_document(epoch, index));
        if (entry.empty()) return missing(epoch, index);
        entries.emplace_back(entry.begin(), entry.end());
    }
    TRY_VALUE(const base::Bytes bytes, tlog::encode_entries(entries));
    return std::optional(File{std::string(base::as_text(bytes))});
}

Result<std::optional<Log::File>> Log::file_of(TenantId tenant, const std::string& name, std::uint64_t epoch,
                                              Epoch& of, std::string_view rest) const {
    constexpr std::string_view kLeaf = "leaf/";
    if (rest == "checkpoint") {
        TRY_VALUE(std::string note, checkpoint(tenant, name, epoch, of));
        return std::optional(File{std::move(note), true});
    }
    if (rest.starts_with(kLeaf)) {
        const auto leaf = base::Digest256::parse(rest.substr(kLeaf.size()));
        if (!leaf.ok() || leaf->hex() != rest.substr(kLeaf.size())) return std::optional<File>();
        const auto index = of.tiles.index_of(*leaf);
        return index ? std::optional(File{std::to_string(*index) + "\n"}) : std::optional<File>();
    }
    const auto path = tlog::read_tile_path(rest);
    if (!path) return std::optional<File>();
    if (path->entries) return bundle(tenant, epoch, of.tiles.size(), path->tile);
    const auto hashes = of.tiles.hashes(path->tile);
    return hashes ? std::optional(File{std::string(base::as_text(*hashes))}) : std::optional<File>();
}

Result<std::optional<Log::File>> Log::file(TenantId tenant, std::string_view name) const {
    base::Lock lock(mutex_);
    const auto all = kept(tenant);
    if (!all.ok() && all.error().kind == base::ErrorKind::not_found) return std::optional<File>();
    TRY(all);
    Kept& log = **all;
    if (name == "checkpoint") {
        auto& [epoch, present] = *log.epochs.rbegin();
        return file_of(tenant, log.name, epoch, present, name);
    }
    if (name == "key") {
        TRY_VALUE(std::string lines, keys(tenant, log.name));
        return std::optional(File{std::move(lines), true});
    }
    const std::string_view digits = name.substr(0, name.find('/'));
    std::uint64_t epoch = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
    const auto found = log.epochs.find(epoch);
    if (digits.size() == name.size() || std::to_string(epoch) != digits || found == log.epochs.end())
        return std::optional<File>();
    return file_of(tenant, log.name, epoch, found->second, name.substr(digits.size() + 1));
}

std::uint64_t Log::size(TenantId tenant) const {
    const auto head = read_head(control_.document(tenant, std::string(kHeadDocument)));
    return head.ok() && !head->epochs.empty() ? head->epochs.back().size : 0;
}

} // namespace oakum::published
