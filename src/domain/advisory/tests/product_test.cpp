// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using oakum::component::Component;

namespace {

const std::string id = "CVE-2024-26581";

VersionEntry entry(std::string version, Status status, std::string type = "semver") {
    VersionEntry e;
    e.version = std::move(version);
    e.status = status;
    e.version_type = std::move(type);
    return e;
}
VersionEntry up_to(std::string version, std::string less_than, Status status, std::string type = "semver") {
    auto e = entry(std::move(version), status, std::move(type));
    e.less_than = std::move(less_than);
    return e;
}
VersionEntry through(std::string version, std::string last, Status status, std::string type = "semver") {
    auto e = entry(std::move(version), status, std::move(type));
    e.less_than_or_equal = std::move(last);
    return e;
}

ProductStatement product(std::string vendor, std::string name, Status fallback,
                         std::vector<VersionEntry> versions) {
    ProductStatement s;
    s.vendor = std::move(vendor);
    s.product = std::move(name);
    s.default_status = fallback;
    s.versions = std::move(versions);
    return s;
}

Compiled cve(std::vector<Applicability> statements) {
    return compile({record(Source::cve5, id, std::move(statements))});
}

Component tool(std::string version) {
    return software("tool", version, cpe("a", "acme", "tool", version));
}
Component kernel(std::string version) {
    return software("linux", version, cpe("o", "linux", "linux_kernel", version));
}

constexpr auto in_range = "affected: the version is in the affected range";
constexpr auto by_default = "affected: every version that the record does not exempt is affected";
constexpr auto outside = "not affected: the version is outside the affected ranges";
constexpr auto has_fix = "fixed: the version has the fix";
constexpr auto free_text = "unknown: the record's versions cannot be ordered";
constexpr auto silent = "unknown: the record does not speak of this version";

} // namespace

TEST_CASE("the Linux CVE team's records are judged by stable series") {
    // The shape of CVE-2024-26581: commits in one block, releases in the other.
    const auto data =
        cve({product("Linux", "Linux", Status::unaffected,
                     {up_to("bd156ce9553dcaf2d6ee2c825d1a5a1718e86524", "10e9cb393135", Status::affected,
                            "git")}),
             product("Linux", "Linux", Status::affected,
                     {entry("5.6", Status::affected, ""), up_to("0", "5.6", Status::unaffected, "semver"),
                      through("5.10.210", "5.10.*", Status::unaffected),
                      through("5.15.149", "5.15.*", Status::unaffected),
                      through("6.6.17", "6.6.*", Status::unaffected),
                      through("6.8", "*", Status::unaffected, "original_commit_for_fix")})});
    struct Row {
        const char *version, *verdict, *fix;
    };
    for (const auto& row :
         {Row{"4.19.300", outside, ""}, Row{"5.4.1", outside, ""}, Row{"5.6", in_range, "5.10.210"},
          Row{"5.10.209", by_default, "5.10.210"}, Row{"5.10.210", has_fix, "5.10.210"},
          Row{"5.14.21", by_default, "5.15.149"}, Row{"6.1.1", by_default, "6.6.17"},
          Row{"6.6.16-custom", by_default, "6.6.17"}, Row{"6.6.144", has_fix, "6.6.17"},
          Row{"6.7.1", by_default, "6.8"}, Row{"6.8-rc1", by_default, "6.8"}, Row{"6.8", has_fix, "6.8"},
          Row{"6.12.3", has_fix, "6.8"}}) {
        INFO(row.version);
        CHECK(said(data, kernel(row.version), id) == row.verdict);
        CHECK(fix(data, kernel(row.version), id) == row.fix);
    }
    CHECK(said(data, kernel("8d2b4f1e0c9a7b6d"), id) == "unknown: the component's version cannot be ordered");
}

TEST_CASE("the CNA is heard before those who repeat its record version by version") {
    // As CVE-2024-36971 has it: the enriching container says "affected" of everything but one version, many
    // times.
    const auto fixed = product("linux", "linux_kernel", Status::affected,
                               {up_to("6.1.94", "6.2", Status::unaffected, "custom")});
    const auto data =
        cve({product("Linux", "Linux", Status::affected,
                     {up_to("0", "4.6", Status::unaffected), through("6.1.94", "6.1.*", Status::unaffected),
                      through("6.10", "*", Status::unaffected)}),
             fixed});
    CHECK(said(data, kernel("6.18.21"), id) == has_fix);
    CHECK(said(data, kernel("6.1.93"), id) == by_default);
    // Where the CNA says nothing usable, they are heard.
    const auto vague =
        cve({product("Linux", "Linux", Status::unknown, {entry("n/a", Status::affected, "")}), fixed});
    CHECK(said(vague, kernel("6.1.94"), id) == has_fix);
}

TEST_CASE("the default status holds where no entry speaks, and the last entry wins") {
    const auto affected =
        cve({product("Acme", "Tool", Status::affected, {up_to("2.0", "3.0", Status::unaffected)})});
    CHECK(said(affected, tool("1.5"), id) == by_default);
    CHECK(said(affected, tool("2.5"), id) == has_fix);
    CHECK(said(affected, tool("3.0"), id) == by_default);
    const auto layered =
        cve({product("acme", "tool", Status::unaffected,
                     {up_to("1.0", "2.0", Status::affected), entry("1.5", Status::unaffected)})});
    CHECK(said(layered, tool("1.4"), id) == in_range);
    CHECK(said(layered, tool("1.5"), id) != in_range);
    CHECK(said(layered, tool("2.0"), id) == has_fix);
    CHECK(said(layered, tool("0.9"), id) == outside);
}

TEST_CASE("changes inside a range turn the status") {
    auto range = up_to("1.0", "3.0", Status::affected);
    range.changes = {{"2.0", Status::unaffected}, {"2.5", Status::affected}};
    const auto data = cve({product("acme", "tool", Status::unaffected, {range})});
    CHECK(said(data, tool("1.9"), id) == in_range);
    CHECK(fix(data, tool("1.9"), id) == "2.0");
    CHECK(said(data, tool("2.1"), id) == outside);
    CHECK(said(data, tool("2.7"), id) == in_range);
    CHECK(fix(data, tool("2.7"), id) == "3.0");
}

TEST_CASE("an unstated default is silence, except above the end of every range") {
    const auto data =
        cve({product("acme", "tool", Status::unknown,
                     {up_to("1.0", "1.5", Status::affected), up_to("2.0", "2.3", Status::affected)})});
    CHECK(said(data, tool("1.2"), id) == in_range);
    CHECK(said(data, tool("2.3"), id) == has_fix);
    CHECK(said(data, tool("1.7"), id) == silent);
    CHECK(said(data, tool("0.5"), id) == silent);
    const auto listed = cve({product("acme", "tool", Status::unknown, {entry("1.2.3", Status::affected)})});
    CHECK(said(listed, tool("1.2.3"), id) == in_range);
    CHECK(said(listed, tool("1.2.4"), id) == silent);
}

TEST_CASE("free text, commits and odd labels are unknown or read as people would") {
    CHECK(said(cve({product("acme", "tool", Status::unknown,
                            {entry("before 3.4", Status::affected, "custom")})}),
               tool("1.0"), id) == free_text);
    CHECK(said(cve({product("acme", "tool", Status::unknown, {entry("n/a", Status::affected, "")})}),
               tool("1.0"), id) == free_text);
    CHECK(said(cve({product("acme", "tool", Status::unaffected,
                            {entry("abcdef1234567", Status::affected, "git")})}),
               tool("1.0"), id) == free_text);
    // Operators are a grammar, not prose.
    const auto operators =
        cve({product("acme", "tool", Status::unknown, {entry(">= 1.0, < 1.2", Status::affected, "")})});
    CHECK(said(operators, tool("1.1"), id) == in_range);
    CHECK(said(operators, tool("1.2"), id) == has_fix);
    CHECK(fix(operators, tool("1.1"), id) == "1.2");
    // "semver" of four numbers.
    const auto mislabelled =
        cve({product("acme", "tool", Status::unknown, {up_to("1.0.0.0", "1.2.0.4", Status::affected)})});
    CHECK(said(mislabelled, tool("1.2.0.3"), id) == in_range);
    CHECK(said(mislabelled, tool("1.2.0.4"), id) == has_fix);
}

TEST_CASE("a text that names several versions is no version, and clears nothing") {
    for (const char* text : {"11.0.0 - 11.0.5", "1.0/1.1", "1.0 & 1.1", "1.0; 1.1"}) {
        CAPTURE(text);
        const auto data =
            cve({product("acme", "tool", Status::unaffected, {entry(text, Status::affected, "custom")})});
        CHECK(said(data, tool("1.1"), id) == free_text);
    }
}

TEST_CASE("a firmware's CPE name finds the records that name the device") {
    const auto firmware = [](const char* vendor, const char* name) {
        return software("fw", "1.0.0.1", cpe("o", vendor, name, "1.0.0.1"));
    };
    const auto named = cve({product("Rockwell Automation", "AX 1806", Status::affected, {})});
    CHECK(said(named, firmware("rockwellautomation", "ax_1806_firmware"), id) == by_default);
    CHECK(said(named, firmware("rockwell_automation", "ax_1806_firmware"), id) == by_default);
    CHECK(said(named, firmware("rockwellautomation", "ax_1807_firmware"), id) == "nothing");
    auto device = product("", "", Status::affected, {});
    device.cpes = {cpe("h", "tenda", "ax1806", "-")};
    CHECK(said(cve({device}), firmware("tenda", "ax1806_firmware"), id) == by_default);
    CHECK(said(cve({device}), firmware("tenda", "ax1807_firmware"), id) == "nothing");
}

TEST_CASE("a repository or a name of nobody in particular is assessed where some record has it") {
    const auto data =
        cve({product("curl", "curl", Status::affected, {}), product("other", "thing", Status::affected, {})});
    const auto why = [&](const char* purl) {
        return std::string(why_not_assessed(data.file, packaged("p", purl), {}));
    };
    CHECK(why("pkg:github/curl/curl@curl-7_60_0").empty());
    CHECK(why("pkg:generic/other/thing@1.0").empty());
    for (const char* purl : {"pkg:github/nobody/nothing@1.0", "pkg:gitlab/somebody/u-boot@2022.01",
                             "pkg:bitbucket/a/b@1", "pkg:generic/who/what@1.0"}) {
        CAPTURE(purl);
        CHECK(why(purl) == "no advisories are known by a package URL of its type");
    }
}

TEST_CASE("wildcard ends cover a family or everything") {
    const auto data = cve({product("acme", "tool", Status::unaffected,
                                   {through("5.4", "5.4.*", Status::affected, "custom"),
                                    through("7.0", "*", Status::affected, "custom")})});
    CHECK(said(data, tool("5.4.99"), id) == in_range);
    CHECK(said(data, tool("5.5"), id) == outside);
    CHECK(said(data, tool("7.1"), id) == in_range);
    CHECK(
        said(cve({product("acme", "tool", Status::unaffected, {entry("5.4.*", Status::affected, "custom")})}),
             tool("5.4.2"), id) == in_range);
    CHECK(said(cve({product("acme", "tool", Status::unknown, {entry("*", Status::affected, "")})}), tool("5"),
               id) == in_range);
    CHECK(said(cve({product("acme", "tool", Status::affected, {})}), tool("5"), id) == by_default);
}

TEST_CASE("products are found by CPE name, package URL and collection") {
    auto by_cpe = product("n/a", "n/a", Status::unaffected, {up_to("0", "2.0", Status::affected)});
    by_cpe.cpes = {cpe("a", "acme", "tool", "*")};
    CHECK(said(cve({by_cpe}), tool("1.0"), id) == in_range);
    auto by_purl = product("", "", Status::unaffected, {up_to("0", "2.0", Status::affected)});
    by_purl.package_url = "pkg:npm/left-pad";
    CHECK(said(cve({by_purl}), packaged("left-pad", "pkg:npm/left-pad@1.0.0"), id) == in_range);
    auto by_collection = product("x", "y", Status::unaffected, {up_to("0", "2.0", Status::affected)});
    by_collection.collection_url = "https://pypi.org/project";
    by_collection.package_name = "Foo_Bar";
    CHECK(said(cve({by_collection}), packaged("foo-bar", "pkg:pypi/foo.bar@1.0"), id) == in_range);
    CHECK(said(cve({product("curl", "curl", Status::unaffected, {up_to("0", "8.0", Status::affected)})}),
               packaged("curl", "pkg:github/curl/curl@7.0"), id) == in_range);
    CHECK(said(cve({product("n/a", "tool", Status::affected, {})}), tool("1"), id) == "nothing");
}

TEST_CASE("platforms of a record exclude only when all are systems and none is this one") {
    auto windows = product("acme", "tool", Status::affected, {});
    windows.platforms = {"Windows", "MacOS"};
    const Platform on_linux = on({software("linux", "", cpe("o", "linux", "linux_kernel", "6.6"))});
    CHECK(said(cve({windows}), tool("1"), id, on_linux) ==
          "not affected: the advisory needs another platform than this one");
    CHECK(said(cve({windows}), tool("1"), id) == by_default);
    windows.platforms = {"Windows", "x86"};
    CHECK(said(cve({windows}), tool("1"), id, on_linux) == by_default);
}

TEST_CASE("who names no branch of the kernel does not speak for its stable releases") {
    // CVE-2024-1086 by Google's CNA: mainline alone. The branches as NVD has them.
    const auto google =
        record(Source::cve5, id,
               {product("Linux", "Kernel", Status::unaffected, {up_to("3.15", "6.8", Status::affected)})});
    const auto nvd = record(Source::nvd, id,
                            {any_of({between(cpe("o", "linux", "linux_kernel", "*"), "3.15", "5.15.149"),
                                     between(cpe("o", "linux", "linux_kernel", "*"), "5.16", "6.1.76"),
                                     between(cpe("o", "linux", "linux_kernel", "*"), "6.2", "6.6.15")})});
    const std::string newer = "unknown: it is fixed in a newer branch, and nothing is said about this one";
    CHECK(said(compile({google}), kernel("6.1.90"), id) == newer);
    CHECK(said(compile({google}), kernel("6.1"), id) == in_range);
    CHECK(said(compile({google}), kernel("3.14"), id) == outside);
    CHECK(said(compile({google, nvd}), kernel("6.1.90"), id) == has_fix);
    CHECK(said(compile({google, nvd}), kernel("6.1.75"), id) == in_range);
    // An older branch that got no fix any more is named by the range of the next one.
    CHECK(said(compile({google, nvd}), kernel("5.18.3"), id) == in_range);
    const auto mainline =
        record(Source::nvd, id, {any_of({before(cpe("o", "linux", "linux_kernel", "*"), "4.10.1")})});
    CHECK(said(compile({mainline}), kernel("4.4.120"), id) == newer);
    CHECK(said(compile({mainline}), kernel("4.10.0"), id) == in_range);
    CHECK(said(compile({mainline}), kernel("4.14.2"), id) == has_fix);
    // Two ends, and neither is a stable release: CVE-2022-1016.
    const auto split = record(Source::nvd, id,
                              {any_of({before(cpe("o", "linux", "linux_kernel", "*"), "3.13"),
                                       between(cpe("o", "linux", "linux_kernel", "*"), "3.13", "5.18")})});
    CHECK(said(compile({split}), kernel("5.10.150"), id) == newer);
}

TEST_CASE("a CVE record that is silent above its ranges leaves the word to NVD") {
    const auto early =
        record(Source::cve5, id,
               {product("acme", "tool", Status::unknown, {through("1.0", "1.2", Status::affected)})});
    const auto nvd = record(Source::nvd, id, {any_of({before(cpe("a", "acme", "tool", "*"), "2.0")})});
    CHECK(said(compile({early}), tool("1.5"), id) ==
          "not affected: the version is above every range that the record lists");
    CHECK(said(compile({early, nvd}), tool("1.5"), id) == in_range);
    CHECK(said(compile({early, nvd}), tool("2.5"), id) == has_fix);
}

TEST_CASE("the CVE record outranks NVD where it decides, and yields where it cannot") {
    const auto nvd = record(Source::nvd, id, {any_of({before(cpe("a", "acme", "tool", "*"), "2.0")})});
    const auto decided =
        record(Source::cve5, id,
               {product("acme", "tool", Status::unaffected, {up_to("0", "1.0", Status::affected)})});
    const auto vague =
        record(Source::cve5, id,
               {product("acme", "tool", Status::unknown, {entry("several", Status::affected, "")})});
    CHECK(said(compile({nvd, decided}), tool("1.5"), id) == has_fix);
    CHECK(said(compile({nvd, vague}), tool("1.5"), id) == in_range);
    CHECK(said(compile({nvd, vague}), tool("2.5"), id) == has_fix);
    CHECK(said(compile({vague}), tool("2.5"), id) == free_text);
    // A bare "affected" without any version does not outweigh ranges.
    const auto bare = record(Source::cve5, id, {product("acme", "tool", Status::affected, {})});
    CHECK(said(compile({nvd, bare}), tool("2.5"), id) == has_fix);
}

TEST_CASE("a distribution's kernel is judged as its package, not by upstream's records") {
    const auto data =
        cve({product("Linux", "Linux", Status::affected, {through("6.6.17", "6.6.*", Status::unaffected)})});
    Component debian;
    debian.kind = oakum::component::Kind::operating_system;
    debian.name = "debian";
    debian.version = "12";
    Component running;
    running.kind = oakum::component::Kind::kernel;
    running.name = "linux";
    running.version = "6.1.0-18-amd64";
    const auto on_debian = on({debian});
    CHECK(said(data, running, id, on_debian) == "nothing");
    CHECK(why_not_assessed(data.file, running, on_debian) ==
          "a distribution's kernel is judged as its package");
    CHECK(said(data, kernel("6.1.0-18-amd64"), id, on_debian) == "nothing");
    // Where nobody says of which distribution it is, or it has upstream's version, upstream's records count.
    CHECK(said(data, running, id) == "unknown: the component's version cannot be ordered");
    CHECK(said(data, kernel("6.6.16"), id, on_debian) == by_default);
}

TEST_CASE("a kernel of a vendor's branch is affected with less confidence, and says so; Android's is left to "
          "its level") {
    const auto data = cve(
        {product("Linux", "Linux", Status::affected,
                 {up_to("0", "5.6", Status::unaffected), through("6.6.17", "6.6.*", Status::unaffected)})});
    const auto sure = [&](std::string version) {
        return verdict_on(data, kernel(std::move(version)), id)->confidence;
    };
    const auto upstream = sure("6.6.16");
    CHECK(upstream == Confidence::high);
    CHECK(sure("6.6.16-yocto-standard") == upstream);
    for (const char* version : {"6.6.16-tegra", "6.6.16-imx8mp", "6.6.16-rk3588-x", "6.6.16-v8+"}) {
        INFO(version);
        CHECK(sure(version) == Confidence::medium);
        const auto component = kernel(version);
        CHECK(evidence(data.file, component, *verdict_on(data, component, id))
                  .sentence.find("a vendor's branch (") != std::string::npos);
    }
    CHECK(said(data, kernel("6.1.75-android14-11-g0a1b2c3"), id) == "nothing");
    CHECK(why_not_assessed(data.file, kernel("6.1.75-android14-11-g0a1b2c3"), {}) ==
          "an Android kernel is patched by the patch level, which its system reports");
}
