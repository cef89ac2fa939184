// SPDX-License-Identifier: Apache-2.0
#include "../../codecs/attestations/tests/signing.hpp"
#include "world.hpp"

#include <attestations/summary.hpp>
#include <evidence/pack.hpp>

#include <filesystem>
#include <fstream>

using namespace oakum;
using attestations::Summary;
using attestations::testing::Signing;
using cli::test::World;
namespace fs = std::filesystem;

namespace {

// A file, its summary and the key, in a folder; nothing of a server.
struct Bench : World {
    Bench() {
        fs::create_directories(folder);
        put("gateway.tar", "firmware");
        put("key.pem", evidence::key_pem(key.raw_public()));
        summary.subjects = {{"gateway.tar", base::sha256("firmware")}};
        summary.verifier = attestations::name_of(base::sha256(key.raw_public()));
        summary.verified = base::from_unix_ms(1'800'000'000'000);
        summary.resource = "pkg:generic/gateway@1.5.0";
        summary.passed = true;
        summary.levels = {"SLSA_BUILD_LEVEL_2", "OAKUM_APPROVAL", "OAKUM_VERSION_OVERRIDDEN"};
    }
    ~Bench() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream(path(name), std::ios::binary) << text;
    }
    void sign(const Signing& by, std::string_view type = attestations::kInToto) {
        const std::string payload = attestations::write_summary(summary);
        const base::ByteView bytes = base::as_bytes(payload);
        put("summary", attestations::Envelope{std::string(type),
                                              {bytes.begin(), bytes.end()},
                                              {{"", by.sign(attestations::pre_authentication(type, bytes))}}}
                           .text());
    }
    // What is wrong with it; empty: it is vouched for.
    std::string verify(std::vector<std::string> more = {}) {
        out.clear();
        err.clear();
        std::vector<std::string> words{"verify", path("gateway.tar"), "--summary", path("summary"),
                                       "--key",  path("key.pem")};
        words.insert(words.end(), more.begin(), more.end());
        const int status = cli::run(words, console);
        CHECK(asked.empty());
        CHECK((status == 0) == err.empty());
        return status == 0 ? "" : out + err;
    }
    bool refuses(const std::string& words, std::vector<std::string> more = {}) {
        const std::string said = verify(std::move(more));
        INFO(said);
        CHECK(said.find(words) != std::string::npos);
        return !said.empty();
    }

    const fs::path folder = fs::temp_directory_path() / ("oakum-verification-" + std::to_string(::getpid()));
    const Signing key{1}, stranger{2};
    Summary summary;
};

} // namespace

TEST_CASE("a file is vouched for by a summary of just its bytes, by the key that is given") {
    Bench bench;
    bench.sign(bench.key);
    CHECK(bench.verify() == "");
    CHECK(bench.out.find("pkg:generic/gateway@1.5.0") != std::string::npos);
    CHECK(bench.verify({"--release", "gateway@1.5.0", "--require", "approval"}) == "");
    CHECK(bench.verify({"--release", "pkg:generic/gateway@1.5.0"}) == "");
    // One of several files, and a key that went through another system.
    bench.summary.subjects.insert(bench.summary.subjects.begin(), {"other", base::sha256("other")});
    bench.sign(bench.key);
    bench.put("key.pem", evidence::key_pem(bench.key.raw_public()) + "\r\n\n");
    CHECK(bench.verify() == "");
}

TEST_CASE("nothing in a summary counts that is not signed by that key") {
    Bench bench;
    bench.sign(bench.stranger);
    CHECK(bench.refuses("is not signed by this key"));
    bench.sign(bench.key, "text/plain");
    CHECK(bench.refuses("it is no statement of in-toto"));
    bench.put("summary", "{}");
    CHECK(bench.refuses("payloadType"));
    bench.sign(bench.key);
    bench.put("key.pem", "no key");
    CHECK(bench.refuses("key"));
}

TEST_CASE("what a summary does not say is not taken from it") {
    Bench bench;
    bench.sign(bench.key);
    CHECK(bench.refuses("it is about pkg:generic/gateway@1.5.0, not pkg:generic/gateway@1.5.1",
                        {"--release", "gateway@1.5.1"}));
    CHECK(bench.refuses("sbom was not verified", {"--require", "sbom"}));
    CHECK(bench.refuses("version was not verified", {"--require", "version"})); // a person let it through
    CHECK(bench.verify({"--require", "OAKUM_VERSION_OVERRIDDEN"}) == "");
    // A level implies those below it, and no other word does.
    CHECK(bench.verify({"--require", "SLSA_BUILD_LEVEL_1"}) == "");
    CHECK(bench.refuses("SLSA_BUILD_LEVEL_3 was not verified", {"--require", "SLSA_BUILD_LEVEL_3"}));
    CHECK(bench.refuses("SLSA_BUILD_LEVEL_ was not verified", {"--require", "SLSA_BUILD_LEVEL_"}));
    bench.put("gateway.tar", "firmwarf");
    CHECK(bench.refuses("it is about another file"));
    bench.put("gateway.tar", "firmware");
    bench.summary.passed = false;
    bench.sign(bench.key);
    CHECK(bench.refuses("did not pass"));
    bench.summary.passed = true;
    bench.summary.subjects.clear();
    bench.sign(bench.key);
    CHECK(bench.refuses("it names none"));
}

TEST_CASE("a key vouches in its own name, or in the one that is given, and in no other") {
    Bench bench;
    bench.summary.verifier = "https://verifier.example/v1";
    bench.sign(bench.key);
    CHECK(bench.refuses("it is in the name of https://verifier.example/v1"));
    CHECK(bench.verify({"--verifier", "https://verifier.example/v1"}) == "");
    CHECK(bench.refuses("not of https://else.example", {"--verifier", "https://else.example"}));
    // One of another kind has no name of ours.
    bench.put("key.pem", "-----BEGIN PUBLIC KEY-----\n"
                         "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
                         "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
                         "-----END PUBLIC KEY-----\n");
    CHECK(bench.refuses("say whose it is with --verifier"));
    CHECK(bench.refuses("is not signed by this key", {"--verifier", "https://verifier.example/v1"}));
}
