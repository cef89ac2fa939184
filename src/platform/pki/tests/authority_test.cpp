// SPDX-License-Identifier: Apache-2.0
#include <base/signature.hpp>
#include <doctest/doctest.h>
#include <pki/authority.hpp>
#include <pki/request.hpp>

#include "openssl.hpp"

using namespace oakum;
using namespace oakum::pki;
using std::chrono::hours;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-22T16:03:00Z").value();
const Validity kValidity{kNow - hours(1), kNow + hours(24 * 60)};

Serial serial_of(std::uint8_t byte) {
    Serial serial;
    serial.fill(byte);
    return serial;
}

Authority make_authority() {
    return Authority::make("Oakum device CA", serial_of(1), kNow).value();
}

std::string request_of(const PrivateKey& key) {
    return make_request(key, "camera 7").value();
}

// A request from a key of a kind that PrivateKey refuses to make.
std::string request_of(EVP_PKEY* key) {
    const RequestPtr request(X509_REQ_new());
    REQUIRE(X509_REQ_set_pubkey(request.get(), key) == 1);
    REQUIRE(X509_REQ_sign(request.get(), key, EVP_sha256()) > 0);
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_X509_REQ(bio.get(), request.get()) == 1);
    return contents(bio.get());
}

} // namespace

TEST_CASE("a new authority is a CA of path length 0 for ten years, and loads again from what it wrote") {
    const Authority authority = make_authority();
    const CertificateInfo info = read_certificate(authority.certificate_pem()).value();
    CHECK(info.authority);
    CHECK(info.common_name == "Oakum device CA");
    CHECK(info.not_before == kNow - hours(1));
    CHECK(info.not_after == kNow + hours(24 * 3652));
    CHECK(info.serial == "41010101010101010101010101010101");
    CHECK(info.fingerprint == authority.fingerprint());
    const PrivateKey key = PrivateKey::from_pem(authority.key().secret_pem().value()).value();
    CHECK(Authority::load(authority.certificate_pem(), key, kNow).ok());
    CHECK(Authority::load(authority.certificate_pem(), PrivateKey::generate(KeyKind::p256).value(), kNow)
              .error()
              .kind == base::ErrorKind::invalid);
    CHECK(Authority::load(authority.certificate_pem(), key, kNow + hours(24 * 3653)).error().kind ==
          base::ErrorKind::denied);
}

TEST_CASE("a server's certificate carries its names and addresses and serves as nothing else") {
    const Authority authority = make_authority();
    const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
    const std::vector<std::string> names{"oakum.example", "127.0.0.1", "::1", "*.edge.example"};
    const std::string pem = authority.issue_server(key, names, serial_of(2), kNow).value();
    const CertificateInfo info = read_certificate(pem).value();
    CHECK(info.names == names);
    CHECK_FALSE(info.client);
    CHECK_FALSE(info.authority);
    CHECK(info.not_after == kNow + hours(24 * 397));
    CHECK(check_pair(pem, key).ok());
    CHECK(check_issued_by(pem, authority.certificate_pem(), kNow).ok());
    CHECK_FALSE(check_issued_by(pem, make_authority().certificate_pem(), kNow).ok());
    CHECK_FALSE(Authority::load(pem, key, kNow).ok());
}

TEST_CASE("names that are neither DNS names nor addresses are refused") {
    const Authority authority = make_authority();
    const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
    for (const char* bad : {"", "a b", "a..b", ".a", "a.", "a\nb", "http://a", "a,DNS:b", "*", "a.*.b"}) {
        CAPTURE(bad);
        const std::vector<std::string> names{bad};
        CHECK_FALSE(authority.issue_server(key, names, serial_of(2), kNow).ok());
    }
    CHECK_FALSE(authority.issue_server(key, {}, serial_of(2), kNow).ok());
}

TEST_CASE("a device's certificate takes the key from the request and everything else from the authority") {
    const Authority authority = make_authority();
    for (const KeyKind kind : {KeyKind::p256, KeyKind::ed25519}) {
        const PrivateKey key = PrivateKey::generate(kind).value();
        const std::string pem =
            authority.issue_device(request_of(key), "urn:oakum:default:cam-7", serial_of(0xff), kValidity)
                .value();
        const CertificateInfo info = read_certificate(pem).value();
        CHECK(info.uri == "urn:oakum:default:cam-7");
        CHECK(info.common_name == "cam-7");
        CHECK(info.client);
        CHECK(info.names.empty());
        CHECK(info.serial.size() == 32);
        CHECK(info.public_digest == key.public_digest().value());
        CHECK(info.not_before == kValidity.not_before);
        CHECK(info.not_after == kValidity.not_after);
        CHECK(check_issued_by(pem, authority.certificate_pem(), kNow).ok());
    }
}

TEST_CASE("requests with weak, foreign or unproven keys are refused") {
    const Authority authority = make_authority();
    const auto refused = [&](const std::string& request) {
        return authority.issue_device(request, "urn:oakum:default:d", serial_of(3), kValidity).error().kind;
    };
    const KeyPtr rsa1024(EVP_RSA_gen(1024));
    CHECK(refused(request_of(rsa1024.get())) == base::ErrorKind::invalid);
    const KeyPtr p384(EVP_EC_gen("P-384"));
    CHECK(refused(request_of(p384.get())) == base::ErrorKind::invalid);
    const KeyPtr rsa2048(EVP_RSA_gen(2048));
    CHECK(authority.issue_device(request_of(rsa2048.get()), "urn:oakum:default:d", serial_of(3), kValidity)
              .ok());

    // One key's public half under another key's signature.
    const PrivateKey own = PrivateKey::generate(KeyKind::p256).value();
    const PrivateKey other = PrivateKey::generate(KeyKind::p256).value();
    const RequestPtr request(X509_REQ_new());
    REQUIRE(X509_REQ_set_pubkey(request.get(), native(own)) == 1);
    REQUIRE(X509_REQ_sign(request.get(), native(other), EVP_sha256()) > 0);
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_X509_REQ(bio.get(), request.get()) == 1);
    CHECK(refused(contents(bio.get())) == base::ErrorKind::invalid);

    CHECK(refused("") == base::ErrorKind::invalid);
    CHECK(refused("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n") ==
          base::ErrorKind::invalid);
    CHECK(refused(std::string(16 * 1024 + 1, 'A')) == base::ErrorKind::too_large);
}

TEST_CASE("a request cut or changed at any byte never yields a certificate for another key") {
    const Authority authority = make_authority();
    const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
    const std::string good = request_of(key);
    for (std::size_t i = 0; i < good.size(); i += 3) {
        const auto cut = authority.issue_device(good.substr(0, i), "urn:oakum:t:d", serial_of(4), kValidity);
        if (i + 1 < good.size()) CHECK_FALSE(cut.ok()); // without its last line end it is still whole
        std::string changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const auto issued = authority.issue_device(changed, "urn:oakum:t:d", serial_of(4), kValidity);
        if (issued.ok()) CHECK(read_certificate(*issued)->public_digest == key.public_digest().value());
    }
}

TEST_CASE("only names of two plain words become device names") {
    for (const char* good : {"urn:oakum:default:d-1", "urn:oakum:T_1:a.b"})
        CHECK(is_device_uri(good));
    for (const char* bad :
         {"", "urn:oakum:", "urn:oakum:t", "urn:oakum:t:", "urn:oakum::d", "urn:oakum:t:d:e",
          "urn:oakum:t:d e", "urn:other:t:d", "urn:oakum:t:d\n", "urn:oakum:t:d/../e"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_device_uri(bad));
    }
    CHECK_FALSE(is_device_uri("urn:oakum:t:" + std::string(65, 'd')));
}

TEST_CASE("a validity that ends before it begins, or beyond the years of certificates, is refused") {
    const Authority authority = make_authority();
    const std::string request = request_of(PrivateKey::generate(KeyKind::p256).value());
    const auto issue = [&](Validity validity) {
        return authority.issue_device(request, "urn:oakum:t:d", serial_of(5), validity).ok();
    };
    CHECK_FALSE(issue({kNow, kNow}));
    CHECK_FALSE(issue({base::from_unix_ms(-1000), kNow}));
    CHECK(issue({kNow, base::from_unix_ms(253402300800LL * 1000)})); // cut to the authority's own end
}

TEST_CASE("a fingerprint is written in pairs of digits") {
    base::Digest256 digest;
    digest.bytes[0] = 0xab;
    CHECK(fingerprint_text(digest).starts_with("AB:00:"));
    CHECK(fingerprint_text(digest).size() == 95);
}
