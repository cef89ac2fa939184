// SPDX-License-Identifier: Apache-2.0
#include <intake/policy.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace oakum::intake;

TEST_CASE("when nobody decided, what costs nothing is asked, and no signature and no second person") {
    const Policy policy;
    for (const Check check :
         {Check::artifact, Check::type, Check::hardware, Check::version, Check::exploited})
        CHECK_MESSAGE(policy.asks(check), to_string(check));
    for (const Check check : {Check::sbom, Check::signature, Check::provenance, Check::approval})
        CHECK_FALSE_MESSAGE(policy.asks(check), to_string(check));
}

TEST_CASE("a check is switched on and off by itself, but for those that are always asked") {
    const auto with = Policy().with({{Check::approval, true}, {Check::version, false}});
    REQUIRE(with.ok());
    CHECK(with->asks(Check::approval));
    CHECK_FALSE(with->asks(Check::version));
    CHECK(with->asks(Check::type));
    const auto never = Policy().with({{Check::artifact, false}});
    REQUIRE_FALSE(never.ok());
    CHECK(never.error().where == "artifact");
}

TEST_CASE("the strictest policy asks for everything") {
    for (const Rule& rule : rules())
        CHECK_MESSAGE(Policy::strictest().asks(rule.check), rule.name);
}

TEST_CASE("each check and each verdict is found by its name, and no two share one") {
    std::set<std::string_view> names;
    for (const Rule& rule : rules()) {
        CHECK(parse_check(rule.name).value() == rule.check);
        CHECK_FALSE(rule.what.empty());
        names.insert(rule.name);
    }
    CHECK(names.size() == kCheckCount);
    CHECK_FALSE(parse_check("virus").ok());
    for (const Verdict verdict : {Verdict::passed, Verdict::overridden, Verdict::failed, Verdict::waits,
                                  Verdict::cannot_tell, Verdict::not_asked})
        CHECK(parse_verdict(to_string(verdict)).value() == verdict);
    CHECK_FALSE(parse_verdict("good").ok());
}

TEST_CASE("a signer is trusted by its name, once, in order, and no more than that many") {
    Signer signer;
    signer.key = "k";
    Policy policy;
    for (const char* name : {"bert", "anna", "bert"}) {
        signer.name = name;
        policy = policy.with(signer).value();
    }
    REQUIRE(policy.signers().size() == 2);
    CHECK(policy.signers()[0].name == "anna");
    CHECK(policy.without("anna")->signers().size() == 1);
    CHECK_FALSE(policy.without("carl").ok());
    signer.name = "a b";
    CHECK(policy.with(signer).error().where == "/name");
    for (std::size_t i = 2; i < kMostSigners; ++i) {
        signer.name = "s" + std::to_string(i);
        policy = policy.with(signer).value();
    }
    signer.name = "late";
    CHECK_FALSE(policy.with(signer).ok());
    signer.name = "anna";
    CHECK(policy.with(signer).ok());
}
