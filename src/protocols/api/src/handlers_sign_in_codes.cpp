// SPDX-License-Identifier: Apache-2.0
// Letting in a program that has no browser, by a code that a person types; and looking at the identity
// provider.
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

using governance::CodePolled;
using governance::SignInCodes;

constexpr std::size_t kBody = 4096;
constexpr const char* kPage = "/sign-in/code";

std::uint64_t seconds(base::Duration of) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(of).count());
}

base::Result<std::string> decode_client(const json::Value& body) {
    TRY(body.only({"client"}));
    return body.string_at("client", 128);
}

base::Result<std::string> decode_secret(const json::Value& body) {
    TRY(body.only({"secret"}));
    return body.string_at("secret", 128);
}

base::Result<std::string> decode_typed(const json::Value& body) {
    TRY(body.only({"code"}));
    return body.string_at("code", 32);
}

std::string json_of(const CodePolled& polled) {
    std::string text;
    Out o(text);
    object(o, [&] {
        o("state", governance::to_string(polled.state))("interval", seconds(polled.interval));
        const bool granted = polled.token.has_value();
        o("secret", granted ? std::optional(polled.token->secret) : std::nullopt);
        o("token", granted ? std::optional(polled.token->row.id.text()) : std::nullopt);
        o("expires", granted ? std::optional(polled.token->row.expires) : std::nullopt);
        o("name", granted ? std::optional(polled.name) : std::nullopt);
        o("role", granted ? std::optional(std::string(access::to_string(polled.role))) : std::nullopt);
    });
    return text;
}

void decide(Context& context, Call call, SignInCodes::Answer answer) {
    BODY(typed, kBody, decode_typed);
    context.services.sign_in_codes.decide(call.principal, *typed, answer, answer_nothing(call));
}

} // namespace

void begin_sign_in_code(Context& context, Call call) {
    BODY(client, kBody, decode_client);
    const governance::Origin origin{.address = call.request.peer.address,
                                    .loopback = from_this_machine(call.request)};
    OR_PROBLEM(begun,
               context.services.sign_in_codes.begin(context.settings.tenant, origin, std::move(*client)));
    const std::string page = context.settings.address() + kPage;
    std::string text;
    Out o(text);
    object(o, [&] {
        o("secret", begun->secret)("code", begun->code)("page", page)("link", page + "?code=" + begun->code);
        o("expires_in", seconds(begun->lives))("interval", seconds(begun->interval));
    });
    call.reply.json(200, std::move(text));
}

void poll_sign_in_code(Context& context, Call call) {
    BODY(secret, kBody, decode_secret);
    context.services.sign_in_codes.poll(*secret, [reply = call.reply](base::Result<CodePolled> polled) {
        if (!polled.ok()) return reply.problem(polled.error());
        reply.json(200, json_of(*polled));
    });
}

void look_at_sign_in_code(Context& context, Call call) {
    OR_PROBLEM(typed, text_parameter(call, "code", 32));
    OR_PROBLEM(asked, context.services.sign_in_codes.look(call.principal, *typed));
    std::string text;
    Out o(text);
    object(o, [&] {
        o("code", asked->code)("client", asked->client)("address", asked->address)("at", asked->at);
        o("until", asked->until);
    });
    call.reply.json(200, std::move(text));
}

void grant_sign_in_code(Context& context, Call call) {
    decide(context, std::move(call), SignInCodes::Answer::grant);
}

void refuse_sign_in_code(Context& context, Call call) {
    decide(context, std::move(call), SignInCodes::Answer::refuse);
}

void test_provider(Context& context, Call call) {
    governance::SingleSignOn* provider = context.services.single_sign_on;
    if (provider == nullptr)
        return call.reply.problem(
            base::not_found("this server has no identity provider: oakumd --sign-in-with FILE names one"));
    provider->test(call.actor(), context.settings.address() + "/sign-in/done",
                   [reply = call.reply](base::Result<governance::ProviderTest> test) {
                       if (!test.ok()) return reply.problem(test.error());
                       std::string text;
                       Out o(text);
                       object(o, [&] {
                           o("name", test->name)("issuer", test->issuer)("address", test->redirect_uri);
                           o("good", test->good());
                           o.w.key("lines").begin_array();
                           for (const auto& line : test->lines)
                               object(o, [&] {
                                   o("what", line.what)("verdict", governance::to_string(line.verdict));
                                   o("sentence", line.sentence);
                               });
                           o.w.end_array();
                       });
                       reply.json(200, std::move(text));
                   });
}

} // namespace oakum::api
