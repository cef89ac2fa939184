// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <wire/native.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace oakum;
using namespace oakum::wire;

namespace {

// Compares with the kept text; OAKUM_REWRITE_GOLDEN=1 writes it.
void golden(const std::string& name, const std::string& text) {
    const std::string path = OAKUM_SOURCE_DIR "/src/codecs/wire/tests/data/" + name + ".json";
    if (std::getenv("OAKUM_REWRITE_GOLDEN") != nullptr) std::ofstream(path) << text << "\n";
    std::ifstream file(path);
    std::stringstream kept;
    kept << file.rdbuf();
    CHECK(kept.str() == text + "\n");
}

// Golden text, and decode(encode(x)) encodes to the same again.
template <class Message, class Decode>
Message round_trip(const std::string& name, const Message& message, Decode decode) {
    const std::string text = encode(message);
    golden(name, text);
    auto back = decode(text);
    REQUIRE_MESSAGE(back.ok(), name);
    CHECK(encode(*back) == text);
    return std::move(back).value();
}

Offer sample_offer() {
    Offer offer;
    offer.deployment = "01h8xk3v5n9m2q4r6s8t0vwxyz";
    offer.attempt = 2;
    offer.release_name = "gateway";
    offer.release_version = "1.5.0";
    offer.target_path = "gateway/1.5.0/gateway-1.5.0.tar";
    offer.length = 4'294'967'296;
    offer.soak_seconds = 300;
    return offer;
}

} // namespace

TEST_CASE("enrolment reads as it was written") {
    EnrollRequest request{
        "t-secret", "-----BEGIN CERTIFICATE REQUEST-----\nMII=\n-----END CERTIFICATE REQUEST-----\n",
        "GW-0001",  "gateway-g2",
        "B",        {{"kernel", "6.1.0"}, {"tag.line", "north \"1\""}}};
    const auto back = round_trip("enroll_request", request, decode_enroll_request);
    CHECK(back.facts == request.facts);
    CHECK(back.token == request.token);
    EnrollReply reply{"01h8xk3v5n9m2q4r6s8t0vwxyz",       "CERT\n", "CA\n",
                      R"({"signed":{},"signatures":[]})", false,    30};
    CHECK(round_trip("enroll_reply", reply, decode_enroll_reply).trust_root == reply.trust_root);
    round_trip("renew_request", RenewRequest{"CSR\n"}, decode_renew_request);
    round_trip("renew_reply", RenewReply{"CERT\n"}, decode_renew_reply);
}

TEST_CASE("a poll and its answer read as they were written") {
    PollRequest request{1'800'000'001, "1.4.2", std::string(64, 'a'), "b-77", false, "a"};
    const auto back = round_trip("poll_request", request, decode_poll_request);
    CHECK(back.desired == request.desired);
    CHECK_FALSE(back.healthy);
    CHECK(encode(request).size() < 300);

    PollReply quiet{7, 60, false, false, std::nullopt};
    CHECK_FALSE(round_trip("poll_reply_quiet", quiet, decode_poll_reply).offer);
    PollReply reply{1'800'000'002, 5, true, true, sample_offer()};
    const auto offered = round_trip("poll_reply_offer", reply, decode_poll_reply);
    REQUIRE(offered.offer);
    CHECK(offered.offer->length == 4'294'967'296);
    CHECK_FALSE(offered.offer->is_rollback);
    reply.offer->withdrawn = reply.offer->is_rollback = true;
    CHECK(round_trip("poll_reply_withdrawn", reply, decode_poll_reply).offer->withdrawn);

    reply.offer = sample_offer();
    reply.offer->install_windows = {{1'800'000'100, 1'800'000'200}, {1'800'086'500, 1'800'086'600}};
    reply.offer->server_time = 1'800'000'000;
    const auto later = round_trip("poll_reply_windows", reply, decode_poll_reply);
    CHECK(later.offer->install_windows == reply.offer->install_windows);
    CHECK(later.offer->server_time == 1'800'000'000);
    reply.offer->install_windows->clear(); // not for now, which is not "at any time"
    CHECK(round_trip("poll_reply_shut", reply, decode_poll_reply).offer->install_windows);
}

TEST_CASE("an inventory reads as it was written") {
    InventoryMessage message;
    message.facts = {{"os_version", "Oakum demo 1.4.2"}, {"address", "10.1.2.3"}};
    message.components.push_back(
        {component::Kind::package, "busybox", "1.36.1", "pkg:deb/debian/busybox@1.36.1", "", "", ""});
    message.components.push_back({component::Kind::application, "Mail", "5", "",
                                  "cpe:2.3:a:x:y:5:*:*:*:*:*:*:*", "com.example.mail", "2026-05-01"});
    const auto back = round_trip("inventory", message, decode_inventory);
    CHECK(back.components == message.components);
    CHECK(back.facts == message.facts);
}

TEST_CASE("a report and its answer read as they were written") {
    Report report;
    report.deployment = "01h8xk3v5n9m2q4r6s8t0vwxyz";
    report.attempt = 2;
    report.sequence = 1'800'000'017;
    report.state = install::State::rolled_back;
    report.reason = install::Reason::health_failed;
    report.detail = "bin/health ended with 1: \x1b[31mno uplink\n";
    report.progress_percent = 100;
    report.running_version = "1.4.2";
    report.boot_id = "b-78";
    report.healthy = true;
    report.resumed = true;
    const auto back = round_trip("report", report, decode_report);
    CHECK(back.state == report.state);
    CHECK(back.reason == report.reason);
    CHECK(back.detail == report.detail);
    round_trip("report_reply", ReportReply{"stale", 60}, decode_report_reply);
}

TEST_CASE("a manifest and its signature read as they were written") {
    Manifest manifest{"01h8xk3v5n9m2q4r6s8t0vwxyz",
                      "01h8xk3v5n9m2q4r6s8t0vwxya",
                      2,
                      1'800'000'018,
                      1'800'000'000,
                      "1.4.2",
                      base::sha256("image").hex(),
                      4'294'967'296,
                      14,
                      trust::Attack::mix_and_match,
                      "another \"hash\""};
    CHECK(round_trip("manifest", manifest, decode_manifest) == manifest);
    Manifest plain;
    plain.device = plain.deployment = "01h8xk3v5n9m2q4r6s8t0vwxyz";
    CHECK(decode_manifest(encode(plain)).value() == plain);
    const SignedManifest said{encode(manifest), "CERT\n", {1, 2, 255}};
    const SignedManifest back = round_trip("signed_manifest", said, decode_signed_manifest);
    CHECK(back.manifest == said.manifest);
    CHECK(back.signature == said.signature);
    CHECK(signing_input("{}") == "DSSEv1 35 application/vnd.oakum.manifest+json 2 {}");
    for (const auto& [good, bad] : std::vector<std::pair<std::string, std::string>>{
             {"mix_and_match", "mistake"}, {"\"attempt\":2", "\"attempt\":0"}, {manifest.digest, "ab"}}) {
        std::string text = encode(manifest);
        text.replace(text.find(good), good.size(), bad);
        CHECK_FALSE(decode_manifest(text).ok());
    }
    CHECK_FALSE(decode_signed_manifest(R"({"manifest":"{}","certificate_pem":"C","signature":"xyz"})").ok());
}

TEST_CASE("unknown members are passed over, so that a newer peer can say more") {
    const auto reply = decode_poll_reply(R"({"desired":1,"poll_seconds":60,"mood":{"colour":["blue"]}})");
    REQUIRE(reply.ok());
    CHECK(reply->poll_seconds == 60);
}

TEST_CASE("bad messages are refused with the place") {
    struct Case {
        const char* text;
        const char* where;
    };
    const auto offer = [](std::string_view members) {
        return R"({"desired":1,"poll_seconds":60,"offer":{"deployment":"d","attempt":1,"release_name":"g",)"
               R"("release_version":"1","target_path":"p","length":1,"soak_seconds":0)" +
               std::string(members) + "}}";
    };
    CHECK(decode_poll_reply(offer("")).ok());
    CHECK_FALSE(decode_poll_reply(offer(R"(,"attempt":2)")).ok());
    CHECK_FALSE(decode_poll_reply(offer(R"(,"withdrawn":"yes")")).ok());
    CHECK(decode_poll_reply(offer(R"(,"server_time":5,"install_windows":[{"from":1,"to":2}])")).ok());
    CHECK_FALSE(decode_poll_reply(offer(R"(,"install_windows":[{"from":1,"to":2}])")).ok());
    CHECK_FALSE(decode_poll_reply(offer(R"(,"server_time":5,"install_windows":[{"from":2,"to":2}])")).ok());
    CHECK_FALSE(decode_poll_reply(offer(R"(,"server_time":5,"install_windows":[{"from":-1,"to":2}])")).ok());
    CHECK_FALSE(decode_poll_reply(offer(R"(,"server_time":5,"install_windows":{})")).ok());
    for (const Case& bad : {
             Case{R"({"desired":"1","poll_seconds":60})", "/desired"},
             Case{R"({"desired":-1,"poll_seconds":60})", "/desired"},
             Case{R"({"desired":1,"poll_seconds":0})", ""},
             Case{R"({"desired":1,"poll_seconds":86401})", "/poll_seconds"},
             Case{R"({"desired":18446744073709551616,"poll_seconds":60})", ""},
             Case{R"({"desired":1,"poll_seconds":60,"offer":[]})", "/offer"},
             Case{R"({"desired":1,"poll_seconds":60,"offer":{"deployment":""}})", "/offer"},
             Case{R"([])", ""},
             Case{"", ""},
             Case{R"({"desired":1,"poll_seconds":60} )"
                  "x",
                  ""},
         }) {
        const auto reply = decode_poll_reply(bad.text);
        REQUIRE_FALSE_MESSAGE(reply.ok(), bad.text);
        CHECK_MESSAGE(reply.error().where.find(bad.where) != std::string::npos, bad.text);
    }
    const std::string report = R"({"deployment":"d","attempt":1,"sequence":1,"state":)";
    CHECK(decode_report(report + R"("installed"})").ok());
    CHECK(decode_report(report + R"("done"})").error().where.find("/state") != std::string::npos);
    CHECK(decode_report(report + R"("failed","reason":"bad luck"})").error().where.find("/reason") !=
          std::string::npos);
    CHECK_FALSE(decode_report(report + R"("failed","progress_percent":101})").ok());
    CHECK_FALSE(decode_report_reply(R"({"outcome":"perhaps","poll_seconds":1})").ok());
    CHECK_FALSE(decode_poll_request(R"({"desired":1,"running_version":"1","inventory":"abc"})").ok());
    const auto kind =
        decode_inventory(R"({"components":[{"kind":"package","name":"a"},{"kind":"pizza","name":"b"}]})");
    CHECK(kind.error().where.find("/components/1/kind") != std::string::npos);
    CHECK_FALSE(decode_inventory(R"({"components":[{"kind":"package","name":""}]})").ok());
    CHECK_FALSE(decode_inventory(R"({"facts":{"UPPER":"x"}})").ok());
    CHECK_FALSE(decode_inventory(R"({"facts":{"":"x"}})").ok());
    CHECK_FALSE(decode_enroll_request(R"({"token":"","csr_pem":"c","serial":"s","model":"m"})").ok());
}

TEST_CASE("each message has its limit") {
    const auto poll = [](std::size_t size) {
        return R"({"desired":1,"running_version":")" + std::string(size, 'x') + "\"}";
    };
    CHECK(decode_poll_request(poll(256)).ok());
    CHECK_FALSE(decode_poll_request(poll(257)).ok());
    CHECK(decode_poll_request(poll(kMaxPoll)).error().kind == base::ErrorKind::too_large);
    Report report;
    report.deployment = "d";
    report.detail = std::string(kMaxText, 'x');
    CHECK(decode_report(encode(report)).ok());
    report.detail += "x";
    CHECK_FALSE(decode_report(encode(report)).ok());

    InventoryMessage inventory;
    for (std::size_t i = 0; i < kMaxFacts; ++i)
        inventory.facts["x." + std::to_string(i)] = "1";
    CHECK(decode_inventory(encode(inventory)).ok());
    inventory.facts["y"] = "1";
    CHECK_FALSE(decode_inventory(encode(inventory)).ok());
    inventory.facts.clear();
    inventory.components.assign(kMaxComponents,
                                {component::Kind::package, "n", "1", "pkg:deb/debian/n@1", "", "", ""});
    CHECK(decode_inventory(encode(inventory))->components.size() == kMaxComponents);
    inventory.components.push_back(inventory.components.front());
    CHECK_FALSE(decode_inventory(encode(inventory)).ok());
    std::string deep =
        R"({"desired":1,"poll_seconds":60,"x":)" + std::string(40, '[') + std::string(40, ']') + "}";
    CHECK_FALSE(decode_poll_reply(deep).ok());
}

TEST_CASE("text that is cut or flipped anywhere never passes as something else unnoticed, nor crashes") {
    const std::string text = encode(PollReply{1'800'000'002, 5, true, true, sample_offer()});
    for (std::size_t i = 0; i < text.size(); ++i) {
        CHECK_FALSE(decode_poll_reply(text.substr(0, i)).ok());
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = text;
            flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
            const auto reply = decode_poll_reply(flipped);
            if (reply.ok()) CHECK(reply->poll_seconds >= 1);
        }
    }
}
