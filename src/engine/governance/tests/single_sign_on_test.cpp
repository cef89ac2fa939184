// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/single_sign_on.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <map>

using namespace oakum;
using namespace oakum::governance;
using base::ErrorKind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const device::TenantId kTenant = device::kDefaultTenant;
const std::string kIssuer = "https://id.example";
const std::string kBack = "https://oakum.example:8443/sign-in/done";

// A key of the provider, which signs as RFC 7518 section 3.4 says.
class SigningKey {
  public:
    explicit SigningKey(std::string id) : id_(std::move(id)), key_(EVP_EC_gen("P-256")) {}
    ~SigningKey() { EVP_PKEY_free(key_); }
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;

    std::string jwk() const {
        return R"({"kty":"EC","crv":"P-256","use":"sig","kid":")" + id_ + R"(","x":")" +
               coordinate(OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" + coordinate(OSSL_PKEY_PARAM_EC_PUB_Y) +
               "\"}";
    }
    std::string token(const std::string& claims) const {
        const std::string input =
            base::to_base64url(base::as_bytes(R"({"alg":"ES256","kid":")" + id_ + R"("})")) + "." +
            base::to_base64url(base::as_bytes(claims));
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        base::Bytes der(128);
        std::size_t size = der.size();
        REQUIRE(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_) == 1);
        REQUIRE(EVP_DigestSign(context, der.data(), &size, base::as_bytes(input).data(), input.size()) == 1);
        EVP_MD_CTX_free(context);
        const std::uint8_t* at = der.data();
        ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
        base::Bytes raw(64);
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.data(), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.data() + 32, 32);
        ECDSA_SIG_free(pair);
        return input + "." + base::to_base64url(raw);
    }

  private:
    std::string coordinate(const char* name) const {
        BIGNUM* number = nullptr;
        REQUIRE(EVP_PKEY_get_bn_param(key_, name, &number) == 1);
        base::Bytes bytes(32);
        BN_bn2binpad(number, bytes.data(), 32);
        BN_free(number);
        return base::to_base64url(bytes);
    }
    std::string id_;
    EVP_PKEY* key_;
};

class Provider final : public ports::ProviderHttp {
  public:
    base::Result<Answer> ask(const std::string& url,
                             const std::vector<std::pair<std::string, std::string>>& form,
                             const std::string& user, const std::string& password) override {
        ++asked[url];
        if (meanwhile) meanwhile();
        if (away) return base::unavailable("it is away");
        if (url == kIssuer + "/.well-known/openid-configuration")
            return Answer{
                200,
                R"({"issuer":"https://id.example","authorization_endpoint":"https://id.example/auth",)"
                R"("token_endpoint":"https://id.example/token","jwks_uri":"https://id.example/keys"})",
                date};
        if (url.starts_with(kIssuer + "/auth?")) return Answer{auth_status, ""};
        if (url == kIssuer + "/keys") return Answer{200, R"({"keys":[)" + keys + "]}"};
        sent = {form.begin(), form.end()};
        basic = user + ":" + password;
        if (!client_known) return Answer{401, R"({"error":"invalid_client"})"};
        return token.empty() ? Answer{400, R"({"error":"invalid_grant"})"}
                             : Answer{200, R"({"id_token":")" + token + R"("})"};
    }
    bool away = false, client_known = true;
    int auth_status = 303;
    std::string keys, token, basic, date;
    std::map<std::string, int> asked;
    std::function<void()> meanwhile; // what happens while it is asked
    std::map<std::string, std::string> sent;
};

struct House : test::World {
    SignedIn admin{first_administrator()};
    Provider provider;
    SigningKey first{"1"}, second{"2"};
    ProviderSettings settings{.name = "Example ID",
                              .issuer = kIssuer,
                              .client_id = "oakum",
                              .client_secret = "a secret:1",
                              .table = {{"groups", "admins", access::Role::administrator, {}},
                                        {"groups", "plant", access::Role::operator_, {"Plant 3"}},
                                        {"groups", "staff", access::Role::viewer, {}}},
                              .create_accounts = true};
    std::optional<SingleSignOn> single_sign_on;

    House() {
        provider.keys = first.jwk();
        open();
        wait_status([&](auto done) {
            writer.submit(
                shard::control_of(kTenant), shard::Priority::person,
                [](shard::Transaction& transaction) -> base::Status {
                    ports::GroupRow plant;
                    plant.id = device::GroupId(base::Id128{1, 1});
                    plant.name = "Plant 3";
                    transaction.put(plant);
                    return {};
                },
                done);
        }).value();
    }
    void open() {
        single_sign_on.emplace(settings, provider, writer, sessions, clock, random, ids, executor, log);
    }
    SignInBegun begin() {
        const auto begun = wait<SignInBegun>(
            [&](auto done) { single_sign_on->begin(kBack, {.address = "192.0.2.7"}, done); });
        REQUIRE(begun.ok());
        return *begun;
    }
    static std::string parameter(const SignInBegun& begun, const std::string& name) {
        const std::size_t at = begun.location.find(name + "=");
        REQUIRE(at != std::string::npos);
        const std::size_t from = at + name.size() + 1;
        return begun.location.substr(from, begun.location.find('&', from) - from);
    }
    std::string claims(const SignInBegun& begun, const std::string& groups, const std::string& subject = "7",
                       const std::string& name = "anna", const std::string& audience = "oakum") {
        const std::int64_t now = std::chrono::duration_cast<seconds>(clock.now().time_since_epoch()).count();
        return R"({"iss":"https://id.example","aud":")" + audience + R"(","sub":")" + subject +
               R"(","preferred_username":")" + name + R"(","groups":)" + groups + R"(,"nonce":")" +
               parameter(begun, "nonce") + R"(","iat":)" + std::to_string(now) + R"(,"exp":)" +
               std::to_string(now + 300) + "}";
    }
    base::Result<SignedIn> finish(const SignInBegun& begun, std::string state = {}, std::string issuer = {}) {
        if (state.empty()) state = parameter(begun, "state");
        return wait<SignedIn>([&](auto done) {
            single_sign_on->finish(kTenant,
                                   {.code = "c", .state = state, .issuer = issuer, .cookie = begun.cookie},
                                   kBack, {.address = "192.0.2.7"}, done);
        });
    }
    base::Result<SignedIn> enter(const std::string& groups, const std::string& subject = "7",
                                 const std::string& name = "anna") {
        const SignInBegun begun = begin();
        provider.token = first.token(claims(begun, groups, subject, name));
        return finish(begun);
    }
};

template <class T> ErrorKind kind_of(const base::Result<T>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().kind;
}

} // namespace

TEST_CASE("somebody of the identity provider gets an account, and the role and groups of the table") {
    House house;
    const SignInBegun begun = house.begin();
    CHECK(begun.location.starts_with(
        "https://id.example/auth?response_type=code&client_id=oakum&redirect_uri="
        "https%3A%2F%2Foakum.example%3A8443%2Fsign-in%2Fdone&scope=openid%20profile"));
    CHECK(begun.location.ends_with("&code_challenge_method=S256"));
    house.provider.token = house.first.token(house.claims(begun, R"(["plant","x"])"));
    const auto in = house.finish(begun);
    REQUIRE(in.ok());
    CHECK(in->principal.actor.name == "anna");
    CHECK(in->principal.actor.role == access::Role::operator_);
    CHECK(in->principal.actor.scope == std::vector{base::Id128{1, 1}});
    CHECK_FALSE(in->principal.local);
    // PKCE: what was sent hashes to what the browser carried; the secret is encoded before it is joined.
    const base::Digest256 challenge = base::sha256(house.provider.sent["code_verifier"]);
    CHECK(base::to_base64url(challenge.bytes) == House::parameter(begun, "code_challenge"));
    CHECK(house.provider.sent["redirect_uri"] == kBack);
    CHECK(house.provider.basic == "oakum:a%20secret%3A1");
    // The same person again, with another role: the sessions of the old one end.
    const auto promoted = house.enter(R"(["admins"])");
    REQUIRE(promoted.ok());
    CHECK(promoted->principal.actor.user == in->principal.actor.user);
    CHECK(promoted->principal.actor.role == access::Role::administrator);
    CHECK(promoted->principal.actor.scope.empty());
    CHECK_FALSE(house.sessions.of_cookie(kTenant, in->secret).ok());
    CHECK(house.audited("user.create") == 2); // the administrator's, and hers
    CHECK(house.audited("user.update") == 1);
    // There is no password, and none can be set.
    CHECK_FALSE(house.sign_in("anna", "").ok());
    UserPatch password;
    password.password = "a good long password";
    CHECK(kind_of(house.wait<ports::UserRow>([&](auto done) {
              house.users.patch(house.admin.principal.actor, in->principal.actor.user, password, done);
          })) == ErrorKind::conflict);
}

TEST_CASE("state, nonce and verifier are bound to the browser and to ten minutes") {
    House house;
    const SignInBegun mine = house.begin(), theirs = house.begin();
    house.provider.token = house.first.token(house.claims(mine, R"(["staff"])"));
    const int before = house.provider.asked[kIssuer + "/token"];
    // A code and state that somebody else began, in this browser; no cookie at all; a cookie that was made
    // up.
    SignInBegun mixed = mine;
    mixed.cookie = theirs.cookie;
    CHECK(kind_of(house.finish(mixed, House::parameter(mine, "state"))) == ErrorKind::unauthenticated);
    for (const std::string& cookie :
         {std::string(), std::string("x"), std::string("1."), mine.cookie + "x", "9" + mine.cookie}) {
        mixed.cookie = cookie;
        CHECK(kind_of(house.finish(mixed, House::parameter(mine, "state"))) == ErrorKind::unauthenticated);
    }
    CHECK(kind_of(house.finish(mine, {}, "https://evil.example")) == ErrorKind::unauthenticated);
    CHECK(house.provider.asked[kIssuer + "/token"] == before); // the provider was not even asked
    // Their token, made for their nonce.
    house.provider.token = house.first.token(house.claims(theirs, R"(["staff"])"));
    CHECK(kind_of(house.finish(mine)) == ErrorKind::unauthenticated);
    house.provider.token = house.first.token(house.claims(mine, R"(["staff"])"));
    house.executor.advance(minutes(10) + seconds(1));
    CHECK(kind_of(house.finish(mine)) == ErrorKind::unauthenticated);
    const SignInBegun late = house.begin();
    house.provider.token = house.first.token(house.claims(late, R"(["staff"])"));
    CHECK(house.finish(late, {}, kIssuer).ok());
    // A restart forgets what was begun.
    const SignInBegun forgotten = house.begin();
    house.open();
    CHECK(kind_of(house.finish(forgotten)) == ErrorKind::unauthenticated);
}

TEST_CASE("a cookie of no time at all is refused for its time") {
    House house;
    SignInBegun begun = house.begin();
    begun.cookie = "-9223372036854775808.x";
    CHECK(house.finish(begun).error().message == "the sign-in took more than ten minutes; begin again");
}

TEST_CASE("a claim with more values than a person has is read to its end, so that the first row speaks") {
    House house;
    house.settings.table.push_back({"department", "it", access::Role::administrator, {}});
    house.open();
    const SignInBegun begun = house.begin();
    std::string groups = "[";
    for (int i = 0; i < 300; ++i)
        groups += "\"g" + std::to_string(i) + "\",";
    std::string claims = house.claims(begun, groups + R"("staff"],"department":"it")");
    for (int i = 0; i < 80; ++i)
        claims.insert(1, "\"a" + std::to_string(i) + "\":1,");
    house.provider.token = house.first.token(claims);
    const auto in = house.finish(begun);
    REQUIRE(in.ok());
    CHECK(in->principal.actor.role == access::Role::viewer);
}

TEST_CASE("while the provider does not answer it is asked once for all who wait, and not at all at the end") {
    House house;
    const std::string about = kIssuer + "/.well-known/openid-configuration";
    house.provider.away = true;
    house.provider.meanwhile = [&] { house.clock.steady_ += seconds(10); };
    std::vector<ErrorKind> answers;
    const auto begin = [&] {
        house.single_sign_on->begin(kBack, {.address = "192.0.2.7"},
                                    [&](const auto& result) { answers.push_back(kind_of(result)); });
    };
    for (int i = 0; i < 5; ++i)
        begin();
    house.settle();
    CHECK(answers == std::vector(5, ErrorKind::unavailable));
    CHECK(house.provider.asked[about] == 1);
    begin(); // who comes later asks anew
    house.settle();
    CHECK(house.provider.asked[about] == 2);
    house.provider.away = false;
    begin();
    house.single_sign_on->stop();
    house.settle();
    CHECK(answers.size() == 7);
    CHECK(house.provider.asked[about] == 2);
}

TEST_CASE("a new key of the provider is fetched when it is first seen, and not for every wrong one") {
    House house;
    REQUIRE(house.enter(R"(["staff"])").ok());
    REQUIRE(house.enter(R"(["staff"])").ok());
    CHECK(house.provider.asked[kIssuer + "/keys"] == 1);
    house.provider.keys = house.second.jwk(); // right after the others were read
    const SignInBegun begun = house.begin();
    house.provider.token = house.second.token(house.claims(begun, R"(["staff"])"));
    CHECK(house.finish(begun).ok());
    CHECK(house.provider.asked[kIssuer + "/keys"] == 2);
    for (int i = 0; i < 5; ++i)
        CHECK(kind_of(house.enter(R"(["staff"])")) == ErrorKind::unauthenticated); // the key that is gone
    CHECK(house.provider.asked[kIssuer + "/keys"] == 2);
    house.executor.advance(seconds(31));
    CHECK(kind_of(house.enter(R"(["staff"])")) == ErrorKind::unauthenticated);
    CHECK(house.provider.asked[kIssuer + "/keys"] == 3);
    CHECK(house.provider.asked[kIssuer + "/.well-known/openid-configuration"] == 1);
    house.executor.advance(hours(1));
    const SignInBegun again = house.begin();
    house.provider.token = house.second.token(house.claims(again, R"(["staff"])"));
    CHECK(house.finish(again).ok());
    CHECK(house.provider.asked[kIssuer + "/.well-known/openid-configuration"] == 2);
}

TEST_CASE("nobody gets an account, a name or a scope that the settings do not give") {
    House house;
    CHECK(kind_of(house.enter(R"(["strangers"])")) == ErrorKind::denied);
    CHECK(kind_of(house.enter(R"("Staff")")) == ErrorKind::denied);
    CHECK(house.enter(R"("staff")")->principal.actor.role == access::Role::viewer); // a claim that is no list
    REQUIRE(house.add_user(house.admin.principal.actor, "bert", access::Role::viewer).ok());
    CHECK(kind_of(house.enter(R"(["admins"])", "8", "bert")) == ErrorKind::denied);
    CHECK(kind_of(house.enter(R"(["admins"])", "8", "admin")) == ErrorKind::denied);
    CHECK(kind_of(house.enter(R"(["admins"])", "8", "no name")) == ErrorKind::denied);
    house.settings.table.insert(house.settings.table.begin(),
                                {"groups", "lost", access::Role::administrator, {"no such group"}});
    house.settings.create_accounts = false;
    house.open();
    CHECK(kind_of(house.enter(R"(["lost"])")) == ErrorKind::denied);
    CHECK(kind_of(house.enter(R"(["staff"])", "9", "carl")) == ErrorKind::denied);
    const auto anna = house.enter(R"(["staff"])");
    REQUIRE(anna.ok()); // hers was made before
    UserPatch disabled;
    disabled.disabled = true;
    REQUIRE(house
                .wait<ports::UserRow>([&](auto done) {
                    house.users.patch(house.admin.principal.actor, anna->principal.actor.user, disabled,
                                      done);
                })
                .ok());
    CHECK(kind_of(house.enter(R"(["staff"])")) == ErrorKind::denied);
}

TEST_CASE("an account that was made beforehand is entered by who it was made for, and by nobody else") {
    House house;
    house.settings.create_accounts = false;
    house.open();
    Users users(house.writer, house.control, house.random, house.ids, house.passwords, house.executor,
                {.provider = kIssuer});
    const auto made = [&](Users& by, UserNew user) {
        return house.wait<ports::UserRow>(
            [&](auto done) { by.create(house.admin.principal.actor, std::move(user), done); });
    };
    const UserNew wanted{"dora", access::Role::viewer, {}, "", "42"};
    CHECK(kind_of(made(house.users, wanted)) == ErrorKind::invalid); // no provider there
    CHECK(kind_of(made(users, {"dora", access::Role::viewer, {}, "a long password 1", "42"})) ==
          ErrorKind::invalid);
    CHECK(kind_of(made(users, {"dora", access::Role::viewer, {}, "", "4 2"})) == ErrorKind::invalid);
    CHECK(kind_of(house.enter(R"(["staff"])", "42", "dora")) == ErrorKind::denied);
    const auto dora = made(users, wanted);
    REQUIRE(dora.ok());
    CHECK(kind_of(made(users, {"dora2", access::Role::viewer, {}, "", "42"})) == ErrorKind::conflict);
    CHECK(kind_of(house.enter(R"(["staff"])", "43", "dora")) == ErrorKind::denied); // only called alike
    const auto in = house.enter(R"(["admins"])", "42", "whatever");
    REQUIRE(in.ok());
    CHECK(in->principal.actor.user == dora->id);
    CHECK(in->principal.actor.role == access::Role::administrator); // as the provider says by now
    CHECK_FALSE(house.sign_in("dora", "").ok());                    // no password lets in
}

TEST_CASE("a provider that is away or refuses is said so, and the password still lets in") {
    House house;
    REQUIRE(house.add_user(house.admin.principal.actor, "bert", access::Role::viewer).ok());
    house.provider.away = true;
    CHECK(kind_of(house.wait<SignInBegun>([&](auto done) {
              house.single_sign_on->begin(kBack, {.address = "192.0.2.7"}, done);
          })) == ErrorKind::unavailable);
    house.provider.away = false;
    const SignInBegun begun = house.begin();
    const auto refused = house.finish(begun);
    CHECK(refused.error().message == "the identity provider refused the sign-in (invalid_grant)");
    house.provider.token = house.first.token(house.claims(begun, R"(["staff"])", "7", "anna", "another"));
    CHECK(kind_of(house.finish(begun)) == ErrorKind::unauthenticated);
    house.provider.token = "no token";
    CHECK(kind_of(house.finish(begun)) == ErrorKind::unauthenticated);
    CHECK(house.sign_in("bert").ok());
}

TEST_CASE("the provider is looked at before people need it, and each thing that is wrong is named") {
    House house;
    const auto look = [&] {
        auto test = house.wait<ProviderTest>(
            [&](auto done) { house.single_sign_on->test(house.admin.principal.actor, kBack, done); });
        REQUIRE_MESSAGE(test.ok(), test.error().text());
        std::string told;
        for (const auto& line : test->lines)
            told += line.what + ":" + std::string(to_string(line.verdict)) + " ";
        return told;
    };
    CHECK(look() == "answers:good keys:good clock:unknown client:good address:good ");
    CHECK(house.provider.basic == "oakum:a%20secret%3A1");
    house.provider.date = "Fri, 15 Jan 2027 08:00:00 GMT"; // the fake clock's own time
    CHECK(look() == "answers:good keys:good clock:good client:good address:good ");
    house.provider.date = "Fri, 15 Jan 2027 07:50:00 GMT";
    house.provider.client_known = false;
    house.provider.auth_status = 400;
    house.provider.keys = "";
    CHECK(look() == "answers:good keys:bad clock:bad client:bad address:bad ");
    house.provider.away = true;
    CHECK(look() == "answers:bad ");
    access::Actor viewer = house.admin.principal.actor;
    viewer.role = access::Role::viewer;
    CHECK(house.wait<ProviderTest>([&](auto done) { house.single_sign_on->test(viewer, kBack, done); })
              .error()
              .kind == ErrorKind::denied);
}

TEST_CASE("an HTTP date is read as it is written, and nothing else is one") {
    const base::TimePoint now = base::parse_time("1994-11-06T08:50:37Z").value();
    CHECK(behind("Sun, 06 Nov 1994 08:49:37 GMT", now) == minutes(1));
    for (const char* odd : {"", "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT",
                            "Sun, 06 Noe 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT"})
        CHECK_FALSE(behind(odd, now));
}
