// SPDX-License-Identifier: Apache-2.0
#include <trust/repository.hpp>

#include <trust/limits.hpp>
#include <trust/names.hpp>

#include <algorithm>

namespace oakum::trust {
namespace {

using base::Result;
using base::Status;
using base::TimePoint;

Result<Header> next_header(const Header& present, TimePoint now, base::Duration life) {
    Header next = present;
    TRY_VALUE(next.version, next_version(present.version, now));
    next.expires = std::chrono::floor<std::chrono::seconds>(now + life);
    return next;
}

Result<const Targets*> role_of(const RepositoryState& state, const std::string& role) {
    const auto found = state.targets.find(role);
    if (found == state.targets.end()) return base::not_found("the repository has no role \"" + role + "\"");
    return &found->second;
}

Status check_target(const std::string& path, const TargetFile& file) {
    TRY(check_target_path(path));
    if (!file.hashes.sha256) return base::invalid("the target " + path + " needs a SHA-256");
    if (file.length > limits::version) return base::invalid("the target " + path + " is too long");
    if (file.terms) TRY(artifact::check(*file.terms));
    return {};
}

Status check_signers(const Keys& keys, const Signers& signers, std::string_view role) {
    const auto known = [&](const KeyId& id) { return keys.contains(id) && keys.at(id).verifier.has_value(); };
    const auto usable = std::count_if(signers.keys.begin(), signers.keys.end(), known);
    if (signers.threshold < 1 || signers.threshold > limits::threshold ||
        usable < static_cast<std::ptrdiff_t>(signers.threshold))
        return base::invalid("the role " + std::string(role) + " asks for " +
                             std::to_string(signers.threshold) + " signatures and has " +
                             std::to_string(usable) + " usable keys");
    return {};
}

// Less than this part of its life is left.
bool runs_out(const Header& header, TimePoint now, base::Duration left) {
    return header.expires - now <= left;
}

} // namespace

Result<std::uint64_t> next_version(std::uint64_t stored, TimePoint now) {
    const std::int64_t seconds = base::unix_seconds(now);
    const std::uint64_t next = std::max(stored + 1, seconds > 0 ? static_cast<std::uint64_t>(seconds) : 1);
    if (stored >= limits::version || next > limits::version)
        return base::conflict("the version numbers are used up; rotate the keys of timestamp and snapshot");
    return next;
}

Result<Targets> draft_targets(const RepositoryState& state, const Changes& changes, TimePoint now,
                              const Lifetimes& lifetimes) {
    TRY_VALUE(const Targets* present, role_of(state, changes.role));
    Targets next = *present;
    for (const std::string& path : changes.remove)
        if (next.files.erase(path) == 0)
            return base::not_found("the role " + changes.role + " lists no target " + path);
    for (const auto& [path, file] : changes.add) {
        TRY(check_target(path, file));
        next.files.insert_or_assign(path, file);
    }
    if (next.files.size() > limits::targets)
        return base::conflict("a role holds at most " + std::to_string(limits::targets) + " targets");
    TRY_VALUE(next.header, next_header(present->header, now, lifetimes.targets));
    return next;
}

Result<Targets> draft_delegation(const RepositoryState& state, const NewDelegation& delegation, TimePoint now,
                                 const Lifetimes& lifetimes) {
    TRY_VALUE(const Targets* present, role_of(state, "targets"));
    const DelegatedRole& role = delegation.role;
    if (role.name.empty() || role.name.size() > limits::name_bytes ||
        std::any_of(kRoles.begin(), kRoles.end(), [&](Role top) { return to_string(top) == role.name; }))
        return base::invalid("a delegated role has a name of its own");
    TRY(check_signers(delegation.keys, role.signers, role.name));
    Targets next = *present;
    if (!next.delegations) next.delegations = Delegations{{}, std::vector<DelegatedRole>{}, {}};
    auto* roles = std::get_if<std::vector<DelegatedRole>>(&next.delegations->roles);
    if (roles == nullptr) return base::conflict("the targets delegate to succinct roles");
    std::erase_if(*roles, [&](const DelegatedRole& other) { return other.name == role.name; });
    if (roles->size() >= limits::delegated_roles) return base::conflict("too many delegated roles");
    roles->push_back(role);
    for (const KeyId& id : role.signers.keys)
        if (const auto key = delegation.keys.find(id); key != delegation.keys.end())
            next.delegations->keys.insert_or_assign(id, key->second);
    TRY_VALUE(next.header, next_header(present->header, now, lifetimes.targets));
    return next;
}

Result<Targets> draft_again(const Targets& targets, TimePoint now, const Lifetimes& lifetimes) {
    Targets next = targets;
    TRY_VALUE(next.header, next_header(targets.header, now, lifetimes.targets));
    return next;
}

Result<Snapshot> draft_snapshot(const RepositoryState& state,
                                const std::map<std::string, FileVersion>& changed, TimePoint now,
                                const Lifetimes& lifetimes) {
    Snapshot next = state.snapshot;
    for (const auto& [role, file] : changed)
        next.roles.insert_or_assign(role, file);
    TRY_VALUE(next.header, next_header(state.snapshot.header, now, lifetimes.snapshot));
    return next;
}

Result<Timestamp> draft_timestamp(const RepositoryState& state, FileVersion snapshot, TimePoint now,
                                  const Lifetimes& lifetimes) {
    Timestamp next = state.timestamp;
    next.snapshot = std::move(snapshot);
    TRY_VALUE(next.header, next_header(state.timestamp.header, now, lifetimes.timestamp));
    return next;
}

Result<Root> draft_root(const Root& present, Root next, TimePoint now, const Lifetimes& lifetimes) {
    if (!next.consistent_snapshot) return base::invalid("our repositories have consistent snapshots");
    for (const Role role : kRoles)
        TRY(check_signers(next.keys, next.signers(role), to_string(role)));
    for (const Role role : kOurOwn)
        if (next.has(role)) TRY(check_signers(next.keys, next.signers(role), to_string(role)));
    if (present.header.version >= limits::version)
        return base::conflict("the version numbers of root are used up");
    next.header.version = present.header.version + 1;
    next.header.expires = std::chrono::floor<std::chrono::seconds>(now + lifetimes.root);
    return next;
}

Due due(const RepositoryState& state, TimePoint now, const Lifetimes& lifetimes) {
    Due due;
    due.timestamp = runs_out(state.timestamp.header, now, lifetimes.timestamp / 2);
    due.snapshot = runs_out(state.snapshot.header, now, lifetimes.snapshot / 2);
    due.root_soon = runs_out(state.root.header, now, lifetimes.root / 4);
    due.targets_soon = std::any_of(state.targets.begin(), state.targets.end(), [&](const auto& role) {
        return runs_out(role.second.header, now, lifetimes.targets / 4);
    });
    return due;
}

} // namespace oakum::trust
