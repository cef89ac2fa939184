// SPDX-License-Identifier: Apache-2.0
#include "fake_server.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::connectors;
using namespace std::chrono_literals;
using base::ErrorKind;

namespace {

const std::string kSignIn = "https://login/token", kPlace = "https://api/things";

struct Talk : test::Server {
    Tokens tokens;
    Conversation conversation{world(), tokens, "us", "https://api", []() -> base::Result<Request> {
                                  return Request{kSignIn, "POST", "x=y", "form"};
                              }};
    Talk() {
        answers[kSignIn] = {{200, R"({"access_token":"one","expires_in":3600})"},
                            {200, R"({"access_token":"two","expires_in":3600})"}};
    }
    std::size_t sign_ins() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(asked, [](const auto& wish) { return wish.url == kSignIn; }));
    }
    base::Result<std::string> ask() { return conversation.ask({kPlace}); }
};

} // namespace

TEST_CASE("a token is asked for once and used until a minute before it ends, whatever the wall clock says") {
    Talk talk;
    talk.answers[kPlace] = {{200, "hello"}};
    CHECK(talk.ask().value() == "hello");
    talk.clock.wall_offset += 48h;
    CHECK(talk.ask().ok());
    CHECK(talk.sign_ins() == 1);
    talk.clock.steady_ += 3'500s;
    CHECK(talk.ask().ok());
    CHECK(talk.sign_ins() == 1);
    talk.clock.steady_ += 60s;
    CHECK(talk.ask().ok());
    CHECK(talk.sign_ins() == 2);
    CHECK(talk.asked.back().key->second == "Bearer two");
}

TEST_CASE("a token that is revoked in between is asked for anew once, and then it is the credentials") {
    Talk talk;
    talk.answers[kPlace] = {{200, "a"}, {401, "{}"}, {200, "b"}};
    CHECK(talk.ask().value() == "a");
    CHECK(talk.ask().value() == "b");
    CHECK(talk.sign_ins() == 2);
    talk.answers[kPlace] = {{401, "{}"}};
    const auto refused = talk.ask();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == ErrorKind::unauthenticated);
    CHECK(talk.sign_ins() == 3);
}

TEST_CASE("a server that is busy is asked again when it says, or after growing waits") {
    Talk talk;
    talk.answers[kPlace] = {{429, "", 7s}, {503, ""}, {504, ""}, {200, "a"}};
    CHECK(talk.ask().value() == "a");
    REQUIRE(talk.pauses.size() == 3);
    CHECK(talk.pauses[0] == 7s);
    // 429 without Retry-After is waited for too: 2 s and 4 s, more or less.
    CHECK(talk.pauses[1] >= 1s);
    CHECK(talk.pauses[2] >= 2s);
    CHECK(talk.pauses[2] <= 6s);
    CHECK_FALSE(talk.conversation.retry_after());
}

TEST_CASE("it is given up after five attempts, or at once when a long wait is asked for") {
    Talk talk;
    talk.answers[kPlace] = {{500, R"({"error":{"code":"oops","message":"sorry"}})"}};
    const auto gone = talk.ask();
    REQUIRE_FALSE(gone.ok());
    CHECK(gone.error().kind == ErrorKind::unavailable);
    CHECK(gone.error().message == "it is in trouble of its own (status 500): oops: sorry");
    CHECK(talk.asked.size() == 1 + 5);
    talk.answers[kPlace] = {{429, "", std::chrono::hours(1)}};
    const std::size_t before = talk.asked.size();
    CHECK_FALSE(talk.ask().ok());
    CHECK(talk.asked.size() == before + 1);
    CHECK(talk.conversation.retry_after() == std::chrono::hours(1));
}

TEST_CASE("an answer that is cut off is asked for again and never taken") {
    Talk talk;
    talk.answers[kPlace] = {
        {.body = "a whole answer", .cut = true}, {.error = base::unavailable("silent")}, {200, "whole"}};
    CHECK(talk.ask().value() == "whole");
    CHECK(talk.asked.size() == 1 + 3);
    // What cannot get better is not.
    talk.answers[kPlace] = {{.error = base::invalid("its certificate is not trusted")}};
    const std::size_t before = talk.asked.size();
    CHECK(talk.ask().error().kind == ErrorKind::invalid);
    CHECK(talk.asked.size() == before + 1);
    // An address that may not be reached is no permission that is missing there.
    talk.answers[kPlace] = {{.error = base::denied("its address is this machine's")}};
    CHECK(talk.ask().error() == base::invalid("its address is this machine's"));
}

TEST_CASE("refusals keep what the server says, and nothing of what was sent") {
    Talk talk;
    talk.answers[kPlace] = {{403, R"({"error":{"code":"Forbidden","message":"no"}})"}};
    CHECK(talk.ask().error() ==
          base::denied("it refuses for want of a permission (status 403): Forbidden: no"));
    talk.answers[kPlace] = {{302, ""}};
    CHECK(talk.ask().error().kind == ErrorKind::invalid);
    talk.answers[kPlace] = {{400, R"({"error":{"code":"BadRequest"}})"}};
    CHECK(talk.ask().error().message == "it refuses (status 400): BadRequest");
    Talk wrong;
    wrong.answers[kSignIn] = {{400, R"({"error":"invalid_grant"})"}};
    CHECK(wrong.ask().error() ==
          base::unauthenticated("it refuses the credentials (status 400): invalid_grant"));
    wrong.answers[kSignIn] = {{200, "<html>"}};
    CHECK(wrong.ask().error().message.find("is no token") != std::string::npos);
}

TEST_CASE("another server is never asked, and nothing is asked once it is stopped") {
    Talk talk;
    CHECK(talk.conversation.ask({"https://other/things"}).error().kind == ErrorKind::invalid);
    CHECK(talk.asked.empty());
    talk.answers[kPlace] = {{503, ""}};
    talk.stopped = true;
    CHECK_FALSE(talk.ask().ok());
    CHECK(talk.asked.size() == 2);
}
