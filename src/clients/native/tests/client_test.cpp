// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <native/client.hpp>

using namespace oakum;
using namespace std::chrono_literals;

namespace {

// Answers what a test says, and remembers what it was asked.
struct Canned final : ports::HttpClient {
    base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override {
        asked = request;
        if (answer.ok() && answer->body.size() > request.response_limit) return base::too_large("too long");
        return answer;
    }
    base::Result<ports::ClientResponse>
    stream(const ports::ClientRequest& request,
           const std::function<base::Status(base::ByteView)>& piece) override {
        asked = request;
        if (!answer.ok()) return answer;
        ports::ClientResponse response = *answer;
        if (response.status != 200 && response.status != 206) return response;
        std::string_view body = answer->body;
        while (!body.empty()) {
            const std::string_view part = body.substr(0, 3);
            body.remove_prefix(part.size());
            const base::Status taken = piece(base::as_bytes(part));
            if (!taken.ok()) return taken.error();
        }
        response.body.clear();
        return response;
    }
    void say(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
        answer = ports::ClientResponse{status, std::move(headers), std::move(body)};
    }
    std::string_view asked_header(std::string_view name) const {
        for (const auto& [key, value] : asked.headers) {
            if (key == name) return value;
        }
        return {};
    }
    ports::ClientRequest asked;
    base::Result<ports::ClientResponse> answer = base::unavailable("nothing said");
};

struct Fixture {
    Canned http;
    native::Client client{http};
};

const base::Digest256 digest = base::sha256("image");

} // namespace

TEST_CASE_FIXTURE(Fixture, "each message goes to its place") {
    http.say(200, R"({"desired":7,"poll_seconds":30})");
    const auto poll = client.poll({});
    REQUIRE(poll.ok());
    CHECK(http.asked.method == ports::Method::post);
    CHECK(http.asked.target == "/device/v1/poll");
    CHECK(http.asked_header("content-type") == "application/json");
    CHECK(wire::decode_poll_request(http.asked.body).ok());
    CHECK(poll->poll_seconds == 30);
    CHECK(poll->reply->desired == 7);

    http.say(200, "signed");
    const auto direction = client.direct({"{}", "certificate", {1}});
    REQUIRE(direction.ok());
    CHECK(base::as_text(*direction) == "signed");
    CHECK(http.asked.target == "/device/v1/director");
    CHECK(wire::decode_signed_manifest(http.asked.body).ok());

    http.say(204, "");
    CHECK(client.send_inventory({}).ok());
    CHECK(http.asked.method == ports::Method::put);
    CHECK(http.asked.target == "/device/v1/inventory");
    http.say(200, R"({"outcome":"repeat","poll_seconds":30})");
    CHECK(client.report({})->outcome == "repeat");
    CHECK(http.asked.target == "/device/v1/report");
    http.say(200, R"({"certificate_pem":"C"})");
    CHECK(client.renew({"R"})->certificate_pem == "C");
    CHECK(http.asked.target == "/device/v1/renew");
    http.say(201, R"({"device":"d","certificate_pem":"C","ca_pem":"A","trust_root":"{}","poll_seconds":5})");
    CHECK(client.enroll({"t", "r", "s", "m", "h", {}})->device == "d");
    CHECK(http.asked.target == "/device/v1/enroll");
}

TEST_CASE_FIXTURE(Fixture, "304 means that all is as it was") {
    http.say(304, "", {{"oakum-poll-seconds", "120"}});
    auto poll = client.poll({});
    CHECK_FALSE(poll->reply);
    CHECK(poll->poll_seconds == 120);
    http.say(304, "", {{"oakum-poll-seconds", "0"}});
    CHECK(client.poll({})->poll_seconds == 1);
    http.say(304, "", {{"oakum-poll-seconds", "soon"}});
    CHECK(client.poll({})->poll_seconds == 60);
}

TEST_CASE_FIXTURE(Fixture, "statuses become kinds, with the server's own words") {
    const auto kind = [&](int status) {
        http.say(status, R"({"title":"No","detail":"because","kind":"x"})");
        const auto poll = client.poll({});
        REQUIRE_FALSE(poll.ok());
        CHECK(poll.error().message == "the server answered " + std::to_string(status) + ": No: because");
        return poll.error().kind;
    };
    CHECK(kind(400) == base::ErrorKind::invalid);
    CHECK(kind(401) == base::ErrorKind::unauthenticated);
    CHECK(kind(403) == base::ErrorKind::denied);
    CHECK(kind(404) == base::ErrorKind::not_found);
    CHECK(kind(409) == base::ErrorKind::conflict);
    CHECK(kind(413) == base::ErrorKind::too_large);
    CHECK(kind(429) == base::ErrorKind::unavailable);
    CHECK(kind(500) == base::ErrorKind::unavailable);
    CHECK(kind(302) == base::ErrorKind::unavailable);
}

TEST_CASE_FIXTURE(Fixture, "a server that asks for patience is heard, and forgotten when it answers") {
    http.say(503, "", {{"retry-after", "42"}});
    CHECK_FALSE(client.poll({}).ok());
    CHECK(client.asked_pause() == 42s);
    http.say(429, "");
    CHECK_FALSE(client.poll({}).ok());
    CHECK(client.asked_pause() == 10s);
    http.say(503, "", {{"retry-after", "99999999999"}});
    CHECK_FALSE(client.poll({}).ok());
    CHECK(client.asked_pause() == 24h);
    http.say(500, "", {{"retry-after", "42"}});
    CHECK_FALSE(client.poll({}).ok());
    CHECK(client.asked_pause() == 0s);
    http.answer = base::unavailable("no connection");
    CHECK_FALSE(client.poll({}).ok());
    CHECK(client.asked_pause() == 0s);
}

TEST_CASE_FIXTURE(Fixture, "metadata is bounded, and missing is not an error") {
    http.say(200, "{}");
    CHECK(client.metadata("timestamp.json", 10).value()->size() == 2);
    CHECK(http.asked.target == "/device/v1/tuf/timestamp.json");
    CHECK(client.metadata("timestamp.json", 1).error().kind == base::ErrorKind::too_large);
    http.say(404, "");
    CHECK_FALSE(client.metadata("2.root.json", 10).value());
    http.say(503, "");
    CHECK(client.metadata("2.root.json", 10).error().kind == base::ErrorKind::unavailable);
    CHECK(client.log_file("1/tile/0/000", 10).error().kind == base::ErrorKind::unavailable);
    http.say(404, "");
    CHECK_FALSE(client.log_file("checkpoint", 10).value());
    CHECK(http.asked.target == "/device/v1/log/checkpoint");
}

TEST_CASE_FIXTURE(Fixture, "an artifact is asked for by range and delivered in order") {
    std::string got;
    const auto keep = [&](base::ByteView bytes) {
        got += base::as_text(bytes);
        return base::Status();
    };
    http.say(206, "0123456789", {{"content-range", "bytes 0-9/100"}});
    CHECK(client.artifact(digest, 0, 10, keep).ok());
    CHECK(got == "0123456789");
    CHECK(http.asked.target == "/device/v1/artifacts/" + digest.hex());
    CHECK(http.asked_header("range") == "bytes=0-9");
    CHECK(http.asked_header("if-range").empty());

    got.clear();
    http.say(206, "45", {{"content-range", "bytes 4-5/100"}});
    CHECK(client.artifact(digest, 4, 6, keep).ok());
    CHECK(http.asked_header("range") == "bytes=4-5");
    CHECK(http.asked_header("if-range") == "\"" + digest.hex() + "\"");
    CHECK(got == "45");

    got.clear();
    http.say(200, "0123456789");
    CHECK(client.artifact(digest, 0, 4, keep).ok());
    CHECK(got == "0123");
    CHECK(client.artifact(digest, 4, 6, keep).error().kind == base::ErrorKind::conflict);
    CHECK(client.artifact(digest, 4, 40, keep).error().kind == base::ErrorKind::conflict);
    http.say(206, "45", {{"content-range", "bytes 5-6/100"}});
    CHECK(client.artifact(digest, 4, 6, keep).error().kind == base::ErrorKind::conflict);
    http.say(404, "");
    CHECK(client.artifact(digest, 0, 6, keep).error().kind == base::ErrorKind::not_found);
    http.say(206, "0123", {{"content-range", "bytes 0-3/100"}});
    const auto full =
        client.artifact(digest, 0, 4, [](base::ByteView) { return base::Status(base::denied("full")); });
    CHECK(full.error().message == "full");
}
