// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <json/writer.hpp>
#include <ports/rows.hpp>
#include <shard/writer.hpp>

#include <optional>
#include <string>

// What the use cases of governance share: from rows to actors, and what the audit log says of rows.
namespace oakum::governance {

inline device::TenantId tenant_of(const access::Actor& actor) {
    return device::TenantId(actor.tenant);
}

inline bool ends_before(const ports::TokenRow& token, base::TimePoint now) {
    return token.revoked || token.expires <= now;
}

shard::Held<ports::UserRow> user_named(shard::Transaction& transaction, std::string_view name);

// Ends what a person signed in with, except `but`; API tokens only when told so. Open event streams hear of
// it at once.
enum class ApiTokens : bool { stay, end };
std::size_t end_credentials(shard::Transaction& transaction, access::UserId user, ApiTokens tokens,
                            std::optional<access::TokenId> but = std::nullopt);
void end_credential(shard::Transaction& transaction, const ports::TokenRow& token);

void forget_factor(ports::UserRow& user);
base::Error too_many_attempts(base::Duration wait);

std::string json_of(const ports::UserRow& user);
std::string json_of(const ports::TokenRow& token);

shard::AuditEntry entry_of(const access::Actor& actor, std::string action, std::string resource);

} // namespace oakum::governance
