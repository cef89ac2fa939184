// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace oakum::cli {

// Nouns, verbs, options and the words that some options take, from the same table as the help. For bash, zsh
// (by its bashcompinit) or fish.
std::string completion_script(const CLI::App& app, const std::string& shell);

} // namespace oakum::cli
