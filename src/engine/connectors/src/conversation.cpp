// SPDX-License-Identifier: Apache-2.0
#include <connectors/conversation.hpp>

#include <connector/connector.hpp>
#include <management_pages/answers.hpp>
#include <source/timing.hpp>

#include <algorithm>
#include <array>

namespace oakum::connectors {

using ports::FetchAnswer;
using ports::FetchWish;

namespace {

constexpr std::uint64_t kLargestPage = std::uint64_t{32} << 20;
constexpr base::Duration kBeforeItEnds = std::chrono::seconds(60);

bool is_for_later(int status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

// What a refusal says, behind what it means.
std::string with_words(std::string meaning, const FetchAnswer& answer) {
    const std::string said = management_pages::error_in(answer.said);
    return said.empty() ? meaning : meaning + ": " + said;
}

std::string status_of(const FetchAnswer& answer) {
    return " (status " + std::to_string(answer.status) + ")";
}

base::Error refusal(const FetchAnswer& answer) {
    switch (answer.status) {
    case 401:
        return base::unauthenticated(with_words("it refuses the credentials" + status_of(answer), answer));
    case 403:
        return base::denied(with_words("it refuses for want of a permission" + status_of(answer), answer));
    case 404:
    case 410:
        return base::not_found(with_words("it knows no such thing" + status_of(answer), answer));
    default:
        if (answer.status >= 300 && answer.status < 400)
            return base::invalid("it leads elsewhere" + status_of(answer) +
                                 ", which is not followed with credentials");
        return base::invalid(with_words("it refuses" + status_of(answer), answer));
    }
}

} // namespace

std::optional<std::string> Tokens::find(const std::string& whose, base::Duration steady) {
    base::Lock lock(mutex_);
    const auto held = held_.find(whose);
    if (held == held_.end() || steady >= held->second.until) return std::nullopt;
    return held->second.text;
}

void Tokens::keep(const std::string& whose, std::string token, base::Duration until) {
    base::Lock lock(mutex_);
    held_.insert_or_assign(whose, Held{std::move(token), until});
}

void Tokens::forget(const std::string& whose) {
    base::Lock lock(mutex_);
    held_.erase(whose);
}

Conversation::Conversation(World world, Tokens& tokens, std::string whose, std::string origin,
                           std::function<base::Result<Request>()> sign_in)
    : world_(std::move(world)), tokens_(tokens), whose_(std::move(whose)), origin_(std::move(origin)),
      sign_in_(std::move(sign_in)) {}

base::Result<Conversation::Said> Conversation::once(const Request& request, const std::string& token) {
    FetchWish wish;
    wish.url = request.url;
    wish.method = request.method;
    wish.body = request.body;
    wish.content_type = request.content_type;
    wish.largest = kLargestPage;
    if (!token.empty()) wish.key = {"Authorization", "Bearer " + token};
    Said said;
    std::optional<std::uint64_t> length;
    const ports::Fetcher::Taker taker{[&](const FetchAnswer& begun) -> base::Status {
                                          said.body.clear();
                                          length = begun.length;
                                          return {};
                                      },
                                      [&](base::ByteView piece) -> base::Status {
                                          said.body += base::as_text(piece);
                                          return {};
                                      },
                                      world_.stopped};
    TRY_VALUE(said.answer, world_.fetcher.fetch(wish, taker));
    if (said.answer.status == 200 && length && *length != said.body.size())
        return base::unavailable("its answer was cut off");
    return said;
}

// One request until it is answered for good.
base::Result<Conversation::Said> Conversation::again_and_again(const Request& request,
                                                               const std::string& token) {
    for (unsigned attempt = 1;; ++attempt) {
        auto said = once(request, token);
        std::optional<base::Duration> asked;
        std::string why;
        if (said.ok()) {
            if (!is_for_later(said->answer.status)) return said;
            asked = said->answer.retry_after;
            why = with_words(said->answer.status == 429
                                 ? "it is asked too often (status 429)"
                                 : "it is in trouble of its own" + status_of(said->answer),
                             said->answer);
        } else {
            // That an address may not be reached is no permission that the server could grant.
            if (said.error().kind == base::ErrorKind::denied) return base::invalid(said.error().message);
            if (said.error().kind != base::ErrorKind::unavailable) return said;
            why = said.error().message;
        }
        const bool too_long = asked && *asked > source::kLongestPause;
        if (attempt >= source::kAttempts || too_long || world_.stopped()) {
            if (asked) retry_after_ = std::max(retry_after_.value_or(base::Duration()), *asked);
            return base::unavailable(why);
        }
        std::array<std::uint8_t, 4> dice{};
        world_.random.fill(dice);
        const std::uint32_t any = static_cast<std::uint32_t>(dice[0] | dice[1] << 8 | dice[2] << 16) |
                                  static_cast<std::uint32_t>(dice[3]) << 24;
        world_.pause(source::pause_before_retry(attempt, asked, any));
    }
}

base::Result<std::string> Conversation::token() {
    if (auto held = tokens_.find(whose_, world_.clock.steady())) return *std::move(held);
    TRY_VALUE(const Request request, sign_in_());
    const base::Duration begun = world_.clock.steady();
    auto said = again_and_again(request, "");
    if (!said.ok()) return std::move(said.error()).wrap("signing in");
    if (said->answer.status == 400 || said->answer.status == 401 || said->answer.status == 403)
        return base::unauthenticated(
            with_words("it refuses the credentials" + status_of(said->answer), said->answer));
    if (said->answer.status != 200) return refusal(said->answer).wrap("signing in");
    auto token = management_pages::token_of(said->body);
    if (!token.ok())
        return base::invalid("signing in: what it answers is no token: " + token.error().message);
    // By how long it lasts, so that clocks that differ make no difference.
    const base::Duration lasts =
        std::max<base::Duration>(token->good_for - kBeforeItEnds, token->good_for / 2);
    tokens_.keep(whose_, token->text, begun + lasts);
    return token->text;
}

base::Result<std::string> Conversation::ask(const Request& request) {
    // Its links are its own to make, and the token is for it alone.
    const std::string_view origin = connector::origin_of(request.url);
    if (origin != origin_)
        return base::invalid("it links to another server (" +
                             std::string(origin.empty() ? "an address that is none" : origin.substr(0, 200)) +
                             "), which is not asked");
    for (bool renewed = false;; renewed = true) {
        TRY_VALUE(const std::string key, token());
        TRY_VALUE(Said said, again_and_again(request, key));
        if (said.answer.status == 200) return std::move(said.body);
        if (said.answer.status != 401 || renewed) return refusal(said.answer);
        tokens_.forget(whose_);
    }
}

} // namespace oakum::connectors
