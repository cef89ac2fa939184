// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <artifact/release.hpp>
#include <base/digest.hpp>
#include <base/signature.hpp>
#include <base/strong.hpp>
#include <base/time.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// The documents of The Update Framework, specification 1.0 section 4, as values. Field names of documents are
// kept where they are not words of our own. A value that came from a Reader is well formed, never more:
// whether to trust it is TrustedSet's question.
namespace oakum::trust {

// Opaque (TAP 12): equal ids mean the same entry of a key list, different ids do not mean different keys.
using KeyId = base::Strong<struct KeyIdTag, std::string>;

enum class Role : std::uint8_t { root, timestamp, snapshot, targets, director, log };
// The four of the specification; the director (direction.hpp) and the log of what was published are our own,
// and a root may do without either.
inline constexpr std::array kRoles{Role::root, Role::timestamp, Role::snapshot, Role::targets};
inline constexpr std::array kOurOwn{Role::director, Role::log};
inline constexpr std::array kRootLists{Role::root,    Role::timestamp, Role::snapshot,
                                       Role::targets, Role::director,  Role::log};
// "root": the word in metadata, in file names and to a Signer.
std::string_view to_string(Role role);

// Fields that this version does not know, name to their JSON as received: they are covered by signatures and
// ids and survive a new issue of the document.
using Unknown = std::map<std::string, std::string>;

struct Key {
    std::string type;        // "ed25519"
    std::string scheme;      // "ed25519"
    std::string public_text; // hexadecimal or PEM, as in the document; empty: the type has none
    // Nothing for a type we do not do or a key that is malformed: such a key counts nowhere.
    std::optional<base::PublicKey> verifier;
    Unknown unknown;
    Unknown unknown_value; // beside "public" in "keyval"
};
using Keys = std::map<KeyId, Key>;

// Who may sign for a role, and how many of them it takes.
struct Signers {
    std::vector<KeyId> keys;     // without repeats
    std::uint32_t threshold = 1; // at least 1; may exceed the number of keys, then nothing passes
    Unknown unknown;
    bool operator==(const Signers&) const = default;
};

struct Signature {
    KeyId key;
    base::Bytes bytes; // empty: a key's place without its signature
    Unknown unknown;
    bool operator==(const Signature&) const = default;
};

// What all four have. Version is at least 1.
struct Header {
    std::string spec_version = "1.0.31";
    std::uint64_t version = 1;
    base::TimePoint expires{};
    Unknown unknown;
    bool operator==(const Header&) const = default;
};

struct Root {
    Header header;
    bool consistent_snapshot = true;
    Keys keys;
    std::array<Signers, kRootLists.size()> roles;
    Unknown unknown_roles;
    const Signers& signers(Role role) const { return roles[static_cast<std::size_t>(role)]; }
    Signers& signers(Role role) { return roles[static_cast<std::size_t>(role)]; }
    bool has(Role role) const { return !signers(role).keys.empty(); }
    // Devices that trust this root install only what a director permits them.
    bool has_director() const { return has(Role::director); }
    // And only what stands in the log that these keys sign (docs/log.md).
    bool has_log() const { return has(Role::log); }
};

struct Hashes {
    std::optional<base::Digest256> sha256;
    std::optional<std::array<std::uint8_t, 64>> sha512;
    std::map<std::string, std::string> others; // algorithms that we cannot check
    bool any_known() const { return sha256 || sha512; }
    bool empty() const { return !any_known() && others.empty(); }
    bool operator==(const Hashes&) const = default;
};

// How timestamp and snapshot speak of another document.
struct FileVersion {
    std::uint64_t version = 1;
    std::optional<std::uint64_t> length;
    Hashes hashes; // may be empty
    Unknown unknown;
    bool operator==(const FileVersion&) const = default;
};

struct Timestamp {
    Header header;
    FileVersion snapshot;
    bool operator==(const Timestamp&) const = default;
};

struct Snapshot {
    Header header;
    std::map<std::string, FileVersion> roles; // by role: "targets", "vendor-x"
    bool operator==(const Snapshot&) const = default;
};

// What a director says beside the release: for whom and why (Uptane).
struct Direction {
    std::string device;
    std::string rollout;
    std::uint32_t wave = 0;
    std::optional<base::TimePoint> not_after; // install until then, by the last verified time
    bool operator==(const Direction&) const = default;
};

struct TargetFile {
    std::uint64_t length = 0;
    Hashes hashes; // at least one known
    // Our own part of `custom`, and the rest of it.
    std::optional<artifact::Terms> terms;
    std::optional<Direction> direction;
    Unknown unknown_terms;
    Unknown unknown_custom;
    Unknown unknown;
    bool operator==(const TargetFile&) const = default;
};

struct PathPatterns {
    std::vector<std::string> globs; // '*' and '?' do not cross '/'
    bool operator==(const PathPatterns&) const = default;
};
struct PathHashPrefixes {
    std::vector<std::string> prefixes; // lower hexadecimal, of SHA-256 of the path
    bool operator==(const PathHashPrefixes&) const = default;
};

struct DelegatedRole {
    std::string name;
    Signers signers;
    bool terminating = false;
    std::variant<PathPatterns, PathHashPrefixes> scope;
    bool operator==(const DelegatedRole&) const = default;
};

// TAP 15: 2^bit_length roles "prefix-00" .. that share out the hashes of paths.
struct SuccinctRoles {
    Signers signers;
    std::uint32_t bit_length = 1;
    std::string name_prefix;
    bool operator==(const SuccinctRoles&) const = default;
};

struct Delegations {
    Keys keys;
    std::variant<std::vector<DelegatedRole>, SuccinctRoles> roles;
    Unknown unknown;
};

struct Targets {
    Header header;
    std::map<std::string, TargetFile> files; // by target path
    std::optional<Delegations> delegations;
};

// A document as received and parsed: what is signed, over which bytes, by whom.
template <class Document> struct Signed {
    Document document;
    base::Bytes canonical; // what the signatures are over
    std::vector<Signature> signatures;
};

} // namespace oakum::trust
