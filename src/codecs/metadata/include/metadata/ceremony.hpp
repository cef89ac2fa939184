// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <metadata/repository.hpp>
#include <metadata/write.hpp>
#include <trust/repository.hpp>
#include <trust/words.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What is to be signed with keys that are somewhere else: a file that goes from person to person on a stick,
// and comes back with their signatures. It says nothing that is believed: whoever signs sees what it means
// against the root that it names, and the repository checks everything again.
namespace oakum::metadata {

struct Ceremony {
    // As served today: what the documents take the place of.
    base::Bytes present_root, present_targets;
    struct Document {
        std::string role;        // "root" or "targets"
        std::string signed_json; // byte for byte
        std::vector<trust::Signature> signatures;
    };
    std::vector<Document> documents; // root before targets, each at most once
};

std::string encode(const Ceremony& ceremony);
// At most 16 MiB. Errors: invalid, too_large.
base::Result<Ceremony> read_ceremony(std::string_view text);

// Where a document stands.
struct Standing {
    std::string role;
    std::vector<std::string> words; // what it says, against what is trusted today
    base::Digest256 digest;         // of what is signed: the same on every screen, to be compared by voice
    struct Need {
        std::string whose; // "the present root", "the new root"
        std::uint32_t threshold = 1;
        std::vector<std::string> signed_by, missing; // names of keys
        bool met = false;
    };
    std::vector<Need> needs;
    bool done() const;
};
// `rest`: whether the list of releases is compared with one that somebody vouches for. Errors: invalid (what
// it holds does not belong together: it says so), denied (the present root is not signed by itself; a key has
// the id of another one).
base::Result<std::vector<Standing>> standing(const Ceremony& ceremony, trust::Rest rest);

// What the file starts from is whatever its maker had. Both hold it against what a signer kept: a root or a
// list as served, or a whole file that was signed before (the newest in it). Errors: denied (another root; an
// older list, or another of that version), invalid (no such file).
base::Status starts_from_root(const Ceremony& ceremony, std::string_view kept);
// Sentences: what others changed since.
base::Result<std::vector<std::string>> since_list(const Ceremony& ceremony, std::string_view kept);

// Adds the signatures of one key wherever it is wanted, under each id that it is listed by. Errors: denied
// (it is wanted nowhere), and what `sign` answers.
using SignOne = std::function<base::Result<base::Bytes>(base::ByteView message)>;
base::Status add_signatures(Ceremony& ceremony, const trust::Key& key, const SignOne& sign);

// What a new root changes for one role.
struct RoleChange {
    trust::Role role = trust::Role::root;
    std::vector<trust::Key> add;
    std::vector<trust::KeyId> remove;
    std::optional<std::uint32_t> threshold;
};
// The next root, unsigned, and the list of releases anew when other keys sign it from then on. Errors:
// invalid (a role could never be signed), not_found (a key that is to go is not there), conflict (nothing
// changes).
base::Result<Ceremony> plan_root(base::ByteView present_root, base::ByteView present_targets,
                                 std::span<const RoleChange> changes, base::TimePoint now,
                                 const trust::Lifetimes& lifetimes);

// The same list of releases for another term, unsigned. Errors: invalid, denied, conflict.
base::Result<Ceremony> plan_targets(base::ByteView present_root, base::ByteView present_targets,
                                    base::TimePoint now, const trust::Lifetimes& lifetimes);

// Takes what came back signed: verifies it as a client would, and issues snapshot and timestamp to it with
// the online keys. Targets that a new root needs signed anew, and that did not come along, are signed here if
// that is possible. Errors: denied (signatures), conflict (something newer was issued since), invalid,
// unavailable (keys).
base::Result<Issue> adopt(const trust::RepositoryState& state, std::span<const Ceremony::Document> documents,
                          base::TimePoint now, const trust::Lifetimes& lifetimes, const Sign& sign);

// A key of a list as its JSON, and back. Errors: invalid.
std::string encode_key(const trust::Key& key);
base::Result<trust::Key> read_key(std::string_view json);

} // namespace oakum::metadata
