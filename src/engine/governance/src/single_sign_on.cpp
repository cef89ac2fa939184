// SPDX-License-Identifier: Apache-2.0
#include <governance/single_sign_on.hpp>

#include "rows.hpp"

#include <governance/network.hpp>
#include <governance/password_rules.hpp>
#include <governance/secrets.hpp>

#include <algorithm>
#include <base/percent.hpp>
#include <charconv>

namespace oakum::governance {
namespace {

constexpr base::Duration kKept = std::chrono::hours(1); // what the provider said of itself
constexpr base::Duration kKeysAgain =
    std::chrono::seconds(30); // a key that is not known is looked for so often, at most
constexpr std::int64_t kSignInSeconds = 600;
constexpr std::size_t kMostUnderWay = 16;

base::Error begin_again(const char* why) {
    return base::unauthenticated(std::string(why) + "; begin again");
}

// All of them: one that were left out could let a later row of the table speak. The token itself is bounded.
access::Claims claims_of(const json::Value& token) {
    access::Claims claims;
    for (const json::Value& each : token.items()) {
        std::vector<std::string>& values = claims[std::string(each.key())];
        if (each.is_string()) values.emplace_back(each.text());
        if (!each.is_array()) continue;
        for (const json::Value& value : each.items())
            if (value.is_string()) values.emplace_back(value.text());
    }
    return claims;
}

} // namespace

SingleSignOn::SingleSignOn(ProviderSettings settings, ports::ProviderHttp& http, shard::Writer& writer,
                           Sessions& sessions, ports::Clock& clock, ports::Random& random, shard::Ids& ids,
                           ports::Executor& executor, base::LogSink& log, Settings limits)
    : settings_(std::move(settings)), http_(http), writer_(writer), sessions_(sessions), clock_(clock),
      ids_(ids), executor_(executor), log_(log), limits_(limits), random_(random),
      by_address_({.free = 30, .longest = std::chrono::minutes(15), .capacity = 8192}) {
    random.fill(key_);
}

base::Status SingleSignOn::enter() {
    base::Lock lock(mutex_);
    if (under_way_ >= kMostUnderWay)
        return base::unavailable("too many people sign in at this moment").at("retry-after 1");
    ++under_way_;
    return {};
}

void SingleSignOn::leave() {
    base::Lock lock(mutex_);
    --under_way_;
}

void SingleSignOn::stop() {
    base::Lock lock(mutex_);
    stopped_ = true;
}

base::Result<ports::ProviderHttp::Answer>
SingleSignOn::ask(const std::string& url, const std::vector<std::pair<std::string, std::string>>& form,
                  const std::string& user, const std::string& password) {
    {
        base::Lock lock(mutex_);
        if (stopped_) return base::unavailable("this server ends");
    }
    return http_.ask(url, form, user, password);
}

// "SECONDS.SECRET": whoever changes the time changes everything that is derived from it.
std::string SingleSignOn::derived(std::string_view cookie, std::string_view what) const {
    const base::Digest256 mac =
        base::hmac_sha256(key_, base::as_bytes(std::string(what) + "\n" + std::string(cookie)));
    return base::to_base64url(mac.bytes);
}

base::Status SingleSignOn::fresh(std::string_view cookie) const {
    std::int64_t began = 0;
    const auto [end, error] = std::from_chars(cookie.data(), cookie.data() + cookie.size(), began);
    if (error != std::errc() || end == cookie.data() + cookie.size() || *end != '.')
        return begin_again("this browser began no sign-in here");
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
    if (began > now || began < now - kSignInSeconds)
        return begin_again("the sign-in took more than ten minutes");
    return {};
}

base::Result<oidc::Discovery> SingleSignOn::discovery(base::Duration wanted) {
    const base::Duration now = clock_.steady();
    if (discovery_ && now - discovered_ < kKept) return *discovery_;
    // Whoever waited while it did not answer does not wait for the same again.
    if (away_ && *away_ > wanted)
        return base::unavailable("the identity provider did not answer a moment ago");
    std::string url = settings_.issuer;
    if (url.ends_with('/')) url.pop_back();
    auto asked = ask(url + "/.well-known/openid-configuration");
    away_ = asked.ok() ? std::nullopt : std::optional(clock_.steady());
    TRY_VALUE(const auto answer, std::move(asked));
    if (answer.status != 200)
        return base::unavailable("the identity provider answers " + std::to_string(answer.status) +
                                 " when it is asked about itself");
    TRY_VALUE(discovery_, oidc::read_discovery(answer.body, settings_.issuer));
    discovered_ = now;
    return *discovery_;
}

base::Result<std::vector<oidc::Key>> SingleSignOn::keys(const oidc::Discovery& discovery, bool anew) {
    const base::Duration now = clock_.steady();
    if (anew) {
        // Not since they were read but since they were last looked for in vain: a provider that changes its
        // key locks nobody out, and one that signs wrongly is not asked at each sign-in.
        if (keys_looked_for_ && now - *keys_looked_for_ < kKeysAgain) return keys_;
        keys_looked_for_ = now;
    } else if (!keys_.empty() && now - keys_read_ < kKept) {
        return keys_;
    }
    TRY_VALUE(const auto answer, ask(discovery.jwks_uri));
    if (answer.status != 200) return base::unavailable("the identity provider does not tell its keys");
    TRY_VALUE(keys_, oidc::read_keys(answer.body));
    keys_read_ = now;
    return keys_;
}

void SingleSignOn::begin(std::string redirect_uri, Origin origin, shard::Completion<SignInBegun> done) {
    if (const auto wait = by_address_.attempt(network_of(origin.address), clock_.steady()))
        return done(too_many_attempts(*wait));
    if (auto free = enter(); !free.ok()) return done(std::move(free).error());
    executor_.post(
        [this, wanted = clock_.steady(), redirect_uri = std::move(redirect_uri), done = std::move(done)] {
            const auto found = discovery(wanted);
            leave();
            if (!found.ok()) {
                log_.write(base::LogLevel::warning, "sign-in", found.error().text());
                return done(
                    base::unavailable("the identity provider cannot be reached; sign in with a password, or "
                                      "try again"));
            }
            const auto now =
                std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
            SignInBegun begun;
            begun.cookie = std::to_string(now) + "." + new_secret(random_);
            std::string scopes;
            for (const std::string& scope : settings_.scopes)
                scopes += (scopes.empty() ? "" : " ") + scope;
            const base::Digest256 challenge = base::sha256(derived(begun.cookie, "verifier"));
            begun.location =
                found->authorization_endpoint +
                (found->authorization_endpoint.find('?') == std::string::npos ? "?" : "&") +
                "response_type=code&client_id=" + base::percent_encoded(settings_.client_id) +
                "&redirect_uri=" + base::percent_encoded(redirect_uri) +
                "&scope=" + base::percent_encoded(scopes) + "&state=" + derived(begun.cookie, "state") +
                "&nonce=" + derived(begun.cookie, "nonce") +
                "&code_challenge=" + base::to_base64url(challenge.bytes) + "&code_challenge_method=S256";
            done(std::move(begun));
        });
}

base::Result<SingleSignOn::Identity>
SingleSignOn::identify(const ProviderAnswer& answer, const std::string& redirect_uri, base::Duration wanted) {
    TRY_VALUE(const oidc::Discovery provider, discovery(wanted));
    std::vector<std::pair<std::string, std::string>> form{
        {"grant_type", "authorization_code"},
        {"code", answer.code},
        {"redirect_uri", redirect_uri},
        {"code_verifier", derived(answer.cookie, "verifier")}};
    // RFC 6749 section 2.3.1: both are encoded before they are joined.
    std::string user, password;
    if (settings_.client_secret.empty()) {
        form.emplace_back("client_id", settings_.client_id);
    } else {
        user = base::percent_encoded(settings_.client_id);
        password = base::percent_encoded(settings_.client_secret);
    }
    TRY_VALUE(const auto told, ask(provider.token_endpoint, form, user, password));
    TRY_VALUE(const std::string compact, oidc::read_token_answer(told.status, told.body));
    TRY_VALUE(const oidc::IdToken token, oidc::read_id_token(compact));
    TRY_VALUE(std::vector<oidc::Key> known, keys(provider, false));
    if (!oidc::verify(token, known)) {
        // Perhaps the provider has a new key since.
        TRY_VALUE(known, keys(provider, true));
        if (!oidc::verify(token, known))
            return base::unauthenticated(
                "the identity provider's answer is not taken: its signature is wrong");
    }
    TRY(oidc::check_claims(token.claims, {.issuer = settings_.issuer,
                                          .client_id = settings_.client_id,
                                          .nonce = derived(answer.cookie, "nonce"),
                                          .now = clock_.now()}));
    Identity identity;
    TRY_VALUE(const std::string subject, oidc::subject_of(token.claims));
    identity.issuer_and_subject = settings_.issuer + " " + subject;
    identity.name = token.claims.string_at(settings_.name_claim, 128).value_or("");
    identity.claims = claims_of(token.claims);
    return identity;
}

// The account as it is to be from this sign-in on.
base::Result<ports::UserRow> SingleSignOn::user_of(shard::Transaction& transaction,
                                                   const Identity& identity) const {
    const access::ClaimRule* rule = access::rule_for(settings_.table, identity.claims);
    if (!rule)
        return base::denied("the identity provider knows you, and nothing here says what you may do; ask an "
                            "administrator of Oakum");
    std::vector<device::GroupId> scope;
    for (const std::string& name : rule->groups) {
        const auto groups = transaction.list<ports::GroupRow>();
        const auto found = std::ranges::find_if(
            groups, [&](const auto& group) { return !group->deleted && group->name == name; });
        // Never wider than the table says.
        if (found == groups.end())
            return base::denied("what you may do is bound to the group \"" + name +
                                "\", which does not exist; ask an administrator of Oakum");
        scope.push_back((*found)->id);
    }
    const auto users = transaction.list<ports::UserRow>();
    const auto known = std::ranges::find_if(
        users, [&](const auto& user) { return user->identity == identity.issuer_and_subject; });
    ports::UserRow row;
    if (known != users.end()) {
        row = **known;
        if (row.disabled) return base::denied("your account is disabled");
    } else {
        if (!settings_.create_accounts)
            return base::denied("you have no account here, and accounts are not made by signing in");
        if (auto good = check_user_name(identity.name); !good.ok())
            return base::denied("the identity provider gives you no name that can be used here");
        // A name is no proof: whoever is called like a local account does not become it.
        if (user_named(transaction, identity.name))
            return base::denied(
                "there is an account \"" + identity.name +
                "\" already that is not yours at the identity provider; ask an administrator");
        if (users.size() >= limits_.users) return base::denied("there are too many accounts already");
        row.id = access::UserId(ids_.next());
        row.name = identity.name;
        row.identity = identity.issuer_and_subject;
        row.created = transaction.now();
    }
    const bool made = known == users.end();
    const bool changed = made || row.role != rule->role || row.scope != scope;
    const std::string before = made ? std::string() : json_of(row);
    row.role = rule->role;
    row.scope = scope;
    if (!changed) return row;
    if (!made) end_credentials(transaction, row.id, ApiTokens::stay);
    transaction.audit({.actor = "oakumd",
                       .action = made ? "user.create" : "user.update",
                       .resource = "user " + row.id.text(),
                       .before = before,
                       .after = json_of(row),
                       .why = "the identity provider says " + rule->claim + " = " + rule->value});
    transaction.change("user", row.id.text());
    transaction.put(row);
    return *transaction.find<ports::UserRow>(row.id);
}

void SingleSignOn::finish(device::TenantId tenant, ProviderAnswer answer, std::string redirect_uri,
                          Origin origin, shard::Completion<SignedIn> done) {
    if (auto young = fresh(answer.cookie); !young.ok()) return done(std::move(young).error());
    // Somebody else's answer, or one of another browser (RFC 6749 section 10.12).
    if (!base::equal_constant_time(base::as_bytes(answer.state),
                                   base::as_bytes(derived(answer.cookie, "state"))))
        return done(begin_again("this answer belongs to another sign-in"));
    if (!answer.issuer.empty() && answer.issuer != settings_.issuer)
        return done(begin_again("this answer is of another identity provider"));
    if (const auto wait = by_address_.attempt(network_of(origin.address), clock_.steady()))
        return done(too_many_attempts(*wait));
    if (auto free = enter(); !free.ok()) return done(std::move(free).error());
    executor_.post([this, tenant, wanted = clock_.steady(), answer = std::move(answer),
                    redirect_uri = std::move(redirect_uri), origin = std::move(origin),
                    done = std::move(done)]() mutable {
        auto identity = identify(answer, redirect_uri, wanted);
        leave();
        if (!identity.ok()) {
            log_.write(base::LogLevel::warning, "sign-in",
                       "single sign-on from " + origin.address + ": " + identity.error().text());
            if (identity.error().kind == base::ErrorKind::unauthenticated)
                return done(std::move(identity).error());
            return done(
                base::unauthenticated("the identity provider's answer could not be read or checked; the "
                                      "server's log says why"));
        }
        const std::string network = network_of(origin.address);
        sessions_.enter_as(
            tenant,
            [this, identity = std::move(*identity)](shard::Transaction& transaction) {
                return user_of(transaction, identity);
            },
            std::move(origin), "single sign-on",
            [this, network, done = std::move(done)](base::Result<SignedIn> result) {
                if (result.ok()) by_address_.succeeded(network);
                done(std::move(result));
            });
    });
}

} // namespace oakum::governance
