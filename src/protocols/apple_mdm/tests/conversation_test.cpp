// SPDX-License-Identifier: Apache-2.0
// The protocol over the real fleet, as a phone speaks it. Signatures are a fake authority's: CERTIFICATE
// NAME|TIME|BODY DIGEST; the real one has its tests in platform/pki.
#include "../../../engine/rollouts/tests/world.hpp"

#include <apple_mdm/protocol.hpp>
#include <plist/parse.hpp>
#include <plist/write.hpp>

using namespace oakum;
using namespace oakum::apple_mdm;
using plist::Dict;
using ports::HttpResponse;
using ports::Method;

namespace {

const std::string kUdid = "00008101-000A1B2C3D4E5F60", kOther = "00008101-000FFFFFFFFFFFFF";

// A request is "CHALLENGE|NAME|KEY"; a certificate is its key.
class Authority final : public ports::PhoneAuthority {
  public:
    base::Bytes certificate() const override { return {0x30}; }
    bool bears_weak() const override { return false; }
    base::Result<Signed> verify(base::ByteView body, base::ByteView signature,
                                base::TimePoint now) const override {
        const std::vector<std::string> parts = cut(std::string(base::as_text(signature)));
        if (parts.size() != 4) return base::invalid("no signature");
        if (parts[3] != base::sha256(body).hex()) return base::unauthenticated("of another body");
        return Signed{known(parts[0], parts[1]), base::parse_time(parts[2]).value_or(now)};
    }
    base::Result<Request> open(base::ByteView message) const override {
        const std::vector<std::string> parts = cut(std::string(base::as_text(message)));
        if (parts.size() != 3) return base::invalid("no request");
        return Request{"t", parts[0], parts[1], base::sha256(parts[2]),
                       std::make_shared<std::string>(parts[2])};
    }
    base::Result<Issued> issue(const Request& request, base::TimePoint, base::TimePoint) override {
        const auto& key = *std::static_pointer_cast<const std::string>(request.message);
        const base::ByteView bytes = base::as_bytes(key);
        return Issued{base::Bytes(bytes.begin(), bytes.end()), known(key, request.name)};
    }
    base::Result<base::Bytes> granted(const Request&, base::ByteView certificate) const override {
        return base::Bytes(certificate.begin(), certificate.end());
    }
    base::Result<base::Bytes> refused(const Request&, Refusal) const override {
        return base::Bytes{'n', 'o'};
    }

    static std::string sign(const std::string& key, const std::string& name, const std::string& at,
                            const std::string& body) {
        return base::to_base64(base::as_bytes(key + "|" + name + "|" + at + "|" + base::sha256(body).hex()));
    }

  private:
    static ports::PhoneCertificate known(const std::string& key, const std::string& name) {
        return {base::sha256(key), name, base::from_unix_ms(4'000'000'000'000)};
    }
    static std::vector<std::string> cut(std::string text) {
        std::vector<std::string> parts;
        for (std::size_t at = 0; (at = text.find('|')) != std::string::npos; text.erase(0, at + 1))
            parts.push_back(text.substr(0, at));
        parts.push_back(text);
        return parts;
    }
};

struct Talk : rollouts::test::World {
    Authority authority;
    fleet::Guests guests{core};
    apple_phones::Phones phones{{core, guests, inventories, authority, dice, log},
                                {[] { return "https://oakum.example"; },
                                 [] { return "com.apple.mgmt.External.x"; }, [] { return base::Bytes{1}; }}};
    AppleProtocol protocol{{core, phones, dice, log}};
    int minute = 0;

    HttpResponse send(Method method, const std::string& path, std::string body = {},
                      std::vector<std::pair<std::string, std::string>> headers = {},
                      const std::string& operation = {}) {
        ports::HttpRequest request;
        request.method = method;
        request.path = path;
        request.headers = std::move(headers);
        if (!operation.empty()) request.query.emplace_back("operation", operation);
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
    // The secret of a profile that was made now.
    std::string profile(bool personal = false) {
        const auto made = result<apple_phones::MadeProfile>(
            [&](auto reply) { phones.make_profile(admin, {"Anna", {}, personal, 24}, reply); });
        REQUIRE(made.ok());
        const auto read = plist::parse(made->text);
        REQUIRE(read.ok());
        for (const plist::Value& value : *read->as<Dict>()->array("PayloadContent"))
            if (value.as<Dict>()->text("PayloadType") == "com.apple.security.scep")
                return *value.as<Dict>()->dict("PayloadContent")->text("Challenge");
        return {};
    }
    std::string certify(const std::string& secret, const std::string& key, const std::string& name = kUdid) {
        const auto response =
            send(Method::post, "/apple/scep", secret + "|" + name + "|" + key, {}, "PKIOperation");
        return response.status == 200 ? text(response) : std::to_string(response.status);
    }
    std::string now_text() { return base::to_iso8601(clock.now() + std::chrono::minutes(minute++)); }
    HttpResponse put(const std::string& key, const Dict& dict, bool check_in, std::string at = {}) {
        const std::string body = plist::write_xml(dict);
        if (at.empty()) at = now_text();
        return send(Method::put, "/apple/mdm", body,
                    {{"mdm-signature", Authority::sign(key, kUdid, at, body)},
                     {"content-type",
                      check_in ? "application/x-apple-aspen-mdm-checkin" : "application/x-apple-aspen-mdm"}});
    }
    static Dict authenticate(const std::string& udid = kUdid) {
        return {
            {"MessageType", "Authenticate"}, {"UDID", udid},       {"Topic", "t"}, {"SerialNumber", "F2LX1"},
            {"ProductName", "iPhone17,1"},   {"OSVersion", "26.3"}};
    }
    static Dict token(const std::string& udid = kUdid) {
        return {{"MessageType", "TokenUpdate"},
                {"UDID", udid},
                {"Topic", "t"},
                {"Token", base::Bytes{7, 7}},
                {"PushMagic", "m"}};
    }
    int enrol(const std::string& key, bool personal = false) {
        if (certify(profile(personal), key) != key) return 0;
        if (const int status = put(key, authenticate(), true).status; status != 200) return status;
        return put(key, token(), true).status;
    }
    // What it is asked next, after saying this.
    Dict says(const std::string& key, Dict dict) {
        const auto response = put(key, dict, false);
        REQUIRE(response.status == 200);
        if (text(response).empty()) return {};
        const auto read = plist::parse(text(response));
        REQUIRE(read.ok());
        return *read->as<Dict>();
    }
    Dict idle(const std::string& key) { return says(key, {{"Status", "Idle"}, {"UDID", kUdid}}); }
    static std::string kind(const Dict& command) {
        return command.find("Command") ? *command.dict("Command")->text("RequestType") : "";
    }
    device::DeviceId id(const std::string& serial = "F2LX1") {
        return live.by_serial(fleet::test::kTenant, serial).value();
    }
    std::string fact(const std::string& key, const std::string& serial = "F2LX1") {
        for (const device::Fact& fact : live.facts({fleet::test::kTenant, id(serial)}))
            if (fact.key == key) return fact.value;
        return {};
    }
    apple::Phone kept(const std::string& serial = "F2LX1") {
        return apple_phones::phone_of(
                   control.document(fleet::test::kTenant, "apple-phone/" + id(serial).text()))
            .value();
    }
};

} // namespace

TEST_CASE("a phone enrols with a profile of its own, is asked for everything, and is in the inventory") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    CHECK(talk.fact("os_version") == "26.3");
    CHECK(talk.fact("platform") == "ios");
    CHECK(talk.fact("protocol") == "apple_mdm");
    CHECK(talk.fact("x.connector") == "oakum");
    // It is quiet after two weeks, not after minutes as what polls is.
    CHECK(talk.fact("cadence") == "403200");
    CHECK(talk.row(talk.id()).lifecycle == device::Lifecycle::active);
    Dict asked = talk.idle("k1");
    CHECK(Talk::kind(asked) == "DeviceInformation");
    asked = talk.says("k1", {{"Status", "Acknowledged"},
                             {"UDID", kUdid},
                             {"CommandUUID", *asked.text("CommandUUID")},
                             {"QueryResponses", Dict{{"UDID", kUdid},
                                                     {"ProductName", "iPhone17,1"},
                                                     {"OSVersion", "26.3.1"},
                                                     {"IsSupervised", true}}}});
    CHECK(talk.fact("os_version") == "26.3.1");
    CHECK(talk.fact("x.supervised") == "yes");
    // It is told where it stands with what is declared to it.
    CHECK(Talk::kind(asked) == "DeclarativeManagement");
    const base::Bytes* tokens = asked.dict("Command")->data("Data");
    REQUIRE(tokens != nullptr);
    CHECK(base::as_text(*tokens).find("DeclarationsToken") != std::string_view::npos);
    asked = talk.says(
        "k1", {{"Status", "Acknowledged"}, {"UDID", kUdid}, {"CommandUUID", *asked.text("CommandUUID")}});
    CHECK(Talk::kind(asked) == "SecurityInfo");
    asked =
        talk.says("k1", {{"Status", "Error"}, {"UDID", kUdid}, {"CommandUUID", *asked.text("CommandUUID")}});
    CHECK(Talk::kind(asked) == "InstalledApplicationList");
    asked = talk.says(
        "k1",
        {{"Status", "Acknowledged"},
         {"UDID", kUdid},
         {"CommandUUID", *asked.text("CommandUUID")},
         {"InstalledApplicationList",
          plist::Array{Dict{{"Identifier", "com.example.a"}, {"Name", "A"}, {"ShortVersion", "2.1"}}}}});
    CHECK(Talk::kind(asked).empty());
    const auto components = talk.software.components(fleet::test::kTenant, talk.row(talk.id()).delta_set);
    REQUIRE(components.ok());
    REQUIRE(components->size() == 1);
    CHECK(components->front().bundle_id == "com.example.a");
    CHECK(talk.kept().ended.size() == 4);
    CHECK(Talk::kind(talk.idle("k1")).empty());
}

TEST_CASE("a profile's secret gives one certificate, and the same again to the same key") {
    Talk talk;
    const std::string secret = talk.profile();
    CHECK(talk.certify("guessed", "k0") == "no");
    CHECK(talk.certify("", "k0") == "no");
    CHECK(talk.certify(secret, "k1") == "k1");
    CHECK(talk.certify(secret, "k1") == "k1");
    CHECK(talk.certify(secret, "k2") == "no");
    const std::string late = talk.profile();
    talk.clock.wall_offset += std::chrono::hours(25);
    CHECK(talk.certify(late, "k3") == "no");
}

TEST_CASE("a certificate speaks for one enrolment, and for no other") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    CHECK(talk.put("k1", Talk::authenticate(kOther), true).status == 403);
    CHECK(talk.put("k1", Talk::token(kOther), true).status == 403);
    CHECK(talk.put("k1", {{"Status", "Idle"}, {"UDID", kOther}}, false).status == 403);
    // One that this server never gave.
    CHECK(talk.put("k9", Talk::authenticate(), true).status == 403);
    CHECK(talk.put("k9", {{"Status", "Idle"}, {"UDID", kUdid}}, false).status == 403);
    // Another phone's, which asked for it by its own name.
    REQUIRE(talk.certify(talk.profile(), "k2", kOther) == "k2");
    CHECK(talk.put("k2", Talk::authenticate(), true).status != 200);
    CHECK(talk.kept().certificate == base::sha256("k1").hex());
    CHECK(talk.kept().state == apple::State::enrolled);
}

TEST_CASE("a message that is not signed, or whose body was changed, is refused before it is read") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    const std::string body = plist::write_xml(Dict{{"Status", "Idle"}, {"UDID", kUdid}});
    CHECK(talk.send(Method::put, "/apple/mdm", body).status == 400);
    CHECK(talk.send(Method::put, "/apple/mdm", body + " ",
                    {{"mdm-signature", Authority::sign("k1", kUdid, "", body)}})
              .status == 400);
    CHECK(talk.send(Method::put, "/apple/mdm", body, {{"mdm-signature", "@@"}}).status == 400);
    CHECK(talk.send(Method::put, "/apple/mdm", "<plist/>",
                    {{"mdm-signature", Authority::sign("k1", kUdid, "", "<plist/>")}})
              .status == 400);
    CHECK(talk.send(Method::get, "/apple/mdm").status == 405);
    CHECK(talk.send(Method::get, "/apple/other").status == 404);
    CHECK(talk.send(Method::get, "/apple/scep", {}, {}, "GetCACert").status == 200);
    CHECK(talk.send(Method::get, "/apple/scep", {}, {}, "Other").status == 400);
}

TEST_CASE("a check-in that is sent again by somebody who kept it changes nothing") {
    Talk talk;
    const std::string early = talk.now_text();
    REQUIRE(talk.certify(talk.profile(), "k1") == "k1");
    REQUIRE(talk.put("k1", Talk::authenticate(), true, early).status == 200);
    // Its answer was lost: asked right again it is answered again.
    CHECK(talk.put("k1", Talk::authenticate(), true, early).status == 200);
    REQUIRE(talk.put("k1", Talk::token(), true).status == 200);
    CHECK(talk.put("k1", Talk::authenticate(), true, early).status == 409);
    CHECK(talk.kept().state == apple::State::enrolled);
    CHECK(talk.kept().queue.size() == 4);
    // One that never arrived, of before.
    talk.minute += 30;
    REQUIRE(talk.put("k1", Talk::token(), true).status == 200);
    talk.clock.wall_offset += std::chrono::hours(1);
    REQUIRE(talk.put("k1", Talk::token(), true, base::to_iso8601(talk.clock.now())).status == 200);
    Dict out{{"MessageType", "CheckOut"}, {"UDID", kUdid}, {"Topic", "t"}};
    CHECK(talk.put("k1", out, true, early).status == 409);
    CHECK(talk.kept().state == apple::State::enrolled);
}

TEST_CASE("a phone that left is told nothing, and may come back with another profile") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    // While it is here nobody takes its place.
    CHECK(talk.enrol("k2") == 409);
    REQUIRE(talk.put("k1", {{"MessageType", "CheckOut"}, {"UDID", kUdid}, {"Topic", "t"}}, true).status ==
            200);
    CHECK(talk.kept().state == apple::State::left);
    CHECK(talk.kept().token.empty());
    CHECK(talk.put("k1", {{"Status", "Idle"}, {"UDID", kUdid}}, false).status == 403);
    REQUIRE(talk.enrol("k3") == 200);
    CHECK(talk.kept().state == apple::State::enrolled);
    CHECK(talk.put("k1", {{"Status", "Idle"}, {"UDID", kUdid}}, false).status == 403);
    CHECK(Talk::kind(talk.idle("k3")) == "DeviceInformation");
}

TEST_CASE("of a person's own phone neither its serial nor its id is a fact, and no apps are asked") {
    Talk talk;
    REQUIRE(talk.enrol("k1", true) == 200);
    CHECK_FALSE(talk.live.by_serial(fleet::test::kTenant, "F2LX1"));
    const std::string serial = "apple-" + base::sha256(kUdid).hex().substr(0, 16);
    CHECK(talk.fact("x.ownership", serial) == "personal");
    const Dict asked = talk.idle("k1");
    REQUIRE(Talk::kind(asked) == "DeviceInformation");
    const Dict next = talk.says("k1", {{"Status", "Acknowledged"},
                                       {"UDID", kUdid},
                                       {"CommandUUID", *asked.text("CommandUUID")},
                                       {"QueryResponses", Dict{{"ProductName", "iPhone17,1"},
                                                               {"OSVersion", "26.4"},
                                                               {"DeviceName", "Anna's phone"},
                                                               {"WiFiMAC", "aa:bb:cc:dd:ee:ff"}}}});
    CHECK(talk.fact("os_version", serial) == "26.4");
    CHECK(talk.fact("name", serial).empty());
    CHECK(talk.fact("x.mac", serial).empty());
    CHECK(Talk::kind(next) == "DeclarativeManagement");
    CHECK(talk.kept(serial).queue.size() == 2);
}

TEST_CASE("a phone that answers for another one, or what was not asked, changes no fact") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    const Dict lie{{"UDID", kOther}, {"OSVersion", "99.9"}};
    talk.says("k1", {{"Status", "Acknowledged"},
                     {"UDID", kUdid},
                     {"CommandUUID", "made-up"},
                     {"QueryResponses", Dict{{"OSVersion", "99.9"}}}});
    CHECK(talk.fact("os_version") == "26.3");
    const Dict asked = talk.idle("k1");
    talk.says("k1", {{"Status", "Acknowledged"},
                     {"UDID", kUdid},
                     {"CommandUUID", *asked.text("CommandUUID")},
                     {"QueryResponses", lie}});
    CHECK(talk.fact("os_version") == "26.3");
}

TEST_CASE("an identity that a person ended is not heard any more") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    REQUIRE(
        talk.status([&](auto reply) { talk.enrolment.revoke(talk.admin, talk.id(), "lost", reply); }).ok());
    CHECK(talk.put("k1", {{"Status", "Idle"}, {"UDID", kUdid}}, false).status == 403);
    CHECK(talk.put("k1", Talk::authenticate(), true).status == 403);
}

TEST_CASE("phones may share a push token: each stays itself") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    REQUIRE(talk.certify(talk.profile(), "k2", kOther) == "k2");
    Dict second = Talk::authenticate(kOther);
    second.put("SerialNumber", "F2LX2");
    const std::string body = plist::write_xml(second);
    REQUIRE(talk.send(Method::put, "/apple/mdm", body,
                      {{"mdm-signature", Authority::sign("k2", kOther, talk.now_text(), body)},
                       {"content-type", "application/x-apple-aspen-mdm-checkin"}})
                .status == 200);
    REQUIRE(talk.put("k2", Talk::token(kOther), true).status == 200);
    CHECK(talk.kept("F2LX1").token == talk.kept("F2LX2").token);
    CHECK(talk.kept("F2LX1").enrolment == kUdid);
    CHECK(talk.kept("F2LX2").enrolment == kOther);
}

TEST_CASE("who sees some groups makes profiles for those alone, and sees their phones alone") {
    Talk talk;
    access::Actor viewer = talk.admin;
    viewer.role = access::Role::viewer;
    CHECK(talk.result<apple_phones::MadeProfile>(
                  [&](auto reply) { talk.phones.make_profile(viewer, {"A", {}, false, 24}, reply); })
              .error()
              .kind == base::ErrorKind::denied);
    access::Actor scoped = talk.admin;
    scoped.role = access::Role::operator_;
    scoped.scope = {talk.ids.next()};
    CHECK_FALSE(talk.result<apple_phones::MadeProfile>(
                        [&](auto reply) { talk.phones.make_profile(scoped, {"A", {}, false, 24}, reply); })
                    .ok());
    CHECK_FALSE(talk.result<apple_phones::MadeProfile>(
                        [&](auto reply) { talk.phones.make_profile(talk.admin, {"", {}, false, 24}, reply); })
                    .ok());
    REQUIRE(talk.enrol("k1") == 200);
    CHECK(talk.phones.list(talk.admin)->size() == 1);
    CHECK(talk.phones.list(scoped)->empty());
}

TEST_CASE("a phone comes for what is declared to it, keeps it, and says so") {
    Talk talk;
    REQUIRE(talk.enrol("k1") == 200);
    const auto ask = [&](const std::string& endpoint, const std::string& data = {}) {
        Dict message{{"MessageType", "DeclarativeManagement"}, {"UDID", kUdid}, {"Endpoint", endpoint}};
        const base::ByteView bytes = base::as_bytes(data);
        if (!data.empty()) message.put("Data", base::Bytes(bytes.begin(), bytes.end()));
        return talk.put("k1", message, true);
    };
    const std::string before = Talk::text(ask("declaration-items"));
    CHECK(before.find("oakum.status") != std::string::npos);
    CHECK(before.find("oakum.system") == std::string::npos);
    CHECK(ask("declaration/configuration/oakum.system").status == 404);
    CHECK(ask("declaration/activation/oakum.activation").status == 200);
    CHECK(ask("other").status == 404);
    REQUIRE(talk.status([&](auto reply) {
                    talk.phones.declare(fleet::test::kTenant, talk.id(),
                                        apple::Enforced{"26.6.1", "2026-12-01T19:00:00"}, reply);
                })
                .ok());
    CHECK(Talk::text(ask("declaration-items")) != before);
    const std::string declared = Talk::text(ask("declaration/configuration/oakum.system"));
    CHECK(declared.find(R"("TargetOSVersion":"26.6.1")") != std::string::npos);
    const std::string token = declared.substr(declared.find("\"ServerToken\":\"") + 15, 32);
    const auto told = [&](const std::string& said, const std::string& version) {
        return ask("status",
                   R"({"StatusItems":{"device":{"operating-system":{"version":")" + version +
                       R"("}},"softwareupdate":{"install-state":"failed","failure-reason":{"count":1,)" +
                       R"("reason":"no space"}},"management":{"declarations":{"activations":[],)" +
                       R"("configurations":[{"identifier":"oakum.system","active":)" + said +
                       R"(,"valid":"valid","server-token":")" + token +
                       R"("}],"assets":[],"management":[]}}},"Errors":[]})")
            .status;
    };
    CHECK(talk.fact("x.policy") == "iOS 26.6.1 by 2026-12-01T19:00:00");
    CHECK(talk.fact("x.applied_policy").empty());
    CHECK(told("true", "26.3") == 200);
    CHECK(talk.fact("x.applied_policy") == "iOS 26.6.1 by 2026-12-01T19:00:00");
    CHECK(talk.fact("x.update_failure") == "no space");
    CHECK(talk.fact("x.update_state") == "failed");
    CHECK(told("true", "26.6.1") == 200);
    CHECK(talk.fact("os_version") == "26.6.1");
    // A copy of an old report sets nothing back.
    talk.minute -= 30;
    CHECK(told("true", "26.3") == 409);
    CHECK(talk.fact("os_version") == "26.6.1");
    CHECK(ask("status", "{").status == 400);
    talk.minute += 60;
    // What is taken back is gone; the phone says that it does not keep it any more.
    REQUIRE(talk.status([&](auto reply) {
                    talk.phones.declare(fleet::test::kTenant, talk.id(), std::nullopt, reply);
                })
                .ok());
    CHECK(ask("declaration/configuration/oakum.system").status == 404);
    CHECK(Talk::text(ask("declaration-items")) == before);
    CHECK(talk.fact("x.policy").empty());
    CHECK(told("false", "26.6.1") == 200);
    CHECK(talk.fact("x.applied_policy").empty());
}

TEST_CASE("nothing is declared of a person's own phone, nor of one before iOS 17") {
    Talk talk;
    REQUIRE(talk.enrol("k1", true) == 200);
    const std::string serial = "apple-" + base::sha256(kUdid).hex().substr(0, 16);
    const auto declare = [&](device::DeviceId id) {
        return talk
            .status([&](auto reply) {
                talk.phones.declare(fleet::test::kTenant, id,
                                    apple::Enforced{"26.6.1", "2026-12-01T19:00:00"}, reply);
            })
            .ok();
    };
    CHECK_FALSE(declare(talk.id(serial)));
    Talk other;
    REQUIRE(other.certify(other.profile(), "k1") == "k1");
    Dict old = Talk::authenticate();
    old.put("OSVersion", "16.7");
    REQUIRE(other.put("k1", old, true).status == 200);
    REQUIRE(other.put("k1", Talk::token(), true).status == 200);
    CHECK_FALSE(other
                    .status([&](auto reply) {
                        other.phones.declare(fleet::test::kTenant, other.id(),
                                             apple::Enforced{"26.6.1", "2026-12-01T19:00:00"}, reply);
                    })
                    .ok());
}
