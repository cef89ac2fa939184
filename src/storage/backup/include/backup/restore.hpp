// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/archive.hpp>

#include <functional>

namespace oakum::backup {

// Looks at the store's copy before anything is replaced by it.
using CheckStore = std::function<base::Status(const std::filesystem::path& store)>;

struct Restored {
    About about;
    std::filesystem::path replaced; // what was in the folder before; empty when nothing was
};

// Puts a backup in place of what the data folder holds; nobody else may use the folder meanwhile.
// keys/offline stays where it is, unless it belongs to another server. Errors: not_found, corrupt (damaged,
// cut short or no backup of Oakum), conflict (of a newer form), unavailable, and what the check says; after
// each of them the folder is as it was.
base::Result<Restored> restore(const std::filesystem::path& file, const std::filesystem::path& data,
                               const CheckStore& check);

// Finishes a restore that was interrupted after its point of no return, and removes one that was interrupted
// before. At each start, before anything of the folder is read.
base::Status settle(const std::filesystem::path& data);

// Since a restore, until what has to follow it was done: devices may have seen newer signed numbers than the
// store has.
bool is_to_be_overtaken(const std::filesystem::path& data);
base::Status was_overtaken(const std::filesystem::path& data);
// The log of what was published may have lost what others saw, too; that needs no keys of people.
bool is_log_to_begin_anew(const std::filesystem::path& data);
base::Status log_began_anew(const std::filesystem::path& data);

} // namespace oakum::backup
