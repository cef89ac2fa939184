// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/claims.hpp>
#include <governance/sessions.hpp>
#include <oidc/oidc.hpp>
#include <ports/provider_http.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace oakum::governance {

// As the operator of the server wrote it down; never changed over the API, so that whoever takes an
// administrator's session cannot point sign-in elsewhere.
struct ProviderSettings {
    std::string name = "single sign-on"; // on the button
    std::string issuer, client_id, client_secret;
    std::string name_claim = "preferred_username"; // what new accounts are called after
    std::vector<std::string> scopes{"openid", "profile"};
    std::vector<access::ClaimRule> table;
    bool create_accounts = false;
};

struct SignInBegun {
    std::string location; // where the browser goes
    std::string cookie;   // bound to the browser, for ten minutes
};
// What a look at the provider found, one line a question.
struct ProviderTest {
    enum class Verdict : std::uint8_t { good, bad, unknown };
    struct Line {
        std::string what; // "answers", "keys", "clock", "client", "address"
        Verdict verdict = Verdict::unknown;
        std::string sentence;
    };
    std::string name, issuer, redirect_uri;
    std::vector<Line> lines;
    bool good() const;
};
std::string_view to_string(ProviderTest::Verdict verdict);
// How far a clock is off by an HTTP date ("Thu, 26 Nov 2026 22:00:00 GMT"); nothing: it is no such date.
std::optional<base::Duration> behind(std::string_view http_date, base::TimePoint now);

struct ProviderAnswer {
    std::string code, state;
    std::string issuer; // RFC 9207; empty: not said
    std::string cookie; // that the browser held
};

// Sign-in at an identity provider: authorization code with PKCE (RFC 7636). State, nonce and verifier are
// made of the browser's cookie and of a key of this process, so that nothing is held for whoever never comes
// back. Role and groups are those of the table, anew at each sign-in. Callable from any thread; borrows
// everything for its lifetime; asks the provider on `executor` only.
class SingleSignOn {
  public:
    SingleSignOn(ProviderSettings settings, ports::ProviderHttp& http, shard::Writer& writer,
                 Sessions& sessions, ports::Clock& clock, ports::Random& random, shard::Ids& ids,
                 ports::Executor& executor, base::LogSink& log, Settings limits = {});

    const std::string& name() const { return settings_.name; }
    // Errors: unavailable (the provider does not answer, or too many sign-ins are under way).
    void begin(std::string redirect_uri, Origin origin, shard::Completion<SignInBegun> done);
    // Errors: unauthenticated (with a sentence), denied (no account, no row of the table), unavailable.
    void finish(device::TenantId tenant, ProviderAnswer answer, std::string redirect_uri, Origin origin,
                shard::Completion<SignedIn> done);
    // Asks the provider about itself anew, whether it takes this client's secret, and whether it would send
    // people back to `redirect_uri`; signs nobody in. Errors: denied, unavailable (too much is under way).
    void test(const access::Actor& actor, std::string redirect_uri, shard::Completion<ProviderTest> done);
    // The provider is asked nothing more, so that the executor ends soon. Before it does.
    void stop();

  private:
    struct Identity {
        std::string issuer_and_subject, name;
        access::Claims claims;
    };
    std::string derived(std::string_view cookie, std::string_view what) const;
    base::Status fresh(std::string_view cookie) const;
    // `wanted`: since when, of monotonic time.
    base::Result<oidc::Discovery> discovery(base::Duration wanted);
    base::Result<std::vector<oidc::Key>> keys(const oidc::Discovery& discovery, bool anew);
    base::Result<Identity> identify(const ProviderAnswer& answer, const std::string& redirect_uri,
                                    base::Duration wanted);
    base::Result<ports::UserRow> user_of(shard::Transaction& transaction, const Identity& identity) const;
    ProviderTest look(const std::string& redirect_uri);
    ProviderTest::Line look_at_clock(const std::string& date) const;
    ProviderTest::Line look_at_keys(const oidc::Discovery& provider);
    ProviderTest::Line look_at_client(const oidc::Discovery& provider, const std::string& redirect_uri);
    ProviderTest::Line look_at_address(const oidc::Discovery& provider, const std::string& redirect_uri);
    base::Status enter();
    void leave();
    base::Result<ports::ProviderHttp::Answer>
    ask(const std::string& url, const std::vector<std::pair<std::string, std::string>>& form = {},
        const std::string& user = {}, const std::string& password = {});

    const ProviderSettings settings_;
    ports::ProviderHttp& http_;
    shard::Writer& writer_;
    Sessions& sessions_;
    ports::Clock& clock_;
    shard::Ids& ids_;
    ports::Executor& executor_;
    base::LogSink& log_;
    const Settings limits_;
    ports::Random& random_;
    std::array<std::uint8_t, 32> key_{};
    Throttle by_address_;
    base::Mutex mutex_;
    std::size_t under_way_ GUARDED_BY(mutex_) = 0;
    bool stopped_ GUARDED_BY(mutex_) = false;
    // The executor's only: what the provider said of itself, for an hour.
    std::optional<oidc::Discovery> discovery_;
    std::vector<oidc::Key> keys_;
    base::Duration discovered_{}, keys_read_{};
    std::optional<base::Duration> keys_looked_for_; // when a key that is not known was last looked for
    std::optional<base::Duration> away_;            // when it last gave no answer; nothing: it answered since
};

} // namespace oakum::governance
