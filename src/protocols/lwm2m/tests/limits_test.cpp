// SPDX-License-Identifier: Apache-2.0
// Who is believed, what is refused, and what a device costs.
#include "talk.hpp"

#include <malloc.h>

using namespace oakum;
using namespace oakum::lwm2m;
using namespace oakum::lwm2m::test;

TEST_CASE("a package goes to its device and attempt only, while it goes on") {
    Talk talk;
    talk.come();
    talk.offer();
    const std::string path = talk.device.address.substr(22);
    CoapMessage get = Talk::request(coap::kGet, path);
    const CoapMessage first = talk.send(get);
    CHECK(first.payload.size() == 1024);
    CHECK(first.number(Option::size2) == kContent.size());
    CHECK(first.block(Option::block2) == coap::Block{0, true, 1024});
    get.add(Option::etag, std::string(first.option(Option::etag).value()));
    CHECK(talk.send(get).code == coap::kValid);
    talk.name("other");
    CHECK(talk.send(Talk::request(coap::kGet, path), talk.peer("other")).code == coap::kForbidden);
    CHECK(talk.send(Talk::request(coap::kGet, path + "x")).code == coap::kNotFound);
    CHECK(talk.send(Talk::request(coap::kPut, path)).code == coap::kNotAllowed);
    CoapMessage beyond = Talk::request(coap::kGet, path);
    beyond.add(Option::block2, coap::Block{5, false, 1024});
    CHECK(talk.send(beyond).code == coap::kBadRequest);
    talk.fetch();
    talk.restart("2.0", 1);
    CHECK(talk.send(Talk::request(coap::kGet, path)).code == coap::kNotFound);
}

TEST_CASE("a device is who its key says, and nobody else") {
    Talk talk;
    talk.name("other");
    CHECK(talk.send(talk.registering("other")).code == coap::kForbidden);
    CHECK(talk.send(talk.registering("nobody")).code == coap::kForbidden);
    CHECK(talk.send(talk.registering("stranger"), talk.peer("stranger")).code == coap::kForbidden);
    CoapPeer nobody = talk.peer();
    nobody.identity = nobody.mark = "";
    CHECK(talk.send(talk.registering("meter"), nobody).code == coap::kForbidden);
    CoapPeer stale = talk.peer();
    stale.mark = "another key";
    CHECK(talk.send(talk.registering(), stale).code == coap::kForbidden);
    talk.come();
    CHECK(talk.send(Talk::request(coap::kPost, talk.location), talk.peer("other")).code == coap::kNotFound);
    CHECK(talk.send(Talk::request(coap::kDelete, talk.location), nobody).code == coap::kNotFound);
    // Its key is removed: what it says from then on is refused, and its record waits for a new one.
    CHECK(talk.status([&](auto reply) { talk.keys.remove(talk.admin, "meter", reply); }).ok());
    CHECK(talk.send(Talk::request(coap::kPost, talk.location)).code == coap::kForbidden);
    const auto id = talk.id();
    talk.name("meter");
    ++talk.link;
    talk.come();
    CHECK(talk.id() == id);
}

TEST_CASE("without security only those who were named so are believed") {
    Talk talk;
    REQUIRE(talk.result<fleet::SharedKeys::Made>([&](auto reply) {
                    talk.keys.add(talk.admin,
                                  {.endpoint = "bare",
                                   .identity = {},
                                   .key = {},
                                   .group = {},
                                   .proof = fleet::SharedKeys::Proof::none},
                                  reply);
                })
                .ok());
    CoapPeer nobody = talk.peer();
    nobody.identity = nobody.mark = "";
    nobody.local = "coap://192.0.2.1:5683";
    CHECK(talk.send(talk.registering("bare"), nobody).code == coap::kCreated);
    CHECK(talk.send(talk.registering("meter"), nobody).code == coap::kForbidden);
}

TEST_CASE("what is sent to the wrong place or in a wrong form is refused, shortly") {
    Talk talk;
    talk.come();
    const std::pair<CoapMessage, std::uint8_t> rows[] = {
        {Talk::request(coap::kGet, "/rd"), coap::kNotAllowed},
        {Talk::request(coap::kPost, "/bs", {"ep=meter"}), coap::kNotFound},
        {Talk::request(coap::kPost, "/rd/zzzz"), coap::kNotFound},
        {Talk::request(coap::kPost, "/rd/a/b"), coap::kNotFound},
        {Talk::request(coap::kGet, talk.location), coap::kNotAllowed},
        {Talk::request(coap::kPost, "/rd", {"ep=meter"}), coap::kBadRequest},
        {Talk::request(coap::kPost, "/dp"), coap::kUnsupportedFormat},
        {Talk::request(coap::kGet, "/fw/x"), coap::kNotFound},
    };
    for (const auto& [request, code] : rows) {
        CAPTURE(request.path());
        const CoapMessage said = talk.send(request);
        CHECK(said.code == code);
        CHECK(said.payload.size() <= 200);
    }
    CoapMessage two = talk.registering();
    for (auto& [name, value] : two.options)
        if (value == "lwm2m=1.0") value = "lwm2m=2.0";
    CHECK(coap::text(talk.send(two).code) == "4.12");
    CHECK(talk.update() == coap::kChanged);
}

TEST_CASE("a Send is news of the device") {
    Talk talk;
    talk.come();
    talk.device.version = "1.5";
    CoapMessage send = Talk::request(coap::kPost, "/dp");
    send.add(Option::content_format, std::uint32_t{110});
    send.payload = R"([{"n":"/3/0/3","vs":"1.5"}])";
    CHECK(talk.send(send).code == coap::kChanged);
    talk.play();
    CHECK(talk.row(talk.id()).running_version == "1.5");
}

TEST_CASE("what was observed before a device registered again is still understood") {
    Talk talk;
    talk.come();
    talk.offer();
    const std::string token = talk.device.token;
    ++talk.link;
    talk.come();
    talk.device.token = token;
    CHECK(talk.notify());
    talk.device.token = "12345678";
    CHECK_FALSE(talk.notify());
}

TEST_CASE("what is taken back is stopped on the device") {
    Talk talk;
    talk.come();
    talk.offer();
    const auto rollout = talk.deployment().rollout;
    CHECK(talk.act(rollout, rollout::Event::halt).ok());
    talk.settle();
    CHECK(talk.deployment().state == S::cancelling);
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.device.state == 0);
    CHECK(talk.deployment().state == S::withdrawn);
}

TEST_CASE("one device's haste is that device's matter") {
    Settings settings;
    settings.device = {.per_second = 1, .burst = 3};
    Talk talk(settings);
    talk.come();
    int refused = 0;
    for (int i = 0; i < 10; ++i)
        refused +=
            talk.send(Talk::request(coap::kPost, talk.location)).code == coap::kTooManyRequests ? 1 : 0;
    CHECK(refused >= 6);
    talk.name("other");
    CHECK(talk.send(talk.registering("other"), talk.peer("other")).code == coap::kCreated);
}

TEST_CASE("fifty thousand registrations take a kilobyte each at most, beside the fleet") {
    Talk talk;
    constexpr std::size_t kMany = 50'000;
    const auto endpoint = [](std::size_t i) { return "urn:imei:35293000" + std::to_string(1'000'000 + i); };
    for (std::size_t i = 0; i < kMany; ++i) {
        talk.keys.add(talk.admin, {.endpoint = endpoint(i)}, [](const auto&) {});
        if (i % 500 == 499) talk.settle();
    }
    for (std::size_t i = 0; i < kMany; ++i) {
        fleet::GuestRequest request;
        request.serial = endpoint(i);
        request.mark = talk.keys.of_endpoint(fleet::test::kTenant, request.serial)->mark;
        request.protocol = "lwm2m";
        request.let_in = fleet::GroupId();
        talk.guests.admit(fleet::test::kTenant, request, [](const auto&) {});
        if (i % 500 == 499) talk.settle();
    }
    const auto used = [] {
        const auto now = mallinfo2();
        return now.uordblks + now.hblkhd;
    };
    const std::size_t before = used();
    for (std::size_t i = 0; i < kMany; ++i) {
        CoapPeer peer = talk.peer(endpoint(i));
        peer.link = 1000 + i;
        std::uint8_t code = 0;
        talk.protocol.on_request(peer, talk.registering(endpoint(i)),
                                 [&](const CoapMessage& said) { code = said.code; });
        REQUIRE(code == coap::kCreated);
        talk.executor.run();
    }
    CHECK(talk.protocol.registrations() == kMany);
    const std::size_t each = (used() - before) / kMany;
    MESSAGE("an LwM2M registration: " << each << " bytes (" << kMany << " of them)");
    CHECK(each <= 1024);
    // A sanitizer has an allocator of its own, of which this figure knows nothing.
    if (before > 0) CHECK(each > 100);
}
