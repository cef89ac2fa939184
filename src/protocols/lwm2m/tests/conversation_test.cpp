// SPDX-License-Identifier: Apache-2.0
// A device of object 5 from its registration to the proof, and what comes between.
#include "talk.hpp"

using namespace oakum;
using namespace oakum::lwm2m;
using namespace oakum::lwm2m::test;

TEST_CASE("a device that was named registers, and says what it is") {
    Talk talk;
    talk.come();
    CHECK(talk.fact("protocol") == "lwm2m");
    CHECK(talk.fact("model") == "GW-1");
    CHECK(talk.fact("manufacturer") == "Acme");
    CHECK(talk.fact("x.lwm2m.battery_percent") == "80");
    CHECK(talk.fact("x.lwm2m.queue_mode") == "no");
    CHECK(talk.fact(device::key::cadence) == "300");
    CHECK(talk.row(talk.id()).running_version == "1.0");
    CHECK(talk.protocol.registrations() == 1);
}

TEST_CASE("how a device speaks is known also when it answers nothing") {
    Talk talk;
    talk.device.deaf = true;
    talk.come("b=UQ");
    CHECK(talk.fact("x.lwm2m.queue_mode") == "yes");
    CHECK(talk.fact("x.lwm2m.security") == "key");
    CHECK(talk.fact("model").empty());
}

TEST_CASE("registration, facts, package, order, restart, proof: verified") {
    Talk talk;
    talk.come();
    talk.offer();
    CHECK(talk.deployment().state == S::downloading);
    CHECK(talk.device.state == 1);
    talk.fetch();
    CHECK(talk.deployment().state == S::installing);
    CHECK(talk.device.state == 3);
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("what a restart forgets is not needed: the version is the proof") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("2.0", 0);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a device that says updated and runs the old version is not verified") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("1.0", 1);
    CHECK(talk.deployment().state == S::installed);
    talk.pass(std::chrono::minutes(3));
    CHECK(talk.deployment().state == S::installed);
    talk.device.version = "2.0";
    talk.pass(std::chrono::minutes(3));
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a failure is told with its result, and the next attempt begins from a fresh machine") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.device.state = 0;
    talk.device.result = 5;
    CHECK(talk.notify());
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().detail.find("integrity") != std::string::npos);
    const std::string first = talk.device.address;
    talk.device.asked.clear();
    talk.pass(std::chrono::minutes(3));
    CHECK(talk.deployment().state == S::downloading);
    CHECK(talk.device.state == 1);
    CHECK(talk.device.address != first);
    talk.fetch();
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("one that comes back with the old version and no result did not start the new one") {
    Talk talk;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("1.0", 0);
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().reason == install::Reason::boot_failed);
}

TEST_CASE("one that registers again before its restart is not taken for one that came back") {
    Talk talk;
    talk.come();
    talk.offer();
    ++talk.link;
    talk.come();
    talk.fetch();
    CHECK(talk.device.state == 3);
    talk.device.state = 0; // it forgets first, and restarts then
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.deployment().state == S::installing);
    talk.restart("2.0", 0);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a device that forgets what it fetched is given it again, and not for ever") {
    Talk talk;
    talk.come();
    talk.offer();
    for (int i = 0; i < 8 && talk.deployment().attempt == 1; ++i) {
        talk.device.state = 0;
        talk.notify();
    }
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().reason == install::Reason::download_failed);
}

TEST_CASE("a package is pushed to those who do not fetch, in blocks as small as they wish") {
    Talk talk;
    talk.device.delivery = 1;
    talk.come();
    talk.offer();
    CHECK(talk.device.pushed == kContent);
    CHECK(talk.device.state == 3);
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("the address goes as TLV to those who read no plain text") {
    Talk talk;
    talk.device.reads_text = false;
    talk.come();
    talk.offer();
    talk.fetch();
    talk.restart("2.0", 1);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("nothing is asked of a device in queue mode that sleeps, until it comes by") {
    Talk talk;
    talk.come("b=UQ");
    CHECK(talk.fact("x.lwm2m.queue_mode") == "yes");
    talk.pass(std::chrono::minutes(2));
    talk.start(talk.plan({{100, rollouts::test::kEasy}}));
    talk.device.asked.clear();
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.device.asked.empty());
    CHECK(talk.update() == coap::kChanged);
    CHECK(talk.deployment().state == S::downloading);
    CHECK(talk.device.state == 1);
}

TEST_CASE("a device that does not answer is left alone until it comes by itself") {
    Talk talk;
    talk.come();
    talk.device.deaf = true;
    talk.offer();
    talk.device.asked.clear();
    talk.device.deaf = false;
    talk.pass(std::chrono::minutes(2));
    CHECK(talk.device.asked.empty());
    talk.update();
    CHECK(talk.deployment().state == S::downloading);
}

TEST_CASE("a registration ends with its lifetime, by itself, and at a new process") {
    Talk talk;
    talk.come();
    talk.pass(std::chrono::minutes(4));
    CHECK(talk.update() == coap::kChanged);
    talk.pass(std::chrono::minutes(7));
    CHECK(talk.protocol.registrations() == 0);
    CHECK(talk.update() == coap::kNotFound);
    talk.come();
    CHECK(talk.send(Talk::request(coap::kDelete, talk.location)).code == coap::kDeleted);
    CHECK(talk.protocol.registrations() == 0);
    CHECK(talk.send(Talk::request(coap::kDelete, talk.location)).code == coap::kNotFound);
}

TEST_CASE("an update that brings no news, blocks of a package and notifications write nothing") {
    Talk talk;
    talk.come();
    talk.offer();
    const std::size_t before = talk.stored();
    for (int i = 0; i < 20; ++i) {
        CHECK(talk.update() == coap::kChanged);
        CHECK(talk.notify());
    }
    CoapMessage get = Talk::request(coap::kGet, talk.device.address.substr(22));
    for (int i = 0; i < 20; ++i)
        CHECK(talk.send(get).code == coap::kContent);
    CHECK(talk.stored() == before);
}
