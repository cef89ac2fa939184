// SPDX-License-Identifier: Apache-2.0
#include <governance/single_sign_on.hpp>

#include "rows.hpp"

#include <algorithm>
#include <array>
#include <base/percent.hpp>
#include <json/parse.hpp>

// The identity provider is looked at before people need it: does it answer, with keys that are understood, at
// our time, to our client, and would it send people back here?
namespace oakum::governance {

using Line = ProviderTest::Line;
using Verdict = ProviderTest::Verdict;

namespace {

// ID tokens are good for minutes: what is off by more is refused, or taken for too long.
constexpr base::Duration kOff = std::chrono::seconds(60);
// No provider made this code.
constexpr const char* kNoCode = "oakum-looks-whether-the-client-is-known";

bool names_error(const std::string& body, std::string_view error) {
    const auto document = json::parse(body);
    return document.ok() && document->string_at("error", 64).value_or("") == error;
}

std::string seconds(base::Duration of) {
    return std::to_string(std::abs(of.count()) / 1000) + " seconds";
}

} // namespace

bool ProviderTest::good() const {
    return std::ranges::none_of(lines, [](const Line& line) { return line.verdict == Verdict::bad; });
}

std::string_view to_string(Verdict verdict) {
    constexpr std::array<std::string_view, 3> kWords{"good", "bad", "unknown"};
    return kWords[static_cast<std::size_t>(verdict)];
}

std::optional<base::Duration> behind(std::string_view date, base::TimePoint now) {
    // RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
    constexpr std::string_view kShape = "ddd, 00 mmm 0000 00:00:00 GMT";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (date.size() != kShape.size() || !date.ends_with(" GMT")) return std::nullopt;
    const std::size_t month = kMonths.find(date.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
    const std::string number = std::to_string(month / 3 + 1);
    const std::string iso = std::string(date.substr(12, 4)) + "-" + (number.size() == 1 ? "0" : "") + number +
                            "-" + std::string(date.substr(5, 2)) + "T" + std::string(date.substr(17, 8)) +
                            "Z";
    const auto at = base::parse_time(iso);
    if (!at.ok()) return std::nullopt;
    return now - *at;
}

void SingleSignOn::test(const access::Actor& actor, std::string redirect_uri,
                        shard::Completion<ProviderTest> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto free = enter(); !free.ok()) return done(std::move(free).error());
    executor_.post([this, redirect_uri = std::move(redirect_uri), done = std::move(done)] {
        ProviderTest test = look(redirect_uri);
        leave();
        done(std::move(test));
    });
}

ProviderTest SingleSignOn::look(const std::string& redirect_uri) {
    ProviderTest test;
    test.name = settings_.name;
    test.issuer = settings_.issuer;
    test.redirect_uri = redirect_uri;
    std::string url = settings_.issuer;
    if (url.ends_with('/')) url.pop_back();
    url += "/.well-known/openid-configuration";
    const auto answer = ask(url);
    const auto fails = [&](std::string sentence) {
        test.lines.push_back({"answers", Verdict::bad, std::move(sentence)});
        return test;
    };
    if (!answer.ok()) return fails("It does not answer at " + url + ": " + answer.error().message + ".");
    if (answer->status != 200)
        return fails("It answers " + std::to_string(answer->status) + " at " + url +
                     ": look at `issuer` in the file of --sign-in-with.");
    const auto found = oidc::read_discovery(answer->body, settings_.issuer);
    if (!found.ok()) return fails("What it says of itself is not taken: " + found.error().message + ".");
    test.lines.push_back({"answers", Verdict::good, "It answers as " + found->issuer + "."});
    test.lines.push_back(look_at_keys(*found));
    test.lines.push_back(look_at_clock(answer->date));
    test.lines.push_back(look_at_client(*found, redirect_uri));
    test.lines.push_back(look_at_address(*found, redirect_uri));
    return test;
}

Line SingleSignOn::look_at_keys(const oidc::Discovery& provider) {
    const auto answer = ask(provider.jwks_uri);
    if (!answer.ok() || answer->status != 200)
        return {"keys", Verdict::bad,
                "It does not tell its keys: " +
                    (answer.ok() ? "it answers " + std::to_string(answer->status) : answer.error().message) +
                    "."};
    const auto keys = oidc::read_keys(answer->body);
    if (!keys.ok())
        return {"keys", Verdict::bad, "None of its keys can be used: " + keys.error().message + "."};
    return {"keys", Verdict::good,
            "It tells " + std::to_string(keys->size()) + (keys->size() == 1 ? " key" : " keys") +
                " that can be used."};
}

Line SingleSignOn::look_at_clock(const std::string& date) const {
    const auto off = behind(date, clock_.now());
    if (!off) return {"clock", Verdict::unknown, "It does not say what time it is."};
    if (std::abs(off->count()) <= kOff.count())
        return {"clock", Verdict::good, "Its clock and this server's agree within a minute."};
    return {"clock", Verdict::bad,
            "This server's clock is " + seconds(*off) + (off->count() > 0 ? " ahead of" : " behind") +
                " the provider's: sign-ins will be refused. Set the clock of the one that is wrong."};
}

Line SingleSignOn::look_at_client(const oidc::Discovery& provider, const std::string& redirect_uri) {
    std::vector<std::pair<std::string, std::string>> form{{"grant_type", "authorization_code"},
                                                          {"code", kNoCode},
                                                          {"redirect_uri", redirect_uri},
                                                          {"code_verifier", std::string(43, 'a')}};
    std::string user, password;
    if (settings_.client_secret.empty()) {
        form.emplace_back("client_id", settings_.client_id);
    } else {
        user = base::percent_encoded(settings_.client_id);
        password = base::percent_encoded(settings_.client_secret);
    }
    const auto answer = ask(provider.token_endpoint, form, user, password);
    if (!answer.ok())
        return {"client", Verdict::bad, "It could not be asked: " + answer.error().message + "."};
    // RFC 6749 section 5.2: a client that is not known is told before a code that is none.
    if (names_error(answer->body, "invalid_grant"))
        return {"client", Verdict::good,
                "It knows the client \"" + settings_.client_id + "\" and its secret."};
    if (answer->status == 401 || names_error(answer->body, "invalid_client") ||
        names_error(answer->body, "unauthorized_client"))
        return {"client", Verdict::bad,
                "It does not take the client \"" + settings_.client_id +
                    "\": look at client_id and the secret's file."};
    return {"client", Verdict::unknown,
            "It answers " + std::to_string(answer->status) +
                " where it should say that a made-up code is none."};
}

Line SingleSignOn::look_at_address(const oidc::Discovery& provider, const std::string& redirect_uri) {
    const base::Digest256 challenge = base::sha256(std::string(43, 'a'));
    const std::string url =
        provider.authorization_endpoint +
        (provider.authorization_endpoint.find('?') == std::string::npos ? "?" : "&") +
        "response_type=code&scope=openid&prompt=none&state=oakum&nonce=oakum&client_id=" +
        base::percent_encoded(settings_.client_id) + "&redirect_uri=" + base::percent_encoded(redirect_uri) +
        "&code_challenge=" + base::to_base64url(challenge.bytes) + "&code_challenge_method=S256";
    const auto answer = ask(url);
    if (!answer.ok())
        return {"address", Verdict::unknown, "It could not be asked: " + answer.error().message + "."};
    // RFC 6749 section 4.1.2.1: to an address that is not registered nobody is sent.
    if (answer->status == 302 || answer->status == 303)
        return {"address", Verdict::good, "It sends people back to " + redirect_uri + "."};
    if (answer->status >= 400 && answer->status < 500)
        return {"address", Verdict::bad,
                "It does not send people back to " + redirect_uri +
                    ": enter this address there, letter for letter."};
    return {"address", Verdict::unknown,
            "It cannot be told whether it sends people back to " + redirect_uri + ": it answers " +
                std::to_string(answer->status) + "."};
}

} // namespace oakum::governance
