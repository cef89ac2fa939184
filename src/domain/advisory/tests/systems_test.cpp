// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using oakum::component::Component;

namespace {

const std::string id = "CVE-2026-1";

AppleRelease release(std::string product, std::string version, std::vector<std::string> devices = {}) {
    AppleRelease r;
    r.product = std::move(product);
    r.version = std::move(version);
    r.supported_devices = std::move(devices);
    return r;
}

oakum::base::TimePoint day(int number) {
    return oakum::base::TimePoint{} + std::chrono::days(number);
}

Component system(std::string name, std::string version, std::string patch_level = "") {
    Component c;
    c.kind = oakum::component::Kind::operating_system;
    c.name = std::move(name);
    c.version = std::move(version);
    c.patch_level = std::move(patch_level);
    return c;
}

PackageStatement bulletin(std::string start, std::string end, std::string level,
                          std::string name = "platform/frameworks/base") {
    PackageStatement s;
    s.ecosystem = "Android";
    s.name = std::move(name);
    s.patch_level = std::move(level);
    s.ranges.push_back(
        {RangeType::ecosystem,
         {{RangeEvent::Kind::introduced, std::move(start)}, {RangeEvent::Kind::fixed, std::move(end)}}});
    return s;
}

constexpr auto in_range = "affected: the version is in the affected range";
constexpr auto has_fix = "fixed: the version has the fix";
constexpr auto has_level = "fixed: the security patch level has the fix";
constexpr auto newer_only = "unknown: it is fixed in a newer branch, and nothing is said about this one";

} // namespace

TEST_CASE("iOS is judged within its branch") {
    const auto data = compile({record(
        Source::apple, id, {release("ios", "26.4"), release("ios", "18.7.7"), release("macos", "15.2")})});
    struct Row {
        const char *version, *verdict, *fix;
    };
    for (const auto& row :
         {Row{"26.3", in_range, "26.4"}, Row{"26.4", has_fix, "26.4"}, Row{"26.10", has_fix, "26.4"},
          Row{"26.3.1 (a)", in_range, "26.4"}, Row{"18.7.6", in_range, "18.7.7"},
          Row{"18.7.10", has_fix, "18.7.7"}, Row{"17.7", newer_only, "18.7.7"}, Row{"27.0", has_fix, ""},
          Row{"beta", "unknown: the component's version cannot be ordered", ""}}) {
        INFO(row.version);
        CHECK(said(data, system("iOS", row.version), id) == row.verdict);
        CHECK(fix(data, system("iOS", row.version), id) == row.fix);
    }
    CHECK(said(data, system("tvos", "17.0"), id) == "nothing");
}

TEST_CASE("a model that the branch's release leaves out is sent to one that supports it") {
    const auto data = compile({record(
        Source::apple, id,
        {release("ios", "18.7.9", {"iPhone11,2", "iPhone11,8"}), release("ios", "26.6.1", {"iPhone16,1"})})});
    CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone11,2")})) == "18.7.9");
    CHECK(said(data, system("ios", "18.7.8"), id, on({hardware("iPhone16,1")})) == in_range);
    CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone16,1")})) == "26.6.1");
    CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone1,1")})) == "");
    CHECK(fix(data, system("ios", "18.7.8"), id) == "18.7.9");
}

TEST_CASE("a release that two feeds tell of is for the models that one of them names") {
    const auto data = compile(
        {record(Source::apple, id,
                {release("ios", "18.7.9"), release("ios", "18.7.9", {"iPhone11,2"}), release("ios", "26.6.1"),
                 release("ios", "26.6.1", {"iPhone16,1"}), release("ios", "26.6.1")})});
    CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone16,1")})) == "26.6.1");
    CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone11,2")})) == "18.7.9");
    CHECK(fix(data, system("ios", "17.1"), id, on({hardware("iPhone11,2")})) == "18.7.9");
    CHECK(fix(data, system("ios", "17.1"), id, on({hardware("iPhone16,1")})) == "26.6.1");
}

TEST_CASE("the list of all releases beside a product's feed: two records of one CVE, in whatever order") {
    auto list = record(Source::apple, id, {release("ios", "18.7.9"), release("ios", "26.6.1")});
    auto feed = record(Source::apple, id,
                       {release("ios", "18.7.9", {"iPhone11,2"}), release("ios", "26.6.1", {"iPhone16,1"})});
    for (const bool swapped : {false, true}) {
        CAPTURE(swapped);
        (swapped ? feed : list).part = "a";
        (swapped ? list : feed).part = "b";
        const auto data = compile({list, feed});
        CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone16,1")})) == "26.6.1");
        CHECK(fix(data, system("ios", "18.7.8"), id, on({hardware("iPhone11,2")})) == "18.7.9");
    }
}

TEST_CASE("a CVE that a later release of the branch lists again is open until that one") {
    const auto data = compile({record(Source::apple, id, {release("ios", "17.5"), release("ios", "17.6")})});
    CHECK(said(data, system("ios", "17.5.1"), id) == in_range);
    CHECK(fix(data, system("ios", "17.4"), id) == "17.6");
    CHECK(said(data, system("ios", "17.6"), id) == has_fix);
}

TEST_CASE("a background improvement fixes what it lists on the release that it is for, and on no other") {
    const auto data =
        compile({record(Source::apple, id,
                        {release("ios", "26.3.1 (a)"), release("ios", "26.4"), release("ios", "18.7.7")})});
    struct Row {
        const char *version, *verdict, *fix;
    };
    for (const auto& row : {Row{"26.3.1", in_range, "26.3.1 (a)"}, Row{"26.3.1 (a)", has_fix, "26.3.1 (a)"},
                            Row{"26.3.1(b)", has_fix, "26.3.1 (a)"}, Row{"26.3", in_range, "26.4"},
                            Row{"26.3 (a)", in_range, "26.4"}, Row{"26.3.2", in_range, "26.4"},
                            Row{"26.4", has_fix, "26.4"}, Row{"18.7.6", in_range, "18.7.7"}}) {
        INFO(row.version);
        CHECK(said(data, system("ios", row.version), id) == row.verdict);
        CHECK(fix(data, system("ios", row.version), id) == row.fix);
    }
}

TEST_CASE("which release a background improvement is for is told by the feed of the product") {
    auto open = release("ios", "26.4 (a)");
    open.uncertain = true;
    open.released = day(20);
    const auto known = [](std::string version, oakum::base::TimePoint at) {
        auto supplement = release("ios", std::move(version), {"iPhone16,1"});
        supplement.released = at;
        Record out;
        out.source = Source::apple;
        out.applicability = {supplement};
        return out;
    };
    const auto list = record(Source::apple, id, {open, release("ios", "26.5")});
    struct Row {
        std::vector<Record> records;
        const char *plain, *fix, *supplemented;
    };
    constexpr auto cannot = "unknown: the record's versions cannot be ordered";
    for (const auto& row : {
             Row{{list, known("26.3.1 (a)", day(20))}, in_range, "26.3.1 (a)", has_fix},
             Row{{known("26.3.1 (a)", day(20)), list}, in_range, "26.3.1 (a)", has_fix},
             // Another day's, and two of that day: which one is meant stays open.
             Row{{list, known("26.3.1 (a)", day(19))}, in_range, "26.5", cannot},
             Row{{list, known("26.3.1 (a)", day(20)), known("26.3 (a)", day(20))}, in_range, "26.5", cannot},
         }) {
        const auto data = compile(row.records);
        CHECK(said(data, system("ios", "26.3.1"), id) == row.plain);
        CHECK(fix(data, system("ios", "26.3.1"), id) == row.fix);
        CHECK(said(data, system("ios", "26.3.1 (a)"), id) == row.supplemented);
    }
    const auto data = compile({list, known("26.3.1 (a)", day(20))});
    CHECK(said(data, system("ios", "26.3 (a)"), id) == in_range);
    CHECK(fix(data, system("ios", "26.3"), id) == "26.5");
    CHECK(fix(data, system("ios", "26.3.1"), id, on({hardware("iPhone16,1")})) == "26.3.1 (a)");
    CHECK(fix(data, system("ios", "26.3.1"), id, on({hardware("iPhone12,1")})) == "26.5");
}

TEST_CASE("what a background improvement is for may be uncertain: that clears nothing") {
    auto supplement = release("ios", "26.3 (a)");
    supplement.uncertain = true;
    constexpr auto open = "unknown: the record's versions cannot be ordered";
    struct Row {
        const char *version, *alone, *listed_again, *listed_before;
    };
    const auto alone = compile({record(Source::apple, id, {supplement})});
    const auto again = compile({record(Source::apple, id, {supplement, release("ios", "26.4")})});
    const auto before = compile({record(Source::apple, id, {release("ios", "26.2"), supplement})});
    for (const auto& row : {Row{"26.1", open, in_range, in_range}, Row{"26.2", open, in_range, open},
                            Row{"26.3.1", open, in_range, open}, Row{"26.3.1 (a)", open, open, open},
                            Row{"26.4", open, has_fix, open}, Row{"18.7", newer_only, newer_only, newer_only},
                            Row{"27.0", has_fix, has_fix, has_fix}}) {
        INFO(row.version);
        CHECK(said(alone, system("ios", row.version), id) == row.alone);
        CHECK(said(again, system("ios", row.version), id) == row.listed_again);
        CHECK(said(before, system("ios", row.version), id) == row.listed_before);
    }
}

TEST_CASE("Android is judged by its release and patch level") {
    auto asb = record(
        Source::osv, "ASB-A-1",
        {bulletin("13:0", "13:2024-08-01", "2024-08-01"), bulletin("12L:0", "12L:2024-08-01", "2024-08-01")});
    asb.aliases = {"A-1", id};
    const auto data = compile({asb});
    struct Row {
        const char *version, *level, *verdict;
    };
    for (const auto& row :
         {Row{"13", "2024-07-05", in_range}, Row{"13", "2024-08-01", has_level},
          Row{"13.0", "2024-08-05", has_level}, Row{"12", "2024-07-05", in_range},
          Row{"14", "2024-07-05", "not affected: the version is outside the affected ranges"},
          Row{"13", "", "unknown: the component's version or patch level is not known"},
          Row{"13", "July", "unknown: the component's version cannot be ordered"},
          Row{"10", "2023-01-01", "unknown: the record does not speak of this version"}}) {
        INFO(row.version, " ", row.level);
        CHECK(said(data, system("Android", row.version, row.level), id) == row.verdict);
    }
    // A release that still had bulletins then and is not named is not affected.
    const auto newer = record(Source::osv, "ASB-A-9", {bulletin("15:0", "15:2024-08-01", "2024-08-01")});
    CHECK(said(compile({asb, newer}), system("android", "13", "2024-07-05"), "ASB-A-9") ==
          "not affected: the version is outside the affected ranges");
    CHECK(said(compile({newer}), system("android", "13", "2024-07-05"), "ASB-A-9") ==
          "unknown: the record does not speak of this version");
    CHECK(fix(data, system("android", "13", "2024-07-05"), id) == "2024-08-01");
    const auto found = verdict_on(data, system("android", "13", "2024-07-05"), id);
    REQUIRE(found.has_value());
    CHECK(evidence(data.file, system("android", "13", "2024-07-05"), *found).rule ==
          "platform/frameworks/base before the patch level 2024-08-01");
}

TEST_CASE("each system's feed adds its releases to one CVE") {
    const auto data = compile({record(Source::apple, id, {release("ios", "26.4")}, 2000),
                               record(Source::apple, id, {release("macos", "15.2")}, 1000)});
    CHECK(said(data, system("iOS", "26.3"), id) == in_range);
    CHECK(said(data, system("macOS", "15.1"), id) == in_range);
}

TEST_CASE("what comes after an Android release does not name the release") {
    const auto data = compile({record(Source::osv, "ASB-A-9",
                                      {bulletin("14-next:0", "14-next:2024-02-01", "2024-02-01"),
                                       bulletin("13:0", "13:2024-02-01", "2024-02-01")})});
    CHECK(said(data, system("android", "13", "2024-01-05"), "ASB-A-9") == in_range);
    CHECK(said(data, system("android", "14", "2024-01-05"), "ASB-A-9") ==
          "not affected: the version is outside the affected ranges");
}

TEST_CASE("Android kernels, chipsets and Pixels are told apart") {
    const auto android = system("android", "13", "2023-01-01");
    const auto kernel = compile(
        {record(Source::osv, "ASB-A-2", {bulletin(":0", ":2023-05-05", "2023-05-05", ":linux_kernel:")})});
    CHECK(said(kernel, android, "ASB-A-2") == in_range);
    CHECK(verdict_on(kernel, android, "ASB-A-2")->confidence == Confidence::medium);
    const auto chipset = compile(
        {record(Source::osv, "ASB-A-3", {bulletin("SoCVersion:0", "SoCVersion:2023-05-05", "2023-05-05")})});
    CHECK(said(chipset, android, "ASB-A-3") == "unknown: it depends on the chipset");
    CHECK(said(chipset, system("android", "13", "2023-06-01"), "ASB-A-3") == has_level);
    const auto pixel =
        compile({record(Source::osv, "PUB-A-4", {bulletin("13:0", "13:2023-05-05", "2023-05-05")})});
    CHECK(said(pixel, android, "PUB-A-4") == "nothing");
    CHECK(said(pixel, android, "PUB-A-4", on({hardware("Google")})) == in_range);
}

TEST_CASE("an Android kernel is left to the patch level") {
    Component kernel;
    kernel.kind = oakum::component::Kind::kernel;
    kernel.name = "linux";
    kernel.version = "4.9.113";
    const auto data =
        compile({record(Source::nvd, id, {any_of({criteria(cpe("o", "linux", "linux_kernel", "*"))})})});
    const std::vector<Component> set{system("android", "11", "2022-01-01"), kernel};
    CHECK(match(data.file, kernel, Platform(set)).empty());
    CHECK_FALSE(why_not_assessed(data.file, kernel, Platform(set)).empty());
    CHECK(said(data, kernel, id) == in_range);
}

TEST_CASE("one bulletin entry with several CVEs concerns each of them and merges none") {
    auto asb = record(Source::osv, "ASB-A-5", {bulletin("13:0", "13:2024-08-01", "2024-08-01")});
    asb.aliases = {"CVE-2024-10", "CVE-2024-11"};
    const auto data = compile({asb}, {{"CVE-2024-11", {}, {}, true, "", ""}});
    const auto found = match(data.file, system("android", "13", "2024-01-01"), {});
    REQUIRE(found.size() == 2);
    CHECK(data.file.id(found[0].advisory) == "CVE-2024-10");
    CHECK_FALSE(data.file.advisory(found[0].advisory).exploited);
    CHECK(data.file.advisory(found[1].advisory).exploited);
}
