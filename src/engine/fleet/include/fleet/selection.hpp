// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <device/query.hpp>

#include <cstdint>
#include <vector>

namespace oakum::fleet {

// Who may be seen: the members of these groups; empty: the whole tenant.
using Scope = std::vector<device::GroupId>;

// Which records a selection looks at: those that figures and rollouts count; those that a list shows, which
// are the unmanaged ones too; all, retired ones included.
enum class Records : std::uint8_t { managed, listed, all };

struct Selection {
    device::TenantId tenant;
    Scope scope;
    device::Query query;
    // A query that names `lifecycle` looks at all by itself.
    Records records = Records::managed;
};

} // namespace oakum::fleet
