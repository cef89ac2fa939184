// SPDX-License-Identifier: Apache-2.0
#include <governance/sign_in_codes.hpp>

#include "rows.hpp"

#include <governance/network.hpp>
#include <governance/password_rules.hpp>
#include <governance/secrets.hpp>

#include <algorithm>
#include <array>

namespace oakum::governance {
namespace {

// No vowels, so that no words come up, and nothing that looks like something else (RFC 8628 section 6.1):
// 20^8 codes.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kLength = 8;
constexpr base::Duration kTokenLives = std::chrono::hours(24 * 30);

std::string new_code(ports::Random& random) {
    std::string code;
    while (code.size() < kLength) {
        std::array<std::uint8_t, 16> bytes{};
        random.fill(bytes);
        for (const std::uint8_t byte : bytes)
            if (byte < 256 / kLetters.size() * kLetters.size() && code.size() < kLength)
                code += kLetters[byte % kLetters.size()];
    }
    return code.substr(0, kLength / 2) + "-" + code.substr(kLength / 2);
}

access::TokenScopes scopes_of(access::Role role) {
    access::TokenScopes scopes = access::TokenScopes::of(access::TokenScope::read);
    if (role == access::Role::operator_ || role == access::Role::administrator)
        scopes.add(access::TokenScope::operate);
    if (role == access::Role::approver || role == access::Role::administrator)
        scopes.add(access::TokenScope::approve);
    if (role == access::Role::administrator) scopes.add(access::TokenScope::administer);
    return scopes;
}

base::Error no_code() {
    return base::not_found("no program waits with this code: it is mistyped, used, or older than ten minutes")
        .at("code");
}

std::string json_of(const CodeAsked& asked) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("client", asked.client)
        .member("address", asked.address)
        .end_object();
    return text;
}

} // namespace

std::string_view to_string(CodeState state) {
    constexpr std::array<std::string_view, 5> kWords{"waiting", "slow_down", "refused", "over", "granted"};
    return kWords[static_cast<std::size_t>(state)];
}

std::optional<std::string> code_core(std::string_view typed) {
    std::string core;
    for (char c : typed) {
        if (c == '-' || c == ' ') continue;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (core.size() == kLength || kLetters.find(c) == std::string_view::npos) return std::nullopt;
        core += c;
    }
    return core.size() == kLength ? std::optional(core) : std::nullopt;
}

void SignInCodes::forget_old() {
    const base::Duration now = clock_.steady();
    std::erase_if(held_,
                  [&](const Held& each) { return each.until <= now && !each.collecting && !each.deciding; });
}

base::Result<CodeBegun> SignInCodes::begin(device::TenantId tenant, const Origin& origin,
                                           std::string client) {
    if (auto label = check_label(client); !label.ok()) return std::move(label).error().at("/client");
    const std::string network = network_of(origin.address);
    if (const auto wait = begins_.attempt(network, clock_.steady())) return too_many_attempts(*wait);
    base::Lock lock(mutex_);
    forget_old();
    const auto of_place =
        std::ranges::count_if(held_, [&](const Held& each) { return each.network == network; });
    if (held_.size() >= kMost || static_cast<std::size_t>(of_place) >= kMostOfPlace)
        return base::unavailable("too many programs wait to be let in at this moment; try again later")
            .at("retry-after 60");
    const std::string secret = new_secret(random_);
    Held held;
    held.tenant = tenant;
    held.secret = digest_of(secret);
    held.network = network;
    do {
        held.asked.code = new_code(random_);
    } while (by_code(tenant, held.asked.code));
    held.asked.client = std::move(client);
    held.asked.address = origin.address;
    held.asked.at = clock_.now();
    held.asked.until = held.asked.at + kLives;
    held.until = clock_.steady() + kLives;
    held_.push_back(held);
    return CodeBegun{secret, held.asked.code, kLives, kInterval};
}

std::optional<SignInCodes::Place> SignInCodes::by_code(device::TenantId tenant, std::string_view typed) {
    const auto wanted = code_core(typed);
    if (!wanted) return std::nullopt;
    for (auto at = held_.begin(); at != held_.end(); ++at)
        if (at->tenant == tenant && at->state == CodeState::waiting && code_core(at->asked.code) == wanted)
            return at;
    return std::nullopt;
}

std::optional<SignInCodes::Place> SignInCodes::by_secret(std::string_view secret) {
    const base::Digest256 wanted = digest_of(secret);
    for (auto at = held_.begin(); at != held_.end(); ++at)
        if (base::equal_constant_time(at->secret.bytes, wanted.bytes)) return at;
    return std::nullopt;
}

void SignInCodes::poll(std::string_view secret, shard::Completion<CodePolled> done) {
    CodePolled polled;
    access::Actor person;
    std::string client;
    {
        base::Lock lock(mutex_);
        forget_old();
        const auto found = by_secret(secret);
        if (!found || (*found)->collecting) {
            polled.state = CodeState::over;
        } else {
            Held& held = **found;
            const base::Duration now = clock_.steady();
            const bool too_soon = held.polled && now - *held.polled < held.interval;
            held.polled = now;
            if (held.state == CodeState::waiting && too_soon) {
                held.interval += kInterval; // RFC 8628 section 3.5
                polled.state = CodeState::slow_down;
            } else {
                polled.state = held.state;
            }
            polled.interval = held.interval;
            if (held.state == CodeState::granted) {
                held.collecting = true;
                person = held.person;
                client = held.asked.client;
            }
            if (held.state == CodeState::refused) held_.erase(*found);
        }
    }
    if (polled.state != CodeState::granted) return done(std::move(polled));
    collect(std::move(person), std::move(client),
            [this, wanted = digest_of(secret), done = std::move(done)](base::Result<CodePolled> result) {
                {
                    base::Lock lock(mutex_);
                    std::erase_if(held_, [&](const Held& each) { return each.secret == wanted; });
                }
                done(std::move(result));
            });
}

// With what the person may do now.
void SignInCodes::collect(access::Actor person, std::string client, shard::Completion<CodePolled> done) {
    const auto user = control_.find<ports::UserRow>(tenant_of(person), person.user);
    if (!user || user->disabled) return done(CodePolled{CodeState::refused, {}, std::nullopt, {}, {}});
    person.role = user->role;
    CodePolled polled{CodeState::granted, {}, std::nullopt, user->name, user->role};
    TokenNew token;
    token.label = client;
    token.scopes = scopes_of(user->role);
    token.lifetime = kTokenLives;
    tokens_.create(person, std::move(token),
                   [polled = std::move(polled), done = std::move(done)](base::Result<NewToken> made) mutable {
                       if (!made.ok()) return done(std::move(made).error());
                       polled.token = std::move(*made);
                       done(std::move(polled));
                   });
}

base::Status SignInCodes::may_guess(const Principal& person) {
    if (!person.session)
        return base::denied("a token lets no other program in; sign in on a page of this server");
    const std::string key = base::to_text(person.actor.user.get());
    if (const auto wait = guesses_.attempt(key, clock_.steady())) return too_many_attempts(*wait);
    return {};
}

base::Result<CodeAsked> SignInCodes::look(const Principal& person, std::string_view typed) {
    TRY(access::may(person.actor, access::Action::token_edit).status());
    TRY(may_guess(person));
    base::Lock lock(mutex_);
    forget_old();
    const auto found = by_code(tenant_of(person.actor), typed);
    if (!found || (*found)->deciding) return no_code();
    guesses_.succeeded(base::to_text(person.actor.user.get()));
    return (*found)->asked;
}

void SignInCodes::decide(const Principal& person, std::string_view typed, Answer answer,
                         std::function<void(base::Status)> done) {
    const auto asked = look(person, typed);
    if (!asked.ok()) return done(asked.error());
    {
        base::Lock lock(mutex_);
        const auto found = by_code(tenant_of(person.actor), typed);
        if (!found || (*found)->deciding) return done(no_code());
        (*found)->deciding = true;
    }
    shard::AuditEntry entry =
        entry_of(person.actor, answer == Answer::grant ? "sign-in-code.grant" : "sign-in-code.refuse",
                 "user " + person.actor.user.text());
    entry.after = json_of(*asked);
    writer_.submit(
        shard::control_of(tenant_of(person.actor)), shard::Priority::person,
        [entry](shard::Transaction& transaction) -> base::Status {
            transaction.audit(entry);
            return {};
        },
        [this, actor = person.actor, code = asked->code, answer,
         done = std::move(done)](base::Status status) {
            {
                base::Lock lock(mutex_);
                if (const auto found = by_code(tenant_of(actor), code)) {
                    (*found)->deciding = false;
                    if (status.ok()) {
                        (*found)->state = answer == Answer::grant ? CodeState::granted : CodeState::refused;
                        (*found)->person = actor;
                    }
                }
            }
            done(std::move(status));
        });
}

} // namespace oakum::governance
