// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <map>
#include <string>
#include <vector>

// What a repository says next: drafts of documents, before anybody signs them.
namespace oakum::trust {

inline constexpr base::Duration day = std::chrono::hours(24);

// How long what is signed today holds.
struct Lifetimes {
    base::Duration root = 365 * day;
    base::Duration targets = 90 * day;
    base::Duration snapshot = 7 * day;
    base::Duration timestamp = 1 * day;
};

// The newest documents, as last issued. A fresh repository has all but root at version 0, which is never
// served.
struct RepositoryState {
    Root root;
    std::map<std::string, Targets> targets; // "targets" and delegated roles
    Snapshot snapshot;
    Timestamp timestamp;
};

// What a release adds to or takes from one role's targets. A target with the same path is replaced.
struct Changes {
    std::string role = "targets";
    std::map<std::string, TargetFile> add;
    std::vector<std::string> remove;
};

// A delegated role with the keys of its signers.
struct NewDelegation {
    DelegatedRole role;
    Keys keys;
};

// max(stored + 1, unix seconds): a server restored from an old backup overtakes what devices have seen, for
// as long as no more than one issue a second was made on average. Root alone counts by one. Errors: conflict
// (used up).
base::Result<std::uint64_t> next_version(std::uint64_t stored, base::TimePoint now);

// Every draft checks what it is given. Errors: invalid, not_found (no such role), conflict.
base::Result<Targets> draft_targets(const RepositoryState& state, const Changes& changes, base::TimePoint now,
                                    const Lifetimes& lifetimes);
// Adds or replaces a delegation of the top-level targets.
base::Result<Targets> draft_delegation(const RepositoryState& state, const NewDelegation& delegation,
                                       base::TimePoint now, const Lifetimes& lifetimes);
// The same contents under a new version and expiry.
base::Result<Targets> draft_again(const Targets& targets, base::TimePoint now, const Lifetimes& lifetimes);
base::Result<Snapshot> draft_snapshot(const RepositoryState& state,
                                      const std::map<std::string, FileVersion>& changed, base::TimePoint now,
                                      const Lifetimes& lifetimes);
base::Result<Timestamp> draft_timestamp(const RepositoryState& state, FileVersion snapshot,
                                        base::TimePoint now, const Lifetimes& lifetimes);
// `next` with the version that follows and a new expiry.
base::Result<Root> draft_root(const Root& present, Root next, base::TimePoint now,
                              const Lifetimes& lifetimes);

// Which documents need a new issue. Online roles are renewed at half of their life; root and targets need
// people, who are told when a quarter is left.
struct Due {
    bool timestamp = false;
    bool snapshot = false;
    bool targets_soon = false;
    bool root_soon = false;
    bool operator==(const Due&) const = default;
};
Due due(const RepositoryState& state, base::TimePoint now, const Lifetimes& lifetimes);

} // namespace oakum::trust
