// SPDX-License-Identifier: Apache-2.0
#include <governance/rules.hpp>

#include "rows.hpp"

namespace oakum::governance {
namespace {

constexpr const char* kRequired = R"({"second_factor":"required"})";

} // namespace

bool second_factor_required(std::string_view document) {
    return document == kRequired;
}

base::Result<SignInRules> sign_in_rules(const access::Actor& actor, const shard::ControlTables& control) {
    TRY(access::may(actor, access::Action::user_read).status());
    return SignInRules{second_factor_required(control.document(tenant_of(actor), kSignInRules))};
}

void set_sign_in_rules(shard::Writer& writer, const access::Actor& actor, SignInRules rules,
                       shard::Completion<SignInRules> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    writer.submit<SignInRules>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, rules](shard::Transaction& transaction) -> base::Result<SignInRules> {
            const std::string before = transaction.document(kSignInRules);
            const std::string after = rules.second_factor ? kRequired : "";
            if (before == after) return rules;
            transaction.put(ports::DocumentRow{kSignInRules, after});
            shard::AuditEntry entry = entry_of(actor, "setting.sign-in-rules", kSignInRules);
            entry.before = before.empty() ? "{}" : before;
            entry.after = after.empty() ? "{}" : after;
            transaction.audit(std::move(entry));
            transaction.change("user", "");
            return rules;
        },
        std::move(done));
}

} // namespace oakum::governance
