// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/commands.hpp>
#include <apple_messages/inventory.hpp>
#include <apple_messages/messages.hpp>
#include <doctest/doctest.h>
#include <plist/parse.hpp>
#include <plist/write.hpp>

using namespace oakum;
using namespace oakum::apple_messages;
using plist::Dict;

namespace {

const std::string kUdid = "00008101-000A1B2C3D4E5F60";

std::string xml(Dict dict) {
    return plist::write_xml(plist::Value(std::move(dict)));
}
Dict queries_of(const apple::Phone& phone, apple::Kind kind) {
    apple::Command command;
    command.uuid = "u1";
    command.kind = kind;
    const auto written = plist::parse(write_command(command, phone, "{}"));
    REQUIRE(written.ok());
    CHECK(written->as<Dict>()->text("CommandUUID") == "u1");
    return *written->as<Dict>()->dict("Command");
}

} // namespace

TEST_CASE("a phone that begins says who it is") {
    const auto read = read_check_in(xml({{"MessageType", "Authenticate"},
                                         {"UDID", kUdid},
                                         {"Topic", "t"},
                                         {"SerialNumber", "F2LX"},
                                         {"ProductName", "iPhone17,1"},
                                         {"OSVersion", "26.3"}}));
    REQUIRE(read.ok());
    CHECK(read->kind == CheckInKind::authenticate);
    CHECK(read->enrolment == kUdid);
    CHECK_FALSE(read->by_user);
    CHECK(read->serial == "F2LX");
    CHECK(read->product == "iPhone17,1");
    const auto own =
        read_check_in(xml({{"MessageType", "Authenticate"}, {"EnrollmentID", "E1"}, {"Topic", "t"}}));
    REQUIRE(own.ok());
    CHECK(own->by_user);
}

TEST_CASE("how a phone is reached is taken whole or not at all") {
    Dict dict{{"MessageType", "TokenUpdate"},
              {"UDID", kUdid},
              {"Topic", "t"},
              {"Token", base::Bytes{1, 2}},
              {"PushMagic", "m"}};
    REQUIRE(read_check_in(xml(dict)).ok());
    CHECK(read_check_in(xml(dict))->token == base::Bytes{1, 2});
    dict.put("UserID", "U");
    CHECK(read_check_in(xml(dict))->of_user);
    for (const char* key : {"Topic", "Token", "PushMagic", "UDID"}) {
        Dict less = dict;
        less.put(key, "");
        CHECK_FALSE(read_check_in(xml(less)).ok());
    }
    dict.put("Token", base::Bytes(300, 1));
    CHECK_FALSE(read_check_in(xml(dict)).ok());
    CHECK_FALSE(read_check_in(xml({{"MessageType", "Erase"}, {"UDID", kUdid}})).ok());
    CHECK_FALSE(read_check_in(xml({{"MessageType", "CheckOut"}, {"UDID", "a/b c"}})).ok());
    CHECK_FALSE(read_check_in("no plist").ok());
}

TEST_CASE("a report says what became of a command, with the phone's own reason, bounded") {
    const auto idle = read_report(xml({{"Status", "Idle"}, {"UDID", kUdid}}));
    REQUIRE(idle.ok());
    CHECK(idle->word == apple::Word::idle);
    const auto failed =
        read_report(xml({{"Status", "Error"},
                         {"UDID", kUdid},
                         {"CommandUUID", "u1"},
                         {"ErrorChain", plist::Array{Dict{{"ErrorCode", 12021},
                                                          {"ErrorDomain", "MCMDMErrorDomain"},
                                                          {"USEnglishDescription", "Unknown command"}}}}}));
    REQUIRE(failed.ok());
    CHECK(failed->error == "Unknown command (12021 MCMDMErrorDomain)");
    const auto long_one = read_report(
        xml({{"Status", "Error"},
             {"UDID", kUdid},
             {"ErrorChain", plist::Array{Dict{{"LocalizedDescription", std::string(350, 'x')}},
                                         Dict{{"LocalizedDescription", std::string(350, 'y')}}}}}));
    CHECK(long_one->error.size() == 400);
    CHECK_FALSE(read_report(xml({{"Status", "Fine"}, {"UDID", kUdid}})).ok());
}

TEST_CASE("of a person's own phone nothing is asked that names its owner or its hardware") {
    apple::Phone phone;
    const Dict company = queries_of(phone, apple::Kind::device_information);
    CHECK(company.text("RequestType") == "DeviceInformation");
    CHECK(company.array("Queries")->size() == 16);
    phone.personal = true;
    const auto personal = plist::write_xml(queries_of(phone, apple::Kind::device_information));
    for (const char* name : {"UDID", "SerialNumber", "DeviceName", "WiFiMAC", "IMEI", "TimeZone"})
        CHECK(personal.find(name) == std::string::npos);
    CHECK(personal.find("OSVersion") != std::string::npos);
    CHECK(queries_of(phone, apple::Kind::declarative_management).data("Data")->size() == 2);
}

TEST_CASE("what a phone tells becomes facts under our keys") {
    const auto facts =
        facts_of_device_information(Dict{{"QueryResponses", Dict{{"ProductName", "iPad13,1"},
                                                                 {"OSVersion", "16.5.1"},
                                                                 {"SupplementalOSVersionExtra", "(a)"},
                                                                 {"BuildVersion", "20F75"},
                                                                 {"SupplementalBuildVersion", "20F770750b"},
                                                                 {"IsSupervised", true},
                                                                 {"DeviceCapacity", 64.0},
                                                                 {"AvailableDeviceCapacity", 3.26},
                                                                 {"BatteryLevel", 0.87},
                                                                 {"DeviceName", "Kiosk 3"},
                                                                 {"TimeZone", "Europe/Berlin"}}}});
    CHECK(facts.at("os_version") == "16.5.1 (a)");
    CHECK(facts.at("x.os_build") == "20F770750b");
    CHECK(facts.at("platform") == "ipados");
    CHECK(facts.at("kind") == "tablet");
    CHECK(facts.at("model") == "iPad13,1");
    CHECK(facts.at("x.supervised") == "yes");
    CHECK(facts.at("x.storage_free_gb") == "3.3");
    CHECK(facts.at("x.battery_percent") == "87");
    CHECK(facts_of_device_information(Dict{}).empty());
    CHECK(
        facts_of_device_information(Dict{{"QueryResponses", Dict{{"OSVersion", 5}, {"BatteryLevel", -1.0}}}})
            .empty());
    const auto safety = facts_of_security_info(
        Dict{{"SecurityInfo", Dict{{"HardwareEncryptionCaps", 3},
                                   {"PasscodePresent", false},
                                   {"ManagementStatus", Dict{{"IsUserEnrollment", true}}}}}});
    CHECK(safety.at("x.passcode") == "no");
    CHECK(safety.at("x.encrypted") == "no");
    CHECK(safety.at("x.enrolled_by_user") == "yes");
}

TEST_CASE("apps are components by their bundle ids; what has no name is left out") {
    const auto apps = apps_of(Dict{
        {"InstalledApplicationList",
         plist::Array{
             Dict{
                 {"Identifier", "com.example.a"}, {"Name", "A"}, {"ShortVersion", "2.1"}, {"Version", "210"}},
             Dict{{"Identifier", "com.example.b"}, {"Version", "7"}}, Dict{}, "x"}}});
    REQUIRE(apps);
    REQUIRE(apps->size() == 2);
    CHECK((*apps)[0].version == "2.1");
    CHECK((*apps)[0].bundle_id == "com.example.a");
    CHECK((*apps)[1].name == "com.example.b");
    CHECK((*apps)[1].version == "7");
    CHECK_FALSE(apps_of(Dict{}));
}
