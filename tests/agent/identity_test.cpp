// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <identity.hpp>
#include <pki/authority.hpp>
#include <pki/request.hpp>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;
using namespace std::chrono_literals;

TEST_CASE("a clock from before the device's own certificate is behind, and its dates judge nobody") {
    const Folder folder;
    const auto day = [](int days) { return base::from_unix_ms(1'800'000'000'000) + days * 24h; };
    const auto authority = pki::Authority::make("CA", pki::Serial{1}, day(0)).value();
    const auto key = pki::PrivateKey::generate(pki::KeyKind::p256).value();
    const auto certificate = [&](int from) {
        return authority
            .issue_device(pki::make_request(key, "d").value(), "urn:oakum:default:d", pki::Serial{2},
                          {day(from), day(from + 90)})
            .value();
    };
    FileIdentity identity(folder.path, "d");
    CHECK(identity.load().error().kind == base::ErrorKind::not_found);
    REQUIRE(identity.replace(key.secret_pem().value(), certificate(10)).ok());
    CHECK(identity.begins() == day(10));
    CHECK(identity.expires() == day(100));
    CHECK_FALSE(clock_is_behind(day(10), identity.begins()));
    CHECK_FALSE(clock_is_behind(day(3000), identity.begins()));
    CHECK(clock_is_behind(day(9), identity.begins()));
    // Each renewal says again that at least so much time has passed.
    REQUIRE(identity.replace(key.secret_pem().value(), certificate(70)).ok());
    CHECK(clock_is_behind(day(69), identity.begins()));
    // Without an identity there is only the day before which nobody had one.
    CHECK(clock_is_behind(base::from_unix_ms(0)));
    CHECK_FALSE(clock_is_behind(day(0)));
}
