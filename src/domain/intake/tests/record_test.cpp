// SPDX-License-Identifier: Apache-2.0
#include <intake/record.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <set>

using namespace oakum;
using namespace oakum::intake;

TEST_CASE("every part of a content changes its digest, and no part passes for another") {
    const std::function<void(Content&)> changes[] = {
        [](Content&) {},
        [](Content& c) { c.name = "x"; },
        [](Content& c) { c.version = "x"; },
        [](Content& c) { c.min_from = "x"; },
        [](Content& c) { c.floor = "x"; },
        [](Content& c) { c.models = {"x"}; },
        [](Content& c) { c.models = {"x", ""}; },
        [](Content& c) { c.hw_revisions = {"x"}; },
        [](Content& c) { c.artifact_name = "x"; },
        [](Content& c) { c.artifact = base::sha256("x"); },
        [](Content& c) { c.sbom = "x"; },
    };
    std::set<std::string> digests;
    for (const auto& change : changes) {
        Content content;
        change(content);
        digests.insert(digest_of(content).hex());
    }
    CHECK(digests.size() == std::size(changes));
    CHECK(digest_of({}) == digest_of({}));
}

TEST_CASE("a maker is kept once, and nobody makes a draft that forgets who made it") {
    Record record;
    for (int i = 0; i < 3; ++i)
        CHECK(add_maker(record, "user anna").ok());
    CHECK(record.makers == std::vector<std::string>{"user anna"});
    for (std::size_t i = 1; i < kMostMakers; ++i)
        CHECK(add_maker(record, "user u" + std::to_string(i)).ok());
    CHECK_FALSE(add_maker(record, "user late").ok());
    CHECK(add_maker(record, "user anna").ok());
    CHECK(record.makers.front() == "user anna");
}

TEST_CASE("a later override of a check takes the place of the one before") {
    Record record;
    const base::Digest256 content = base::sha256("content");
    add_override(record, {Check::version, "user a", "first", {}, content, {}});
    add_override(record, {Check::version, "user b", "second", {}, content, {}});
    REQUIRE(record.overrides.size() == 1);
    const Override* counts = override_of(record, Check::version, content, {});
    REQUIRE(counts != nullptr);
    CHECK(counts->by == "user b");
    CHECK(override_of(record, Check::version, base::sha256("other"), {}) == nullptr);
    CHECK(override_of(record, Check::exploited, content, {}) == nullptr);
}

TEST_CASE("a summary says what was verified, and nothing that was not") {
    using Words = std::vector<std::string>;
    CHECK(verified_by({}) == Words{"SLSA_BUILD_LEVEL_0"});
    const std::vector<Line> lines{
        {Check::artifact, Verdict::passed, ""},     {Check::version, Verdict::overridden, ""},
        {Check::sbom, Verdict::cannot_tell, ""},    {Check::exploited, Verdict::failed, ""},
        {Check::signature, Verdict::not_asked, ""}, {Check::provenance, Verdict::passed, ""},
        {Check::approval, Verdict::waits, ""}};
    CHECK(verified_by(lines) ==
          Words{"SLSA_BUILD_LEVEL_1", "OAKUM_ARTIFACT", "OAKUM_VERSION_OVERRIDDEN", "OAKUM_PROVENANCE"});
    // Nobody is let through by a person to a level of SLSA's.
    CHECK(verified_by(std::vector<Line>{{Check::provenance, Verdict::overridden, ""}}) ==
          Words{"SLSA_BUILD_LEVEL_0", "OAKUM_PROVENANCE_OVERRIDDEN"});
}
