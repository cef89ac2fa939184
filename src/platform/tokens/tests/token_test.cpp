// SPDX-License-Identifier: Apache-2.0
// Keys in tokens of SoftHSM2, which Debian has: software that behaves as an HSM does.
#include <tokens/token.hpp>

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace oakum;
using namespace oakum::tokens;
using base::SignatureScheme;
namespace fs = std::filesystem;

// LeakSanitizer asks for this by its name: SoftHSM 2.6.1 loses small numbers of OpenSSL's for each key that
// it makes. NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" const char* __lsan_default_suppressions();
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" const char* __lsan_default_suppressions() {
    return "leak:CRYPTO_zalloc";
}

namespace {

std::string module_path() {
    for (const char* path :
         {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
          "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"})
        if (fs::exists(path)) return path;
    return "";
}

bool is_here() {
    const bool here = !module_path().empty();
    if (!here) MESSAGE("softhsm2 is not installed: keys in tokens are NOT tried");
    return here;
}

// A place for tokens of its own.
struct Bench {
    Bench() {
        fs::create_directories(folder / "tokens");
        std::ofstream(folder / "softhsm2.conf")
            << "directories.tokendir = " << (folder / "tokens").string() << "\nlog.level = ERROR\n";
        ::setenv("SOFTHSM2_CONF", (folder / "softhsm2.conf").c_str(), 1);
    }
    ~Bench() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    void make(const std::string& label) const {
        const std::string command = "softhsm2-util --init-token --free --label " + label +
                                    " --so-pin 123456 --pin 654321 > " + (folder / "log").string() + " 2>&1";
        REQUIRE(std::system(command.c_str()) == 0);
    }
    base::Result<Token> open(const std::string& uri, std::string_view pin = "654321") const {
        return Token::open({uri, module_path()}, pin);
    }
    const fs::path folder = fs::temp_directory_path() / ("oakum-tokens-" + std::to_string(::getpid()));
};

template <class T> base::ErrorKind kind(const base::Result<T>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().kind;
}

} // namespace

TEST_CASE("a key is made in a token, is found again by its URI, and signs") {
    if (!is_here()) return;
    const Bench bench;
    bench.make("anna");
    for (const SignatureScheme scheme : {SignatureScheme::ed25519, SignatureScheme::ecdsa_sha2_nistp256}) {
        const std::string uri =
            std::string("pkcs11:token=anna;object=key-") + (scheme == SignatureScheme::ed25519 ? "e" : "p");
        Token::Key made;
        {
            auto token = bench.open(uri);
            REQUIRE_MESSAGE(token.ok(), (token.ok() ? "" : token.error().text()));
            CHECK(kind(token->find()) == base::ErrorKind::not_found);
            auto key = token->generate(scheme);
            REQUIRE_MESSAGE(key.ok(), (key.ok() ? "" : key.error().text()));
            made = *key;
            CHECK(made.public_half.scheme == scheme);
            CHECK(made.uri.find("token=anna") != std::string::npos);
            CHECK(made.uri.find("serial=") != std::string::npos);
            CHECK(made.uri.find("id=%") != std::string::npos);
            CHECK(kind(token->generate(scheme)) == base::ErrorKind::conflict);
        }
        auto token = bench.open(made.uri);
        REQUIRE_MESSAGE(token.ok(), (token.ok() ? "" : token.error().text()));
        const auto found = token->find();
        REQUIRE_MESSAGE(found.ok(), (found.ok() ? "" : found.error().text()));
        CHECK(found->public_half == made.public_half);
        CHECK(found->uri == made.uri);
        for (const std::string& text : {std::string("a root"), std::string(), std::string(100'000, 'x')}) {
            const base::ByteView message = base::as_bytes(text);
            const auto signature = token->sign(made.public_half, message);
            REQUIRE_MESSAGE(signature.ok(), (signature.ok() ? "" : signature.error().text()));
            CHECK(made.public_half.verifier().value().verify(message, *signature));
        }
        base::PublicHalf other = made.public_half;
        if (scheme == SignatureScheme::ed25519) {
            other.bytes.front() ^= 1;
            CHECK_FALSE(token->sign(other, base::as_bytes("x")).ok());
        }
    }
}

TEST_CASE("a token that is not there, another PIN, and names of several are said") {
    if (!is_here()) return;
    const Bench bench;
    bench.make("anna");
    bench.make("ben");
    const std::string uri = "pkcs11:token=anna;object=oakum";
    CHECK(kind(bench.open("pkcs11:token=cleo;object=oakum")) == base::ErrorKind::not_found);
    CHECK(kind(bench.open(uri, "111111")) == base::ErrorKind::denied);
    CHECK(kind(bench.open(uri, "")) == base::ErrorKind::denied);
    CHECK(kind(bench.open("pkcs11:object=oakum")) == base::ErrorKind::conflict); // two tokens
    CHECK(kind(Token::open({uri, "/usr/lib/no-module.so"}, "654321")) == base::ErrorKind::not_found);
    CHECK(kind(Token::open({uri, (bench.folder / "softhsm2.conf").string()}, "654321")) ==
          base::ErrorKind::not_found);
    for (const char* wrong : {"", "anna", "pkcs11:tok=anna", "pkcs11:token=anna?pin-value=654321",
                              "pkcs11:token=anna?module-path=/tmp/x.so", "pkcs11:token=%zz"})
        CHECK_MESSAGE(kind(bench.open(wrong)) == base::ErrorKind::invalid, wrong);
    CHECK(kind(bench.open(std::string("pkcs11:token=") + std::string(5000, 'a'))) ==
          base::ErrorKind::invalid);
    auto token = bench.open("pkcs11:token=anna");
    REQUIRE(token.ok());
    CHECK(kind(token->generate(SignatureScheme::ed25519)) == base::ErrorKind::invalid); // no name
    for (const char* name : {"one", "two"}) {
        auto named = bench.open("pkcs11:token=anna;object=" + std::string(name));
        REQUIRE(named.ok());
        REQUIRE(named->generate(SignatureScheme::ed25519).ok());
    }
    const auto both = token->find();
    CHECK_MESSAGE(kind(both) == base::ErrorKind::conflict, both.error().text()); // two keys
}
