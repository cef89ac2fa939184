// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <pki/key_file.hpp>

using namespace oakum;
using namespace oakum::pki;

namespace {

class Counting final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes)
            byte = next_++;
    }

  private:
    std::uint8_t next_ = 0;
};

constexpr KeyFileCost kCheap{64, 1, 1};
constexpr const char* kPassphrase = "correct horse battery";

std::string file_of(const PrivateKey& key) {
    Counting random;
    return make_key_file(key, "anna", kPassphrase, random, kCheap).value();
}

} // namespace

TEST_CASE("a key file opens with its passphrase and shows whose it is without") {
    const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
    const std::string text = file_of(key);
    CHECK(text.find("PRIVATE") == std::string::npos);
    const KeyFile file = read_key_file(text).value();
    CHECK(file.holder == "anna");
    CHECK(file.public_key == key.public_raw().value());
    const base::Bytes message{1, 2, 3};
    CHECK(open_key_file(file, kPassphrase)->sign(message).value() == key.sign(message).value());
    CHECK(open_key_file(file, "correct horse batterx").error().kind == base::ErrorKind::denied);
    CHECK(open_key_file(file, "").error().kind == base::ErrorKind::denied);
}

TEST_CASE("a key file that was changed in any character does not open") {
    const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
    const std::string text = file_of(key);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == '0' ? '1' : '0';
        if (changed == text) continue;
        const auto file = read_key_file(changed);
        // Hexadecimal digits of another case are refused as well: one way to write it.
        CHECK_FALSE((file.ok() && open_key_file(*file, kPassphrase).ok()));
    }
    for (std::size_t length = 0; length < text.size(); ++length)
        CHECK_FALSE(read_key_file(text.substr(0, length)).ok());
    CHECK_FALSE(read_key_file(text + "\n").ok());
}

TEST_CASE("a key file with a public half of somebody else is refused") {
    const std::string mine = file_of(PrivateKey::generate(KeyKind::ed25519).value());
    KeyFile file = read_key_file(mine).value();
    file.public_key[0] ^= 1;
    CHECK(open_key_file(file, kPassphrase).error().kind == base::ErrorKind::denied);
}

TEST_CASE("a forged cost is refused before it is paid") {
    const std::string text = file_of(PrivateKey::generate(KeyKind::ed25519).value());
    const std::string cheap = "m=64 t=1 p=1";
    for (const char* dear : {"m=1048577 t=1 p=1", "m=4294967295 t=1 p=1", "m=64 t=11 p=1", "m=64 t=1 p=17",
                             "m=0 t=1 p=1", "m=-1 t=1 p=1", "m=064 t=1 p=1", "m=64 t=1"}) {
        CAPTURE(dear);
        std::string changed = text;
        changed.replace(changed.find(cheap), cheap.size(), dear);
        CHECK_FALSE(read_key_file(changed).ok());
    }
}

TEST_CASE("a short passphrase and an odd holder make no key file") {
    const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
    Counting random;
    CHECK_FALSE(make_key_file(key, "anna", "too short", random, kCheap).ok());
    for (const char* holder : {"", "an na", "anna\n", "\"", "../anna/"})
        CHECK_FALSE(make_key_file(key, holder, kPassphrase, random, kCheap).ok());
    CHECK_FALSE(make_key_file(key, std::string(65, 'a'), kPassphrase, random, kCheap).ok());
}
