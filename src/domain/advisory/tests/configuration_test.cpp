// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using oakum::component::Component;

namespace {

const std::string id = "CVE-2021-42377";

Compiled nvd(CpeConfiguration configuration) {
    return compile({record(Source::nvd, id, {std::move(configuration)})});
}

Component busybox(std::string version) {
    return software("busybox", version, cpe("a", "busybox", "busybox", version));
}

constexpr auto in_range = "affected: the version is in the affected range";
constexpr auto listed = "affected: the version is listed as affected";
constexpr auto outside = "not affected: the version is outside the affected ranges";
constexpr auto has_fix = "fixed: the version has the fix";
constexpr auto unreadable = "unknown: the component's version cannot be ordered";
constexpr auto other = "not affected: the advisory needs another platform than this one";
constexpr auto undeclared = "unknown: the advisory needs a platform that is not declared";
constexpr auto edition =
    "unknown: the advisory is about an edition or target that the component does not state";

} // namespace

TEST_CASE("a range decides by its bounds") {
    const auto data = nvd(any_of({between(cpe("a", "busybox", "busybox", "*"), "1.33.0", "1.34.0")}));
    struct Row {
        const char *version, *verdict;
    };
    for (const auto& row :
         {Row{"1.32.9", outside}, Row{"1.33.0", in_range}, Row{"1.33.10", in_range}, Row{"1.34.0", has_fix},
          Row{"1.36.1", has_fix}, Row{"302c2aba0a2a", unreadable}, Row{"custom", unreadable}}) {
        INFO(row.version);
        CHECK(said(data, busybox(row.version), id) == row.verdict);
    }
    CHECK(fix(data, busybox("1.33.1"), id) == "1.34.0");
    CHECK(said(data, software("busybox", "", cpe("a", "busybox", "busybox", "*")), id) ==
          "unknown: the component's version or patch level is not known");
    // The version may stand beside a CPE name that has none.
    CHECK(said(data, software("busybox", "1.33.1", cpe("a", "busybox", "busybox", "*")), id) == in_range);
}

TEST_CASE("listed versions match exactly, updates included") {
    const auto data = nvd(any_of({criteria(cpe("a", "ntp", "ntp", "4.2.8", "p1:*:*:*:*:*:*")),
                                  criteria(cpe("a", "ntp", "ntp", "4.2.7")),
                                  criteria(cpe("a", "ntp", "ntp", "v1_odd~build!"))}));
    const auto ntp = [](const char* version, const char* update) {
        return software("ntp", version,
                        cpe("a", "ntp", "ntp", version, std::string(update) + ":*:*:*:*:*:*"));
    };
    CHECK(said(data, ntp("4.2.8", "p1"), id) == listed);
    CHECK(said(data, ntp("4.2.8p1", "*"), id) == listed);
    CHECK(said(data, ntp("4.2.8", "p2"), id) == outside);
    CHECK(said(data, ntp("4.2.8", "*"), id) == outside);
    CHECK(said(data, ntp("4.2.7", "p9"), id) == listed);
    CHECK(said(data, ntp("v1_odd~build!", "*"), id) == listed);
    CHECK(said(data, ntp("v1_other~build!", "*"), id) == unreadable);
}

TEST_CASE("a version listed beside its updates does not stand for all of them") {
    const auto data = nvd(any_of({criteria(cpe("a", "ntp", "ntp", "4.2.8")),
                                  criteria(cpe("a", "ntp", "ntp", "4.2.8", "p1:*:*:*:*:*:*"))}));
    const auto ntp = [](const char* update) {
        return software("ntp", "4.2.8",
                        cpe("a", "ntp", "ntp", "4.2.8", std::string(update) + ":*:*:*:*:*:*"));
    };
    CHECK(said(data, ntp("p1"), id) == listed);
    CHECK(said(data, ntp("-"), id) == listed);
    CHECK(said(data, ntp("p18"), id) == outside);
}

TEST_CASE("openssl letters and kernel candidates are ordered as their makers do") {
    const auto data = compile(
        {record(Source::nvd, "CVE-1-1", {any_of({before(cpe("a", "openssl", "openssl", "*"), "1.1.1l")})}),
         record(Source::nvd, "CVE-1-2",
                {any_of({before(cpe("o", "linux", "linux_kernel", "*"), "6.6.10")})})});
    const auto openssl = [](const char* v) {
        return software("openssl", v, cpe("a", "openssl", "openssl", v));
    };
    CHECK(said(data, openssl("1.1.1k"), "CVE-1-1") == in_range);
    CHECK(said(data, openssl("1.1.1w"), "CVE-1-1") == has_fix);
    const auto kernel = [](const char* v) {
        return software("linux", v, cpe("o", "linux", "linux_kernel", v));
    };
    CHECK(said(data, kernel("6.6.9-yocto-standard"), "CVE-1-2") == in_range);
    CHECK(said(data, kernel("6.6.144"), "CVE-1-2") == has_fix);
    CHECK(said(data, kernel("8d2b4f1e0c9a7b6d"), "CVE-1-2") == unreadable);
    CHECK(said(data, kernel("5.15.0-91-generic"), "CVE-1-2") == unreadable);
    // A kernel that an agent reports is one, without any CPE name.
    Component reported;
    reported.kind = oakum::component::Kind::kernel;
    reported.name = "Linux";
    reported.version = "6.6.9";
    CHECK(said(data, reported, "CVE-1-2") == in_range);
    // Its headers are no kernel.
    CHECK(said(data, software("linux-headers", "6.6.9", cpe("a", "linux", "linux_kernel", "6.6.9")),
               "CVE-1-2") == "nothing");
}

TEST_CASE("a version that is not applicable matches only a component without one") {
    const auto data = nvd(any_of({criteria(cpe("a", "v", "p", "-"))}));
    // With one it is not clean: the record says nothing of versions.
    CHECK(said(data, software("p", "1.0", cpe("a", "v", "p", "1.0")), id) ==
          "unknown: the record does not speak of this version");
    CHECK(said(data, software("p", "custom", cpe("a", "v", "p", "custom")), id) ==
          "unknown: the record does not speak of this version");
    CHECK(said(data, software("p", "", cpe("a", "v", "p", "-")), id) == listed);
}

TEST_CASE("a product is found under each of its CPE names, and in its repository") {
    const auto data = nvd(any_of({before(cpe("a", "haxx", "curl", "*"), "8.16.0")}));
    CHECK(said(data, software("libcurl", "8.15.0", cpe("a", "haxx", "libcurl", "8.15.0")), id) == in_range);
    CHECK(said(data, software("libcurl", "8.16.0", cpe("a", "haxx", "libcurl", "8.16.0")), id) == has_fix);
    CHECK(said(data, software("libcurl", "8.15.0", cpe("a", "other", "libcurl", "8.15.0")), id) == "nothing");
    CHECK(said(data, packaged("curl", "pkg:github/curl/curl@curl-8_15_0"), id) == in_range);
    CHECK(said(data, packaged("curl", "pkg:github/curl/curl@8.15.0"), id) == in_range);
    CHECK(said(data, packaged("curl", "pkg:github/somebody/curl@8.15.0"), id) == "nothing");
    const auto under_the_other = nvd(any_of({before(cpe("a", "haxx", "libcurl", "*"), "8.16.0")}));
    CHECK(said(under_the_other, software("curl", "8.15.0", cpe("a", "haxx", "curl", "8.15.0")), id) ==
          in_range);
    const auto verdict = verdict_on(data, packaged("curl", "pkg:github/curl/curl@8.15.0"), id);
    REQUIRE(verdict);
    CHECK(verdict->confidence == Confidence::medium);
}

TEST_CASE("a kernel below the only candidate that a record lists is not spoken of") {
    const auto data = nvd(any_of({criteria(cpe("o", "linux", "linux_kernel", "5.18", "rc7:*:*:*:*:*:*"))}));
    const auto kernel = [](const char* v) {
        return software("linux", v, cpe("o", "linux", "linux_kernel", v));
    };
    CHECK(said(data, kernel("5.15.50"), id) == "unknown: the record does not speak of this version");
    CHECK(said(data, kernel("5.18"), id) == outside);
    CHECK(said(data, kernel("6.1.1"), id) == outside);
}

TEST_CASE("running on Linux is a condition and no finding about Linux") {
    const auto data = nvd(all_of({{before(cpe("a", "google", "chrome", "*"), "100")},
                                  {criteria(cpe("o", "linux", "linux_kernel", "-"), false)}}));
    const auto chrome = software("chrome", "99", cpe("a", "google", "chrome", "99"));
    const auto linux = software("linux", "6.6.1", cpe("o", "linux", "linux_kernel", "6.6.1"));
    CHECK(said(data, linux, id) == "nothing");
    const std::vector<Component> with_linux{chrome, linux};
    CHECK(said(data, chrome, id, Platform(with_linux)) == in_range);
    CHECK(said(data, chrome, id) == undeclared);
    CHECK(said(data, chrome, id,
               on({software("beneath", "", cpe("o", "vxworks", "vxworks", "7"))}, with_linux)) == in_range);
    const std::vector<Component> alone{chrome};
    CHECK(said(data, chrome, id,
               on({software("beneath", "", cpe("o", "microsoft", "windows_10", "-"))}, alone)) == other);
    CHECK(said(data, software("chrome", "101", cpe("a", "google", "chrome", "101")), id) == has_fix);
}

TEST_CASE("firmware implies its own hardware, and other hardware has to be declared") {
    const auto firmware = software("fw", "1.0", cpe("o", "tp-link", "archer_ax21_firmware", "1.0"));
    const auto own = nvd(all_of({{before(cpe("o", "tp-link", "archer_ax21_firmware", "*"), "1.1")},
                                 {criteria(cpe("h", "tp-link", "archer_ax21", "-"), false)}}));
    CHECK(said(own, firmware, id) == in_range);
    const auto revision = nvd(all_of({{before(cpe("o", "tp-link", "archer_ax21_firmware", "*"), "1.1")},
                                      {criteria(cpe("h", "tp-link", "archer_ax21", "3"), false)}}));
    CHECK(said(revision, firmware, id) == undeclared);
    CHECK(said(revision, firmware, id,
               on({software("beneath", "", cpe("h", "tp-link", "archer_ax21", "3"))})) == in_range);
    CHECK(said(revision, firmware, id,
               on({software("beneath", "", cpe("h", "tp-link", "archer_ax21", "2"))})) == other);
    const auto another =
        nvd(all_of({{before(cpe("a", "v", "p", "*"), "2")}, {criteria(cpe("h", "v", "board", "-"), false)}}));
    const auto p = software("p", "1", cpe("a", "v", "p", "1"));
    CHECK(said(another, p, id) == undeclared);
    CHECK(said(another, p, id, on({software("beneath", "", cpe("h", "v", "other", "-"))})) == other);
}

TEST_CASE("negation turns a condition round, and unknown stays unknown") {
    auto configuration =
        all_of({{before(cpe("a", "v", "p", "*"), "2")}, {criteria(cpe("h", "v", "board", "-"), false)}});
    configuration.nodes[1].negate = true;
    const auto data = nvd(configuration);
    const auto p = software("p", "1", cpe("a", "v", "p", "1"));
    CHECK(said(data, p, id, on({software("beneath", "", cpe("h", "v", "board", "-"))})) == other);
    CHECK(said(data, p, id, on({software("beneath", "", cpe("h", "v", "other", "-"))})) == in_range);
    CHECK(said(data, p, id) == undeclared);
}

TEST_CASE("editions and targets are compared, not dropped") {
    const auto data = nvd(any_of({before(cpe("a", "v", "p", "*", "*:*:*:*:wordpress:*:*"), "2")}));
    CHECK(said(data, software("p", "1", cpe("a", "v", "p", "1")), id) == edition);
    CHECK(said(data, software("p", "1", cpe("a", "v", "p", "1", "*:*:*:*:wordpress:*:*")), id) == in_range);
    CHECK(said(data, software("p", "1", cpe("a", "v", "p", "1", "*:*:*:*:drupal:*:*")), id) == other);
    const auto phones =
        nvd(any_of({before(cpe("a", "whatsapp", "whatsapp", "*", "*:*:*:*:android:*:*"), "2.22")}));
    const auto app = software("WhatsApp", "2.21", cpe("a", "whatsapp", "whatsapp", "2.21"));
    CHECK(said(phones, app, id, on({software("beneath", "", cpe("o", "google", "android", "14"))})) ==
          in_range);
    CHECK(said(phones, app, id, on({software("beneath", "", cpe("o", "apple", "iphone_os", "17"))})) ==
          other);
}

TEST_CASE("records that would hit everything hit nothing") {
    const auto data = compile({record(
        Source::nvd, id,
        {any_of({criteria("cpe:2.3:a:v:*:*:*:*:*:*:*:*:*"), criteria("cpe:2.3:a:*:p:*:*:*:*:*:*:*:*")})})});
    CHECK(said(data, software("p", "1", cpe("a", "v", "p", "1")), id) == "nothing");
    CHECK(data.stats.criteria_refused == 2);
}

TEST_CASE("an override that rejects a record replaces it because it is newer") {
    const auto original = record(Source::nvd, id, {any_of({criteria(cpe("a", "v", "p", "*"))})}, 1000);
    const auto rejection =
        record(Source::nvd, id, {any_of({criteria("cpe:2.3:a:null:null:*:*:*:*:*:*:*:*", false)})}, 2000);
    const auto p = software("p", "1", cpe("a", "v", "p", "1"));
    CHECK(said(compile({original}), p, id) == in_range);
    CHECK(said(compile({original, rejection}), p, id) == "nothing");
    CHECK(said(compile({rejection, original}), p, id) == "nothing");
    CHECK(compile({rejection, original}).stats.replaced == 1);
    // A newer record without any statement does not silence the older one.
    CHECK(said(compile({original, record(Source::nvd, id, {}, 3000)}), p, id) == in_range);
}

TEST_CASE("withdrawn and rejected records never match") {
    auto withdrawn = record(Source::nvd, id, {any_of({criteria(cpe("a", "v", "p", "*"))})});
    withdrawn.withdrawn = true;
    const auto p = software("p", "1", cpe("a", "v", "p", "1"));
    CHECK(said(compile({withdrawn}), p, id) == "nothing");
    auto rejected = record(Source::cve5, id, {});
    rejected.withdrawn = true;
    CHECK(said(compile({record(Source::nvd, id, {any_of({criteria(cpe("a", "v", "p", "*"))})}), rejected}), p,
               id) == "nothing");
}

TEST_CASE("a component with only a name gets nothing and is said to be not assessed") {
    const auto data = nvd(any_of({criteria(cpe("a", "busybox", "busybox", "*"))}));
    const auto bare = software("busybox", "1.0", "");
    CHECK(match(data.file, bare, {}).empty());
    CHECK(why_not_assessed(data.file, bare, {}) == "it has no identifier that an advisory could name");
    CHECK(why_not_assessed(data.file, busybox("1.0"), {}).empty());
}

TEST_CASE("what no feed here speaks of is not assessed: silence is no verdict") {
    const auto why = [](const Compiled& data, const Component& component) {
        return std::string(why_not_assessed(data.file, component, {}));
    };
    Component ios;
    ios.kind = oakum::component::Kind::operating_system;
    ios.name = "iOS";
    ios.version = "26.3";
    Component android = ios;
    android.name = "Android";
    android.version = "15";
    Component kernel;
    kernel.kind = oakum::component::Kind::kernel;
    kernel.name = "linux";
    kernel.version = "6.6.1";
    // Records that name nothing, as a list of what is exploited does.
    const auto nameless = compile({record(Source::nvd, "CVE-1-1", {})});
    CHECK(why(nameless, ios) == "no advisories of this system's maker are here");
    CHECK(why(nameless, android) == "no advisories of this system's maker are here");
    CHECK(why(nameless, kernel) == "no records of the Linux kernel are here");
    CHECK(why(nameless, busybox("1.33.1")) == "no records that name products (NVD's or CVE's) are here");
    // With records of products, what they are silent about is known to them; a kernel has records always.
    const auto products = nvd(any_of({criteria(cpe("a", "acme", "tool", "1.0"))}));
    CHECK(why(products, busybox("1.33.1")).empty());
    CHECK(why(products, kernel) == "no records of the Linux kernel are here");
    CHECK(why(products, ios) == "no advisories of this system's maker are here");
    const auto kernels = nvd(any_of({before(cpe("o", "linux", "linux_kernel", "*"), "6.7")}));
    CHECK(why(kernels, kernel).empty());
}

TEST_CASE("evidence says source, rule, versions and fix in one sentence") {
    const auto data = nvd(any_of({between(cpe("a", "busybox", "busybox", "*"), "1.33.0", "1.34.0")}));
    const auto component = busybox("1.33.1");
    const auto found = match(data.file, component, {});
    REQUIRE(found.size() == 1);
    const auto e = evidence(data.file, component, found[0]);
    CHECK(e.record == id);
    CHECK(e.rule == "busybox from 1.33.0 before 1.34.0");
    CHECK(e.fixed_in == "1.34.0");
    CHECK(e.sentence == "CVE-2021-42377 and busybox 1.33.1: affected, since the version is in the affected "
                        "range (nvd CVE-2021-42377: busybox "
                        "from 1.33.0 before 1.34.0); fixed in 1.34.0; confidence medium.");
}

TEST_CASE("a pattern for a version is a family, or cannot be told; it is never every version") {
    const auto data =
        compile({record(Source::nvd, "CVE-1-1", {any_of({criteria(cpe("a", "acme", "tool", "1.2.*"))})}),
                 record(Source::nvd, "CVE-1-2", {any_of({criteria(cpe("a", "acme", "tool", "1.2?"))})})});
    const auto tool = [](std::string version) {
        return software("tool", version, cpe("a", "acme", "tool", version));
    };
    CHECK(said(data, tool("1.2"), "CVE-1-1") == "affected: the version is in the affected range");
    CHECK(said(data, tool("1.2.9"), "CVE-1-1") == "affected: the version is in the affected range");
    CHECK(said(data, tool("1.3"), "CVE-1-1") == "not affected: the version is outside the affected ranges");
    CHECK(said(data, tool("9.0"), "CVE-1-2") == "unknown: the record's versions cannot be ordered");
}

TEST_CASE("what Yocto names without a vendor is found by its recipe's name, and what no recipe has is not "
          "assessed") {
    const auto data = compile(
        {record(Source::nvd, "CVE-1-1", {any_of({before(cpe("a", "busybox", "busybox", "*"), "1.38")})}),
         record(Source::nvd, "CVE-1-2", {any_of({before(cpe("a", "maker", "core", "*"), "9.0")})}),
         record(Source::nvd, "CVE-1-3",
                {any_of({between(cpe("o", "linux", "linux_kernel", "*"), "6.12", "6.12.40")})}),
         record(Source::nvd, "CVE-1-4", {any_of({before(cpe("a", "openssl", "openssl", "*"), "3.4.3")})}),
         record(Source::nvd, "CVE-1-5",
                {all_of({{before(cpe("a", "busybox", "busybox", "*"), "1.38")},
                         {criteria(cpe("o", "linux", "linux_kernel", "*"), false)}})})});
    const auto named = [](std::string name, std::string version, std::string text) {
        return software(std::move(name), std::move(version), std::move(text));
    };
    const auto busybox = named("busybox-hwclock", "1.37.0", "cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*");
    const auto kernel = named("kernel-6.12.38", "6.12.38", "cpe:2.3:*:*:linux_kernel:6.12.38:*:*:*:*:*:*:*");
    CHECK(said(data, busybox, "CVE-1-1") == "affected: the version is in the affected range");
    CHECK(verdict_on(data, busybox, "CVE-1-1")->confidence == Confidence::medium);
    CHECK(said(data, kernel, "CVE-1-3") == "affected: the version is in the affected range");
    CHECK(said(data, named("libssl", "3.4.2", "cpe:2.3:*:openssl:openssl:3.4.2:*:*:*:*:*:*:*"), "CVE-1-4") ==
          "affected: the version is in the affected range");
    // The kernel of the set is what it runs on, also under such a name.
    CHECK(said(data, busybox, "CVE-1-5", on({}, {busybox, kernel})) ==
          "affected: the version is in the affected range");
    const auto core = named("core", "1.0", "cpe:2.3:*:*:core:1.0:*:*:*:*:*:*:*");
    CHECK(said(data, core, "CVE-1-2") == "nothing");
    CHECK(why_not_assessed(data.file, core, {}) ==
          "its CPE name states no vendor, and the table of packages does not know it");
}

TEST_CASE("a package of OpenWrt, Buildroot or of nobody in particular is found by the table of packages, "
          "with less confidence") {
    auto up_to_it = criteria(cpe("a", "openssl", "openssl", "*"));
    up_to_it.end_including = "3.0.13";
    const auto data = compile(
        {record(Source::nvd, "CVE-1-1", {any_of({up_to_it})}),
         record(Source::nvd, "CVE-1-2", {any_of({before(cpe("a", "libcurl", "libcurl", "*"), "9.0")})}),
         record(Source::cve5, "CVE-1-3",
                {ProductStatement{"haxx", "curl", "", "", "", {}, {}, {}, Status::affected, {}}})});
    CHECK(said(data, packaged("openssl", "pkg:generic/openssl@3.0.13"), "CVE-1-1") ==
          "affected: the version is in the affected range");
    CHECK(said(data, packaged("openssl", "pkg:conan/openssl@3.0.14"), "CVE-1-1") ==
          "not affected: the version is outside the affected ranges");
    // The first package of 3.0.13 is 3.0.13.
    const auto opkg = packaged("libopenssl3", "pkg:opkg/libopenssl3@3.0.13-1?upstream=openssl");
    CHECK(said(data, opkg, "CVE-1-1") == "affected: the version is in the affected range");
    const auto verdict = verdict_on(data, opkg, "CVE-1-1");
    CHECK(verdict->confidence == Confidence::medium);
    CHECK(evidence(data.file, opkg, *verdict)
              .sentence.find("its package's name stands for a:openssl:openssl") != std::string::npos);
    CHECK(said(data, packaged("openssl", "pkg:openwrt/openssl@3.0.13-r1"), "CVE-1-1") ==
          "affected: the version is in the affected range");
    // Builders that count nothing have upstream's own count.
    const auto magick =
        compile({record(Source::nvd, "CVE-1-4",
                        {any_of({before(cpe("a", "imagemagick", "imagemagick", "*"), "7.1.1-20")})})});
    for (const char* type : {"yocto", "buildroot"})
        for (const auto& [version, expected] :
             {std::pair("7.1.1-19", "affected: the version is in the affected range"),
              std::pair("7.1.1-26", "fixed: the version has the fix")})
            CHECK(said(magick,
                       packaged("imagemagick",
                                std::string("pkg:").append(type).append("/imagemagick@").append(version)),
                       "CVE-1-4") == expected);
    // Of several names each counts.
    const auto curl = packaged("curl", "pkg:opkg/curl@8.5.0-1");
    CHECK(said(data, curl, "CVE-1-2") == "affected: the version is in the affected range");
    CHECK(said(data, curl, "CVE-1-3") ==
          "affected: every version that the record does not exempt is affected");
    // Its own CPE name outranks the table.
    auto named = packaged("openssl", "pkg:generic/openssl@3.0.13");
    named.cpe = cpe("a", "acme", "openssl", "3.0.13");
    CHECK(said(data, named, "CVE-1-1") == "nothing");
    CHECK_FALSE(why_not_assessed(data.file, packaged("thing", "pkg:opkg/thing@1"), {}).empty());
}
