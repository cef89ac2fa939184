// SPDX-License-Identifier: Apache-2.0
#include <governance/second_factor.hpp>

#include "codes.hpp"
#include "rows.hpp"

#include <access/totp.hpp>
#include <array>
#include <governance/password_rules.hpp>
#include <governance/rules.hpp>
#include <governance/secrets.hpp>

namespace oakum::governance {
namespace {

base::Status may_have_one(const Principal& principal) {
    if (!principal.session)
        return base::denied("an authenticator is set up by the person who signed in, not by a token");
    return {};
}

} // namespace

std::vector<std::string> SecondFactor::new_codes() {
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
        std::array<std::uint8_t, 10> bytes{};
        random_.fill(bytes);
        codes.push_back(access::recovery_code(bytes));
    }
    return codes;
}

void SecondFactor::begin(const Principal& principal, std::string issuer, shard::Completion<TotpOffer> done) {
    if (auto allowed = may_have_one(principal); !allowed.ok()) return done(std::move(allowed).error());
    std::array<std::uint8_t, access::kTotpSecretBytes> secret{};
    random_.fill(secret);
    auto sealed = sealer_.seal(secret, purpose_of(principal.actor.user));
    if (!sealed.ok()) return done(std::move(sealed).error());
    const TotpOffer offer{.secret = access::base32(secret),
                          .uri = access::otpauth_uri(issuer, principal.actor.name, secret)};
    writer_.submit<TotpOffer>(
        shard::control_of(tenant_of(principal.actor)), shard::Priority::person,
        [principal, sealed = *sealed, offer](shard::Transaction& transaction) -> base::Result<TotpOffer> {
            const auto stored = transaction.find<ports::UserRow>(principal.actor.user);
            if (!stored || stored->disabled) return base::not_found("there is no such user");
            if (!stored->identity.empty())
                return base::denied("this account signs in at the identity provider, which asks for a second "
                                    "factor by its own rules");
            if (stored->break_glass)
                return base::denied(
                    "the break-glass account has no authenticator: who opens the envelope has "
                    "nothing but what is in it");
            if (stored->totp_on)
                return base::conflict("an authenticator is set up already; switch it off first");
            ports::UserRow row = *stored;
            row.totp = sealed;
            row.totp_step = 0;
            row.recovery.clear();
            transaction.put(std::move(row));
            return offer;
        },
        std::move(done));
}

void SecondFactor::proven(const Principal& principal, std::string code, bool on, Then then,
                          std::function<void(base::Status)> done) {
    if (auto allowed = may_have_one(principal); !allowed.ok()) return done(std::move(allowed));
    const std::string key = principal.actor.user.text();
    if (const auto wait = guesses_.attempt(key, clock_.steady())) return done(too_many_attempts(*wait));
    writer_.submit(
        shard::control_of(tenant_of(principal.actor)), shard::Priority::person,
        [this, principal, code = std::move(code), on,
         then = std::move(then)](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::UserRow>(principal.actor.user);
            if (!stored || stored->disabled) return base::not_found("there is no such user");
            if (stored->totp.empty() || stored->totp_on != on)
                return base::conflict(on ? "no authenticator is set up" : "ask for a new secret first");
            ports::UserRow row = *stored;
            TRY(use_code(row, code, transaction.now(), sealer_));
            TRY(then(transaction, row));
            transaction.change("user", row.id.text());
            transaction.put(std::move(row));
            return {};
        },
        [this, key, done = std::move(done)](base::Status status) {
            if (status.ok()) guesses_.succeeded(key);
            done(std::move(status));
        });
}

namespace {

void keep_codes(ports::UserRow& row, const std::vector<std::string>& codes) {
    row.recovery.clear();
    for (const std::string& code : codes)
        row.recovery.push_back(digest_of(access::recovery_core(code)).hex());
}

std::function<void(base::Status)> answer_codes(const std::vector<std::string>& codes,
                                               shard::Completion<std::vector<std::string>> done) {
    return [codes, done = std::move(done)](base::Status status) {
        if (!status.ok()) return done(std::move(status).error());
        done(codes);
    };
}

} // namespace

void SecondFactor::confirm(const Principal& principal, std::string code,
                           shard::Completion<std::vector<std::string>> done) {
    const std::vector<std::string> codes = new_codes();
    proven(
        principal, std::move(code), false,
        [principal, codes](shard::Transaction& transaction, ports::UserRow& row) -> base::Status {
            row.totp_on = true;
            keep_codes(row, codes);
            // They began without it.
            end_credentials(transaction, row.id, ApiTokens::stay, principal.token);
            transaction.audit(entry_of(principal.actor, "user.second-factor.on", "user " + row.id.text()));
            return {};
        },
        answer_codes(codes, std::move(done)));
}

void SecondFactor::renew_recovery(const Principal& principal, std::string code,
                                  shard::Completion<std::vector<std::string>> done) {
    const std::vector<std::string> codes = new_codes();
    proven(
        principal, std::move(code), true,
        [principal, codes](shard::Transaction& transaction, ports::UserRow& row) -> base::Status {
            keep_codes(row, codes);
            transaction.audit(entry_of(principal.actor, "user.recovery-codes", "user " + row.id.text()));
            return {};
        },
        answer_codes(codes, std::move(done)));
}

void SecondFactor::switch_off(const Principal& principal, std::string code,
                              std::function<void(base::Status)> done) {
    proven(
        principal, std::move(code), true,
        [principal](shard::Transaction& transaction, ports::UserRow& row) -> base::Status {
            if (second_factor_required(transaction.document(kSignInRules)) && !row.break_glass)
                return base::denied("everybody here needs a second factor; an administrator can reset yours");
            forget_factor(row);
            transaction.audit(entry_of(principal.actor, "user.second-factor.off", "user " + row.id.text()));
            return {};
        },
        std::move(done));
}

void SecondFactor::reset(const access::Actor& actor, access::UserId user, std::string why,
                         shard::Completion<ports::UserRow> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    writer_.submit<ports::UserRow>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, user, why = std::move(why)](shard::Transaction& transaction) -> base::Result<ports::UserRow> {
            const auto stored = transaction.find<ports::UserRow>(user);
            if (!stored) return base::not_found("there is no user " + user.text());
            ports::UserRow row = *stored;
            forget_factor(row);
            end_credentials(transaction, user, ApiTokens::stay);
            shard::AuditEntry entry = entry_of(actor, "user.second-factor.reset", "user " + user.text());
            entry.why = why;
            transaction.audit(std::move(entry));
            transaction.change("user", user.text());
            transaction.put(row);
            return *transaction.find<ports::UserRow>(user);
        },
        std::move(done));
}

} // namespace oakum::governance
