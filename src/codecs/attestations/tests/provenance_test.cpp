// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <attestations/provenance.hpp>

using namespace oakum;
using namespace oakum::attestations;
using testing::Signing;

namespace {

const std::string kDigest(64, 'a');

std::string statement(const std::string& digest = kDigest,
                      const std::string& type = "https://slsa.dev/provenance/v1") {
    return R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x.swu","digest":{"sha256":")" +
           digest + R"("}},{"digest":{"sha512":"00"}}],"predicateType":")" + type +
           R"(","predicate":{"buildDefinition":{"buildType":"https://acme.example/build/v1","externalParameters":{"ref":"v1.5.0","matrix":{"board": 2}}},"runDetails":{"builder":{"id":"https://acme.example/builder"}}}})";
}

std::string envelope(const std::string& payload, const Signing& key,
                     const std::string& type = "application/vnd.in-toto+json") {
    const base::ByteView bytes = base::as_bytes(payload);
    return Envelope{type, {bytes.begin(), bytes.end()}, {{"", key.sign(pre_authentication(type, bytes))}}}
        .text();
}

} // namespace

TEST_CASE("a statement tells its subjects, its builder and its parameters, once its signature verified") {
    const Signing key(1), other(2);
    const auto read = Envelope::parse(envelope(statement(), key));
    REQUIRE(read.ok());
    CHECK(read->is_by(key.public_key()));
    CHECK_FALSE(read->is_by(other.public_key()));
    const auto provenance = read_provenance(*read);
    REQUIRE_MESSAGE(provenance.ok(), (provenance.ok() ? "" : provenance.error().text()));
    CHECK(provenance->subjects == std::vector{kDigest});
    CHECK(provenance->builder == "https://acme.example/builder");
    CHECK(provenance->build_type == "https://acme.example/build/v1");
    CHECK(provenance->parameters ==
          std::map<std::string, std::string>{{"ref", "v1.5.0"}, {"matrix", R"({"board": 2})"}});
}

TEST_CASE("statements of another kind are refused") {
    const Signing key(1);
    const auto refused = [&](const std::string& payload,
                             const std::string& type = "application/vnd.in-toto+json") {
        const auto read = Envelope::parse(envelope(payload, key, type));
        REQUIRE(read.ok());
        return !read_provenance(*read).ok();
    };
    CHECK(refused(statement(), "text/plain"));
    CHECK(refused(statement(kDigest, "https://slsa.dev/provenance/v0.2")));
    CHECK(refused(statement("short")));
    CHECK(refused("{}"));
    CHECK(refused(statement() + "{"));
    // Twice the same member: readers would disagree about which counts.
    std::string twice = statement();
    twice.insert(1, R"("subject":[],)");
    CHECK(refused(twice));
}
