// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <pki/sealer.hpp>

using namespace oakum;

namespace {

class Counting final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes)
            byte = next_++;
    }

  private:
    std::uint8_t next_ = 1;
};

} // namespace

TEST_CASE("a sealed secret opens with its key, for its purpose, unchanged") {
    Counting random;
    pki::KeySealer sealer({1, 2, 3}, random), other({1, 2, 4}, random);
    for (const std::string& secret : {std::string(), std::string("s"), std::string(1000, '\0')}) {
        const std::string sealed = sealer.seal(base::as_bytes(secret), "totp of anna").value();
        CHECK(base::as_text(sealer.open(sealed, "totp of anna").value()) == secret);
        CHECK(sealer.open(sealed, "totp of bert").error().kind == base::ErrorKind::corrupt);
        CHECK(other.open(sealed, "totp of anna").error().kind == base::ErrorKind::corrupt);
        CHECK(sealer.seal(base::as_bytes(secret), "totp of anna").value() != sealed);
        for (std::size_t i = 0; i < sealed.size(); ++i) {
            std::string changed = sealed;
            changed[i] = changed[i] == '7' ? '8' : '7';
            CHECK_FALSE(sealer.open(changed, "totp of anna").ok());
        }
    }
    for (const char* wrong : {"", "s1.", "s1.AAAA", "s2.AAAA", "not sealed"})
        CHECK_FALSE(sealer.open(wrong, "x").ok());
    CHECK_FALSE(sealer.seal(base::Bytes(65 * 1024), "x").ok());
}
