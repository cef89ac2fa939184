// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <attestations/envelope.hpp>

using namespace oakum;
using namespace oakum::attestations;
using testing::Signing;

namespace {

Envelope signed_by(const Signing& key) {
    const std::string_view payload = "{}\n";
    const base::ByteView bytes = base::as_bytes(payload);
    return {"text/plain",
            {bytes.begin(), bytes.end()},
            {{"a", key.sign(pre_authentication("text/plain", bytes))}}};
}

} // namespace

TEST_CASE("what is signed is the type and the body with their lengths, as the protocol's example has it") {
    CHECK(base::as_text(pre_authentication("http://example.com/HelloWorld", base::as_bytes("hello world"))) ==
          "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST_CASE("an envelope reads as it was written") {
    const Signing key(1);
    const Envelope envelope = signed_by(key);
    const auto read = Envelope::parse(envelope.text());
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
    CHECK(read->payload_type == envelope.payload_type);
    CHECK(read->payload == envelope.payload);
    REQUIRE(read->signatures.size() == 1);
    CHECK(read->signatures.front().key == "a");
    CHECK(read->is_by(key.public_key()));
    CHECK(read->text() == envelope.text());
}

TEST_CASE("a signature over another body, of another type or by another key does not count") {
    const Signing key(1), other(2);
    Envelope read = signed_by(key);
    CHECK_FALSE(read.is_by(other.public_key()));
    read.payload.push_back(' ');
    CHECK_FALSE(read.is_by(key.public_key()));
    read.payload.pop_back();
    CHECK(read.is_by(key.public_key()));
    read.payload_type += "2";
    CHECK_FALSE(read.is_by(key.public_key()));
    // One of several is enough, wherever it stands, and what the hints say is of no interest.
    read = signed_by(key);
    read.signatures.insert(read.signatures.begin(), {"a", base::Bytes(64)});
    read.signatures.back().key = "b";
    CHECK(read.is_by(key.public_key()));
}

TEST_CASE("texts that are no envelope are refused") {
    for (const std::string& text :
         {std::string(), std::string("{}"),
          std::string(R"({"payloadType":"a","payload":"!","signatures":[{"sig":"AA=="}]})"),
          std::string(R"({"payloadType":"a","payload":"","signatures":[{"sig":"!"}]})"),
          std::string(R"({"payloadType":"a","payload":"","signatures":[]})"),
          std::string(R"({"payloadType":"a","payload":"","payload":"","signatures":[{"sig":"AA=="}]})")})
        CHECK_FALSE_MESSAGE(Envelope::parse(text).ok(), text);
}
