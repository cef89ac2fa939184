// SPDX-License-Identifier: Apache-2.0
#include <ddi/messages.hpp>

#include <base/bytes.hpp>
#include <doctest/doctest.h>
#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::ddi;

TEST_CASE("the feedback of SWUpdate 2022.12, of rauc-hawkbit-updater and of hawkBit's own page are read") {
    const auto swupdate = decode_feedback(
        R"({"id": 8, "time": "20260101T101010", "status": { "result": { "progress": { "cnt": 1, "of": 4 },
            "finished": "none" }, "execution": "proceeding", "details": [ "Installing", "", "more" ] } })");
    REQUIRE(swupdate.ok());
    CHECK(swupdate->execution == Execution::proceeding);
    CHECK(swupdate->finished == Finished::none);
    CHECK(swupdate->percent == 25U);
    CHECK(swupdate->details == "Installing\nmore");
    CHECK_FALSE(swupdate->code);

    const auto rauc = decode_feedback(
        R"({"time":"20260101T101010","status":{"result":{"finished":"success"},"execution":"closed","details":["ok"]}})");
    REQUIRE(rauc.ok());
    CHECK(rauc->execution == Execution::closed);
    CHECK(rauc->finished == Finished::success);

    const auto full = decode_feedback(
        R"({"id":"8","timestamp":1627997501890,"status":{"execution":"closed","code":200,"result":{"finished":"failure",
            "progress":{"cnt":2,"of":0}},"details":[]}})");
    REQUIRE(full.ok());
    CHECK(full->code == 200);
    CHECK_FALSE(full->percent);
}

TEST_CASE("feedback without an execution or a result, or with unknown words, is refused at its place") {
    for (const char* wrong : {"", "[]", "{}", R"({"status":{}})", R"({"status":{"execution":"closed"}})",
                              R"({"status":{"execution":"closed","result":{}}})",
                              R"({"status":{"execution":"finished","result":{"finished":"none"}}})",
                              R"({"status":{"execution":"closed","result":{"finished":"maybe"}}})",
                              R"({"status":{"execution":7,"result":{"finished":"none"}}})"}) {
        CAPTURE(wrong);
        CHECK_FALSE(decode_feedback(wrong).ok());
    }
    CHECK(decode_feedback(R"({"status":{"execution":"done","result":{"finished":"none"}}})").error().where ==
          "/status/execution");
}

TEST_CASE("of many details the beginning and the end are kept, whole characters only") {
    std::string lines;
    for (int i = 0; i < 900; ++i)
        lines += (i == 0 ? "\"" : ",\"") + std::string("line ä ") + std::to_string(i) + "\"";
    const auto feedback = decode_feedback(
        R"({"status":{"execution":"closed","result":{"finished":"failure"},"details":[)" + lines + "]}}");
    REQUIRE(feedback.ok());
    CHECK(feedback->details.size() <= kMaxDetails);
    CHECK(feedback->details.starts_with("line ä 0\n"));
    CHECK(feedback->details.ends_with("line ä 899"));
    CHECK(base::is_utf8(feedback->details));
}

TEST_CASE("attributes are merged unless they say otherwise, whatever type their values have") {
    const auto plain = decode_attributes(
        R"({"id":"","time":"x","status":{"result":{"finished":"success"},"execution":"closed","details":[""]},
            "data":{"version":"1.0","uptime":17,"ok":true,"none":null}})");
    REQUIRE(plain.ok());
    CHECK(plain->mode == Mode::merge);
    CHECK(plain->data == std::map<std::string, std::string>{
                             {"version", "1.0"}, {"uptime", "17"}, {"ok", "true"}, {"none", ""}});
    CHECK(decode_attributes(R"({"mode":"replace","data":{}})")->mode == Mode::replace);
    CHECK(decode_attributes(R"({"mode":"remove","data":{"a":""}})")->mode == Mode::remove);
    CHECK_FALSE(decode_attributes(R"({"mode":"add","data":{}})").ok());
    CHECK_FALSE(decode_attributes(R"({"data":[]})").ok());
    CHECK_FALSE(decode_attributes(R"({"data":{"":"x"}})").ok());
    std::string many = R"({"data":{)";
    for (int i = 0; i <= 100; ++i)
        many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
    CHECK_FALSE(decode_attributes(many + "}}").ok());
}

TEST_CASE("a confirmation is one of two words") {
    CHECK(decode_confirmation(R"({"confirmation":"confirmed"})")->confirmed);
    const auto denied = decode_confirmation(R"({"confirmation":"denied","code":-1,"details":["in use"]})");
    REQUIRE(denied.ok());
    CHECK_FALSE(denied->confirmed);
    CHECK(denied->details == "in use");
    CHECK_FALSE(decode_confirmation(R"({"confirmation":"later"})").ok());
}

TEST_CASE("the base says when to come back and only the links that there are") {
    Base base;
    base.sleep_seconds = 3725;
    base.deployment = "https://h/d";
    base.attributes = "https://h/c";
    CHECK(
        encode(base) ==
        R"({"config":{"polling":{"sleep":"01:02:05"}},"_links":{"deploymentBase":{"href":"https://h/d"},"configData":{"href":"https://h/c"}}})");
    base.sleep_seconds = 500'000;
    CHECK(encode(base).find("23:59:59") != std::string::npos);
    base.sleep_seconds = 0;
    CHECK(encode(base).find("00:00:01") != std::string::npos);
}

TEST_CASE("a deployment has one chunk with one file, forced, and never a skip") {
    Deployment deployment;
    deployment.id = "8";
    deployment.part = "os";
    deployment.name = "gateway";
    deployment.version = "2.0";
    deployment.artifact = {"a.swu", 11, "s1", "m5", "s256", "https://h/a.swu", false};
    CHECK(
        encode(deployment) ==
        R"({"id":"8","deployment":{"download":"forced","update":"forced","chunks":[{"part":"os","version":"2.0","name":"gateway","artifacts":[{"filename":"a.swu","hashes":{"sha1":"s1","md5":"m5","sha256":"s256"},"size":11,"_links":{"download":{"href":"https://h/a.swu"},"md5sum":{"href":"https://h/a.swu.MD5SUM"}}}]}]}})");
    deployment.awaits_confirmation = true;
    deployment.artifact.plain = true;
    deployment.status = "RUNNING";
    deployment.messages = {"m"};
    const auto parsed = json::parse(encode(deployment));
    REQUIRE(parsed.ok());
    CHECK(parsed->find("confirmation"));
    CHECK_FALSE(parsed->find("deployment"));
    CHECK(encode(deployment).find("download-http") != std::string::npos);
    CHECK(parsed->at("actionHistory")->string_at("status").value() == "RUNNING");
}

TEST_CASE("cancelling, confirming and failing have hawkBit's shapes") {
    CHECK(encode_cancel("11") == R"({"id":"11","cancelAction":{"stopId":"11"}})");
    CHECK(encode(AutoConfirm{
              .active = true, .initiator = "", .remark = "", .activate = "a", .deactivate = "d"}) ==
          R"({"autoConfirm":{"active":true},"_links":{"deactivateAutoConfirm":{"href":"d"}}})");
    CHECK(json::parse(encode(Failure{"E", "c", "m"}))->size() == 3);
}
