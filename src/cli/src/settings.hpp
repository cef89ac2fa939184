// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>

namespace oakum::cli {

// What `oakum login` keeps, in $XDG_CONFIG_HOME/oakum/connection.json or ~/.config/oakum/connection.json
// (mode 0600).
base::Result<Connection> load_connection(const Console& console);
base::Status save_connection(const Console& console, const Connection& connection);
base::Status forget_connection(const Console& console);

// A file of the user's, whole. Errors: not_found, too_large.
base::Result<std::string> read_file(const std::string& path, std::size_t limit);

} // namespace oakum::cli
