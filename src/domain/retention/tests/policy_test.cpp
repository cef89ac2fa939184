// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <retention/policy.hpp>

using namespace oakum;
using retention::Kind;
using retention::Policy;

TEST_CASE("what is evidence is kept for ever until somebody decides, and a year at least whoever decides") {
    const Policy policy;
    for (const Kind kind : {Kind::audit, Kind::findings, Kind::reports})
        CHECK_FALSE(policy.of(kind));
    CHECK(policy.of(Kind::history) == 400U);
    CHECK(policy.of(Kind::sessions) == 7U);
    for (const Kind kind : {Kind::audit, Kind::findings}) {
        CHECK(policy.with({{Kind::edits, 90}, {kind, 364}}).error().kind == base::ErrorKind::invalid);
        CHECK(policy.with({{Kind::edits, 90}, {kind, 365}}).ok());
    }
}

TEST_CASE("each kind has bounds, and the default lies within them") {
    for (const auto& rule : retention::rules()) {
        CAPTURE(rule.name);
        CHECK(*retention::parse_kind(rule.name) == rule.kind);
        CHECK(
            (rule.otherwise ? *rule.otherwise >= rule.least && *rule.otherwise <= rule.most : rule.for_ever));
        const Policy policy;
        CHECK(policy.with({{rule.kind, rule.most}}).ok());
        CHECK(policy.with({{rule.kind, rule.least - 1}}).error().where == "/" + std::string(rule.name));
        CHECK_FALSE(policy.with({{rule.kind, rule.most + 1}}).ok());
        CHECK(policy.with({{rule.kind, std::nullopt}}).ok() == rule.for_ever);
    }
    CHECK_FALSE(retention::parse_kind("everything").ok());
}

TEST_CASE("the audit log outlives what can be undone") {
    const Policy policy;
    CHECK(policy.with({{Kind::audit, 399}}).error().where == "/audit");
    CHECK(policy.with({{Kind::audit, 400}}).ok());
    CHECK(policy.with({{Kind::audit, 500}, {Kind::edits, 501}}).error().where == "/audit");
}

TEST_CASE("the cut is so many days back; what is kept for ever has none; of two policies the longer counts") {
    const base::TimePoint now = base::from_unix_ms(1'800'000'000'000);
    const Policy policy = *Policy().with({{Kind::sessions, 2}, {Kind::audit, 400}});
    CHECK(policy.cut(Kind::sessions, now) == now - std::chrono::hours(48));
    CHECK_FALSE(policy.cut(Kind::findings, now));
    const Policy both = retention::longest(policy, *Policy().with({{Kind::sessions, 9}, {Kind::jobs, 7}}));
    CHECK(both.of(Kind::sessions) == 9U);
    CHECK(both.of(Kind::jobs) == 90U);
    CHECK_FALSE(both.of(Kind::audit));
}
