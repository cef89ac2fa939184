// SPDX-License-Identifier: Apache-2.0
#include <metadata/reader.hpp>
#include <metadata/repository.hpp>

#include <trust/names.hpp>
#include <trust/verify.hpp>

#include <charconv>

namespace oakum::metadata {
namespace {

using base::Bytes;
using base::corrupt;
using base::Result;
using trust::Role;
using Files = std::map<std::string, Bytes>;

Result<const Bytes*> file_of(const Files& files, const std::string& name) {
    const auto found = files.find(name);
    if (found == files.end()) return corrupt("the repository lacks " + name);
    return &found->second;
}

// The highest N of "N.root.json".
std::uint64_t newest_root(const Files& files) {
    std::uint64_t newest = 0;
    for (const auto& [name, bytes] : files) {
        std::uint64_t version = 0;
        const auto end = std::from_chars(name.data(), name.data() + name.size(), version);
        if (end.ec == std::errc{} && name == trust::served_name("root", version))
            newest = std::max(newest, version);
    }
    return newest;
}

template <class Document>
base::Status verified(const trust::Root& root, Role role, const trust::Signed<Document>& document) {
    return trust::verify_threshold(root.keys, root.signers(role), document.canonical, document.signatures,
                                   to_string(role));
}

Result<trust::Targets> load_role(const Files& files, const trust::Snapshot& snapshot, const std::string& role,
                                 const trust::Keys& keys, const trust::Signers& signers) {
    const auto listed = snapshot.roles.find(role);
    if (listed == snapshot.roles.end()) return corrupt("the snapshot does not list " + role);
    TRY_VALUE(const Bytes* bytes, file_of(files, trust::served_name(role, listed->second.version)));
    TRY(trust::verify_file(listed->second, *bytes, role));
    TRY_VALUE(auto read, JsonReader().targets(*bytes));
    TRY(trust::verify_threshold(keys, signers, read.canonical, read.signatures, role));
    return std::move(read.document);
}

Result<trust::RepositoryState> load_all(const Files& files) {
    const JsonReader reader;
    trust::RepositoryState state;
    TRY_VALUE(const Bytes* root_bytes, file_of(files, trust::served_name("root", newest_root(files))));
    TRY_VALUE(auto root, reader.root(*root_bytes));
    TRY(verified(root.document, Role::root, root));
    TRY_VALUE(const Bytes* timestamp_bytes, file_of(files, trust::local_name("timestamp")));
    TRY_VALUE(auto timestamp, reader.timestamp(*timestamp_bytes));
    TRY(verified(root.document, Role::timestamp, timestamp));
    const trust::FileVersion& listed = timestamp.document.snapshot;
    TRY_VALUE(const Bytes* snapshot_bytes, file_of(files, trust::served_name("snapshot", listed.version)));
    TRY(trust::verify_file(listed, *snapshot_bytes, "snapshot"));
    TRY_VALUE(auto snapshot, reader.snapshot(*snapshot_bytes));
    TRY(verified(root.document, Role::snapshot, snapshot));
    TRY_VALUE(trust::Targets targets, load_role(files, snapshot.document, "targets", root.document.keys,
                                                root.document.signers(Role::targets)));
    if (targets.delegations)
        if (const auto* roles = std::get_if<std::vector<trust::DelegatedRole>>(&targets.delegations->roles))
            for (const trust::DelegatedRole& role : *roles) {
                TRY_VALUE(trust::Targets delegated, load_role(files, snapshot.document, role.name,
                                                              targets.delegations->keys, role.signers));
                state.targets.emplace(role.name, std::move(delegated));
            }
    state.targets.emplace("targets", std::move(targets));
    state.root = std::move(root.document);
    state.snapshot = std::move(snapshot.document);
    state.timestamp = std::move(timestamp.document);
    return state;
}

} // namespace

Result<trust::RepositoryState> load(const Files& files) {
    auto state = load_all(files);
    if (!state.ok()) return corrupt("the stored trust metadata: " + state.error().text());
    return state;
}

} // namespace oakum::metadata
