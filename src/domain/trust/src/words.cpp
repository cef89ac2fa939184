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

void add_role(std::vector<std::string>& words, std::string_view role, const Root& next, const Root& present,
              const Signers& after, const Signers& before) {
    const std::string name(role);
    const bool same = same_signers(next.keys, after, present.keys, before);
    words.push_back(name + ": " + of(after.threshold, after.keys.size()) + " must sign" +
                    (same ? ", as before" : "; before it was " + of(before.threshold, before.keys.size())));
    if (same) return;
    for (const KeyId& id : after.keys)
        if (!lists(before, id))
            words.push_back("  " + name + " gains the key of " + name_of_key(id, next.keys));
    for (const KeyId& id : before.keys)
        if (!lists(after, id))
            words.push_back("  " + name + " loses the key of " + name_of_key(id, present.keys));
    for (const KeyId& id : after.keys)
        if (lists(before, id) && name_of_key(id, next.keys) != name_of_key(id, present.keys))
            words.push_back("  " + name + " has another key under the id " + id.get());
}

std::string hash_words(const TargetFile& file) {
    if (file.hashes.sha256) return "SHA-256 " + file.hashes.sha256->hex();
    if (file.hashes.sha512) return "SHA-512 " + base::to_hex(*file.hashes.sha512);
    return "no hash that can be checked";
}

std::string file_words(const TargetFile& file) {
    std::string text = std::to_string(file.length) + " bytes, " + hash_words(file);
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
    if (next.has_director() && present.has_director())
        add_role(words, to_string(Role::director), next, present, next.signers(Role::director),
                 present.signers(Role::director));
    else if (next.has_director())
        words.push_back("director: " +
                        of(next.signers(Role::director).threshold, next.signers(Role::director).keys.size()) +
                        " must sign; from now on devices install only what it permits each of them");
    else if (present.has_director())
        words.emplace_back("director: none any more; devices install whatever release fits them");
    if (next.has_director() && !present.has_director())
        for (const KeyId& id : next.signers(Role::director).keys)
            words.push_back("  director gains the key of " + name_of_key(id, next.keys));
    if (next.consistent_snapshot != present.consistent_snapshot)
        words.push_back(next.consistent_snapshot ? "Files get a version in their names."
                                                 : "Files lose the version in their names.");
    if (next.header.unknown != present.header.unknown || next.unknown_roles != present.unknown_roles)
        words.push_back(
            "Other fields change, which this program does not know: do not sign without knowing them.");
    return words;
}

std::vector<std::string> words_of(const Targets& next, const Targets& present) {
    std::vector<std::string> words{"The list of releases, version " + std::to_string(next.header.version) +
                                   ", takes the place of version " + std::to_string(present.header.version) +
                                   ", until " + base::to_iso8601(next.header.expires) + "."};
    bool changed = false;
    for (const auto& [path, file] : next.files) {
        const auto before = present.files.find(path);
        if (before != present.files.end() && before->second == file) continue;
        changed = true;
        words.push_back((before == present.files.end() ? "  new: " : "  CHANGED: ") + path + ": " +
                        file_words(file));
    }
    for (const auto& [path, file] : present.files)
        if (!next.files.contains(path)) changed = true, words.push_back("  taken away: " + path);
    // Whoever is delegated to may list anything that its patterns allow.
    const auto delegated = [](const Targets& targets) {
        return targets.delegations ? std::optional(targets.delegations->roles) : std::nullopt;
    };
    if (delegated(next) != delegated(present))
        changed = true, words.emplace_back("  CHANGED: who else may list releases (delegations)");
    words.push_back(changed ? "  the others of its " + count_of(next) + " stay as they are"
                            : "  its " + count_of(next) + " stay as they are");
    return words;
}

} // namespace oakum::trust
