// SPDX-License-Identifier: Apache-2.0
// The protocol over the real fleet and the real rollouts, as mender-client speaks it.
#include "../../../engine/rollouts/tests/world.hpp"
#include "../../../engine/schedules/tests/town.hpp"
#include "state.hpp"

#include <json/parse.hpp>
#include <mender/protocol.hpp>

#include <fstream>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <unistd.h>

using namespace oakum;
using namespace oakum::mender;
using ports::HttpResponse;
using ports::Method;
using S = install::State;

namespace {

const std::string kContent(5000, 'm');
const std::string kAuth = "/api/devices/v1/authentication/auth_requests",
                  kInventory = "/api/devices/v1/inventory/device/attributes",
                  kNext1 = "/api/devices/v1/deployments/device/deployments/next",
                  kMaps = "/api/devices/v2/deployments/device/deployments/", kNext2 = kMaps + "next";

class OneBlob final : public ports::Blobs {
  public:
    OneBlob() { std::ofstream(file_, std::ios::binary) << kContent; }
    ~OneBlob() override { std::filesystem::remove(file_); }
    OneBlob(const OneBlob&) = delete;
    OneBlob& operator=(const OneBlob&) = delete;
    base::Result<std::uint64_t> begin(const std::string&, std::uint64_t) override { return std::uint64_t{0}; }
    base::Status append(const std::string&, std::uint64_t, base::ByteView) override { return {}; }
    base::Status finish(const std::string&, const base::Digest256&) override { return {}; }
    base::Status discard(const std::string&) override { return {}; }
    base::Result<std::filesystem::path> path(const base::Digest256&) override { return file_; }
    base::Status rehash(const base::Digest256&) override { return {}; }

  private:
    std::filesystem::path file_ =
        std::filesystem::temp_directory_path() / ("oakum-mender-test-" + std::to_string(::getpid()));
};

// A device's key.
struct Key {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::string pem() const {
        BIO* bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(bio, key.get());
        char* text = nullptr;
        const long length = BIO_get_mem_data(bio, &text);
        std::string out(text, static_cast<std::size_t>(length));
        BIO_free(bio);
        return out;
    }
    std::string sign(const std::string& message) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get());
        base::Bytes out(256);
        std::size_t size = out.size();
        const base::ByteView bytes = base::as_bytes(message);
        EVP_DigestSign(context, out.data(), &size, bytes.data(), bytes.size());
        EVP_MD_CTX_free(context);
        out.resize(size);
        return base::to_base64(out);
    }
};

struct Talk : rollouts::test::World {
    OneBlob blobs;
    fleet::Guests guests{core};
    exchange::Updates updates{core, rollouts, blobs, executor, log};
    MenderProtocol protocol{{core, guests, enrolment, asked, inventories, updates, dice, log}};
    Key key;
    std::string pass;

    Talk() {
        token("tenant", 10);
        ports::ReleaseRow row = *control.find<ports::ReleaseRow>(fleet::test::kTenant, release);
        row.artifact = base::sha256(kContent);
        row.models = {"gw"};
        put(row);
        ports::ArtifactRow artifact;
        artifact.digest = row.artifact;
        artifact.length = kContent.size();
        artifact.name = "rel.mender";
        put(artifact);
    }
    HttpResponse send(Method method, const std::string& path, std::string body = {},
                      std::vector<std::pair<std::string, std::string>> headers = {}) {
        ports::HttpRequest request;
        request.method = method;
        request.path = path;
        request.headers = std::move(headers);
        request.headers.emplace_back("host", "oakum:8443");
        if (!pass.empty()) request.headers.emplace_back("authorization", "Bearer " + pass);
        auto head = protocol.on_head(request);
        if (auto* refused = std::get_if<HttpResponse>(&head)) return std::move(*refused);
        request.body = std::move(body);
        std::optional<HttpResponse> response;
        protocol.handle(std::move(request), [&](HttpResponse made) {
            REQUIRE_FALSE(response.has_value());
            response = std::move(made);
        });
        settle();
        REQUIRE(response.has_value());
        return std::move(*response);
    }
    static std::string text(const HttpResponse& response) { return std::get<std::string>(response.body); }
    int authenticate(const std::string& tenant_token = "tenant", const Key* with = nullptr) {
        const Key& signs = with == nullptr ? key : *with;
        std::string pem;
        for (const char c : signs.pem())
            pem += c == '\n' ? std::string("\\n") : std::string(1, c);
        const std::string body = R"({"id_data":"{\"mac\":\"m1\"}","tenant_token":")" + tenant_token +
                                 R"(","pubkey":")" + pem + "\"}\n";
        const auto response = send(Method::post, kAuth, body, {{"x-men-signature", signs.sign(body)}});
        if (response.status == 200) pass = text(response);
        return response.status;
    }
    int inventory(const std::string& artifact) {
        return send(Method::put, kInventory,
                    R"([{"name":"device_type","value":"gw"},{"name":"artifact_name","value":")" + artifact +
                        R"("}])")
            .status;
    }
    HttpResponse next(const std::string& runs, const std::string& more = {}, bool takes_map = false) {
        return send(Method::post, kNext2,
                    R"({"device_provides":{"artifact_name":")" + runs + R"(","device_type":"gw")" + more +
                        (takes_map ? R"(},"update_control_map":true})" : "}}"));
    }
    int status(const std::string& deployment, const std::string& word) {
        return send(Method::put, "/api/devices/v1/deployments/device/deployments/" + deployment + "/status",
                    R"({"status":")" + word + "\"}")
            .status;
    }
    device::DeviceId id() { return live.by_serial(fleet::test::kTenant, "m1").value(); }
    ports::DeploymentRow deployment() {
        return live.deployment({fleet::test::kTenant, id()}, row(id()).deployment).value();
    }
    json::Value offered() {
        REQUIRE(authenticate() == 200);
        REQUIRE(inventory("rel-1") == 200);
        start(plan({{100, rollouts::test::kEasy}}));
        const auto response = next("rel-1");
        REQUIRE(response.status == 200);
        return json::parse(text(response)).value();
    }
};

} // namespace

TEST_CASE("a device with a token is let in, one without waits for a person") {
    Talk talk;
    SUBCASE("with") {
        CHECK(talk.authenticate() == 200);
        CHECK(talk.row(talk.id()).lifecycle == device::Lifecycle::active);
    }
    SUBCASE("without") {
        CHECK(talk.authenticate("") == 401);
        CHECK(talk.authenticate("") == 401);
        CHECK(talk.row(talk.id()).lifecycle == device::Lifecycle::pending);
        CHECK(static_cast<rollouts::test::World&>(talk)
                  .status([&](auto reply) { talk.enrolment.accept(talk.admin, talk.id(), "ours", reply); })
                  .ok());
        CHECK(talk.authenticate("") == 200);
    }
    SUBCASE("given one later") {
        CHECK(talk.authenticate("") == 401);
        CHECK(talk.authenticate() == 200);
    }
}

TEST_CASE("who does not sign with the device's key is not the device") {
    Talk talk;
    REQUIRE(talk.authenticate() == 200);
    const Key other;
    CHECK(talk.authenticate("tenant", &other) == 401);
    const std::string body = R"({"id_data":"{\"mac\":\"m1\"}","pubkey":"x"})";
    CHECK(talk.send(Method::post, kAuth, body, {{"x-men-signature", "AAAA"}}).status == 400);
    std::string pem;
    for (const char c : talk.key.pem())
        pem += c == '\n' ? std::string("\\n") : std::string(1, c);
    const std::string real = R"({"id_data":"{\"mac\":\"m1\"}","pubkey":")" + pem + "\"}\n";
    CHECK(talk.send(Method::post, kAuth, real, {{"x-men-signature", talk.key.sign(real + " ")}}).status ==
          401);
    // Revoked at once, whatever token it holds.
    CHECK(static_cast<rollouts::test::World&>(talk)
              .status([&](auto reply) { talk.enrolment.revoke(talk.admin, talk.id(), "lost", reply); })
              .ok());
    CHECK(talk.inventory("rel-1") == 401);
    CHECK(talk.authenticate() == 401);
    CHECK(talk.authenticate("tenant", &other) == 200);
}

TEST_CASE("an update goes its way, and the artifact's name is the proof") {
    Talk talk;
    const json::Value told = talk.offered();
    const std::string id = told.string_at("id").value();
    CHECK(told.at("artifact")->string_at("artifact_name").value() == "2.0");
    CHECK(told.at("artifact")->array_at("device_types_compatible")->items().begin()->text() == "gw");
    std::string uri = told.at("artifact")->at("source")->string_at("uri").value();
    REQUIRE(uri.starts_with("https://oakum:8443/"));
    uri = uri.substr(std::string("https://oakum:8443").size());
    CHECK(talk.status(id, "downloading") == 204);
    const std::string pass = std::exchange(talk.pass, {});
    CHECK(talk.send(Method::get, uri).status == 200);
    const auto part = talk.send(Method::get, uri, {}, {{"range", "bytes=4096-"}});
    CHECK(part.status == 206);
    CHECK(std::get<ports::FileRange>(part.body).length == kContent.size() - 4096);
    CHECK(talk.send(Method::get, uri + "x").status == 403);
    talk.pass = pass;
    CHECK(talk.status(id, "installing") == 204);
    CHECK(talk.status(id, "rebooting") == 204);
    CHECK(talk.deployment().state == S::rebooting);
    CHECK(talk.status(id, "success") == 204);
    CHECK(talk.deployment().state == S::installed);
    CHECK(talk.next("rel-1").status == 204);
    CHECK(talk.inventory("2.0") == 200);
    CHECK(talk.deployment().state == S::verified);
    CHECK(talk.next("2.0").status == 204);
    CHECK(talk.status(id, "success") == 204);
    CHECK(talk.send(Method::get, uri).status == 404);
}

TEST_CASE("a failure is kept with its log, and the next attempt has another name") {
    Talk talk;
    const std::string id = talk.offered().string_at("id").value();
    CHECK(talk.status(id, "failure") == 204);
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.send(Method::put, "/api/devices/v1/deployments/device/deployments/" + id + "/log",
                    R"({"messages":[{"level":"error","message":"no space"}]})")
              .status == 204);
    const auto events = *talk.history.device_events(fleet::test::kTenant, talk.id(), std::nullopt, 1000);
    CHECK(std::ranges::any_of(events, [](const auto& event) { return event.detail == "its log: no space"; }));
    // Once for each attempt, however often it is sent.
    CHECK(talk.send(Method::put, "/api/devices/v1/deployments/device/deployments/" + id + "/log",
                    R"({"messages":[{"level":"error","message":"again"}]})")
              .status == 204);
    CHECK(talk.history.device_events(fleet::test::kTenant, talk.id(), std::nullopt, 1000)->size() ==
          events.size());
    CHECK(talk.next("rel-1").status == 204);
    talk.clock.steady_ += std::chrono::minutes(1);
    const auto again = talk.next("rel-1");
    REQUIRE(again.status == 200);
    CHECK(json::parse(Talk::text(again))->string_at("id").value() != id);
}

TEST_CASE("what was taken back is aborted with 409 and no longer offered") {
    Talk talk;
    const std::string id = talk.offered().string_at("id").value();
    CHECK(talk.status(id, "downloading") == 204);
    CHECK(talk.act(talk.deployment().rollout, rollout::Event::halt).ok());
    talk.settle();
    CHECK(talk.deployment().state == S::cancelling);
    CHECK(talk.next("rel-1").status == 204);
    CHECK(talk.status(id, "installing") == 409);
    CHECK(talk.status(id, "failure") == 204);
    CHECK(talk.deployment().state == S::withdrawn);
    CHECK(talk.deployment().reason == install::Reason::cancelled);
    CHECK(talk.status(id, "installing") == 409);
    const std::string foreign = deployment_name(ports::DeploymentId(base::Id128{1, 2}), 1);
    CHECK(talk.status(foreign, "installing") == 409);
    CHECK(talk.status(foreign, "success") == 204);
    // One that waited for its window is told to give up, not to go on.
    const auto map = talk.send(Method::get, kMaps + id + "/update_control_map");
    CHECK(map.status == 200);
    CHECK(Talk::text(map).find(R"("action":"fail")") != std::string::npos);
    CHECK(talk.send(Method::get, kMaps + foreign + "/update_control_map").status == 404);
}

TEST_CASE("the older ways of asking are answered the same, and what is already there is no update") {
    Talk talk;
    const std::string id = talk.offered().string_at("id").value();
    const auto flat = talk.send(Method::post, kNext1, R"({"artifact_name":"rel-1","device_type":"gw"})");
    CHECK(flat.status == 200);
    CHECK(talk.status(id, "already-installed") == 204);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("wrong requests are refused and change nothing") {
    Talk talk;
    CHECK(talk.inventory("rel-1") == 401);
    REQUIRE(talk.authenticate() == 200);
    CHECK(talk.send(Method::get, "/api/devices/v1/nothing").status == 404);
    CHECK(talk.send(Method::get, kAuth).status == 405);
    CHECK(talk.send(Method::put, kInventory, "{").status == 400);
    CHECK(talk.send(Method::post, kNext2, "[]").status == 400);
    CHECK(talk.status("x", "installing") == 409);
    CHECK(talk.status("x-1", "sleeping") == 400);
    CHECK(talk.send(Method::get, kMaps + "x/update_control_map").status == 404);
    CHECK(talk.send(Method::put, kInventory, std::string(300 << 10, ' ')).status == 413);
    CHECK(talk.send(Method::post, kAuth, std::string(64 << 10, ' ')).status == 413);
    talk.pass = "a.b.c";
    CHECK(talk.next("rel-1").status == 401);
}

TEST_CASE("the name of a deployment is a UUID that says its attempt") {
    const ports::DeploymentId id(base::Id128{0x0123456789abcdefULL, 0xfedcba9876543210ULL});
    CHECK(deployment_name(id, 1) == "01234567-89ab-cdef-fedc-ba9876543210");
    CHECK(deployment_name(id, 2) == "01234567-89ab-cdef-fedc-ba9876543211");
    for (const std::uint32_t attempt : {1U, 2U, 3U, 40U})
        CHECK(attempt_named(deployment_name(id, attempt), id, 40) == attempt);
    CHECK_FALSE(attempt_named(deployment_name(id, 3), id, 2));
    CHECK_FALSE(attempt_named("", id, 2));
    CHECK_FALSE(attempt_named(deployment_name(ports::DeploymentId(base::Id128{1, 2}), 1), id, 2));
}

TEST_CASE(
    "while it may not be installed, who waits by itself downloads and waits, others are shown nothing") {
    Talk talk;
    schedules::test::FakeZones zones;
    schedules::Schedules schedules{talk.core, zones};
    schedules.start();
    talk.rollouts.keep_to(schedules);
    const json::Value told = talk.offered();
    const std::string id = told.string_at("id").value();
    CHECK_FALSE(told.find("update_control_map"));
    // An offer that was made before the freeze too.
    const auto from = base::to_iso8601(talk.clock.now() - std::chrono::hours(2)).substr(0, 16);
    REQUIRE(talk.result<schedules::Preview>([&](auto reply) {
                    schedules.put(talk.admin,
                                  schedules::test::freeze(
                                      "books", {schedule::test::times(from, std::chrono::hours(24))}),
                                  reply);
                })
                .ok());
    CHECK(talk.next("rel-1").status == 204);
    const auto waits = talk.next("rel-1", {}, true);
    REQUIRE(waits.status == 200);
    const json::Value map = json::parse(Talk::text(waits)).value().object_at("update_control_map").value();
    CHECK(map.string_at("id").value() == id);
    CHECK(map.source().find(R"("action":"pause")") != std::string_view::npos);
    CHECK(talk.status(id, "downloading") == 204);
    CHECK(talk.status(id, "pause_before_installing") == 204);
    CHECK(talk.deployment().state == S::awaiting_window);
    const auto gate = [&] { return Talk::text(talk.send(Method::get, kMaps + id + "/update_control_map")); };
    CHECK(gate().find(R"("action":"pause","on_map_expire":"fail")") != std::string::npos);
    talk.clock.wall_offset += std::chrono::hours(25);
    CHECK(gate().find(R"("action":"continue")") != std::string::npos);
    CHECK(talk.status(id, "installing") == 204);
}

TEST_CASE("what its files provide is written down when it changes, and only then") {
    Talk talk;
    REQUIRE(talk.authenticate() == 200);
    REQUIRE(talk.inventory("rel-1") == 200);
    const auto provided = [&] {
        const auto fact =
            talk.live.fact({fleet::test::kTenant, talk.id()}, "x.provides.rootfs-image.version");
        return fact ? fact->value : std::string();
    };
    CHECK(talk.next("rel-1", R"(,"rootfs-image.version":"7")").status == 204);
    CHECK(provided() == "7");
    const auto version = talk.row(talk.id()).row_version;
    CHECK(talk.next("rel-1", R"(,"rootfs-image.version":"7")").status == 204);
    CHECK(talk.row(talk.id()).row_version == version);
    CHECK(talk.inventory("rel-1") == 200);
    CHECK(provided() == "7");
    CHECK(talk.next("rel-1").status == 204);
    CHECK(provided().empty());
    // What it called itself when it asked to be let in stays.
    CHECK(talk.live.fact({fleet::test::kTenant, talk.id()}, "x.identity.mac")->value == "m1");
}

TEST_CASE("a device that says ever new names of itself does not make the fleet grow without end") {
    Talk talk;
    REQUIRE(talk.authenticate() == 200);
    const auto held = [&] { return talk.live.facts({fleet::test::kTenant, talk.id()}).size(); };
    for (int round = 0; round < 8; ++round) {
        std::string more;
        for (int i = 0; i < 100; ++i)
            more += ",\"n" + std::to_string(round) + "-" + std::to_string(i) + "\":\"v\"";
        const std::size_t before = held();
        CHECK(talk.next("rel-1", more).status == 204);
        if (round == 0) CHECK(held() >= before + 100); // and what runs
        const std::string last = "x.provides.n" + std::to_string(round) + "-0";
        if (round > 2) CHECK_FALSE(talk.live.fact({fleet::test::kTenant, talk.id()}, last).has_value());
    }
    // What all know goes on.
    CHECK(talk.next("rel-1", R"(,"n0-1":"w")").status == 204);
    CHECK(talk.live.fact({fleet::test::kTenant, talk.id()}, "x.provides.n0-1")->value == "w");
}
