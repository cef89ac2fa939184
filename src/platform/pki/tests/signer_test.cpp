// SPDX-License-Identifier: Apache-2.0
#include <base/signature.hpp>
#include <doctest/doctest.h>
#include <pki/cleanse.hpp>
#include <pki/request.hpp>
#include <pki/signer.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>

using namespace oakum;
using namespace oakum::pki;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        char name[] = "/tmp/oakum-pki-XXXXXX";
        path = mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
};

struct CountingRandom final : ports::Random {
    std::uint8_t next = 0;
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = ++next;
    }
};

} // namespace

TEST_CASE("a role signs with its key while the folder is there, and says what to do when it is gone") {
    const Folder folder;
    const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
    folder.write("targets-1.pem", key.secret_pem().value());
    folder.write("targets-0.pem", PrivateKey::generate(KeyKind::ed25519)->secret_pem().value());
    FolderSigner signer({{"targets", {folder.path, {{"k1", key.public_raw().value()}}}}});
    CHECK(signer.available("targets"));
    const base::Bytes message{1, 2, 3};
    const base::Bytes signature = signer.sign("targets", "k1", message).value();
    CHECK(base::PublicKey::ed25519(key.public_raw().value())->verify(message, signature));
    CHECK(signer.sign("targets", "k2", message).error().kind == base::ErrorKind::not_found);
    CHECK(signer.sign("root", "k1", message).error().kind == base::ErrorKind::not_found);

    std::filesystem::remove_all(folder.path);
    CHECK_FALSE(signer.available("targets"));
    CHECK(signer.keys("targets")->size() == 1);
    const auto refused = signer.sign("targets", "k1", message);
    CHECK(refused.error().kind == base::ErrorKind::unavailable);
    CHECK(refused.error().message.find("bring the folder back") != std::string::npos);
}

TEST_CASE("a key that is put into its folder later signs, and one that is elsewhere is not at hand") {
    const Folder folder;
    const PrivateKey first = PrivateKey::generate(KeyKind::ed25519).value(),
                     later = PrivateKey::generate(KeyKind::ed25519).value();
    const auto hex = [](base::ByteView raw) -> base::Result<std::string> { return base::to_hex(raw); };
    const std::string id = base::to_hex(later.public_raw().value());
    FolderSigner signer({{"timestamp", {folder.path, {{"first", first.public_raw().value()}}}}}, hex);
    CHECK(signer.sign("timestamp", id, base::Bytes{1}).error().kind == base::ErrorKind::unavailable);
    folder.write("timestamp-2.pem", later.secret_pem().value());
    CHECK(signer.sign("timestamp", id, base::Bytes{1}).value() == later.sign(base::Bytes{1}).value());
    CHECK(signer.sign("timestamp", "first", base::Bytes{1}).error().kind == base::ErrorKind::unavailable);
    CHECK(signer.sign("timestamp", "of somebody else", base::Bytes{1}).error().kind ==
          base::ErrorKind::unavailable);
}

TEST_CASE("a key file of another role, or one that is broken, does not sign") {
    const Folder folder;
    const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
    FolderSigner signer({{"root", {folder.path, {{"k", key.public_raw().value()}}}}});
    folder.write("rooted.pem", key.secret_pem().value());
    CHECK_FALSE(signer.available("root"));
    folder.write("root.pem", "not a key");
    const auto broken = signer.sign("root", "k", base::Bytes{1});
    CHECK(broken.error().kind == base::ErrorKind::unavailable);
    CHECK(broken.error().message.find("root.pem: not an unencrypted private key") != std::string::npos);
}

TEST_CASE("a file that is no key ends the signing of no other one") {
    const Folder folder;
    const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
    FolderSigner signer({{"director", {folder.path, {{"k", key.public_raw().value()}}}}});
    for (const char* name : {"director-0.pem", "director-1.pem", "director-zz.pem"})
        folder.write(name, "half of a copy");
    folder.write("director-2.pem", PrivateKey::generate(KeyKind::p256)->secret_pem().value());
    folder.write("director-3.pem", key.secret_pem().value());
    CHECK(signer.available("director"));
    CHECK(signer.sign("director", "k", base::Bytes{1}).ok());
}

TEST_CASE("a secret that was cleansed is nowhere in its buffer") {
    std::string secret = PrivateKey::generate(KeyKind::ed25519)->secret_pem().value();
    const char* const at = secret.data();
    const std::size_t size = secret.size();
    cleanse(secret);
    CHECK(secret.empty());
    CHECK(std::all_of(at, at + size, [](char c) { return c == '\0'; }));
}

TEST_CASE("the device issuer gives every certificate a serial of its own") {
    CountingRandom random;
    DeviceIssuer issuer(Authority::make("CA", Serial{1}, base::from_unix_ms(1'800'000'000'000)).value(),
                        random);
    const std::string request = make_request(PrivateKey::generate(KeyKind::p256).value(), "d").value();
    const auto issue = [&](const std::string& asked, const std::string& renews) {
        return issuer.issue(asked, "urn:oakum:default:d", 1'800'000'000, 1'800'086'400, renews).value();
    };
    const auto first = issue(request, "");
    const auto second = issue(request, "");
    CHECK(first.serial.size() == 32);
    CHECK(first.serial != second.serial);
    CHECK(first.der_digest.size() == 32);
    CHECK(read_certificate(first.pem)->serial == first.serial);
    CHECK_FALSE(issuer.issue(request, "urn:oakum:default:d", 1'800'000'000, INT64_MAX, "").ok());
    CHECK(issuer.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}

TEST_CASE("a renewal's serial follows from the key and the certificate that asks") {
    CountingRandom random;
    DeviceIssuer issuer(Authority::make("CA", Serial{1}, base::from_unix_ms(1'800'000'000'000)).value(),
                        random);
    const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
    const auto serial = [&](const PrivateKey& of, const std::string& device, const std::string& renews) {
        const auto issued = issuer
                                .issue(make_request(of, "d").value(), "urn:oakum:default:" + device,
                                       1'800'000'000, 1'800'086'400, renews)
                                .value();
        CHECK(read_certificate(issued.pem)->serial == issued.serial);
        return issued.serial;
    };
    const std::string once = serial(key, "d", "aa");
    CHECK(once.size() == 32);
    CHECK(serial(key, "d", "aa") == once); // the requests differ: each has a signature of its own
    CHECK(serial(key, "d", "ab") != once);
    CHECK(serial(key, "e", "aa") != once);
    CHECK(serial(PrivateKey::generate(KeyKind::p256).value(), "d", "aa") != once);
    CHECK(issuer.issue("no request", "urn:oakum:default:d", 1, 2, "aa").error().kind ==
          base::ErrorKind::invalid);
    const std::string request = make_request(key, "d").value();
    CHECK(requested_key(request).value() == key.public_digest().value());
}
