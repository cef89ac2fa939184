// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct NewEvidence {
    std::string standard = "general", from, to, query, why, file;
};
// Has the server make a pack, waits for it, and writes it into a new file when one is named.
base::Status make_evidence(const Flow& flow, const NewEvidence& wanted);
base::Status get_evidence(const Flow& flow, const std::string& name, const std::string& file);
// Without a server: whether a pack is whole and as it was signed. Errors: corrupt (it is not), not_found.
base::Status verify_evidence(const Shown& shown, const std::string& file, const std::string& key);

} // namespace oakum::cli
