// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <local_rules.hpp>

#include <fstream>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;
namespace fs = std::filesystem;

namespace {

struct Supplies {
    Folder folder;
    void put(const std::string& name, const std::map<std::string, std::string>& files) const {
        fs::create_directories(folder.path / name);
        for (const auto& [file, text] : files)
            std::ofstream(folder.path / name / file) << text << "\n";
    }
    Power read() const { return read_power(folder.path); }
};

LocalRulesConfig rules(std::initializer_list<std::pair<const char*, const char*>> lines) {
    LocalRulesConfig config;
    for (const auto& [key, value] : lines)
        REQUIRE(set_local_rule(config, key, value).value());
    return config;
}

// As a kernel prints them: a default route over wlan0 and a worse one over wwan0.
const char* kRoutes = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                      "wwan0\t00000000\t0164A8C0\t0003\t0\t0\t700\t00000000\t0\t0\t0\n"
                      "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
                      "wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n";

} // namespace

TEST_CASE("a device without a battery is on mains; with one it says where it is") {
    const Supplies none;
    CHECK(none.read().on_mains);
    CHECK(read_power("/nowhere").on_mains);
    const Supplies laptop;
    laptop.put("AC", {{"type", "Mains"}, {"online", "0"}});
    laptop.put("BAT0", {{"type", "Battery"}, {"present", "1"}, {"capacity", "30"}});
    laptop.put("BAT1", {{"type", "Battery"}, {"present", "1"}, {"capacity", "50"}});
    laptop.put("pen", {{"type", "Battery"}, {"scope", "Device"}, {"capacity", "1"}});
    CHECK_FALSE(laptop.read().on_mains);
    CHECK(laptop.read().percent == 40);
    laptop.put("AC", {{"type", "Mains"}, {"online", "1"}});
    CHECK(laptop.read().on_mains);
    const Supplies odd;
    odd.put("BAT0", {{"type", "Battery"}, {"capacity", "many"}});
    CHECK(odd.read().has_battery);
    CHECK_FALSE(odd.read().percent);
}

TEST_CASE("battery and mains are asked for in words that say what is and what is needed") {
    const auto battery = rules({{"rules.battery_percent", "50"}});
    CHECK(judge_power(battery, {true, false, 50}).empty());
    CHECK(judge_power(battery, {true, true, 5}).empty());
    CHECK(judge_power(battery, {true, false, 49}) ==
          "its battery is at 49 %, and 50 % are needed (rules.battery_percent)");
    CHECK(judge_power(battery, {true, false, {}}).find("does not say") != std::string::npos);
    const auto mains = rules({{"rules.mains", "yes"}});
    CHECK(judge_power(mains, {true, false, 100}) == "it is not on mains, which rules.mains asks for");
    CHECK(judge_power(mains, {false, true, {}}).empty());
    CHECK(judge_power(LocalRulesConfig{}, {true, false, 1}).empty());
}

TEST_CASE("the link is that of the best default route, and a metered one is named") {
    CHECK(read_link(kRoutes, "") == "wlan0");
    CHECK(read_link("", "") == "");
    CHECK(read_link("", "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                        "fe800000000000000000000000000001 00000400 00000001 00000000 00450003    wwan0\n") ==
          "wwan0");
    // One that is down, one that is no default, and rubbish.
    CHECK(read_link("eth0\t00000000\t0\t0002\t0\t0\t0\t00000000\n", "") == "");
    CHECK(read_link("eth0\t00000000\t0\t0001\t0\t0\t0\t000000FF\n", "") == "");
    CHECK(read_link("x\ny z\n\n\t\t\t", "a b c\n") == "");
    const auto metered = rules({{"rules.metered", "wwan* usb0"}});
    CHECK(judge_link(metered, "wlan0").empty());
    CHECK(judge_link(metered, "").empty());
    CHECK(judge_link(metered, "usb0") == "its link is usb0, which is metered (rules.metered)");
    CHECK_FALSE(judge_link(metered, "wwan3").empty());
    CHECK(judge_link(metered, "usb01").empty());
}

TEST_CASE("busy is a load per processor") {
    const auto idle = rules({{"rules.idle_load", "0.5"}});
    CHECK(read_load("0.10 2.00 0.30 1/200 4711\n").value() == 2.0);
    CHECK_FALSE(read_load("").ok());
    CHECK_FALSE(read_load("0.1 many 0.3\n").ok());
    CHECK(judge_load(idle, 2.0, 4).empty());
    CHECK(judge_load(idle, 2.1, 4).starts_with("it is busy: a load of 0.53 per processor, and at most 0.50"));
    CHECK(judge_load(LocalRulesConfig{}, 99, 1).empty());
}

TEST_CASE("rules are read from their folders at each question, and without rules nothing is asked") {
    const Supplies sys, proc;
    sys.put("class/power_supply/BAT0", {{"type", "Battery"}, {"capacity", "10"}});
    proc.put("net", {{"route", kRoutes}, {"ipv6_route", ""}});
    proc.put("", {{"loadavg", "0.1 0.1 0.1 1/2 3"}});
    LocalRules all(rules({{"rules.battery_percent", "20"}, {"rules.metered", "wlan0"}}), sys.folder.path,
                   proc.folder.path);
    CHECK(all.may_install().find("10 %") != std::string::npos);
    CHECK(all.may_download().find("wlan0") != std::string::npos);
    sys.put("class/power_supply/BAT0", {{"capacity", "90"}});
    proc.put("net", {{"route", ""}});
    CHECK(all.may_install().empty());
    CHECK(all.may_download().empty());
    LocalRules none(LocalRulesConfig{}, "/nowhere", "/nowhere");
    CHECK(none.may_install().empty());
    CHECK(none.may_download().empty());
    LocalRulesConfig config;
    for (const auto& [key, value] : {std::pair<const char*, const char*>{"rules.mains", "perhaps"},
                                     {"rules.battery_percent", "101"},
                                     {"rules.idle_load", "0"},
                                     {"rules.idle_load", "nan"},
                                     {"rules.metered", ""},
                                     {"rules.metered", "a*b"},
                                     {"rules.metered", "../x"}})
        CHECK_FALSE(set_local_rule(config, key, value).ok());
    CHECK_FALSE(set_local_rule(config, "rules.mood", "good").value());
}
