// SPDX-License-Identifier: Apache-2.0
#include <trust/metadata.hpp>

namespace oakum::trust {

std::string_view to_string(Role role) {
    switch (role) {
    case Role::root:
        return "root";
    case Role::timestamp:
        return "timestamp";
    case Role::snapshot:
        return "snapshot";
    case Role::targets:
        return "targets";
    case Role::director:
        return "director";
    case Role::log:
        return "log";
    }
    return "?";
}

} // namespace oakum::trust
