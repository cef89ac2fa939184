// SPDX-License-Identifier: Apache-2.0
#include <intake/signer.hpp>

#include <doctest/doctest.h>

using namespace oakum::intake;

namespace {

Signer acme() {
    Signer signer;
    signer.name = "acme";
    signer.key = "RW...";
    return signer;
}
Signer builds() {
    Signer signer = acme();
    signer.kind = SignatureKind::provenance;
    signer.builder = "https://acme.example/builder";
    signer.build_type = "https://acme.example/build/v1";
    signer.parameters = {{"ref", "v1.5.0"}};
    return signer;
}

} // namespace

TEST_CASE("a signer has a plain name, a key, and says how something was built only where statements do") {
    CHECK(check(acme()).ok());
    CHECK(check(builds()).ok());
    const auto where = [](auto change, Signer signer) {
        change(signer);
        const auto status = check(signer);
        return status.ok() ? std::string("ok") : status.error().where;
    };
    CHECK(where([](Signer& s) { s.name = "../x"; }, acme()) == "/name");
    CHECK(where([](Signer& s) { s.name = ""; }, acme()) == "/name");
    CHECK(where([](Signer& s) { s.key = ""; }, acme()) == "/key");
    CHECK(where([](Signer& s) { s.key.assign(kLongestKey + 1, 'k'); }, acme()) == "/key");
    CHECK(where([](Signer& s) { s.lines = {"a b"}; }, acme()) == "/lines");
    CHECK(where([](Signer& s) { s.builder = "x"; }, acme()) == "/builder");
    CHECK(where([](Signer& s) { s.builder = ""; }, builds()) == "/builder");
    CHECK(where([](Signer& s) { s.build_type = "a\nb"; }, builds()) == "/build_type");
    CHECK(where([](Signer& s) { s.parameters[""] = "x"; }, builds()) == "/parameters");
}

TEST_CASE("a signer speaks for the lines that are named, or for all") {
    Signer signer = acme();
    CHECK(speaks_for(signer, "gateway"));
    signer.lines = {"camera"};
    CHECK_FALSE(speaks_for(signer, "gateway"));
    CHECK(speaks_for(signer, "camera"));
}

TEST_CASE("one proof that counts is enough, and without one each says why it does not") {
    CHECK(proven({}, "signature")
              .evidence.starts_with("There is no signature of a kind that is known here. Upload "));
    const Proof good{SignatureKind::minisign, "key AB", "acme", ""};
    const Proof bad{SignatureKind::mcuboot, "image 1.0.0+0", "", "nobody who is trusted here signed it"};
    const Proven both = proven({bad, good}, "signature");
    CHECK(both.counts);
    CHECK(both.evidence == "By acme: a signature of minisign (key AB).");
    const Proven none = proven({bad}, "signature");
    CHECK(none.any);
    CHECK_FALSE(none.counts);
    CHECK(none.evidence == "The signature inside of the MCUboot image (image 1.0.0+0) does not count: nobody "
                           "who is trusted here signed it. Get both from the maker again, or have an "
                           "administrator say that this key counts (oakum intake trust).");
}

TEST_CASE("a statement has to be of this file, by that builder, with those parameters and no other") {
    const Signer signer = builds();
    const std::map<std::string, std::string> right{{"ref", "v1.5.0"}};
    const auto flaw = [&](const std::string& builder, const std::string& type,
                          const std::map<std::string, std::string>& parameters,
                          bool names) { return flaw_of_statement(signer, builder, type, parameters, names); };
    CHECK(flaw(signer.builder, signer.build_type, right, true).empty());
    CHECK(flaw(signer.builder, signer.build_type, right, false) == "it is of another file");
    CHECK(flaw("https://evil.example", signer.build_type, right, true)
              .starts_with("it was built by https://evil.example"));
    CHECK_FALSE(flaw(signer.builder, "other", right, true).empty());
    CHECK(flaw(signer.builder, signer.build_type, {{"ref", "main"}}, true) ==
          "it was built with ref = main and not v1.5.0");
    CHECK(flaw(signer.builder, signer.build_type, {}, true) == "it was not built with ref");
    CHECK(flaw(signer.builder, signer.build_type, {{"ref", "v1.5.0"}, {"debug", "1"}}, true) ==
          "it was built with debug, of which nothing is known here");
}

TEST_CASE("each kind of signature is found by its name") {
    for (const SignatureKind kind : {SignatureKind::minisign, SignatureKind::mcuboot, SignatureKind::swupdate,
                                     SignatureKind::provenance, SignatureKind::rauc})
        CHECK(parse_signature_kind(to_string(kind)).value() == kind);
    CHECK_FALSE(parse_signature_kind("gpg").ok());
}
