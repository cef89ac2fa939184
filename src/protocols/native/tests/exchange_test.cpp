// SPDX-License-Identifier: Apache-2.0
#include "../../../engine/fleet/tests/house.hpp"

#include <doctest/doctest.h>
#include <json/parse.hpp>
#include <native/protocol.hpp>

using namespace oakum;
using namespace oakum::native;
using ports::HttpResponse;
using ports::Method;

namespace {

const std::string kSha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const std::string kPoll =
    R"({"desired":0,"running_version":"1.0","inventory":"","boot_id":"b1","healthy":true,"slot":"a"})";

class Reports final : public DeviceReports {
  public:
    void report(fleet::DeviceActor device, wire::Report report,
                shard::Completion<wire::ReportReply> done) override {
        seen.emplace_back(device, report);
        done(wire::ReportReply{.outcome = "accepted", .poll_seconds = 5});
    }
    std::vector<std::pair<fleet::DeviceActor, wire::Report>> seen;
};

class Files final : public DeviceFiles {
  public:
    std::optional<std::string> metadata(device::TenantId, const std::string& name) override {
        asked.push_back(name);
        return name == "timestamp.json" || name == "1.root.json" ? std::optional<std::string>("{}")
                                                                 : std::nullopt;
    }
    base::Result<std::optional<published::Log::File>> log_file(device::TenantId,
                                                               const std::string& name) override {
        if (name == "lost") return base::unavailable("the log's key is not here");
        if (name == "checkpoint") return std::optional(published::Log::File{"note", true});
        return name == "1/tile/0/000" ? std::optional(published::Log::File{"hashes"}) : std::nullopt;
    }
    base::Result<File> artifact(device::TenantId, const base::Digest256& digest) override {
        if (digest.hex() != kSha) return base::not_found("no artifact " + digest.hex());
        return File{.path = "/blobs/x", .length = 1000};
    }
    std::vector<std::string> asked;
};

class Directions final : public DeviceDirections {
  public:
    void direct(fleet::DeviceActor device, base::Digest256, wire::SignedManifest said,
                shard::Completion<std::string> done) override {
        if (said.manifest != "{}") return done(base::denied("not what this device said"));
        done("signed for " + device.device.text());
    }
};

struct Server {
    fleet::test::House house;
    Reports reports;
    Files files;
    Directions directions;
    NativeProtocol protocol;

    explicit Server(Settings settings = {})
        : protocol({house.enrolment, house.polling, house.inventories, reports, files, directions,
                    house.clock, house.dice, house.log},
                   settings) {
        house.token("secret", 10);
    }
    HttpResponse send(ports::HttpRequest request) {
        const std::string body = std::exchange(request.body, {});
        auto head = protocol.on_head(request);
        if (auto* refused = std::get_if<HttpResponse>(&head)) return std::move(*refused);
        if (body.size() > std::get<ports::BufferBody>(head).limit) {
            HttpResponse too_large;
            too_large.status = 413;
            return too_large;
        }
        request.body = body;
        std::optional<HttpResponse> response;
        protocol.handle(std::move(request), [&](HttpResponse made) {
            REQUIRE_FALSE(response.has_value());
            response = std::move(made);
        });
        house.settle();
        REQUIRE(response.has_value());
        return std::move(*response);
    }
    static ports::HttpRequest request(Method method, std::string path, std::string body = {}) {
        ports::HttpRequest made;
        made.method = method;
        made.path = std::move(path);
        made.body = std::move(body);
        made.peer.address = "192.0.2.7";
        return made;
    }
    HttpResponse as(const fleet::DeviceActor& device, Method method, std::string path, std::string body = {},
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
        ports::HttpRequest made = request(method, std::move(path), std::move(body));
        made.headers = std::move(headers);
        made.peer.certificate = base::Digest256{};
        made.peer.certificate_uri =
            "urn:oakum:" + std::to_string(device.tenant.get()) + ":" + device.device.text();
        made.peer.certificate_serial = device.certificate_serial;
        return send(std::move(made));
    }
    fleet::DeviceActor enrolled(const std::string& serial) {
        return house.actor(*house.enrol("secret", serial));
    }
};

std::string body_of(const HttpResponse& response) {
    const auto* text = std::get_if<std::string>(&response.body);
    return text ? *text : std::string();
}
std::string header_of(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}
std::string kind_of(const HttpResponse& response) {
    const auto problem = json::parse(body_of(response));
    return problem.ok() ? problem->string_at("kind").value_or("") : "";
}

} // namespace

TEST_CASE("a device enrols with a token and polls with its certificate") {
    Server server;
    const auto reply = server.send(Server::request(
        Method::post, "/device/v1/enroll",
        R"({"token":"secret","csr_pem":"csr","serial":"SN-1","model":"GW-1","hw_revision":"b","facts":{}})"));
    REQUIRE(reply.status == 200);
    const auto enrolled = wire::decode_enroll_reply(body_of(reply));
    REQUIRE(enrolled.ok());
    const fleet::DeviceActor device{
        .tenant = device::kDefaultTenant,
        .device = device::DeviceId::parse(enrolled->device).value(),
        .certificate_serial = enrolled->certificate_pem.substr(enrolled->certificate_pem.rfind(' ') + 1)};
    const auto first = server.as(device, Method::post, "/device/v1/poll", kPoll);
    REQUIRE(first.status == 200);
    CHECK(wire::decode_poll_reply(body_of(first))->send_inventory);
}

TEST_CASE("a poll that changes nothing is answered 304 from memory and writes nothing") {
    Server server;
    const auto device = server.enrolled("SN-1");
    const auto first = server.as(device, Method::post, "/device/v1/poll", kPoll);
    REQUIRE(first.status == 200);
    const std::string desired = std::to_string(wire::decode_poll_reply(body_of(first))->desired);
    const std::string inventory = R"({"facts":{},"components":[]})";
    CHECK(server.as(device, Method::put, "/device/v1/inventory", inventory).status == 204);
    const std::string poll = R"({"desired":)" + desired + R"(,"running_version":"1.0","inventory":")" +
                             base::sha256(inventory).hex() + R"(","boot_id":"b1","healthy":true,"slot":"a"})";
    const std::size_t stored = server.house.journal.stored.size();
    const auto unchanged = server.as(device, Method::post, "/device/v1/poll", poll);
    CHECK(unchanged.status == 304);
    CHECK(std::stoi(header_of(unchanged, "Oakum-Poll-Seconds")) > 0);
    CHECK(body_of(unchanged).empty());
    CHECK(server.house.journal.stored.size() == stored);
}

TEST_CASE("nobody but the holder of a certificate that still counts is a device") {
    Server server;
    const auto device = server.enrolled("SN-1");
    const std::vector<std::pair<Method, std::string>> all{{Method::post, "/device/v1/poll"},
                                                          {Method::post, "/device/v1/report"},
                                                          {Method::post, "/device/v1/renew"},
                                                          {Method::put, "/device/v1/inventory"},
                                                          {Method::get, "/device/v1/tuf/timestamp.json"},
                                                          {Method::get, "/device/v1/log/checkpoint"},
                                                          {Method::get, "/device/v1/artifacts/" + kSha}};
    for (const auto& [method, path] : all) {
        CAPTURE(path);
        CHECK(server.send(Server::request(method, path, kPoll)).status == 401);
    }
    fleet::DeviceActor foreign = device;
    foreign.tenant = device::TenantId(2);
    fleet::DeviceActor replaced = device;
    replaced.certificate_serial = "00bb";
    fleet::DeviceActor nobody = device;
    nobody.device = device::DeviceId(base::Id128{9, 9});
    REQUIRE(server.house
                .status([&](auto done) {
                    server.house.enrolment.revoke(server.house.admin, server.enrolled("SN-2").device, "lost",
                                                  done);
                })
                .ok());
    for (const fleet::DeviceActor& wrong : {foreign, replaced, nobody})
        for (const auto& [method, path] : all) {
            CAPTURE(path);
            const std::string body = path.ends_with("poll") ? kPoll : std::string();
            const int status = server.as(wrong, method, path, body).status;
            CHECK((status == 401 || status == 403 || status == 404));
        }
    CHECK(server.reports.seen.empty());
    REQUIRE(server.house
                .status([&](auto done) {
                    server.house.enrolment.revoke(server.house.admin, device.device, "lost", done);
                })
                .ok());
    CHECK(server.as(device, Method::post, "/device/v1/poll", kPoll).status == 403);
    CHECK(server.as(device, Method::get, "/device/v1/artifacts/" + kSha).status == 403);
}

TEST_CASE("a report is the certificate's device's, whatever it says") {
    Server server;
    const auto device = server.enrolled("SN-1");
    wire::Report report;
    report.deployment = "01jd2m6c7g3v8x0w5n4t9r1k2p";
    const auto reply = server.as(device, Method::post, "/device/v1/report", wire::encode(report));
    REQUIRE(reply.status == 200);
    CHECK(wire::decode_report_reply(body_of(reply))->outcome == "accepted");
    CHECK(server.reports.seen.at(0).first.device == device.device);
}

TEST_CASE("a message that is malformed, too large or misplaced is told what is wrong and changes nothing") {
    Server server;
    const auto device = server.enrolled("SN-1");
    const std::size_t stored = server.house.journal.stored.size();
    for (const char* path : {"/device/v1/poll", "/device/v1/report", "/device/v1/renew"})
        for (const std::string& body :
             {std::string(), std::string("{"), std::string("[]"), std::string("{\"a\":1,\"a\":2}"),
              std::string(64, '[') + std::string(64, ']'), std::string("{\"desired\":-1}")}) {
            CAPTURE(std::string(path));
            CAPTURE(body);
            const auto refused = server.as(device, Method::post, path, body);
            // Too deep is a matter of size.
            const bool deep = body.starts_with("[[");
            CHECK(refused.status == (deep ? 413 : 400));
            CHECK(kind_of(refused) == (deep ? "too_large" : "invalid"));
        }
    CHECK(server.as(device, Method::post, "/device/v1/poll", std::string(wire::kMaxPoll + 1, ' ')).status ==
          413);
    CHECK(server.as(device, Method::get, "/device/v1/poll").status == 405);
    CHECK(header_of(server.as(device, Method::get, "/device/v1/poll"), "Allow") == "POST");
    for (const char* nothing :
         {"/device/v1/", "/device/v2/poll", "/device/v1/poll/", "/device/v1/tuf/", "/device/v1/artifacts/"})
        CHECK(server.as(device, Method::post, nothing, "{}").status == 404);
    CHECK(server.house.journal.stored.size() == stored);
    CHECK(server.reports.seen.empty());
}

TEST_CASE("metadata is asked for by plain names only") {
    Server server;
    const auto device = server.enrolled("SN-1");
    const auto timestamp = server.as(device, Method::get, "/device/v1/tuf/timestamp.json");
    CHECK(timestamp.status == 200);
    CHECK(header_of(timestamp, "Cache-Control") == "no-cache");
    CHECK(header_of(server.as(device, Method::get, "/device/v1/tuf/1.root.json"), "Cache-Control")
              .find("immutable") != std::string::npos);
    CHECK(server
              .as(device, Method::get, "/device/v1/tuf/timestamp.json", "",
                  {{"if-none-match", header_of(timestamp, "ETag")}})
              .status == 304);
    CHECK(server.as(device, Method::get, "/device/v1/tuf/2.root.json").status == 404);
    server.files.asked.clear();
    for (const std::string& name : {std::string("../keys/root.json"), std::string("a/b.json"),
                                    std::string(".json"), std::string("..json"), std::string("root.pem"),
                                    std::string("a\\b.json"), std::string(200, 'a') + ".json"})
        CHECK(server.as(device, Method::get, "/device/v1/tuf/" + name).status == 404);
    CHECK(server.files.asked.empty());
}

TEST_CASE("the log's files are for devices, and only what changes is asked for again") {
    Server server;
    const auto device = server.enrolled("SN-1");
    const auto checkpoint = server.as(device, Method::get, "/device/v1/log/checkpoint");
    CHECK(body_of(checkpoint) == "note");
    CHECK(header_of(checkpoint, "Cache-Control") == "no-cache");
    CHECK(server
              .as(device, Method::get, "/device/v1/log/checkpoint", "",
                  {{"if-none-match", header_of(checkpoint, "ETag")}})
              .status == 304);
    const auto tile = server.as(device, Method::get, "/device/v1/log/1/tile/0/000");
    CHECK(body_of(tile) == "hashes");
    CHECK(header_of(tile, "Cache-Control") == "private, max-age=31536000, immutable");
    CHECK(server.as(device, Method::get, "/device/v1/log/2/tile/0/000").status == 404);
    CHECK(server.as(device, Method::get, "/device/v1/log/").status == 404);
    CHECK(server.as(device, Method::get, "/device/v1/log/lost").status == 503);
    CHECK(server.as(device, Method::post, "/device/v1/log/checkpoint", "{}").status == 405);
}

TEST_CASE("an artifact is sent whole or from where the device stopped") {
    Server server;
    const auto device = server.enrolled("SN-1");
    const auto get = [&](std::vector<std::pair<std::string, std::string>> headers) {
        return server.as(device, Method::get, "/device/v1/artifacts/" + kSha, "", std::move(headers));
    };
    const auto whole = get({});
    CHECK(whole.status == 200);
    CHECK(std::get<ports::FileRange>(whole.body).length == 1000);
    const auto rest = get({{"range", "bytes=400-"}, {"if-range", "\"" + kSha + "\""}});
    CHECK(rest.status == 206);
    CHECK(header_of(rest, "Content-Range") == "bytes 400-999/1000");
    CHECK(std::get<ports::FileRange>(rest.body).offset == 400);
    CHECK(get({{"range", "bytes=400-"}, {"if-range", "\"other\""}}).status == 200);
    const auto beyond = get({{"range", "bytes=1000-"}});
    CHECK(beyond.status == 416);
    CHECK(header_of(beyond, "Content-Range") == "bytes */1000");
    for (const std::string& name :
         {std::string("x"), std::string(64, '0'), std::string(64, 'A'), kSha + "0", "../" + kSha})
        CHECK(server.as(device, Method::get, "/device/v1/artifacts/" + name).status == 404);
}

TEST_CASE("a device that asks too often is told when to come back, and others are not") {
    Settings settings;
    settings.device = {.per_second = 1, .burst = 3};
    Server server(settings);
    const auto loud = server.enrolled("SN-1"), quiet = server.enrolled("SN-2");
    for (int i = 0; i < 3; ++i)
        CHECK(server.as(loud, Method::get, "/device/v1/tuf/timestamp.json").status == 200);
    const auto refused = server.as(loud, Method::get, "/device/v1/tuf/timestamp.json");
    CHECK(refused.status == 429);
    CHECK(std::stoi(header_of(refused, "Retry-After")) >= 1);
    CHECK(server.as(quiet, Method::get, "/device/v1/tuf/timestamp.json").status == 200);
    server.house.clock.steady_ += std::chrono::seconds(10);
    CHECK(server.as(loud, Method::get, "/device/v1/tuf/timestamp.json").status == 200);
}

TEST_CASE("a device says what it runs, and is told what the director permits it") {
    Server server;
    const fleet::DeviceActor device = server.enrolled("SN-1");
    const auto ask = [&](const std::string& manifest) {
        return server.as(device, Method::post, "/device/v1/director",
                         wire::encode(wire::SignedManifest{manifest, "certificate", {1, 2, 3}}));
    };
    const auto answer = ask("{}");
    CHECK(answer.status == 200);
    CHECK(body_of(answer) == "signed for " + device.device.text());
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK(kind_of(ask("[]")) == "denied");
    CHECK(kind_of(server.as(device, Method::post, "/device/v1/director", "{}")) == "invalid");
    CHECK(server.as(device, Method::get, "/device/v1/director").status == 405);
    CHECK(server.as(device, Method::post, "/device/v1/director", std::string(wire::kMaxManifest + 1, ' '))
              .status == 413);
    CHECK(server.send(Server::request(Method::post, "/device/v1/director", "{}")).status == 401);
}
