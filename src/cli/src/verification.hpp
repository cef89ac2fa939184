// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct SummaryWish {
    std::string release, file, key_file;
};
// Writes what the server signs of a published release into a file, or to the output; and its key beside it.
base::Status get_summary(const Flow& flow, const SummaryWish& wish);

struct Verification {
    std::string file, summary_file, key_file;
    std::string release;               // NAME@VERSION or a package URL; empty: whichever
    std::string verifier;              // a URI; empty: the name of the key itself
    std::vector<std::string> required; // checks (approval), or levels as summaries name them
};
// Without a server: whether a summary vouches for this very file. Errors: corrupt (it does not), not_found,
// invalid (the key, the summary).
base::Status verify_artifact(const Shown& shown, const Verification& wish);

} // namespace oakum::cli
