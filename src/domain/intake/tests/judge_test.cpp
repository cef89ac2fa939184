// SPDX-License-Identifier: Apache-2.0
#include <intake/judge.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::intake;

namespace {

base::TimePoint at(std::string_view text) {
    return base::parse_time(text).value();
}

// A draft that passes whatever the default policy asks.
struct Case {
    Policy policy;
    Candidate candidate;
    Found found;
    Record record;

    Case() {
        candidate.content.name = "gateway";
        candidate.content.version = "1.5.0";
        candidate.content.models = {"GW-1"};
        candidate.content.artifact_name = "gateway-1.5.0.tar";
        candidate.content.artifact = base::sha256("image");
        candidate.content.sbom = "0123";
        candidate.held = true;
        candidate.length = 5'000;
        candidate.read_again = at("2026-11-20");
        found.artifact = candidate.content.artifact;
        found.length = 5'000;
        found.kind = FileKind::tar;
        found.components = 41;
        found.compared = Compared{"gateway 1.4.2", 41, 2, {}};
        record.makers = {"user anna"};
    }
    Case& asking(Check check) {
        policy = policy.with({{check, true}}).value();
        return *this;
    }
    Line line(Check check) const {
        for (const Line& each : lines())
            if (each.check == check) return each;
        return {};
    }
    Verdict verdict(Check check) const { return line(check).verdict; }
    std::vector<Line> lines() const { return judge(policy, candidate, found, record); }
    base::Digest256 content() const { return digest_of(candidate.content); }
    void decide(bool approved) {
        record.decision = Decision{approved, "user bert", "looked at", at("2026-11-21"), content()};
    }
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a sound draft passes what is asked when nobody decided, one line a check") {
    const Case draft;
    REQUIRE(draft.lines().size() == kCheckCount);
    for (const Check check : {Check::artifact, Check::type, Check::version, Check::exploited})
        CHECK_MESSAGE(draft.verdict(check) == Verdict::passed, to_string(check));
    CHECK(draft.verdict(Check::hardware) == Verdict::cannot_tell);
    CHECK(draft.verdict(Check::approval) == Verdict::not_asked);
    CHECK(what_stops(draft.lines()).empty());
}

TEST_CASE(
    "an artifact that is damaged, unreadable, of another length or another one than was read is stopped") {
    Case damaged, unreadable, short_one, another;
    damaged.candidate.held = false;
    unreadable.found.unreadable = "the disk does not answer";
    short_one.found.length = 4'999;
    another.found.artifact = base::sha256("other");
    for (const Case* each : {&damaged, &unreadable, &short_one, &another})
        CHECK(each->verdict(Check::artifact) == Verdict::failed);
    CHECK(has(short_one.line(Check::artifact).evidence, "4,999 bytes and not the 5,000"));
    CHECK(unreadable.verdict(Check::type) == Verdict::cannot_tell);
}

TEST_CASE("bytes of another kind than the name says are stopped; a name that says nothing stops nothing") {
    Case draft;
    draft.found.kind = FileKind::swu;
    CHECK(draft.verdict(Check::type) == Verdict::failed);
    CHECK(has(draft.line(Check::type).evidence, "says a tar archive, and the bytes are a SWUpdate archive"));
    draft.found.kind = FileKind::mender; // which is a tar archive
    CHECK(draft.verdict(Check::type) == Verdict::passed);
    draft.candidate.content.artifact_name = "gateway-1.5.0.bin";
    CHECK(draft.verdict(Check::type) == Verdict::cannot_tell);
}

TEST_CASE("a file that names the hardware it is for has to name every model of the release") {
    Case draft;
    draft.found.installs_on = {"GW-2", "GW-1"};
    CHECK(draft.verdict(Check::hardware) == Verdict::passed);
    draft.candidate.content.models = {"GW-1", "GW-3"};
    CHECK(draft.verdict(Check::hardware) == Verdict::failed);
    CHECK(has(draft.line(Check::hardware).evidence,
              "installs on GW-2, GW-1 only, and the release is for GW-3"));
}

TEST_CASE("a version that falls behind what is published is stopped, one that cannot be ordered is not") {
    Case draft;
    draft.candidate.published = {"1.4.9"};
    CHECK(draft.verdict(Check::version) == Verdict::passed);
    draft.candidate.published = {"1.10.0"};
    CHECK(draft.verdict(Check::version) == Verdict::failed);
    draft.candidate.content.version = "rel@1";
    CHECK(draft.verdict(Check::version) == Verdict::cannot_tell);
}

TEST_CASE("a release that repairs an older series comes after what is published of that series") {
    Case draft;
    const auto said = [&](const std::string& version) {
        draft.candidate.content.version = version;
        return draft.line(Check::version).evidence;
    };
    draft.candidate.published = {"1.5.8", "1.6.0", "1.5.7", "1.4"};
    CHECK(said("1.5.9") ==
          "1.5.9 comes after 1.5.8, the newest of 1.5 that is published. 1.6.0 stays the newest of all.");
    CHECK(draft.verdict(Check::version) == Verdict::passed);
    CHECK(said("1.4.1") ==
          "1.4.1 comes after 1.4, the newest of 1.4 that is published. 1.6.0 stays the newest of all.");
    CHECK(said("1.5.6").starts_with("1.5.6 is older than 1.6.0, which is published, and not newer than "
                                    "1.5.8, the newest of 1.5."));
    // A candidate of what is published, a series of which nothing is, and names that only look alike.
    for (const char* version : {"1.5.6", "1.5.8", "1.5.8-rc1", "1.3.9", "1.50.1", "1", "1.5rc9", "1.05.9"}) {
        CAPTURE(version);
        draft.candidate.content.version = version;
        if (std::string_view(version) != "1.50.1") CHECK(draft.verdict(Check::version) == Verdict::failed);
    }
    CHECK(said("1.50.1") == "1.50.1 comes after 1.6.0, the newest that is published.");
}

TEST_CASE("an SBOM counts when it names the artifact's own bytes") {
    Case draft;
    draft.asking(Check::sbom);
    CHECK(draft.verdict(Check::sbom) == Verdict::failed);
    CHECK(has(draft.line(Check::sbom).evidence, "does not say of which file"));
    draft.candidate.sbom_files = {base::sha256("other").hex()};
    CHECK(has(draft.line(Check::sbom).evidence, "of another file"));
    draft.candidate.sbom_files.push_back(draft.candidate.content.artifact.hex());
    CHECK(draft.verdict(Check::sbom) == Verdict::passed);
    draft.candidate.content.sbom.clear();
    CHECK(draft.verdict(Check::sbom) == Verdict::failed);
}

TEST_CASE("a release that brings what is being exploited is stopped until an administrator lets just that "
          "through") {
    Case draft;
    draft.found.compared->exploited = {"CVE-2026-1", "CVE-2026-2"};
    CHECK(draft.verdict(Check::exploited) == Verdict::failed);
    CHECK(has(draft.line(Check::exploited).evidence, "CVE-2026-1, CVE-2026-2"));
    add_override(draft.record, {Check::exploited,
                                "user carol",
                                "no way in",
                                at("2026-11-21"),
                                draft.content(),
                                {"CVE-2026-1", "CVE-2026-2"}});
    CHECK(draft.verdict(Check::exploited) == Verdict::overridden);
    CHECK(has(draft.line(Check::exploited).evidence, "carol let it through on 2026-11-21: no way in"));
    draft.found.compared->exploited.push_back("CVE-2026-3"); // listed since then
    CHECK(draft.verdict(Check::exploited) == Verdict::failed);
}

TEST_CASE("without an SBOM or advisories nobody can tell what a release brings, and that is said") {
    Case draft;
    draft.found.compared.reset();
    CHECK(draft.verdict(Check::exploited) == Verdict::cannot_tell);
    draft.candidate.content.sbom.clear();
    CHECK(draft.verdict(Check::exploited) == Verdict::cannot_tell);
    CHECK(what_stops(draft.lines()).empty());
}

TEST_CASE("what was let through does not cover another content, nor a check that nobody may let through") {
    Case draft;
    draft.candidate.published = {"2.0"};
    add_override(draft.record,
                 {Check::version, "user carol", "of the old line", at("2026-11-21"), draft.content(), {}});
    CHECK(draft.verdict(Check::version) == Verdict::overridden);
    draft.candidate.content.artifact = draft.found.artifact = base::sha256("changed");
    CHECK(draft.verdict(Check::version) == Verdict::failed);
    draft.found.kind = FileKind::deb;
    add_override(draft.record,
                 {Check::type, "user carol", "it is fine", at("2026-11-21"), draft.content(), {}});
    CHECK(draft.verdict(Check::type) == Verdict::failed);
}

TEST_CASE("an approval is about one content: a changed artifact waits for another one") {
    Case draft;
    draft.asking(Check::approval);
    CHECK(draft.verdict(Check::approval) == Verdict::waits);
    CHECK(has(draft.line(Check::approval).evidence, "somebody other than anna"));
    draft.decide(true);
    CHECK(draft.verdict(Check::approval) == Verdict::passed);
    CHECK(has(draft.line(Check::approval).evidence, "bert approved SHA-256"));
    draft.candidate.content.artifact = draft.found.artifact = base::sha256("changed");
    CHECK(draft.verdict(Check::approval) == Verdict::waits);
    CHECK(has(draft.line(Check::approval).evidence, "was changed after bert approved it"));
    draft.decide(false);
    CHECK(draft.verdict(Check::approval) == Verdict::failed);
}

TEST_CASE("what the policy does not ask for stops nothing, and what passed is said nevertheless") {
    Case draft;
    draft.found.kind = FileKind::deb;
    draft.policy = draft.policy.with({{Check::type, false}}).value();
    CHECK(draft.verdict(Check::type) == Verdict::not_asked);
    draft.decide(true);
    CHECK(draft.verdict(Check::approval) == Verdict::passed);
}

TEST_CASE("a signature or a statement that counts is asked for, and the evidence says whose it is") {
    Case draft;
    CHECK(draft.verdict(Check::signature) == Verdict::not_asked);
    draft.asking(Check::signature).asking(Check::provenance);
    CHECK(draft.verdict(Check::signature) == Verdict::failed);
    draft.found.signatures = {
        {SignatureKind::minisign, "key AB", "", "no key of its kind is trusted here for gateway"}};
    CHECK(draft.verdict(Check::signature) == Verdict::failed);
    draft.found.signatures.push_back({SignatureKind::minisign, "key CD", "acme", ""});
    CHECK(draft.verdict(Check::signature) == Verdict::passed);
    CHECK(has(draft.line(Check::signature).evidence, "By acme: a signature of minisign (key CD)."));
    CHECK(draft.verdict(Check::provenance) == Verdict::failed);
    draft.found.statements = {{SignatureKind::provenance, "built by x", "builds", ""}};
    CHECK(draft.verdict(Check::provenance) == Verdict::passed);
    // A key that was taken away meanwhile.
    draft.candidate.trust = base::sha256("changed");
    CHECK(draft.verdict(Check::signature) == Verdict::failed);
    CHECK(draft.verdict(Check::provenance) == Verdict::failed);
}

TEST_CASE("a file that says another version than the release, or a lower security counter, is stopped") {
    Case draft;
    draft.found.version = "1.5.0+7";
    CHECK(draft.verdict(Check::version) == Verdict::passed);
    draft.found.version = "1.4.0+7";
    CHECK(draft.verdict(Check::version) == Verdict::failed);
    CHECK(
        has(draft.line(Check::version).evidence, "says that it is 1.4.0+7, and the release is called 1.5.0"));
    draft.found.version.clear();
    draft.found.counter = 2;
    CHECK(draft.verdict(Check::version) == Verdict::passed);
    draft.found.counter_before = 3;
    draft.found.before = "gateway 1.4.2";
    CHECK(draft.verdict(Check::version) == Verdict::failed);
    CHECK(has(draft.line(Check::version).evidence, "counter is 2, below the 3 of gateway 1.4.2"));
}

TEST_CASE("whoever is trusted or attached changes what signatures were looked at with") {
    Signer acme;
    acme.name = "acme";
    acme.key = "k";
    const Policy trusting = Policy().with(acme).value();
    CHECK(digest_of_trust(Policy(), {}) ==
          digest_of_trust(Policy().with({{Check::approval, true}}).value(), {}));
    CHECK(digest_of_trust(Policy(), {}) != digest_of_trust(trusting, {}));
    CHECK(digest_of_trust(trusting, {}) != digest_of_trust(trusting, {"x"}));
    acme.lines = {"gateway"};
    CHECK(digest_of_trust(trusting, {}) != digest_of_trust(trusting.with(acme).value(), {}));
}

TEST_CASE("what stops a release is said in one sentence a check") {
    Case draft;
    draft.asking(Check::approval);
    draft.found.kind = FileKind::deb;
    const std::string text = what_stops(draft.lines());
    CHECK(text.starts_with("2 checks stop it. type: Its name"));
    CHECK(has(text, "approval: Waits"));
}

TEST_CASE("the newest of versions is the highest, and of those that cannot be ordered the last") {
    CHECK(newest_of({}) == std::nullopt);
    CHECK(newest_of({"1.9", "1.10", "1.2"}) == "1.10");
    CHECK(newest_of({"a@1", "a@2"}) == "a@2");
}
