// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace oakum::cli {

// Words only: nouns, verbs and options, from the same table as the help.
std::string completion_script(const CLI::App& app, const std::string& shell);

} // namespace oakum::cli
