// SPDX-License-Identifier: Apache-2.0
#include <updates/published_log.hpp>

#include <metadata/log_entry.hpp>
#include <tlog/sight.hpp>
#include <tlog/tiles.hpp>
#include <transparency/proof.hpp>

#include <charconv>

namespace oakum::updates {
namespace {

using base::Result;
using transparency::Meeting;
using transparency::Sight;
using trust::Attack;

constexpr std::size_t kMostCheckpoint = 8 << 10, kMostLeaf = 32;
// A proof in a log of 2^32 entries takes 8 tiles; a tile has 8 KiB.
constexpr std::size_t kRemembered = 4, kMostTiles = 64;

NotTrusted refused(Attack attack, std::string why) {
    return {install::Reason::verification_failed, "the log of what was published: " + std::move(why), false,
            attack};
}
NotTrusted unreachable(const base::Error& error) {
    return {install::Reason::download_failed, "fetching the log: " + error.text(), true, {}};
}
// What the network did is no attack.
NotTrusted explain(const base::Error& error, Attack attack, const std::string& what) {
    if (error.kind == base::ErrorKind::unavailable) return unreachable(error);
    return refused(attack, what + ": " + error.message);
}

std::optional<std::uint64_t> number_in(const base::Bytes& bytes) {
    const std::string_view text = base::as_text(bytes);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view rest(end, text.size() - static_cast<std::size_t>(end - text.data()));
    if (error != std::errc() || (!rest.empty() && rest != "\n")) return std::nullopt;
    return number;
}

} // namespace

// Errors: not_found.
Result<base::Bytes> PublishedLog::fetch(const std::string& name, std::size_t most) {
    TRY_VALUE(auto got, repository_.log_file(name, most));
    if (!got) return base::not_found("there is no " + name);
    return std::move(*got);
}

transparency::Nodes PublishedLog::nodes(const Sight& sight) {
    const std::string below = std::to_string(sight.epoch) + "/";
    return tlog::nodes_in_tiles(sight.size,
                                tlog::remembering(
                                    [this, below](const tlog::Tile& tile) {
                                        return fetch(below + tlog::tile_path(tile),
                                                     tile.width * sizeof(transparency::Hash::bytes));
                                    },
                                    kRemembered, kMostTiles));
}

// The checkpoint that is shown goes on from the one that was kept, and is kept itself.
std::optional<NotTrusted> PublishedLog::follow(const Keys& keys, Sight& sight) {
    const auto note = fetch("checkpoint", kMostCheckpoint);
    if (!note.ok()) return explain(note.error(), Attack::unlogged, "none is shown");
    auto shown = tlog::open_sight(base::as_text(*note), keys.keys, keys.threshold);
    if (!shown.ok()) return refused(Attack::unapproved, "its checkpoint: " + shown.error().message);
    sight = std::move(*shown);

    const std::string name(kCheckpoint);
    const auto stored = keep_.load(name);
    if (!stored.ok()) return NotTrusted{install::Reason::agent_error, stored.error().text(), false, {}};
    // What keys signed that the root took away since is forgotten: a thief may have shown anything.
    std::optional<Sight> kept;
    if (*stored)
        if (auto before = tlog::open_sight(**stored, keys.keys, keys.threshold); before.ok())
            kept = std::move(*before);
    const auto met = transparency::meet(kept, sight);
    if (const auto* conflict = std::get_if<transparency::Conflict>(&met))
        return refused(conflict->kind == transparency::Conflict::Kind::older ? Attack::rollback
                                                                             : Attack::split_view,
                       conflict->sentence);
    if (std::get<Meeting>(met) == Meeting::same) return std::nullopt;
    if (std::get<Meeting>(met) == Meeting::grown) {
        const auto proof = transparency::prove_consistency(kept->size, sight.size, nodes(sight));
        if (!proof.ok())
            return explain(proof.error(), Attack::split_view, "that it goes on from before is not shown");
        const auto grown =
            transparency::check_consistency(kept->size, kept->root, sight.size, sight.root, *proof);
        if (!grown.ok())
            return refused(Attack::split_view,
                           "it does not go on from what was seen before: " + grown.error().message);
    }
    const auto saved = keep_.save(name, base::as_text(*note));
    if (!saved.ok()) return NotTrusted{install::Reason::agent_error, saved.error().text(), false, {}};
    return std::nullopt;
}

std::optional<NotTrusted> PublishedLog::is_in(const Sight& sight, const std::string& path,
                                              const trust::TargetFile& file) {
    const auto entry = metadata::release_entry(path, file);
    if (!entry.ok())
        return refused(Attack::unlogged, "no entry can be of " + path + ": " + entry.error().message);
    const transparency::Hash leaf = transparency::leaf_hash(base::as_bytes(*entry));
    const auto place = fetch(std::to_string(sight.epoch) + "/leaf/" + leaf.hex(), kMostLeaf);
    if (!place.ok()) return explain(place.error(), Attack::unlogged, path + " is not in it");
    const auto index = number_in(*place);
    if (!index || *index >= sight.size)
        return refused(Attack::unlogged,
                       path + " is not within its " + std::to_string(sight.size) + " entries");
    const auto proof = transparency::prove_inclusion(*index, sight.size, nodes(sight));
    if (!proof.ok())
        return explain(proof.error(), Attack::unlogged, "that " + path + " is in it is not shown");
    const auto there = transparency::check_inclusion(leaf, *index, sight.size, sight.root, *proof);
    if (!there.ok()) return refused(Attack::unlogged, path + " is not in it: " + there.error().message);
    return std::nullopt;
}

std::optional<NotTrusted> PublishedLog::check(const trust::Root& root, const std::string& path,
                                              const trust::TargetFile& file) {
    const trust::Signers& signers = root.signers(trust::Role::log);
    Keys keys{{}, signers.threshold};
    for (const trust::KeyId& id : signers.keys) {
        const auto key = root.keys.find(id);
        if (key == root.keys.end() || key->second.type != "ed25519") continue;
        if (auto raw = base::from_hex(key->second.public_text); raw.ok())
            keys.keys.push_back(std::move(*raw));
    }
    Sight sight;
    if (auto objection = follow(keys, sight)) return objection;
    return is_in(sight, path, file);
}

} // namespace oakum::updates
