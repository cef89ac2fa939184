// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <vendor_files/dsse.hpp>

using namespace oakum;
using namespace oakum::vendor_files;
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
    return R"({"payloadType":")" + type + R"(","payload":")" + base::to_base64(base::as_bytes(payload)) +
           R"(","signatures":[{"keyid":"","sig":")" +
           base::to_base64(key.sign(pre_authentication(type, base::as_bytes(payload)))) + R"("}]})";
}

} // namespace

TEST_CASE("what is signed is the type and the body with their lengths, as the protocol's example has it") {
    CHECK(base::as_text(pre_authentication("http://example.com/HelloWorld", base::as_bytes("hello world"))) ==
          "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

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

TEST_CASE("a signature over another body or another type does not count") {
    const Signing key(1);
    auto read = Envelope::parse(envelope(statement(), key)).value();
    read.payload.push_back(' ');
    CHECK_FALSE(read.is_by(key.public_key()));
    read.payload.pop_back();
    CHECK(read.is_by(key.public_key()));
    read.payload_type += "2";
    CHECK_FALSE(read.is_by(key.public_key()));
}

TEST_CASE("statements of another kind, and texts that are no envelope, are refused") {
    const Signing key(1);
    for (const std::string& text :
         {std::string(), std::string("{}"),
          std::string(R"({"payloadType":"a","payload":"!","signatures":[{"sig":"AA=="}]})"),
          std::string(R"({"payloadType":"a","payload":"","signatures":[]})")})
        CHECK_FALSE_MESSAGE(Envelope::parse(text).ok(), text);
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
