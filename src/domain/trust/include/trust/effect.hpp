// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <string>
#include <variant>
#include <vector>

namespace oakum::trust {

// What must be durable in the client's folder before it goes on, in this order. Bytes are those received,
// never a new encoding. Persist replaces the file whole or not at all; Remove of a missing file is done.
struct Persist {
    std::string file; // "timestamp.json"
    base::Bytes bytes;
    bool operator==(const Persist&) const = default;
};
struct Remove {
    std::string file;
    bool operator==(const Remove&) const = default;
};
using Effect = std::variant<Persist, Remove>;
using Effects = std::vector<Effect>;

} // namespace oakum::trust
