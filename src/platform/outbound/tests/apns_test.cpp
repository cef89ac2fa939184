// SPDX-License-Identifier: Apache-2.0
// How pushes go over the wire is tests/e2e/apple_push_test.py, against nghttpd.
#include <outbound/apns.hpp>

#include <doctest/doctest.h>

#include <future>

using namespace oakum;
using namespace oakum::outbound;
using Fate = ports::PushService::Fate;

TEST_CASE(
    "what Apple answers says whether a token is gone, the certificate is bad, or it is to be tried again") {
    CHECK(fate_of(200, "").value() == Fate::sent);
    CHECK(fate_of(410, R"({"reason":"Unregistered","timestamp":1})").value() == Fate::gone);
    CHECK(fate_of(400, R"({"reason":"BadDeviceToken"})").value() == Fate::gone);
    CHECK(fate_of(400, R"({"reason":"DeviceTokenNotForTopic"})").value() == Fate::gone);
    CHECK(fate_of(400, R"({"reason":"BadTopic"})").error().kind == base::ErrorKind::denied);
    CHECK(fate_of(403, R"({"reason":"ExpiredProviderToken"})").error().kind == base::ErrorKind::denied);
    CHECK(fate_of(429, "").error().kind == base::ErrorKind::unavailable);
    CHECK(fate_of(503, "<html>").error().kind == base::ErrorKind::unavailable);
    // Only Apple's own words are repeated.
    CHECK(fate_of(503, R"({"reason":"a b\nc"})").error().message == "Apple's push service says 503");
}

TEST_CASE("a push without a certificate is refused, and a token that is none is gone; nobody is asked") {
    ApnsOptions options;
    options.url = "https://127.0.0.1:1";
    CurlApns apns(options,
                  []() -> base::Result<ports::PushIdentity> { return base::denied("there is none"); });
    const auto wake = [&apns](const std::string& token) {
        std::promise<base::Result<Fate>> promise;
        auto answer = promise.get_future();
        apns.wake({token, "m"}, [&promise](base::Result<Fate> fate) { promise.set_value(std::move(fate)); });
        return answer.get();
    };
    CHECK(wake("07").error().kind == base::ErrorKind::denied);
    CHECK(wake("../x").value() == Fate::gone);
    CHECK_FALSE(apns.identity());
}
