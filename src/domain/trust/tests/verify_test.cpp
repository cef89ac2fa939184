// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <doctest/doctest.h>
#include <trust/limits.hpp>
#include <trust/verify.hpp>

using namespace oakum;
using namespace oakum::trust;
using testing::TestKey;

namespace {

const base::Bytes kMessage = {1, 2, 3};

struct Fixture {
    Keys keys;
    Signers signers;
    std::vector<Signature> signatures;

    void allow(const KeyId& id, const Key& key) {
        keys.insert_or_assign(id, key);
        signers.keys.push_back(id);
    }
    void allow(const TestKey& key) { allow(key.id(), key.public_key()); }
    void sign(const TestKey& key) { signatures.push_back({key.id(), key.sign(kMessage), {}}); }
    bool passes() const { return verify_threshold(keys, signers, kMessage, signatures, "role").ok(); }
};

} // namespace

TEST_CASE("a threshold of different keys passes, one fewer does not") {
    Fixture f;
    f.signers.threshold = 2;
    for (int i = 0; i < 3; ++i)
        f.allow(TestKey::ed25519(i));
    CHECK_FALSE(f.passes());
    f.sign(TestKey::ed25519(0));
    CHECK_FALSE(f.passes());
    f.sign(TestKey::ed25519(2));
    CHECK(f.passes());
}

TEST_CASE("all three kinds of keys verify, and a changed message does not") {
    for (const TestKey& key : {TestKey::ed25519(1), TestKey::ecdsa(), TestKey::rsa()}) {
        CAPTURE(key.public_key().scheme);
        Fixture f;
        f.allow(key);
        f.sign(key);
        CHECK(f.passes());
        f.signatures[0].bytes[7] ^= 1;
        CHECK_FALSE(f.passes());
        f.signatures[0].bytes = key.sign(base::Bytes{9});
        CHECK_FALSE(f.passes());
        f.signatures[0].bytes.clear();
        CHECK_FALSE(f.passes());
    }
}

// T1
TEST_CASE("a threshold of nought never passes") {
    Fixture f;
    f.allow(TestKey::ed25519(1));
    f.sign(TestKey::ed25519(1));
    f.signers.threshold = 0;
    CHECK_FALSE(f.passes());
    f.signers.threshold = limits::threshold + 1;
    CHECK_FALSE(f.passes());
}

// T2
TEST_CASE("one key under several ids counts once") {
    for (const TestKey& key : {TestKey::ed25519(1), TestKey::ecdsa(), TestKey::rsa()}) {
        CAPTURE(key.public_key().scheme);
        Fixture f;
        f.signers.threshold = 2;
        for (const char* alias : {"first", "second", "third"}) {
            f.allow(KeyId(alias), key.public_key());
            f.signatures.push_back({KeyId(alias), key.sign(kMessage), {}});
        }
        CHECK_FALSE(f.passes());
        f.allow(TestKey::ed25519(2));
        f.sign(TestKey::ed25519(2));
        CHECK(f.passes());
    }
}

// T2, with another spelling of the same key.
TEST_CASE("one key in two encodings counts once") {
    const TestKey key = TestKey::ecdsa();
    Key respelt = key.public_key();
    respelt.public_text = "a comment before\n" + respelt.public_text;
    respelt.verifier =
        base::PublicKey::pem(base::SignatureScheme::ecdsa_sha2_nistp256, respelt.public_text).value();
    Fixture f;
    f.signers.threshold = 2;
    f.allow(KeyId("plain"), key.public_key());
    f.allow(KeyId("respelt"), respelt);
    f.signatures = {{KeyId("plain"), key.sign(kMessage), {}}, {KeyId("respelt"), key.sign(kMessage), {}}};
    CHECK_FALSE(f.passes());
}

// T3
TEST_CASE("a repeated key id voids the document even when the threshold is met without it") {
    Fixture f;
    f.allow(TestKey::ed25519(1));
    f.sign(TestKey::ed25519(1));
    CHECK(f.passes());
    f.sign(TestKey::ed25519(1));
    CHECK_FALSE(f.passes());
    f.signatures[1] = {KeyId("stranger"), {}, {}};
    CHECK(f.passes());
    f.signatures.push_back({KeyId("stranger"), {}, {}});
    CHECK_FALSE(f.passes());
}

TEST_CASE("keys outside the role, unusable keys and ids without a key do not count") {
    Fixture f;
    f.allow(TestKey::ed25519(1));
    f.keys.insert_or_assign(TestKey::ed25519(2).id(), TestKey::ed25519(2).public_key());
    f.sign(TestKey::ed25519(2));
    CHECK_FALSE(f.passes()); // known to the document, not to the role
    f.signers.keys.push_back(KeyId("nobody"));
    f.signatures.push_back({KeyId("nobody"), {1, 2}, {}});
    CHECK_FALSE(f.passes());
    f.keys[TestKey::ed25519(1).id()].verifier.reset();
    f.sign(TestKey::ed25519(1));
    CHECK_FALSE(f.passes());
}

TEST_CASE("wrong and empty signatures are passed over when the others suffice") {
    Fixture f;
    f.allow(TestKey::ed25519(1));
    f.allow(TestKey::ed25519(2));
    f.allow(TestKey::ed25519(3));
    f.signatures = {{TestKey::ed25519(2).id(), {}, {}}, {TestKey::ed25519(3).id(), base::Bytes(64, 7), {}}};
    CHECK_FALSE(f.passes());
    f.sign(TestKey::ed25519(1));
    CHECK(f.passes());
}

// T17
TEST_CASE("too many signatures are refused without verifying them") {
    Fixture f;
    f.allow(TestKey::ed25519(1));
    f.sign(TestKey::ed25519(1));
    for (std::size_t i = 0; i < limits::signatures; ++i)
        f.signatures.push_back({KeyId("s" + std::to_string(i)), {}, {}});
    CHECK_FALSE(f.passes());
    f.signatures.pop_back();
    CHECK(f.passes());
}

TEST_CASE("files are held to length and to every known hash") {
    const base::Bytes bytes = {1, 2, 3};
    FileVersion file;
    CHECK(verify_file(file, bytes, "f").ok()); // nothing was promised
    file.length = 3;
    CHECK(verify_file(file, bytes, "f").ok());
    file.length = 4;
    CHECK_FALSE(verify_file(file, bytes, "f").ok());
    file.length = 3;
    file.hashes.others["md5"] = "00";
    CHECK_FALSE(verify_file(file, bytes, "f").ok()); // a hash that nobody can check is no hash
    file.hashes.sha256 = base::sha256(bytes);
    CHECK(verify_file(file, bytes, "f").ok());
    file.hashes.sha512 = base::sha512(bytes);
    CHECK(verify_file(file, bytes, "f").ok());
    file.hashes.sha512->at(3) ^= 1;
    CHECK_FALSE(verify_file(file, bytes, "f").ok());
    file.hashes.sha512.reset();
    file.hashes.sha256 = base::sha256(base::Bytes{1});
    CHECK_FALSE(verify_file(file, bytes, "f").ok());

    TargetFile target;
    target.length = 3;
    CHECK_FALSE(verify_file(target, bytes, "t").ok());
    target.hashes.sha512 = base::sha512(bytes);
    CHECK(verify_file(target, bytes, "t").ok());
}

// T19
TEST_CASE("signers changed when a key, its material or the threshold did") {
    Fixture a;
    a.allow(TestKey::ed25519(1));
    a.allow(TestKey::ed25519(2));
    Fixture b = a;
    std::swap(b.signers.keys[0], b.signers.keys[1]);
    const auto same = [&] { return same_signers(a.keys, a.signers, b.keys, b.signers); };
    CHECK(same());
    b.signers.threshold = 2;
    CHECK_FALSE(same());
    b = a;
    b.signers.keys.pop_back();
    CHECK_FALSE(same());
    b = a;
    b.keys[TestKey::ed25519(1).id()] = TestKey::ed25519(3).public_key(); // the same id, another key
    CHECK_FALSE(same());
    b = a;
    b.keys.insert_or_assign(KeyId("of another role"), TestKey::ed25519(3).public_key());
    CHECK(same());
}
