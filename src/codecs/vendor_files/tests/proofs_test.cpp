// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <attestations/envelope.hpp>
#include <vendor_files/proofs.hpp>

using namespace oakum;
using namespace oakum::vendor_files;
using intake::FileKind;
using intake::SignatureKind;
using intake::Signer;
using testing::data;
using testing::file_of;

namespace {

constexpr const char* kMinisignKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
constexpr const char* kMinisig =
    "untrusted comment: signature from minisign secret key\n"
    "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
    "trusted comment: timestamp:1633700835\tfile:test\tprehashed\n"
    "wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==\n";

Signer signer(SignatureKind kind, std::string key, std::vector<std::string> lines = {}) {
    Signer one;
    one.name = "acme";
    one.kind = kind;
    one.key = std::move(key);
    one.lines = std::move(lines);
    return one;
}
Artifact artifact(std::string bytes, FileKind kind = FileKind::unknown) {
    Artifact one;
    one.digest = base::sha256(bytes);
    one.kind = kind;
    one.file = file_of(std::move(bytes));
    return one;
}
Seen look(const Artifact& of, const std::vector<Signer>& signers) {
    return look_for_proofs(of, signers, "gateway", base::parse_time("2026-12-01").value());
}
std::string flaw(const Seen& seen) {
    REQUIRE(seen.signatures.size() == 1);
    return seen.signatures[0].flaw;
}

} // namespace

TEST_CASE("a signature beside an artifact counts by a trusted key, for the lines that it speaks for") {
    Artifact of = artifact("test");
    CHECK(look(of, {}).signatures.empty());
    of.attached = {kMinisig};
    CHECK(flaw(look(of, {})) == "no key of its kind is trusted here for gateway");
    const Seen good = look(of, {signer(SignatureKind::minisign, kMinisignKey)});
    CHECK(flaw(good).empty());
    CHECK(good.signatures[0].by == "acme");
    CHECK(good.signatures[0].says == "key E7620F1842B4E81F, timestamp:1633700835\tfile:test\tprehashed");
    CHECK(flaw(look(of, {signer(SignatureKind::minisign, kMinisignKey, {"camera"})})) ==
          "it is by acme, who does not speak for gateway");
    // The key of another kind is not asked.
    CHECK(flaw(look(of, {signer(SignatureKind::mcuboot, data("mcuboot/ed25519.pem"))})) ==
          "no key of its kind is trusted here for gateway");
    Artifact other = artifact("tests");
    other.attached = {kMinisig};
    CHECK(flaw(look(other, {signer(SignatureKind::minisign, kMinisignKey)})) ==
          "acme: the key signed another file");
}

TEST_CASE("an MCUboot image tells its version and counter, and is by the trusted key or not") {
    const Artifact of = artifact(data("mcuboot/ecdsa-p256.bin"), FileKind::mcuboot);
    const Seen good = look(of, {signer(SignatureKind::mcuboot, data("mcuboot/ecdsa-p256.pem"))});
    CHECK(flaw(good).empty());
    CHECK(good.version == "1.4.2+7");
    CHECK(good.counter == 3U);
    CHECK(flaw(look(of, {signer(SignatureKind::mcuboot, data("mcuboot/foreign.pem"))})) ==
          "acme: it is not by this key");
    CHECK(flaw(look(artifact(data("mcuboot/encrypted.bin"), FileKind::mcuboot), {}))
              .starts_with("it is encrypted"));
    CHECK(look(artifact(data("mcuboot/unsigned.bin"), FileKind::mcuboot), {}).signatures.empty());
    CHECK(look(artifact(data("mcuboot/plain.bin"), FileKind::mcuboot), {}).version.empty());
}

TEST_CASE("a statement counts when its key, its file, its builder and its parameters are the expected ones") {
    const testing::Signing key(1);
    // Its public half as SubjectPublicKeyInfo.
    base::Bytes der = base::from_hex("302a300506032b6570032100").value();
    const base::Bytes raw = key.raw_public();
    der.insert(der.end(), raw.begin(), raw.end());
    const std::string pem =
        "-----BEGIN PUBLIC KEY-----\n" + base::to_base64(der) + "\n-----END PUBLIC KEY-----\n";
    const auto statement = [&](const std::string& of, const std::string& builder) {
        const std::string payload =
            R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":")" +
            base::sha256(of).hex() +
            R"("}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"b","externalParameters":{}},"runDetails":{"builder":{"id":")" +
            builder + R"("}}}})";
        const std::string type(attestations::kInToto);
        return R"({"payloadType":")" + type + R"(","payload":")" + base::to_base64(base::as_bytes(payload)) +
               R"(","signatures":[{"sig":")" +
               base::to_base64(key.sign(attestations::pre_authentication(type, base::as_bytes(payload)))) +
               R"("}]})";
    };
    Signer builds = signer(SignatureKind::provenance, pem);
    builds.builder = "builder";
    builds.build_type = "b";
    REQUIRE(check_key(builds).ok());
    const auto told = [&](const std::string& text, const Signer& by) {
        Artifact of = artifact("firmware");
        of.attached = {text};
        const Seen seen = look(of, {by});
        REQUIRE(seen.statements.size() == 1);
        return seen.statements[0].flaw;
    };
    CHECK(told(statement("firmware", "builder"), builds).empty());
    CHECK(told(statement("other", "builder"), builds) == "acme: it is of another file");
    CHECK(told(statement("firmware", "elsewhere"), builds) ==
          "acme: it was built by elsewhere and not by builder");
    Signer foreign = builds;
    foreign.key = data("mcuboot/foreign.pem");
    CHECK(told(statement("firmware", "builder"), foreign) == "acme: it is not by this key");
}

TEST_CASE("a key is read as its signer's kind has it") {
    CHECK(check_key(signer(SignatureKind::minisign, kMinisignKey)).ok());
    CHECK(check_key(signer(SignatureKind::swupdate, data("cms/pinned.pem"))).ok());
    CHECK(check_key(signer(SignatureKind::mcuboot, data("mcuboot/rsa-2048.pem"))).ok());
    for (const SignatureKind kind : {SignatureKind::minisign, SignatureKind::swupdate, SignatureKind::mcuboot,
                                     SignatureKind::provenance}) {
        const auto refused = check_key(signer(kind, "no key"));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().where == "/key");
    }
}

TEST_CASE("what is attached is a signature or a statement, and nothing else") {
    CHECK(kind_of_attachment(kMinisig).value() == SignatureKind::minisign);
    CHECK(kind_of_attachment(R"({"payloadType":"t","payload":"","signatures":[{"sig":"AA=="}]})").value() ==
          SignatureKind::provenance);
    CHECK(kind_of_attachment("-----BEGIN PGP SIGNATURE-----").error().kind == base::ErrorKind::invalid);
    CHECK(kind_of_attachment(std::string(kLargestAttachment + 1, 'x')).error().kind ==
          base::ErrorKind::too_large);
}
