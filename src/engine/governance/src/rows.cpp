// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <access/ids.hpp>
#include <algorithm>

namespace oakum::governance {

shard::Held<ports::UserRow> user_named(shard::Transaction& transaction, std::string_view name) {
    for (const auto& user : transaction.list<ports::UserRow>())
        if (user->name == name) return user;
    return nullptr;
}

void end_credential(shard::Transaction& transaction, const ports::TokenRow& token) {
    ports::TokenRow ended = token;
    ended.revoked = true;
    transaction.put(std::move(ended));
    transaction.change(token.kind == ports::TokenKind::session ? "session" : "token", token.id.text());
}

std::size_t end_credentials(shard::Transaction& transaction, access::UserId user, ApiTokens tokens,
                            std::optional<access::TokenId> but) {
    std::size_t ended = 0;
    for (const auto& token : transaction.list<ports::TokenRow>()) {
        if (token->user != user || ends_before(*token, transaction.now()) || token->id == but) continue;
        if (token->kind == ports::TokenKind::api && tokens == ApiTokens::stay) continue;
        end_credential(transaction, *token);
        ++ended;
    }
    return ended;
}

void forget_factor(ports::UserRow& user) {
    user.totp.clear();
    user.totp_on = false;
    user.totp_step = 0;
    user.recovery.clear();
}

base::Error too_many_attempts(base::Duration wait) {
    const auto seconds = std::max<std::int64_t>(1, (wait.count() + 999) / 1000);
    return base::unavailable("too many attempts; try again in " + std::to_string(seconds) + " seconds")
        .at("retry-after " + std::to_string(seconds));
}

std::string json_of(const ports::UserRow& user) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("name", user.name).member("role", access::to_string(user.role));
    writer.key("scope").begin_array();
    for (const device::GroupId& group : user.scope)
        writer.value(group.text());
    writer.end_array().member("disabled", user.disabled).member("password_set", !user.password_hash.empty());
    if (user.totp_on) writer.member("second_factor", true);
    if (user.break_glass) writer.member("break_glass", true);
    if (!user.identity.empty()) writer.member("identity", user.identity);
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
