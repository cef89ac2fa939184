// SPDX-License-Identifier: Apache-2.0
#include <mender_api/messages.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::mender_api;

TEST_CASE("an authentication request names the device, its key and perhaps a token") {
    const auto asked = decode_auth_request("{\"id_data\":\"{\\\"mac\\\":\\\"02:00:00:00:00:01\\\"}\","
                                           "\"tenant_token\":\"t\",\"pubkey\":\"PEM\"}\n");
    REQUIRE(asked.ok());
    CHECK(serial_of(asked->identity) == "02:00:00:00:00:01");
    CHECK(asked->tenant_token == "t");
    CHECK(asked->pubkey == "PEM");
    for (const char* wrong : {"", "{}", R"({"id_data":"x","pubkey":"P"})", R"({"id_data":"{}","pubkey":"P"})",
                              R"({"id_data":{"mac":"1"},"pubkey":"P"})", R"({"id_data":"{\"a\":\"b\"}"})"})
        CHECK_FALSE(decode_auth_request(wrong).ok());
}

TEST_CASE("of several names the serial counts, else all of them in order, never more than a serial holds") {
    CHECK(serial_of({{"mac", "m"}, {"serial", "s"}}) == "s");
    CHECK(serial_of({{"b", "2"}, {"a", "1"}}) == "a=1,b=2");
    CHECK(serial_of({{"a", std::string(500, 'x')}}).size() == 64);
}

TEST_CASE("inventory is a list of names with a value or several") {
    const auto said = decode_inventory(
        R"([{"name":"device_type","value":"testbox"},{"name":"ip","value":["10.0.0.1","::1"]},{"name":"n","value":3}])");
    REQUIRE(said.ok());
    CHECK(*said ==
          std::map<std::string, std::string>{{"device_type", "testbox"}, {"ip", "10.0.0.1,::1"}, {"n", "3"}});
    CHECK_FALSE(decode_inventory("{}").ok());
    CHECK_FALSE(decode_inventory(R"([{"name":"a"}])").ok());
}

TEST_CASE("both versions of asking for the next deployment say what runs") {
    CHECK(decode_next_v1(R"({"artifact_name":"r1","device_type":"t"})")->provides.at("artifact_name") ==
          "r1");
    CHECK(decode_next_v2(R"({"device_provides":{"artifact_name":"r1"},"update_control_map":true})")
              ->provides.at("artifact_name") == "r1");
    CHECK(decode_next_v2(R"({"device_provides":{"artifact_name":"r1"},"update_control_map":true})")
              ->takes_control_map);
    CHECK_FALSE(decode_next_v2(R"({"device_provides":{"artifact_name":"r1"}})")->takes_control_map);
    CHECK_FALSE(decode_next_v2(R"({"artifact_name":"r1"})").ok());
}

TEST_CASE("a status is one of the client's words") {
    CHECK(decode_status(R"({"status":"already-installed"})")->status == Status::already_installed);
    const auto failed = decode_status(R"({"status":"failure","substate":"script 3"})");
    REQUIRE(failed.ok());
    CHECK(ends(failed->status));
    CHECK(failed->substate == "script 3");
    CHECK_FALSE(ends(Status::rebooting));
    CHECK_FALSE(decode_status(R"({"status":"done"})").ok());
    CHECK_FALSE(decode_status("{}").ok());
}

TEST_CASE("of a log the errors are kept, the newest of them when they are many") {
    CHECK(decode_log(R"({"messages":[{"level":"info","message":"a"},{"level":"error","message":"b"},
        {"level":"info","message":"c"}]})")
              .value() == "b");
    CHECK(decode_log(R"({"messages":[{"level":"info","message":"a"},{"level":"info","message":"c"}]})")
              .value() == "a\nc");
    std::string many;
    for (int i = 0; i < 2000; ++i)
        many += std::string(i == 0 ? "" : ",") + R"({"level":"error","message":"line )" + std::to_string(i) +
                "\"}";
    const auto log = decode_log("{\"messages\":[" + many + "]}");
    REQUIRE(log.ok());
    CHECK(log->size() <= kMaxLog);
    CHECK(log->ends_with("line 1999"));
}

TEST_CASE("a deployment says what to fetch and for whom") {
    CHECK(
        encode(Deployment{"d-1", "r2", {"t"}, "https://h/f", "2026-01-01T00:00:00Z"}) ==
        R"({"id":"d-1","artifact":{"artifact_name":"r2","device_types_compatible":["t"],"source":{"uri":"https://h/f","expire":"2026-01-01T00:00:00Z"}}})");
}

TEST_CASE("a gate is a control map for the moment before it installs, and one that grew old fails") {
    Deployment deployment{"d-1", "r2", {"t"}, "https://h/f", "2026-01-01T00:00:00Z"};
    deployment.gate = Gate::wait;
    const std::string map =
        R"("update_control_map":{"id":"d-1","priority":0,"states":{"ArtifactInstall_Enter":{"action":"pause","on_map_expire":"fail"}}}})";
    CHECK(encode(deployment).ends_with("}}," + map));
    CHECK(encode_gate("d-1", Gate::wait) == "{" + map);
    CHECK(encode_gate("d-1", Gate::fail).find(R"("action":"fail")") != std::string::npos);
    CHECK(encode_gate("d-1", Gate::pass).find(R"("action":"continue","on_map_expire":"continue")") !=
          std::string::npos);
}
