// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <advisory/notice_record.hpp>

using namespace oakum;
using namespace oakum::advisory;
using namespace oakum::advisory::testing;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-26T09:00:00Z").value();

Notice notice(std::vector<NoticeProduct> products) {
    Notice notice;
    notice.title = "The update service takes any file";
    notice.products = std::move(products);
    return notice;
}

Compiled compiled(const Notice& notice, std::vector<Record> others = {}) {
    REQUIRE(check(notice).ok());
    others.push_back(record_of("OAKUM-2026-1", notice, kNow, kNow));
    return compile(others);
}

component::Component named(std::string name, std::string version, std::string purl = "") {
    component::Component component;
    component.name = std::move(name);
    component.version = std::move(version);
    component.purl = std::move(purl);
    return component;
}

std::string verdict_of(const Compiled& file, const component::Component& component) {
    const auto verdicts = match(file.file, component, Platform(), Detail::everything);
    return verdicts.empty() ? "" : std::string(to_string(verdicts.front().verdict));
}

} // namespace

TEST_CASE("a notice matches firmware by its name, packages by their URL and products by their CPE name") {
    const Compiled firmware = compiled(notice({{"gateway", "", "1.2", "1.4.2", ""}}));
    CHECK(verdict_of(firmware, named("gateway", "1.4.1")) == "affected");
    CHECK(verdict_of(firmware, named("Gateway", "1.2")) == "affected");
    CHECK(verdict_of(firmware, named("gateway", "1.4.2")) == "fixed");
    CHECK(verdict_of(firmware, named("gateway", "1.1")) == "not affected");
    CHECK(verdict_of(firmware, named("gateway", "custom")) == "unknown");
    CHECK(verdict_of(firmware, named("gateway2", "1.4.1")).empty());

    const Compiled package = compiled(notice({{"pkg:deb/debian/curl", "", "", "", "7.88.1-10"}}));
    CHECK(verdict_of(package, named("curl", "7.88.1-10", "pkg:deb/debian/curl@7.88.1-10")) == "affected");
    CHECK(verdict_of(package, named("curl", "7.88.1-11", "pkg:deb/debian/curl@7.88.1-11")) == "not affected");
    CHECK(verdict_of(package, named("curl", "7.88.1-10", "pkg:rpm/fedora/curl@7.88.1-10")).empty());
    // It does not make its distribution's release one that has advisories.
    CHECK_FALSE(package.file.covers("Debian:12"));

    auto product = named("acme", "2.0");
    product.cpe = cpe("a", "acme", "camera", "2.0");
    CHECK(verdict_of(compiled(notice({{cpe("a", "acme", "camera", "*"), "", "", "2.1", ""}})), product) ==
          "affected");
}

TEST_CASE("a notice and the CVE that it became are one, and who knows better decides from then on") {
    Notice own = notice({{"pkg:npm/left-pad", "", "", "2.0.0", ""}});
    own.aliases = {"CVE-2026-7"};
    own.exploited = true;
    own.severity = "critical";
    PackageStatement published;
    published.ecosystem = "npm";
    published.name = "left-pad";
    published.ranges.push_back(
        {RangeType::semver, {{RangeEvent::Kind::introduced, "0"}, {RangeEvent::Kind::fixed, "1.5.0"}}});
    const auto app = named("left-pad", "1.6.0", "pkg:npm/left-pad@1.6.0");
    const Compiled before = compiled(own);
    CHECK(verdict_of(before, app) == "affected");
    REQUIRE(before.file.size() == 1);
    CHECK(before.file.advisory(0).severity == Severity::critical);
    CHECK(before.file.advisory(0).base_score == 9.0);

    Record ghsa = record(Source::osv, "GHSA-1", {published});
    ghsa.aliases = {"CVE-2026-7"};
    const Compiled after = compiled(own, {ghsa});
    REQUIRE(after.file.size() == 1);
    CHECK(after.file.advisory(0).id == "CVE-2026-7");
    CHECK(after.file.advisory(0).exploited);
    CHECK(after.file.find("OAKUM-2026-1") == after.file.find("GHSA-1"));
    CHECK(verdict_of(after, app) == "fixed");
}

TEST_CASE("what could not be matched is refused with its place") {
    const auto place = [](NoticeProduct product) {
        const base::Status status = check(notice({std::move(product)}));
        return status.ok() ? std::string() : status.error().where;
    };
    CHECK(place({"gateway", "", "1", "2", ""}).empty());
    CHECK(place({"", "", "", "", ""}) == "/products/0/component");
    CHECK(place({"pkg:deb/debian/curl@1", "", "", "", ""}) == "/products/0/component");
    CHECK(place({"pkg:", "", "", "", ""}) == "/products/0/component");
    CHECK(place({"cpe:2.3:a:*:*:*", "", "", "", ""}) == "/products/0/component");
    CHECK(place({"gateway", "roman", "", "", ""}) == "/products/0/scheme");
    CHECK(place({"gateway", "", "", "latest", ""}) == "/products/0/fixed");
    CHECK(place({"gateway", "", "", "1", "2"}) == "/products/0/fixed");
    CHECK(place({"gateway", "", "3", "2", ""}) == "/products/0");
    CHECK(place({"gate\nway", "", "", "2", ""}) == "/products/0");
    Notice long_title = notice({{"gateway", "", "", "2", ""}});
    long_title.title.assign(10'000, 'x');
    CHECK(check(long_title).error().where == "/title");
    Notice circular = notice({{"gateway", "", "", "2", ""}});
    circular.aliases = {"OAKUM-2026-1"};
    CHECK(check(circular).error().where == "/aliases");
}

TEST_CASE("notices are numbered within their year") {
    CHECK(next_notice_id({}, kNow) == "OAKUM-2026-1");
    CHECK(next_notice_id({"OAKUM-2026-9", "OAKUM-2026-10", "OAKUM-2025-77"}, kNow) == "OAKUM-2026-11");
}
