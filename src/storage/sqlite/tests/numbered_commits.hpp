// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>
#include <sqlite/options.hpp>

#include <cstdint>
#include <string>

// Commits that can be told apart afterwards: crash tests write them, and look at what is left.
namespace oakum::sqlite {

// Thousands of rounds instead of a few: OAKUM_DEEP is set.
bool deep();

// Touches a few kinds of rows in two shards; each commit updates what the one before wrote, and adds to it.
ports::Batch numbered_commit(std::uint64_t number);

struct FoundCommits {
    std::uint64_t commits = 0; // 1 to this are there, whole
    std::string problem;       // empty, or what is not as a store must be
};
// Opens the store as a start does, checks its pages and that it holds exactly the rows of the first n
// commits.
FoundCommits check_numbered_commits(const StoreOptions& options);

} // namespace oakum::sqlite
