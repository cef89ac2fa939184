// SPDX-License-Identifier: Apache-2.0
#include <base/blake2b.hpp>
#include <base/cms.hpp>
#include <base/pem_key.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace oakum::base;

namespace {

std::string data(const std::string& name) {
    std::ifstream file(std::string(OAKUM_SOURCE_DIR) + "/tests/data/cms/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

Result<std::string> verify(const std::string& message, const std::string& pinned,
                           const std::string& content = "content", std::string_view at = "2026-12-01") {
    return verify_cms(as_bytes(data(message)), as_bytes(data(content)), data(pinned), parse_time(at).value());
}

} // namespace

TEST_CASE("a CMS signature is by the pinned certificate, or by one that was issued under it") {
    for (const char* message : {"pinned.p7", "nocert.p7", "embedded.p7", "noattr.p7"}) {
        const auto by = verify(message, "pinned.pem");
        REQUIRE_MESSAGE(by.ok(), message, (by.ok() ? "" : by.error().text()));
        CHECK(*by == "CN=Acme firmware,O=Acme");
    }
    CHECK(verify("leaf.p7", "ca.pem").value() == "CN=Build 7,O=Acme");
    CHECK(verify("leaf.p7", "leaf.pem").value() == "CN=Build 7,O=Acme");
}

TEST_CASE("a CMS signature by another key, also under the same name, over another text, or too weak does not "
          "count") {
    CHECK_FALSE(verify("foreign.p7", "pinned.pem").ok());
    CHECK_FALSE(verify("pinned.p7", "foreign.pem").ok());
    CHECK_FALSE(verify("pinned.p7", "ca.pem").ok());
    CHECK_FALSE(verify("leaf.p7", "pinned.pem").ok());
    CHECK_FALSE(verify("pinned.p7", "pinned.pem", "other").ok());
    // What it carries is not what was asked about.
    CHECK_FALSE(verify("embedded.p7", "pinned.pem", "other").ok());
    CHECK(verify("sha1.p7", "pinned.pem").error().message == "its digest is weaker than SHA-256");
}

TEST_CASE("a certificate counts from its beginning to its end") {
    CHECK(verify("short.p7", "short.pem").ok());
    const auto over = verify("short.p7", "short.pem", "content", "2027-06-01");
    REQUIRE_FALSE(over.ok());
    CHECK(over.error().message.find("expired") != std::string::npos);
    CHECK_FALSE(verify("pinned.p7", "pinned.pem", "content", "2020-01-01").ok());
}

TEST_CASE("what is no signed message, cut anywhere, or changed anywhere is refused") {
    const std::string whole = data("pinned.p7"), content = data("content"), pinned = data("pinned.pem");
    const TimePoint at = parse_time("2026-12-01").value();
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(verify_cms(as_bytes(whole.substr(0, size)), as_bytes(content), pinned, at).ok());
    CHECK_FALSE(verify_cms(as_bytes(content), as_bytes(content), pinned, at).ok());
    CHECK_FALSE(verify_cms(as_bytes(whole), as_bytes(content), "no certificate", at).ok());
    CHECK(verify_cms(Bytes(kLargestCms + 1), as_bytes(content), pinned, at).error().kind ==
          ErrorKind::too_large);
    CHECK(read_certificate(pinned).value() == "CN=Acme firmware,O=Acme");
    CHECK_FALSE(read_certificate("").ok());
}

TEST_CASE("a public key in PEM says itself what it is") {
    CHECK(read_public_key("-----BEGIN PUBLIC KEY-----\n"
                          "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                          "-----END PUBLIC KEY-----\n")
              .value()
              .scheme() == SignatureScheme::ed25519);
    CHECK_FALSE(read_public_key("").ok());
    CHECK_FALSE(read_public_key(data("pinned.pem")).ok());
}

TEST_CASE("BLAKE2b-512 gives RFC 7693's example, in one piece and in several") {
    Blake2b512 hash;
    hash.update(as_bytes("abc"));
    const std::string wanted = "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";
    CHECK(to_hex(hash.finish()) == wanted);
    hash.update(as_bytes("a"));
    hash.update(as_bytes("bc"));
    CHECK(to_hex(hash.finish()) == wanted);
}
