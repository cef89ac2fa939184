// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <cli/table.hpp>
#include <fmt/format.h>
#include <metadata/ceremony.hpp>
#include <metadata/reader.hpp>
#include <trust/words.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace oakum::cli {
namespace {

using metadata::Ceremony;
using metadata::RoleChange;
using trust::Role;

constexpr std::size_t kMostKey = 64 << 10, kMostDocument = 16 << 20;
constexpr std::size_t kShortestId = 8; // digits of an id that somebody has to type

trust::Lifetimes lifetimes() {
    return {};
}

base::Result<trust::Key> public_key(const base::PublicHalf& half, const std::string& holder) {
    TRY_VALUE(trust::Key key, half.scheme == base::SignatureScheme::ed25519
                                  ? metadata::ed25519_key(half.bytes)
                                  : metadata::p256_key(half.bytes));
    if (!holder.empty()) key.unknown[std::string(trust::kHolder)] = "\"" + holder + "\"";
    return key;
}

// The same SHA-256 on every screen, in groups that can be read aloud.
std::string groups(const base::Digest256& digest) {
    std::string text;
    const std::string hex = digest.hex();
    for (std::size_t i = 0; i < hex.size(); i += 8)
        text += (i == 0 ? "" : " ") + hex.substr(i, 8);
    return text;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "nobody" : text;
}

void show(const Console& console, const std::vector<metadata::Standing>& all) {
    for (const metadata::Standing& one : all) {
        for (const std::string& line : one.words)
            console.out(printable(line) + "\n");
        console.out("  what is signed has the SHA-256 " + groups(one.digest) + "\n");
        for (const auto& need : one.needs)
            console.out(printable(fmt::format("  {} needs {}: {}; signed by {}; not by {}", need.whose,
                                              need.threshold, need.met ? "has enough" : "not yet",
                                              joined(need.signed_by), joined(need.missing))) +
                        "\n");
        console.out("\n");
    }
}

bool all_done(const std::vector<metadata::Standing>& all) {
    return std::all_of(all.begin(), all.end(), [](const metadata::Standing& one) { return one.done(); });
}

struct Assigned {
    Role role;
    std::string value;
};
base::Result<Assigned> assigned(const std::string& text) {
    const auto equals = text.find('=');
    const std::string_view name = std::string_view(text).substr(0, equals);
    for (const Role role : trust::kRootLists)
        if (equals != std::string::npos && to_string(role) == name)
            return Assigned{role, text.substr(equals + 1)};
    return base::invalid("\"" + text +
                         "\": say ROLE=VALUE; roles are root, targets, snapshot, timestamp, director, log");
}

// The key that an id, its beginning, or the name of its holder means, among those of a list.
base::Result<trust::KeyId> key_named(const std::string& text, const std::vector<trust::KeyId>& ids,
                                     const trust::Keys& keys) {
    std::vector<trust::KeyId> found;
    for (const trust::KeyId& id : ids) {
        const auto key = keys.find(id);
        const bool holds = key != keys.end() && trust::holder_of(key->second) == text;
        if (holds || id.get() == text || (text.size() >= kShortestId && id.get().starts_with(text)))
            found.push_back(id);
    }
    if (found.size() == 1) return found.front();
    return base::not_found(found.empty() ? "no key is named \"" + text + "\" there"
                                         : "\"" + text + "\" names more than one key; give more of its id");
}

struct Present {
    std::string root, targets;
    trust::Root document;
};
base::Result<Present> present(const Console& console, const std::string& folder) {
    Present now;
    TRY_VALUE(now.root, console.keys().read(folder + "/root.json", kMostDocument));
    TRY_VALUE(now.targets, console.keys().read(folder + "/targets.json", kMostDocument));
    TRY_VALUE(auto root, metadata::JsonReader().root(base::as_bytes(now.root)));
    now.document = std::move(root.document);
    return now;
}

base::Result<std::vector<RoleChange>> changes_of(const Console& console, const KeyWish& wish,
                                                 const trust::Root& root) {
    std::map<Role, RoleChange> changes;
    const auto of = [&](Role role) -> RoleChange& {
        changes[role].role = role;
        return changes[role];
    };
    for (const std::string& text : wish.add) {
        TRY_VALUE(const Assigned add, assigned(text));
        TRY_VALUE(const std::string json, console.keys().read(add.value, kMostKey));
        auto key = metadata::read_key(json);
        if (!key.ok()) return std::move(key).error().wrap("reading " + add.value);
        if (!key->verifier) return base::invalid(add.value + " is no public key that can be used");
        of(add.role).add.push_back(std::move(*key));
    }
    for (const std::string& text : wish.remove) {
        TRY_VALUE(const Assigned remove, assigned(text));
        TRY_VALUE(trust::KeyId id, key_named(remove.value, root.signers(remove.role).keys, root.keys));
        of(remove.role).remove.push_back(std::move(id));
    }
    for (const std::string& text : wish.threshold) {
        TRY_VALUE(const Assigned threshold, assigned(text));
        std::uint32_t number = 0;
        const char* const end = threshold.value.data() + threshold.value.size();
        if (const auto read = std::from_chars(threshold.value.data(), end, number);
            read.ec != std::errc{} || read.ptr != end)
            return base::invalid("\"" + text + "\": a threshold is a number");
        of(threshold.role).threshold = number;
    }
    std::vector<RoleChange> list;
    for (auto& [role, change] : changes)
        list.push_back(std::move(change));
    return list;
}

base::Status hand_out(const Console& console, const KeyWish& wish, const base::Result<Ceremony>& ceremony) {
    TRY(ceremony);
    TRY_VALUE(const auto where, metadata::standing(*ceremony, trust::Rest::counted));
    show(console, where);
    TRY(console.keys().write(wish.file, metadata::encode(*ceremony), false, true));
    console.err(wish.file + " is to be signed: oakum key sign " + wish.file +
                " --key FILE, by each of them.\n");
    return {};
}

base::Status plan(const Console& console, const KeyWish& wish, const Present& now,
                  const std::vector<RoleChange>& changes) {
    return hand_out(console, wish,
                    metadata::plan_root(base::as_bytes(now.root), base::as_bytes(now.targets), changes,
                                        console.now(), lifetimes()));
}

base::Result<KeyTools::Made> made_in_file(const Console& console, const KeyWish& wish) {
    TRY_VALUE(const std::string passphrase,
              console.ask("Passphrase for " + wish.file + " (at least 12 characters): ", true));
    TRY_VALUE(const std::string again, console.ask("The same again: ", true));
    if (passphrase != again) return base::invalid("the two passphrases differ; nothing was made");
    return console.keys().make_sealed(wish.holder, passphrase);
}

base::Result<KeyTools::Made> made_in_token(const Console& console, const KeyWish& wish) {
    // A key that is made there stays there: its files have to have a place first.
    for (const std::string& file : {wish.file, wish.file + ".pub"})
        if (const auto there = console.keys().read(file, kMostKey);
            there.ok() || there.error().kind != base::ErrorKind::not_found)
            return base::conflict(file + " is there already: name a new file");
    KeyTools::InToken in{wish.token, wish.module, "", {}};
    if (wish.generate == "ed25519") in.made = base::SignatureScheme::ed25519;
    if (wish.generate == "p256") in.made = base::SignatureScheme::ecdsa_sha2_nistp256;
    TRY_VALUE(in.pin, console.ask("PIN of " + wish.token + ": ", true));
    return console.keys().in_token(wish.holder, in);
}

} // namespace

base::Status create_key(const Console& console, const KeyWish& wish) {
    if (!wish.online.empty()) {
        TRY_VALUE(const Assigned role, assigned(wish.online + "="));
        if (role.role == Role::root || role.role == Role::targets)
            return base::invalid(
                "a key without a passphrase is for snapshot, timestamp, director and log, which "
                "sign unattended");
        TRY_VALUE(const KeyTools::Made made, console.keys().make_plain());
        TRY_VALUE(const trust::Key key, public_key(made.public_half, ""));
        TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
        const std::string name = wish.file + "/" + wish.online + "-" + id.get().substr(0, kShortestId);
        TRY(console.keys().write(name + ".pem", made.text, true, true));
        TRY(console.keys().write(name + ".pub", metadata::encode_key(key) + "\n", true, true));
        console.out(name + ".pem\n" + name + ".pub\n" + id.get() + "\n");
        return {};
    }
    TRY_VALUE(const KeyTools::Made made,
              wish.token.empty() ? made_in_file(console, wish) : made_in_token(console, wish));
    TRY_VALUE(const trust::Key key, public_key(made.public_half, wish.holder));
    TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
    TRY(console.keys().write(wish.file, made.text, true, true));
    TRY(console.keys().write(wish.file + ".pub", metadata::encode_key(key) + "\n", false, true));
    console.out(wish.file + "\n" + wish.file + ".pub\n" + id.get() + "\n");
    console.err("Keep " + (wish.token.empty() ? wish.file + " and its passphrase" : "the token and its PIN") +
                " apart. Its loss is made good by the others of its role alone.\n");
    return {};
}

namespace {

void show_root(const Console& console, const trust::Root& document) {
    console.out(fmt::format("Root {}, until {}\n", document.header.version,
                            base::to_iso8601(document.header.expires)));
    for (const Role role : trust::kRootLists) {
        const trust::Signers& signers = document.signers(role);
        if (!document.has(role)) continue;
        console.out(
            fmt::format("{}: {} of {} must sign\n", to_string(role), signers.threshold, signers.keys.size()));
        for (const trust::KeyId& id : signers.keys) {
            const auto key = document.keys.find(id);
            const std::string holder = key == document.keys.end() ? "" : trust::holder_of(key->second);
            console.out("  " + printable(id.get()) + (holder.empty() ? "" : " " + holder) + "\n");
        }
    }
}

// What its holder reads aloud to who is asked to sign it in.
base::Status show_public(const Console& console, const trust::Key& key) {
    TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
    const std::string holder = trust::holder_of(key);
    console.out("Public key of " + (holder.empty() ? "nobody named" : holder) + "\nid " + id.get() + "\n" +
                printable("public " + key.type + " " + key.public_text) + "\n");
    return {};
}

} // namespace

base::Status show_key(const Console& console, const KeyWish& wish) {
    TRY_VALUE(const std::string text, console.keys().read(wish.file, kMostDocument));
    if (const auto about = console.keys().about(text); about.ok()) {
        TRY_VALUE(const trust::Key key, public_key(about->public_half, about->holder));
        TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
        const std::string_view kind = about->kept == KeyTools::Kept::token    ? "Token"
                                      : about->kept == KeyTools::Kept::sealed ? "Sealed"
                                                                              : "Plain";
        console.out(fmt::format("{} key of {}\nid {}\npublic {}\n", kind,
                                about->holder.empty() ? "nobody named" : about->holder, id.get(),
                                base::to_hex(about->public_half.bytes)));
        if (about->kept == KeyTools::Kept::token) console.out(printable("in " + about->uri) + "\n");
        return {};
    }
    if (const auto root = metadata::JsonReader().root(base::as_bytes(text)); root.ok())
        return show_root(console, root->document), base::Status();
    if (const auto key = metadata::read_key(text); key.ok()) return show_public(console, *key);
    TRY_VALUE(const Ceremony ceremony, metadata::read_ceremony(text));
    TRY_VALUE(const auto where, metadata::standing(ceremony, trust::Rest::in_full));
    show(console, where);
    return {};
}

base::Status rotate_keys(const Console& console, const KeyWish& wish) {
    TRY_VALUE(const Present now, present(console, wish.from));
    TRY_VALUE(const std::vector<RoleChange> changes, changes_of(console, wish, now.document));
    return plan(console, wish, now, changes);
}

base::Status renew_targets(const Console& console, const KeyWish& wish) {
    TRY_VALUE(const Present now, present(console, wish.from));
    auto ceremony = metadata::plan_targets(base::as_bytes(now.root), base::as_bytes(now.targets),
                                           console.now(), lifetimes());
    if (ceremony.ok() && !wish.remove.empty()) {
        TRY_VALUE(auto listed, metadata::JsonReader().targets(base::as_bytes(now.targets)));
        trust::RepositoryState state;
        state.targets.emplace("targets", std::move(listed.document));
        TRY_VALUE(const trust::Targets next,
                  trust::draft_targets(state, {"targets", {}, wish.remove}, console.now(), lifetimes()));
        ceremony->documents.front().signed_json = metadata::encode(next);
    }
    return hand_out(console, wish, ceremony);
}

base::Status revoke_key(const Console& console, const KeyWish& wish) {
    TRY_VALUE(const Present now, present(console, wish.from));
    std::vector<trust::KeyId> all;
    for (const auto& [id, key] : now.document.keys)
        all.push_back(id);
    TRY_VALUE(const trust::KeyId gone, key_named(wish.key, all, now.document.keys));
    KeyWish whole = wish;
    for (const Role role : trust::kRootLists) {
        const auto& ids = now.document.signers(role).keys;
        if (std::find(ids.begin(), ids.end(), gone) != ids.end())
            whole.remove.push_back(std::string(to_string(role)) + "=" + gone.get());
    }
    TRY_VALUE(const std::vector<RoleChange> changes, changes_of(console, whole, now.document));
    return plan(console, wish, now, changes);
}

namespace {

// Words are only as good as what they compare with: what the signer kept says more than the file's own.
base::Status show_against_kept(const Console& console, const KeyWish& wish, const Ceremony& ceremony) {
    if (!wish.root.empty()) {
        TRY_VALUE(const std::string kept, console.keys().read(wish.root, kMostDocument));
        if (auto same = metadata::starts_from_root(ceremony, kept); !same.ok())
            return std::move(same).error().wrap("comparing " + wish.file + " with " + wish.root);
    }
    std::vector<std::string> since;
    if (!wish.list.empty()) {
        TRY_VALUE(const std::string kept, console.keys().read(wish.list, kMostDocument));
        auto words = metadata::since_list(ceremony, kept);
        if (!words.ok())
            return std::move(words).error().wrap("comparing " + wish.file + " with " + wish.list);
        since = std::move(*words);
    }
    TRY_VALUE(const auto before,
              metadata::standing(ceremony, wish.list.empty() ? trust::Rest::in_full : trust::Rest::counted));
    show(console, before);
    for (const std::string& line : since)
        console.out(printable(line) + "\n");
    return {};
}

constexpr std::string_view kWithoutRoot = "without a root of mine";

base::Status asked(const Console& console, const KeyWish& wish) {
    if (wish.root.empty() && !wish.without_root) {
        if (wish.yes)
            return base::invalid(
                "name the root that you keep (--root FILE), or say --without-root when you keep "
                "none yet; nothing was signed");
        TRY_VALUE(
            const std::string answer,
            console.ask("You named no root of your own (--root FILE), so the file's word is all there is "
                        "for what is trusted now. To sign nevertheless, type: " +
                            std::string(kWithoutRoot) + "\n",
                        false));
        return answer == kWithoutRoot ? base::Status() : base::denied("nothing was signed");
    }
    if (wish.yes) return {};
    TRY_VALUE(const std::string answer, console.ask("Sign this? Type yes: ", false));
    return answer == "yes" ? base::Status() : base::denied("nothing was signed");
}

} // namespace

base::Status sign_with_key(const Console& console, const KeyWish& wish) {
    TRY_VALUE(const std::string text, console.keys().read(wish.file, kMostDocument));
    TRY_VALUE(Ceremony ceremony, metadata::read_ceremony(text));
    TRY(show_against_kept(console, wish, ceremony));
    TRY_VALUE(const std::string key, console.keys().read(wish.key, kMostKey));
    TRY_VALUE(const KeyTools::About about, console.keys().about(key));
    TRY(asked(console, wish));
    TRY_VALUE(const trust::Key own, public_key(about.public_half, about.holder));
    std::string secret;
    if (about.kept != KeyTools::Kept::plain) {
        const std::string what = about.kept == KeyTools::Kept::token ? "PIN of " + printable(about.uri)
                                                                     : "Passphrase of " + wish.key;
        TRY_VALUE(secret, console.ask(what + ": ", true));
    }
    TRY_VALUE(const KeyTools::Signing sign, console.keys().open(key, secret, wish.module));
    TRY(metadata::add_signatures(ceremony, own, sign));
    TRY(console.keys().write(wish.file, metadata::encode(ceremony), false, false));
    TRY_VALUE(const auto after, metadata::standing(ceremony, trust::Rest::counted));
    console.err(
        all_done(after)
            ? wish.file + " has all the signatures that it needs: put it into keys/incoming of the server.\n"
            : wish.file + " was signed; others have to sign it too (oakum key show " + wish.file + ").\n");
    return {};
}

} // namespace oakum::cli
