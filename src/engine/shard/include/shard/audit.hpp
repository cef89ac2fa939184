// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <optional>
#include <span>
#include <string>

namespace oakum::shard {

// A decision of a person, a policy or the server itself. `before` and `after` are JSON without secrets.
struct AuditEntry {
    std::string actor;
    std::string action;
    std::string resource;
    std::string before, after;
    std::string why;
};

// SHA-256 over the previous hash and every field with its length, so that no two records share a text.
base::Digest256 audit_hash(const ports::AuditRow& row);
// The record after `newest` (nothing: the first).
ports::AuditRow chain(const std::optional<ports::AuditRow>& newest, base::TimePoint at, AuditEntry entry);
// Records in order; `before` is the one that precedes them. Errors: corrupt, naming the first bad number.
base::Status verify_audit(const std::optional<ports::AuditRow>& before,
                          std::span<const ports::AuditRow> rows);

} // namespace oakum::shard
