// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <optional>

// How an edit's own row is kept while it runs.
namespace oakum::fleet {

// A progress that cannot be stored is told with the next; an end is tried until it is stored.
enum class Keep : bool { once, until_stored };

// Puts the edit with its change for the feed, and the audit record when there is one; sets its times by its
// state.
void keep_edit(Core& core, TenantId tenant, ports::EditRow edit, std::optional<shard::AuditEntry> audit,
               Keep keep, shard::Completion<ports::EditRow> done);
// Who asked an edit that runs to end, if anybody did. Any thread.
std::optional<std::string> cancelled_by(const Core& core, TenantId tenant, ports::EditId edit);
// For the audit log: what it came to.
std::string counts_of(const ports::EditRow& edit);

} // namespace oakum::fleet
