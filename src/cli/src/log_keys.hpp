// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "log.hpp"

namespace oakum::cli {

// A place with those who may sign there. `on_its_word`: the place itself said so, and nobody else.
struct OpenedLog {
    std::unique_ptr<LogPlace> place;
    LogKeys keys;
    bool on_its_word = false;
};
// Errors: invalid (a root that names no log, no key), not_found.
base::Result<OpenedLog> open_log(const Session& session, const LogWish& wish);

} // namespace oakum::cli
