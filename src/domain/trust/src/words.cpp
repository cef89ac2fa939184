// SPDX-License-Identifier: Apache-2.0
#include <trust/words.hpp>

#include <trust/verify.hpp>

#include <algorithm>

namespace oakum::trust {
namespace {

constexpr std::size_t kShown = 12; // digits of an id

std::string of(std::uint32_t threshold, std::size_t keys) {
    return std::to_string(threshold) + " of " + std::to_string(keys) + (keys == 1 ? " key" : " keys");
}

bool lists(const Signers& signers, const KeyId& id) {
    return std::find(signers.keys.begin(), signers.keys.end(), id) != signers.keys.end();
}

bool same_key(const Key& a, const Key& b) {
    return a.type == b.type && a.scheme == b.scheme && a.public_text == b.public_text &&
           a.unknown == b.unknown && a.unknown_value == b.unknown_value;
}

// Holders' names, and as many digits of an id as anybody compares, are for its maker to choose.
std::string public_words(const KeyId& id, const Keys& keys) {
    const auto key = keys.find(id);
    if (key == keys.end() || key->second.public_text.empty()) return "no public key";
    return key->second.type + " " + key->second.public_text;
}

void add_gains(std::vector<std::string>& words, const std::string& name, const KeyId& id, const Keys& keys) {
    words.push_back("  " + name + " gains the key of " + name_of_key(id, keys) + ": " +
                    public_words(id, keys));
}

// Ids do not speak for keys (TAP 12): another key may stand under the one that everybody knows.
void add_swapped(std::vector<std::string>& words, const std::string& name, const KeyId& id, const Keys& after,
                 const Keys& before) {
    const auto key = after.find(id), old = before.find(id);
    if (key == after.end() && old == before.end()) return;
    if (key != after.end() && old != before.end() && same_key(key->second, old->second)) return;
    words.push_back("  " + name + " has ANOTHER KEY under the id " + id.get() + ": " +
                    name_of_key(id, after) + ", " + public_words(id, after) + "; before it was " +
                    name_of_key(id, before) + ", " + public_words(id, before) +
                    ": do not sign without knowing why");
}

void add_role(std::vector<std::string>& words, std::string_view role, const Root& next, const Root& present,
              const Signers& after, const Signers& before) {
    const std::string name(role);
    const bool same = same_signers(next.keys, after, present.keys, before);
    words.push_back(name + ": " + of(after.threshold, after.keys.size()) + " must sign" +
                    (same ? ", as before" : "; before it was " + of(before.threshold, before.keys.size())));
    for (const KeyId& id : after.keys)
        if (!lists(before, id)) add_gains(words, name, id, next.keys);
    for (const KeyId& id : before.keys)
        if (!lists(after, id))
            words.push_back("  " + name + " loses the key of " + name_of_key(id, present.keys));
    for (const KeyId& id : after.keys)
        if (lists(before, id)) add_swapped(words, name, id, next.keys, present.keys);
}

// A role that a root may do without.
void add_our_own(std::vector<std::string>& words, Role role, const Root& next, const Root& present,
                 std::string_view from_now_on, std::string_view no_more) {
    const std::string name(to_string(role));
    const Signers& after = next.signers(role);
    if (next.has(role) && present.has(role))
        return add_role(words, name, next, present, after, present.signers(role));
    if (present.has(role)) words.push_back(name + ": none any more; " + std::string(no_more));
    if (!next.has(role)) return;
    words.push_back(name + ": " + of(after.threshold, after.keys.size()) + " must sign; " +
                    std::string(from_now_on));
    for (const KeyId& id : after.keys)
        add_gains(words, name, id, next.keys);
}

// What differs and has no sentence of its own.
bool others_differ(const Root& next, const Root& present) {
    if (next.header.unknown != present.header.unknown || next.unknown_roles != present.unknown_roles ||
        next.header.spec_version != present.header.spec_version)
        return true;
    for (const Role role : kRootLists)
        if (next.signers(role).unknown != present.signers(role).unknown) return true;
    // A key that no role lists.
    return std::any_of(next.keys.begin(), next.keys.end(), [&](const auto& key) {
        const auto before = present.keys.find(key.first);
        const bool listed = std::any_of(kRootLists.begin(), kRootLists.end(),
                                        [&](Role role) { return lists(next.signers(role), key.first); });
        return !listed && (before == present.keys.end() || !same_key(before->second, key.second));
    });
}

bool same_keys(const Keys& a, const Keys& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
        return one.first == other.first && same_key(one.second, other.second);
    });
}

bool same_delegations(const std::optional<Delegations>& a, const std::optional<Delegations>& b) {
    if (!a || !b) return !a && !b;
    return a->roles == b->roles && a->unknown == b->unknown && same_keys(a->keys, b->keys);
}

std::string hash_words(const TargetFile& file) {
    if (file.hashes.sha256) return "SHA-256 " + file.hashes.sha256->hex();
    if (file.hashes.sha512) return "SHA-512 " + base::to_hex(*file.hashes.sha512);
    return "no hash that can be checked";
}

bool has_unknown(const TargetFile& file) {
    return file.direction || !file.unknown_terms.empty() || !file.unknown_custom.empty() ||
           !file.unknown.empty() || !file.hashes.others.empty();
}

std::string file_words(const TargetFile& file) {
    std::string text = std::to_string(file.length) + " bytes, " + hash_words(file);
    if (has_unknown(file)) text += ", and fields that this program does not know";
    if (!file.terms) return text;
    const artifact::Terms& terms = *file.terms;
    text += ", release " + terms.release + " " + terms.version + ", counter " +
            std::to_string(terms.counter) + ", floor " + std::to_string(terms.floor) + ", for ";
    for (std::size_t i = 0; i < terms.models.size(); ++i)
        text += (i == 0 ? "" : ", ") + terms.models[i];
    for (const std::string& revision : terms.hw_revisions)
        text += ", hardware " + revision;
    if (!terms.min_from.empty()) text += ", from " + terms.min_from + " on";
    return text + ", " + terms.format;
}

std::string count_of(const Targets& targets) {
    return std::to_string(targets.files.size()) + (targets.files.size() == 1 ? " target" : " targets");
}

} // namespace

std::vector<std::string> differences(const Targets& next, const Targets& present) {
    std::vector<std::string> words;
    for (const auto& [path, file] : next.files) {
        const auto before = present.files.find(path);
        if (before != present.files.end() && before->second == file) continue;
        words.push_back((before == present.files.end() ? "  new: " : "  CHANGED: ") + path + ": " +
                        file_words(file));
    }
    for (const auto& [path, file] : present.files)
        if (!next.files.contains(path)) words.push_back("  taken away: " + path);
    // Whoever is delegated to may list anything that its patterns allow.
    if (!same_delegations(next.delegations, present.delegations))
        words.emplace_back("  CHANGED: who else may list releases, or with which keys (delegations)");
    if (next.header.unknown != present.header.unknown ||
        next.header.spec_version != present.header.spec_version)
        words.emplace_back("  CHANGED: other fields, which this program does not know: do not sign without "
                           "knowing them");
    return words;
}

std::string holder_of(const Key& key) {
    const auto found = key.unknown.find(std::string(kHolder));
    if (found == key.unknown.end()) return {};
    std::string_view text = found->second;
    if (text.size() < 3 || text.size() > 66 || text.front() != '"' || text.back() != '"') return {};
    text = text.substr(1, text.size() - 2);
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    return plain ? std::string(text) : std::string();
}

std::string name_of_key(const KeyId& id, const Keys& keys) {
    const std::string shown = id.get().substr(0, kShown);
    const auto key = keys.find(id);
    const std::string holder = key == keys.end() ? std::string() : holder_of(key->second);
    return holder.empty() ? shown : holder + " (" + shown + ")";
}

std::vector<std::string> words_of(const Root& next, const Root& present) {
    std::vector<std::string> words{"Root " + std::to_string(next.header.version) +
                                   " takes the place of root " + std::to_string(present.header.version) +
                                   ", until " + base::to_iso8601(next.header.expires) + "."};
    for (const Role role : kRoles)
        add_role(words, to_string(role), next, present, next.signers(role), present.signers(role));
    add_our_own(words, Role::director, next, present,
                "from now on devices install only what it permits each of them",
                "devices install whatever release fits them");
    add_our_own(words, Role::log, next, present, "from now on devices install only what stands in that log",
                "devices install releases that no log has");
    if (next.consistent_snapshot != present.consistent_snapshot)
        words.push_back(next.consistent_snapshot ? "Files get a version in their names."
                                                 : "Files lose the version in their names.");
    if (others_differ(next, present))
        words.push_back(
            "Other fields change, which this program does not know: do not sign without knowing them.");
    return words;
}

std::vector<std::string> words_of(const Targets& next, const Targets& present, Rest rest) {
    std::vector<std::string> words{"The list of releases, version " + std::to_string(next.header.version) +
                                   ", takes the place of version " + std::to_string(present.header.version) +
                                   ", until " + base::to_iso8601(next.header.expires) + "."};
    for (std::string& line : differences(next, present))
        words.push_back(std::move(line));
    if (rest == Rest::in_full) {
        for (const auto& [path, file] : next.files)
            if (const auto before = present.files.find(path);
                before != present.files.end() && before->second == file)
                words.push_back("  stays: " + path + ": " + file_words(file));
        if (next.delegations) words.emplace_back("  others may list releases too (delegations)");
        words.push_back("  in all " + count_of(next));
        return words;
    }
    words.push_back(words.size() > 1 ? "  the others of its " + count_of(next) + " stay as they are"
                                     : "  its " + count_of(next) + " stay as they are");
    return words;
}

} // namespace oakum::trust
