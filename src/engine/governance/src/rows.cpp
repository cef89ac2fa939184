// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <access/ids.hpp>

namespace oakum::governance {

shard::Held<ports::UserRow> user_named(shard::Transaction& transaction, std::string_view name) {
    for (const auto& user : transaction.list<ports::UserRow>())
        if (user->name == name) return user;
    return nullptr;
}

std::string json_of(const ports::UserRow& user) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("name", user.name).member("role", access::to_string(user.role));
    writer.key("scope").begin_array();
    for (const device::GroupId& group : user.scope)
        writer.value(group.text());
    writer.end_array().member("disabled", user.disabled).member("password_set", !user.password_hash.empty());
    writer.end_object();
    return text;
}

std::string json_of(const ports::TokenRow& token) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("label", token.label);
    if (!token.scopes.empty()) {
        writer.key("scopes").begin_array();
        for (const std::string& scope : token.scopes)
            writer.value(scope);
        writer.end_array();
    }
    if (!token.group.is_zero()) writer.member("group", token.group.text());
    if (token.uses_left != 0) writer.member("uses_left", token.uses_left);
    writer.member("expires", base::to_iso8601(token.expires)).member("revoked", token.revoked).end_object();
    return text;
}

shard::AuditEntry entry_of(const access::Actor& actor, std::string action, std::string resource) {
    return {.actor = actor.text(),
            .action = std::move(action),
            .resource = std::move(resource),
            .before = {},
            .after = {},
            .why = {}};
}

} // namespace oakum::governance
