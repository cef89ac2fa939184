// SPDX-License-Identifier: Apache-2.0
#include <attestations/summary.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::attestations;

namespace {

Summary example() {
    Summary summary;
    summary.subjects = {{"gateway-1.5.swu", base::sha256("image")}};
    summary.verifier = name_of(base::sha256("key"));
    summary.verified = base::from_unix_ms(1'800'000'000'000);
    summary.resource = "pkg:generic/gateway@1.5.0";
    summary.policy = base::sha256("policy");
    summary.inputs = {{"built.dsse", base::sha256("statement")}};
    summary.passed = true;
    summary.levels = {"SLSA_BUILD_LEVEL_1", "OAKUM_SBOM"};
    return summary;
}

Envelope of(std::string_view payload) {
    const base::ByteView bytes = base::as_bytes(payload);
    return {std::string(kInToto), {bytes.begin(), bytes.end()}, {}};
}

std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a digest has a name, as RFC 6920 has it in its example") {
    CHECK(name_of(base::sha256("Hello World!")) ==
          "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk");
}

TEST_CASE("a summary is the statement that the specification of SLSA 1.0 describes") {
    const std::string text = write_summary(example());
    CHECK(
        text ==
        R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"gateway-1.5.swu","digest":{"sha256":")" +
            base::sha256("image").hex() +
            R"("}}],"predicateType":"https://slsa.dev/verification_summary/v1","predicate":{"verifier":{"id":")" +
            name_of(base::sha256("key")) +
            R"("},"timeVerified":"2027-01-15T08:00:00Z","resourceUri":"pkg:generic/gateway@1.5.0","policy":{"uri":")" +
            name_of(base::sha256("policy")) + R"(","digest":{"sha256":")" + base::sha256("policy").hex() +
            R"("}},"inputAttestations":[{"name":"built.dsse","digest":{"sha256":")" +
            base::sha256("statement").hex() +
            R"("}}],"verificationResult":"PASSED","verifiedLevels":["SLSA_BUILD_LEVEL_1","OAKUM_SBOM"],"slsaVersion":"1.0"}})");
}

TEST_CASE("a summary reads as it was written, and what others add is passed over") {
    const std::string text = write_summary(example());
    for (const std::string& each :
         {text,
          with(text, R"("slsaVersion":"1.0")",
               R"("dependencyLevels":{"SLSA_BUILD_LEVEL_2":7},"https://x.example/y":1)"),
          with(text, R"("predicate":{)", R"("predicate":{"more":[],)")}) {
        const auto read = read_summary(of(each));
        REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
        CHECK(write_summary(*read) == text);
    }
}

TEST_CASE("what others leave out may be missing: names, the policy's digest, the statements") {
    const std::string text =
        with(with(with(write_summary(example()), R"("name":"gateway-1.5.swu",)", ""),
                  R"(,"digest":{"sha256":")" + base::sha256("policy").hex() + R"("})", ""),
             R"("inputAttestations":[{"name":"built.dsse","digest":{"sha256":")" +
                 base::sha256("statement").hex() + R"("}}],)",
             "");
    const auto read = read_summary(of(text));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
    CHECK(read->subjects.front().name.empty());
    CHECK(read->policy == base::Digest256{});
    CHECK(read->inputs.empty());
}

TEST_CASE("what is no summary, or says neither that it passed nor that it failed, is refused") {
    const std::string text = write_summary(example());
    CHECK_FALSE(read_summary({"text/plain", of(text).payload, {}}).ok());
    for (const std::string& each :
         {std::string("{}"), with(text, "verification_summary/v1", "provenance/v1"),
          with(text, "verification_summary/v1", "verification_summary/v0.2"), with(text, "PASSED", "passed"),
          with(text, R"("verifiedLevels":)", R"("levels":)"), with(text, "2027-01-15T08:00:00Z", "yesterday"),
          with(text, R"("verificationResult":"PASSED",)", ""), text + "{}"})
        CHECK_FALSE_MESSAGE(read_summary(of(each)).ok(), each);
    const auto failed = read_summary(of(with(text, "PASSED", "FAILED")));
    REQUIRE(failed.ok());
    CHECK_FALSE(failed->passed);
}
