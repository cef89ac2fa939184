// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <metadata/write.hpp>
#include <trust/repository.hpp>

#include <map>
#include <string>
#include <vector>

// From what a repository should say to the files that say it, signed. Pure: the caller stores the files.
namespace oakum::metadata {

struct File {
    std::string name; // as served: "3.root.json", "timestamp.json"
    base::Bytes bytes;
    bool operator==(const File&) const = default;
};

// Store the files in this order, "timestamp.json" last: until then clients see the repository as it was.
// Numbered files are never changed; timestamp.json is replaced whole. Keep the state only when all were
// stored.
struct Issue {
    trust::RepositoryState state;
    std::vector<File> files;
};

// Errors of all: those of the drafts; unavailable with the role when too few of its keys are at hand; what
// `sign` answers. Every document is verified against the root that a client will hold before it is handed
// out.

// The first root (version 1), empty targets, snapshot, timestamp.
base::Result<Issue> create(trust::Root root, base::TimePoint now, const trust::Lifetimes& lifetimes,
                           const Sign& sign);
// One role's targets, then snapshot and timestamp.
base::Result<Issue> publish(const trust::RepositoryState& state, const trust::Changes& changes,
                            base::TimePoint now, const trust::Lifetimes& lifetimes, const Sign& sign);
// A delegated role, with no targets yet.
base::Result<Issue> delegate(const trust::RepositoryState& state, const trust::NewDelegation& delegation,
                             base::TimePoint now, const trust::Lifetimes& lifetimes, const Sign& sign);
// What runs on its own before expiry, with the online keys alone.
enum class Refresh { timestamp, snapshot_and_timestamp };
base::Result<Issue> refresh(const trust::RepositoryState& state, Refresh what, base::TimePoint now,
                            const trust::Lifetimes& lifetimes, const Sign& sign);
// Everything but root anew: before targets expire, and after a restore from a backup, so that what clients
// saw since is overtaken. Needs the keys of targets.
base::Result<Issue> reissue(const trust::RepositoryState& state, base::TimePoint now,
                            const trust::Lifetimes& lifetimes, const Sign& sign);
// A new root, signed by the present and the next signers; then whatever the next signers have to sign anew.
base::Result<Issue> rotate_root(const trust::RepositoryState& state, trust::Root next, base::TimePoint now,
                                const trust::Lifetimes& lifetimes, const Sign& sign);

// The state from the newest files by served name, as a client would verify them, expiry aside. Errors:
// corrupt.
base::Result<trust::RepositoryState> load(const std::map<std::string, base::Bytes>& files);

} // namespace oakum::metadata
