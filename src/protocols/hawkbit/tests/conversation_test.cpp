// SPDX-License-Identifier: Apache-2.0
// The protocol over the real fleet and the real rollouts, as the clients of the field speak it.
#include "../../../engine/rollouts/tests/world.hpp"

#include <cbor/json.hpp>
#include <hawkbit/protocol.hpp>
#include <json/parse.hpp>

#include <fstream>
#include <unistd.h>

using namespace oakum;
using namespace oakum::hawkbit;
using ports::HttpResponse;
using ports::Method;
using S = install::State;

namespace {

const std::string kContent = "the content of an update";

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
        std::filesystem::temp_directory_path() / ("oakum-hawkbit-test-" + std::to_string(::getpid()));
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Talk : rollouts::test::World {
    OneBlob blobs;
    fleet::Guests guests{core};
    exchange::Updates updates{core, rollouts, blobs, executor, log};
    HawkbitProtocol protocol;
    std::string token_of_all = "gateway-token";

    explicit Talk(Settings settings = {})
        : protocol({core, guests, enrolment, asked, inventories, updates, dice, log}, std::move(settings)) {
        token(token_of_all, 10);
        ports::ReleaseRow row = *control.find<ports::ReleaseRow>(fleet::test::kTenant, release);
        row.artifact = base::sha256(kContent);
        row.models = {"gw"};
        put(row);
        ports::ArtifactRow artifact;
        artifact.digest = row.artifact;
        artifact.length = kContent.size();
        artifact.name = "update 2.swu";
        put(artifact);
    }
    HttpResponse send(Method method, const std::string& path, std::string body = {}, Headers more = {}) {
        ports::HttpRequest request;
        request.method = method;
        request.path =
            path.starts_with('/') ? path : "/DEFAULT/controller/v1/dev1" + (path.empty() ? "" : "/" + path);
        request.peer.address = "192.0.2.7";
        bool authorized = false;
        for (auto& header : more) {
            authorized = authorized || header.first == "authorization";
            request.headers.push_back(header);
        }
        if (!authorized) request.headers.emplace_back("authorization", "GatewayToken " + token_of_all);
        request.headers.emplace_back("host", "oakum:8443");
        request.headers.emplace_back("user-agent", "libcurl-agent/1.0");
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
    static std::string header(const HttpResponse& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return {};
    }
    json::Value get(const std::string& path) {
        const auto response = send(Method::get, path);
        REQUIRE(response.status == 200);
        auto parsed = json::parse(text(response));
        REQUIRE(parsed.ok());
        return *parsed;
    }
    // The addresses below the controller that the base names, without what is behind a question mark.
    std::map<std::string, std::string> links() {
        std::map<std::string, std::string> found;
        for (const json::Value& link : get("").at("_links")->items()) {
            std::string href = link.string_at("href").value();
            const std::string home = "https://oakum:8443/DEFAULT/controller/v1/dev1/";
            REQUIRE(href.starts_with(home));
            found.emplace(link.key(), href.substr(home.size(), href.find('?') - home.size()));
        }
        return found;
    }
    void say_attributes(const std::string& version, const std::string& mode = "merge") {
        CHECK(send(Method::put, "configData",
                   R"({"mode":")" + mode + R"(","data":{"device_type":"gw","version":")" + version + R"("}})")
                  .status == 200);
    }
    int feedback(const std::string& to, const std::string& execution, const std::string& finished,
                 const std::string& detail = "word") {
        return send(Method::post, to + "/feedback",
                    R"({"id":1,"status":{"execution":")" + execution + R"(","result":{"finished":")" +
                        finished + R"("},"details":[")" + detail + R"("]}})")
            .status;
    }
    device::DeviceId id() { return live.by_serial(fleet::test::kTenant, "dev1").value(); }
    ports::DeploymentRow deployment() {
        return live.deployment({fleet::test::kTenant, id()}, row(id()).deployment).value();
    }
    // Known, with what it runs, and offered 2.0: the action's address.
    std::string offered() {
        links();
        say_attributes("1.0");
        start(plan({{100, rollouts::test::kEasy}}));
        links(); // the offer is made, and its digests are counted
        return links().at("deploymentBase");
    }
    std::size_t stored() const { return journal.stored.size(); }
};

} // namespace

TEST_CASE(
    "at first contact a device is made, asked for its attributes, and asked no more once it said them") {
    Talk talk;
    CHECK(talk.links() == std::map<std::string, std::string>{{"configData", "configData"}});
    const auto value = [&](std::string_view key) {
        for (const auto& fact : talk.live.facts({fleet::test::kTenant, talk.id()}))
            if (fact.key == key) return fact.value;
        return std::string();
    };
    CHECK(value("protocol") == "hawkbit");
    CHECK(value("x.client") == "libcurl-agent/1.0");
    talk.say_attributes("1.0");
    CHECK(talk.links().empty());
    CHECK(value("model") == "gw");
    CHECK(talk.row(talk.id()).running_version == "1.0");
    CHECK(talk.row(talk.id()).delta_set == device::SetId());
}

TEST_CASE("a poll that changes nothing, and ranges of a file, write nothing") {
    Talk talk;
    const std::string action = talk.offered();
    const std::size_t before = talk.stored();
    const auto first = talk.send(Method::get, "");
    for (int i = 0; i < 20; ++i) {
        CHECK(talk.send(Method::get, "").status == 200);
        CHECK(talk.send(Method::get, action).status == 200);
    }
    CHECK(talk.send(Method::get, "", {}, {{"if-none-match", Talk::header(first, "ETag")}}).status == 304);
    const json::Value artifact =
        *talk.get(action).at("deployment")->at("chunks")->items().begin()->at("artifacts")->items().begin();
    CHECK(artifact.string_at("filename").value() == "update_2.swu");
    CHECK(artifact.at("hashes")->string_at("sha256").value() == base::sha256(kContent).hex());
    CHECK(artifact.at("hashes")->string_at("sha1").value() == "af9b7963a1d8ecd9b79974e51490c934cfb2c58a");
    std::string href = artifact.at("_links")->at("download")->string_at("href").value();
    href = href.substr(std::string("https://oakum:8443").size());
    const auto part = talk.send(Method::get, href, {}, {{"range", "bytes=4-10"}});
    CHECK(part.status == 206);
    CHECK(talk.send(Method::head, href).status == 200);
    CHECK(talk.send(Method::get, href, {}, {{"range", "bytes=999-"}}).status == 416);
    CHECK(Talk::text(talk.send(Method::get, href + ".MD5SUM")).ends_with("  update_2.swu"));
    CHECK(talk.send(Method::get, href + "x").status == 404);
    CHECK(talk.stored() == before);
}

TEST_CASE("SWUpdate's way: it says success after its restart, and is verified when it says the new version") {
    Talk talk;
    const std::string action = talk.offered();
    CHECK(talk.feedback(action, "proceeding", "none", "Installing Update Chunk Artifacts.") == 200);
    CHECK(talk.deployment().state == S::installing);
    const std::size_t before = talk.stored();
    CHECK(talk.feedback(action, "proceeding", "none", "All Chunks Installed.") == 200);
    CHECK(talk.stored() == before);
    CHECK(talk.links().at("deploymentBase") == action);
    CHECK(talk.feedback(action, "closed", "success", "Update Installed.") == 200);
    CHECK(talk.deployment().state == S::installed);
    CHECK(talk.links().empty());
    talk.say_attributes("2.0");
    CHECK(talk.deployment().state == S::verified);
    CHECK(talk.links().count("installedBase") == 1);
    CHECK(talk.feedback(action, "closed", "success") == 200);
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("success that was said before the restart proves nothing, and the version is asked for again") {
    Talk talk;
    const std::string action = talk.offered();
    CHECK(talk.feedback(action, "closed", "success") == 200);
    talk.say_attributes("1.0");
    CHECK(talk.deployment().state == S::installed);
    talk.clock.steady_ += std::chrono::minutes(5);
    CHECK(talk.links().count("configData") == 1);
    talk.say_attributes("2.0");
    CHECK(talk.deployment().state == S::verified);
}

TEST_CASE("a new version that is said before success is enough") {
    Talk talk;
    const std::string action = talk.offered();
    CHECK(talk.feedback(action, "proceeding", "none") == 200);
    talk.say_attributes("2.0");
    CHECK(talk.deployment().state == S::verified);
    CHECK(talk.feedback(action, "closed", "success") == 200);
}

TEST_CASE("a failure is told with its words, and the next attempt is another action") {
    Talk talk;
    const std::string action = talk.offered();
    CHECK(talk.feedback(action, "closed", "failure", "CPIO Format not recognized") == 200);
    CHECK(talk.deployment().state == S::offered);
    CHECK(talk.deployment().attempt == 2);
    CHECK(talk.deployment().detail == "CPIO Format not recognized");
    CHECK(talk.links().empty());
    talk.clock.steady_ += std::chrono::minutes(1);
    const std::string next = talk.links().at("deploymentBase");
    CHECK(next != action);
    CHECK(talk.feedback(action, "closed", "failure") == 200); // once more the first one's: known
    CHECK(talk.deployment().attempt == 2);
}

TEST_CASE("what is taken back is cancelled on the device, begun or not") {
    SUBCASE("begun") {
        Talk talk;
        const std::string action = talk.offered();
        CHECK(talk.feedback(action, "proceeding", "none") == 200);
        const auto rollout = talk.deployment().rollout;
        CHECK(talk.act(rollout, rollout::Event::halt).ok());
        talk.settle();
        if (talk.deployment().state == S::installing) return; // what runs is finished
        const std::string cancel = talk.links().at("cancelAction");
        CHECK(talk.get(cancel).at("cancelAction")->string_at("stopId").ok());
    }
    SUBCASE("not begun") {
        Talk talk;
        const std::string action = talk.offered();
        CHECK(talk.act(talk.deployment().rollout, rollout::Event::halt).ok());
        talk.settle();
        CHECK(talk.deployment().state == S::withdrawn);
        const std::string cancel = talk.links().at("cancelAction");
        CHECK(talk.get(cancel).at("cancelAction")->string_at("stopId").value() ==
              cancel.substr(cancel.find('/') + 1));
        CHECK(talk.send(Method::get, action).status == 404);
        CHECK(talk.feedback(cancel, "closed", "success") == 200);
        CHECK(talk.links().empty());
        CHECK(talk.feedback(action, "proceeding", "none") == 410);
        CHECK(talk.feedback(cancel, "closed", "success") == 200);
    }
}

TEST_CASE("a device that asks before it installs is shown a confirmation first") {
    Talk talk;
    talk.links();
    talk.say_attributes("1.0");
    CHECK(talk.send(Method::post, "confirmationBase/deactivateAutoConfirm", "").status == 200);
    CHECK(talk.get("confirmationBase").at("autoConfirm")->bool_at("active").value() == false);
    talk.start(talk.plan({{100, rollouts::test::kEasy}}));
    talk.links();
    const std::string action = talk.links().at("confirmationBase");
    CHECK(talk.get(action).find("confirmation"));
    CHECK(talk.deployment().state == S::awaiting_user);
    CHECK(talk.send(Method::post, action + "/feedback", R"({"confirmation":"denied","details":["busy"]})")
              .status == 200);
    CHECK(talk.deployment().state == S::awaiting_user);
    CHECK(talk.deployment().detail == "denied on the device: busy");
    CHECK(talk.send(Method::post, action + "/feedback", R"({"confirmation":"confirmed"})").status == 200);
    CHECK(talk.links().count("deploymentBase") == 1);
    CHECK(talk.send(Method::post, "confirmationBase/activateAutoConfirm", "").status == 200);
    CHECK(talk.get("confirmationBase").at("autoConfirm")->bool_at("active").value() == true);
}

TEST_CASE("nobody without a proof, with another's, or with one that was ended is let in") {
    Talk talk;
    talk.links();
    const auto as = [&](const std::string& authorization) {
        return talk.send(Method::get, "", {}, {{"authorization", authorization}}).status;
    };
    CHECK(as("") == 401);
    CHECK(as("TargetToken wrong") == 401);
    CHECK(as("Bearer gateway-token") == 401);
    CHECK(as("targettoken gateway-token") == 200);
    // Another token does not take over what is there, though it would let a new device in.
    talk.token("second", 5);
    CHECK(as("GatewayToken second") != 200);
    // Until a person lets the device enrol again: then the old one is no longer good, and the new one is.
    const auto id = talk.id();
    CHECK(talk.status([&](auto reply) { talk.enrolment.revoke(talk.admin, id, "moved", reply); }).ok());
    CHECK(as("GatewayToken gateway-token") == 401);
    CHECK(as("GatewayToken second") == 200);
    CHECK(as("GatewayToken gateway-token") == 401);
    CHECK(talk.id() == id);
    CHECK(talk.status([&](auto reply) { talk.registry.retire(talk.admin, id, "gone", reply); }).ok());
    CHECK(as("GatewayToken second") == 401);
}

TEST_CASE("a certificate of ours is good for the device that it names and for no other") {
    Talk talk;
    const auto enrolled = talk.enrol(talk.token_of_all, "dev1", "gw");
    REQUIRE(enrolled.ok());
    const auto actor = talk.actor(*enrolled);
    const auto with = [&](const std::string& controller) {
        ports::HttpRequest request;
        request.path = "/default/controller/v1/" + controller;
        request.headers = {{"host", "h"}};
        request.peer.certificate = base::Digest256{};
        request.peer.certificate_uri = "urn:oakum:default:" + actor.device.text();
        request.peer.certificate_serial = actor.certificate_serial;
        const auto head = talk.protocol.on_head(request);
        return std::holds_alternative<ports::BufferBody>(head) ? 200 : std::get<HttpResponse>(head).status;
    };
    CHECK(with("dev1") == 200);
    CHECK(with("dev2") == 401);
    CHECK(talk.send(Method::get, "").status == 401); // a token does not become it
}

TEST_CASE("wrong requests are answered in hawkBit's shape, and briefly") {
    Talk talk;
    talk.links();
    const std::pair<HttpResponse, int> cases[] = {
        {talk.send(Method::get, "/OTHER/controller/v1/dev1"), 404},
        {talk.send(Method::get, "nowhere"), 404},
        {talk.send(Method::get, "deploymentBase/8"), 404},
        {talk.send(Method::get, "cancelAction/8"), 404},
        {talk.send(Method::get, "installedBase/8"), 404},
        {talk.send(Method::post, "configData", "{}"), 405},
        {talk.send(Method::put, "configData", "{"), 400},
        {talk.send(Method::put, "configData", "{}", {{"content-type", "text/html"}}), 415},
        {talk.send(Method::get, "", {}, {{"accept", "text/html"}}), 406},
        {talk.send(Method::get, "/DEFAULT/controller/v1/" + std::string(300, 'x')), 400},
        {talk.send(Method::post, "deploymentBase/8/feedback", R"({"status":{}})"), 400},
    };
    for (const auto& [response, status] : cases) {
        CHECK(response.status == status);
        const auto body = json::parse(Talk::text(response));
        REQUIRE(body.ok());
        CHECK(body->size() == 3);
        CHECK(body->find("exceptionClass"));
        CHECK(Talk::text(response).size() < 300);
    }
    // The last word of an action that is not known any more is taken; another one says that it ended.
    CHECK(talk.feedback("deploymentBase/8", "closed", "success") == 200);
    CHECK(talk.feedback("deploymentBase/8", "proceeding", "none") == 410);
}

TEST_CASE("CBOR says the same") {
    Talk talk;
    const auto base = talk.send(Method::get, "", {}, {{"accept", "application/cbor"}});
    REQUIRE(base.status == 200);
    CHECK(Talk::header(base, "Content-Type") == "application/cbor");
    CHECK(json::parse(cbor::to_json(Talk::text(base)).value())->at("_links")->find("configData"));
    const std::string body = cbor::from_json(R"({"data":{"version":"3"}})").value();
    CHECK(talk.send(Method::put, "configData", body, {{"content-type", "application/cbor"}}).status == 200);
    CHECK(talk.row(talk.id()).running_version == "3");
    CHECK(talk.send(Method::put, "configData", "\xff", {{"content-type", "application/cbor"}}).status == 400);
}

TEST_CASE("replace forgets what is not said any more, remove what is named") {
    Talk talk;
    talk.links();
    const auto has = [&](const std::string& key) {
        return talk.live.fact({fleet::test::kTenant, talk.id()}, key).has_value();
    };
    talk.send(Method::put, "configData", R"({"data":{"a":"1","b":"2"}})");
    talk.send(Method::put, "configData", R"({"mode":"replace","data":{"b":"3"}})");
    CHECK_FALSE(has("x.a"));
    CHECK(has("x.b"));
    CHECK(has("x.client"));
    talk.send(Method::put, "configData", R"({"mode":"remove","data":{"b":""}})");
    CHECK_FALSE(has("x.b"));
}

TEST_CASE("one device's haste is that device's matter") {
    Settings settings;
    settings.device = {.per_second = 1, .burst = 3};
    Talk talk(settings);
    talk.links();
    int refused = 0;
    for (int i = 0; i < 10; ++i)
        refused += talk.send(Method::get, "").status == 429 ? 1 : 0;
    CHECK(refused >= 6);
    CHECK(talk.send(Method::get, "/DEFAULT/controller/v1/dev2").status == 200);
}
