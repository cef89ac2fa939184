// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>
#include <cli/key_tools.hpp>

#include <cstdint>
#include <string>
#include <vector>

// Keys and what is signed with them, over files, without a server (docs/keys.md).
namespace oakum::cli {

struct KeyWish {
    std::string file, key, holder, from, root, list, online, reason, token, module, generate;
    std::vector<std::string> add, remove, threshold; // "ROLE=FILE", "ROLE=ID", "ROLE=N"
    bool yes = false, without_root = false;
};

// A new key: sealed, and its public half beside it as FILE.pub; or plain, for a server's own folder.
base::Status create_key(const Console& console, const KeyWish& wish);
// What a key file, a root or a file of documents says.
base::Status show_key(const Console& console, const KeyWish& wish);
// Writes the next root as something to be signed, from what the server has in keys/public.
base::Status rotate_keys(const Console& console, const KeyWish& wish);
// Writes the list of releases for another term as something to be signed.
base::Status renew_targets(const Console& console, const KeyWish& wish);
// The next root, taking one key away wherever it stands.
base::Status revoke_key(const Console& console, const KeyWish& wish);
// Shows what is to be signed, asks, and adds the signatures of one key to the file.
base::Status sign_with_key(const Console& console, const KeyWish& wish);

} // namespace oakum::cli
