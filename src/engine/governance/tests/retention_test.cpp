// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/retention.hpp>

using namespace oakum;
using namespace oakum::governance;
using retention::Kind;
using std::chrono::hours;

namespace {

struct Counts final : ports::Ages {
    base::Result<Counted> count_older(device::TenantId, const ports::Older& than) override {
        asked = than;
        Counted counted;
        counted.of[static_cast<std::size_t>(ports::Kept::sessions)] = 12;
        counted.of[static_cast<std::size_t>(ports::Kept::audit)] = 7;
        counted.about = true;
        return counted;
    }
    ports::Older asked;
};
struct Packs final : Reports {
    std::uint64_t older(base::TimePoint) const override { return 3; }
    base::Result<std::uint64_t> remove_older(base::TimePoint) override { return std::uint64_t{0}; }
};

struct House : test::World {
    Counts counts;
    Packs packs;
    Retentions retentions{writer, control, counts, packs, executor, clock};
    access::Actor admin = first_administrator().principal.actor;

    base::Result<retention::Policy> set(const access::Actor& who, RetentionChanges changes) {
        return wait<retention::Policy>([&](auto done) { retentions.set(who, changes, "the law", done); });
    }
    base::Result<Retentions::Preview> look(const access::Actor& who, RetentionChanges changes) {
        return wait<Retentions::Preview>([&](auto done) { retentions.preview(who, changes, done); });
    }
};

} // namespace

TEST_CASE("what would be removed is counted before anything is decided, by what would be kept then") {
    House house;
    const auto seen =
        house.look(house.admin, {{Kind::audit, 400}, {Kind::sessions, 30}, {Kind::reports, 60}});
    REQUIRE_MESSAGE(seen.ok(), seen.error().text());
    CHECK(seen->about);
    CHECK(seen->goes[static_cast<std::size_t>(Kind::sessions)] == 12);
    CHECK(seen->goes[static_cast<std::size_t>(Kind::audit)] == 7);
    CHECK(seen->goes[static_cast<std::size_t>(Kind::reports)] == 3);
    CHECK(house.counts.asked.audit_before == house.clock.now() - hours(24 * 400));
    CHECK(house.counts.asked.retention.sessions_before == house.clock.now() - hours(24 * 30));
    CHECK(house.counts.asked.findings_before == base::TimePoint());
    CHECK_FALSE(house.retentions.get(house.admin)->of(Kind::audit)); // it was looked at only
}

TEST_CASE("a period is set by administrators within its bounds, audited, and read as it was written") {
    House house;
    access::Actor other = house.admin;
    other.role = access::Role::operator_;
    CHECK(house.set(other, {{Kind::audit, 400}}).error().kind == base::ErrorKind::denied);
    CHECK(house.look(other, {}).error().kind == base::ErrorKind::denied);
    CHECK(house.set(house.admin, {{Kind::audit, 10}}).error().where == "/audit");
    REQUIRE(house.set(house.admin, {{Kind::audit, 500}, {Kind::history, std::nullopt}}).ok());
    CHECK(house.retentions.get(other)->of(Kind::audit) == 500U);
    CHECK_FALSE(house.retentions.get(other)->of(Kind::history));
    CHECK(house.control.document(device::kDefaultTenant, kRetention) == R"({"audit":500,"history":null})");
    // What is set again to what it is when nobody decided is no decision any more.
    REQUIRE(house.set(house.admin, {{Kind::audit, std::nullopt}, {Kind::history, 400}}).ok());
    CHECK(house.control.document(device::kDefaultTenant, kRetention).empty());
    std::vector<std::string> actions;
    const auto log = house.history.audit(device::kDefaultTenant, 0, 1000);
    for (const auto& row : *log)
        if (row.action == "setting.retention") actions.push_back(row.after + " " + row.why);
    CHECK(actions == std::vector<std::string>{R"({"audit":500,"history":null} the law)", "{} the law"});
}

TEST_CASE("of a document that cannot be read, or is out of bounds, everything is kept that may be") {
    CHECK(retention_policy("") == retention::Policy());
    for (const char* document : {"{", "[]", R"({"audit":1})", R"({"odd":3})", R"({"audit":"x"})"}) {
        CAPTURE(document);
        const retention::Policy policy = retention_policy(document);
        CHECK(policy == retention::Policy::all_that_may_be());
        // Somebody may have said that this stays for ever, and it does not come back.
        CHECK_FALSE(policy.of(Kind::history));
        CHECK_FALSE(policy.of(Kind::audit));
        CHECK(policy.of(Kind::changes) == 90U);
    }
}
