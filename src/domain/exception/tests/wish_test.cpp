// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <exception/wish.hpp>

using namespace oakum;
using namespace oakum::exception;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-26T09:00:00Z").value();
constexpr base::Duration kYear = std::chrono::hours(24 * 365);

Wish accepted() {
    Wish wish;
    wish.subject.advisory = "CVE-2026-1";
    wish.reason = "the service is off";
    wish.expires = kNow + std::chrono::hours(24 * 30);
    return wish;
}

component::Component curl(std::string version) {
    component::Component component;
    component.name = "curl";
    component.version = version;
    component.purl = "pkg:deb/debian/curl@" + version;
    return component;
}

std::string place_of(const Wish& wish) {
    const base::Status status = check(wish, kNow, kYear);
    return status.ok() ? "" : status.error().where;
}

} // namespace

TEST_CASE("who accepts says what, why and until when, within what the setting allows") {
    CHECK(check(accepted(), kNow, kYear).ok());
    struct Row {
        const char* what;
        void (*spoil)(Wish&);
        const char* place;
    };
    const Row rows[] = {
        {"no advisory", [](Wish& w) { w.subject.advisory.clear(); }, "/advisory"},
        {"no reason", [](Wish& w) { w.reason.clear(); }, "/reason"},
        {"no end", [](Wish& w) { w.expires.reset(); }, "/expires"},
        {"an end that is past", [](Wish& w) { w.expires = kNow; }, "/expires"},
        {"an end too far", [](Wish& w) { w.expires = kNow + kYear + std::chrono::hours(1); }, "/expires"},
        {"a justification", [](Wish& w) { w.justification = Justification::component_not_present; },
         "/justification"},
        {"a metric", [](Wish& w) { w.metric = "MAV:A"; }, "/metric"},
        {"a score", [](Wish& w) { w.subject.below_tenths = 40; }, "/below_score"},
        {"a long reason", [](Wish& w) { w.reason.assign(kLongestText + 1, 'x'); }, "/reason"},
        {"escapes in the reason", [](Wish& w) { w.reason = "\x1b[31mred"; }, "/reason"},
        {"bytes that are no text", [](Wish& w) { w.reason = "\xff"; }, "/reason"},
        {"a query that cannot be read", [](Wish& w) { w.scope.query = "site = "; }, "/query"},
        {"a query about findings", [](Wish& w) { w.scope.query = "kev"; }, "/query"},
        {"a query about deadlines", [](Wish& w) { w.scope.query = "site = \"a\" and overdue"; }, "/query"},
        {"versions of nothing", [](Wish& w) { w.subject.versions = "<2"; }, "/versions"},
        {"a package URL with a version", [](Wish& w) { w.subject.component = "pkg:deb/debian/curl@1"; },
         "/component"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Wish wish = accepted();
        row.spoil(wish);
        CHECK(place_of(wish) == row.place);
    }
}

TEST_CASE(
    "a mitigation needs a metric and evidence, a statement its justification, a class of findings an edge") {
    Wish mitigated = accepted();
    mitigated.kind = Kind::mitigate;
    CHECK(place_of(mitigated) == "/metric");
    mitigated.metric = "MAV:A";
    CHECK(place_of(mitigated) == "/evidence");
    mitigated.evidence = {"https://wiki.example/vlan-7"};
    CHECK(place_of(mitigated).empty());
    Wish stated = accepted();
    stated.kind = Kind::not_affected;
    stated.expires.reset();
    CHECK(place_of(stated) == "/justification");
    stated.justification = Justification::vulnerable_code_not_in_execute_path;
    CHECK(place_of(stated).empty());
    const std::vector<std::string> ids(kMostAdvisories, "CVE-2026-2");
    Wish several = accepted();
    several.subject.advisory = *advisories_text(ids);
    CHECK(place_of(several).empty());
    CHECK(advisories_of(several.subject) == ids);
    several.subject.advisory += ", CVE-2026-3";
    CHECK(place_of(several) == "/also");
    several.subject.advisory = "CVE-2026-1, , CVE-2026-3";
    CHECK(place_of(several) == "/also");
    several.subject.advisory = "CVE-2026-1,CVE-2026-3";
    CHECK(place_of(several) == "/advisory");
    CHECK(advisories_text({"CVE-2026-1", "a, b"}).error().where == "/also");
    Wish rule = accepted();
    rule.kind = Kind::suppress;
    rule.subject.advisory.clear();
    rule.expires.reset();
    CHECK(place_of(rule) == "/advisory");
    rule.subject.below_tenths = 40;
    CHECK(place_of(rule).empty());
}

TEST_CASE("a subject is about components by name or package URL, and by versions that can be read") {
    const auto about = [](Subject subject, const component::Component& component) {
        const auto matcher = Matcher::make(subject);
        REQUIRE(matcher.ok());
        return matcher->is_about(component);
    };
    CHECK(about({}, curl("7.88.1-10")));
    CHECK(about({"", "curl", ""}, curl("7.88.1-10")));
    CHECK_FALSE(about({"", "libcurl", ""}, curl("7.88.1-10")));
    CHECK(about({"", "pkg:deb/debian/curl", ""}, curl("7.88.1-10")));
    CHECK_FALSE(about({"", "pkg:rpm/fedora/curl", ""}, curl("7.88.1-10")));
    CHECK(about({"", "pkg:deb/debian/curl", ">=7.80, <7.88.1-11"}, curl("7.88.1-10")));
    CHECK_FALSE(about({"", "pkg:deb/debian/curl", ">=7.80, <7.88.1-10"}, curl("7.88.1-10")));
    CHECK(about({"", "curl", "deb: 1:7.0"}, curl("1:7.0")));
    CHECK_FALSE(about({"", "curl", "<9"}, curl("")));
    CHECK_FALSE(about({"", "curl", "<9"}, curl("custom")));
    CHECK_FALSE(Matcher::make({"", "curl", "<"}).ok());
    CHECK_FALSE(Matcher::make({"", "curl", "<1,<1,<1,<1,<1,<1,<1,<1,<1"}).ok());
}

TEST_CASE("an exception is one sentence") {
    Wish wish = accepted();
    CHECK(sentence_of(wish, "") == "Accept CVE-2026-1, on the whole fleet, until 2026-12-26.");
    wish.scope.query = "site = \"a\"";
    wish.subject.component = "curl";
    CHECK(sentence_of(wish, "Plant 3") ==
          "Accept CVE-2026-1 in curl, on devices of Plant 3 with site = \"a\", until 2026-12-26.");
    wish.scope = {};
    wish.subject.component.clear();
    wish.subject.advisory = "CVE-2026-1, CVE-2026-2";
    CHECK(sentence_of(wish, "") == "Accept CVE-2026-1 and CVE-2026-2, on the whole fleet, until 2026-12-26.");
    wish.subject.advisory += ", CVE-2026-3";
    CHECK(sentence_of(wish, "") == "Accept CVE-2026-1 and 2 more, on the whole fleet, until 2026-12-26.");
}
