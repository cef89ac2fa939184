// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/profile.hpp>
#include <doctest/doctest.h>
#include <plist/parse.hpp>

using namespace oakum;
using namespace oakum::apple_messages;
using plist::Dict;

TEST_CASE(
    "a profile has one identity that the phone makes itself, and the management that it signs with it") {
    Profile profile;
    profile.server = "https://oakum.example";
    profile.challenge = "secret & more";
    profile.topic = "com.apple.mgmt.External.1";
    profile.name = "Oakum";
    profile.authority = {1, 2, 3};
    profile.uuids = {"A", "B", "C", "D"};
    const auto read = plist::parse(write_profile(profile));
    REQUIRE(read.ok());
    const Dict& whole = *read->as<Dict>();
    CHECK(whole.text("PayloadType") == "Configuration");
    const plist::Array& content = *whole.array("PayloadContent");
    REQUIRE(content.size() == 3);
    CHECK(*content[0].as<Dict>()->data("PayloadContent") == base::Bytes{1, 2, 3});
    const Dict& scep = *content[1].as<Dict>()->dict("PayloadContent");
    CHECK(scep.text("URL") == "https://oakum.example/apple/scep");
    CHECK(scep.text("Challenge") == "secret & more");
    CHECK(scep.whole("Keysize") == 2048);
    const Dict& mdm = *content[2].as<Dict>();
    CHECK(mdm.text("IdentityCertificateUUID") == "B");
    CHECK(mdm.text("ServerURL") == "https://oakum.example/apple/mdm");
    CHECK(mdm.truth("SignMessage") == true);
    CHECK(mdm.text("Topic") == "com.apple.mgmt.External.1");
    CHECK(mdm.whole("AccessRights") == access_rights(false));
    profile.authority.clear();
    profile.personal = true;
    const auto own = plist::parse(write_profile(profile));
    CHECK(own->as<Dict>()->array("PayloadContent")->size() == 2);
}

TEST_CASE("no profile lets the server lock a phone, take its passcode off, or erase it") {
    constexpr std::int64_t kLock = 4, kErase = 8, kApps = 256;
    for (const bool personal : {false, true}) {
        CHECK((access_rights(personal) & kLock) == 0);
        CHECK((access_rights(personal) & kErase) == 0);
    }
    CHECK((access_rights(true) & kApps) == 0);
}
