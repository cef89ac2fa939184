// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

namespace oakum::cli {

// Signs in once, makes an API token of 30 days with the user's own rights, and keeps it for the next
// commands.
base::Status login(Console& console, const Connection& connection, const std::string& user,
                   const std::string& one_time);

} // namespace oakum::cli
