// SPDX-License-Identifier: Apache-2.0
#include <access/totp.hpp>
#include <doctest/doctest.h>

#include <set>

using namespace oakum;
using namespace oakum::access;

namespace {

const base::ByteView kSecret = base::as_bytes("12345678901234567890");

base::TimePoint at(std::int64_t seconds) {
    return base::TimePoint(std::chrono::seconds(seconds));
}

} // namespace

TEST_CASE("codes are those of RFC 6238, appendix B, in six digits") {
    const std::pair<std::int64_t, const char*> known[] = {{59, "287082"},         {1111111109, "081804"},
                                                          {1111111111, "050471"}, {1234567890, "005924"},
                                                          {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [seconds, code] : known)
        CHECK(totp_code(kSecret, totp_step(at(seconds))) == code);
}

TEST_CASE("a code counts in its step and its neighbours, and once") {
    const std::int64_t start = 1234567890 / 30 * 30;
    const std::uint64_t step = totp_step(at(start));
    const std::string code = totp_code(kSecret, step);
    CHECK(totp_match(kSecret, code, at(start), 0) == step);
    CHECK(totp_match(kSecret, code, at(start + 29), 0) == step);
    CHECK(totp_match(kSecret, code, at(start + 59), 0) == step);
    CHECK_FALSE(totp_match(kSecret, code, at(start + 60), 0));
    CHECK(totp_match(kSecret, code, at(start - 30), 0) == step);
    CHECK_FALSE(totp_match(kSecret, code, at(start - 31), 0));
    CHECK_FALSE(totp_match(kSecret, code, at(start), step)); // used
    CHECK(totp_match(kSecret, code, at(start), step - 1) == step);
    CHECK_FALSE(totp_match(kSecret, code, at(start), step + 1)); // one that came later was used
    for (const char* wrong : {"", "0", "0059240", "00592", "005925", "abcdef"})
        CHECK_FALSE(totp_match(kSecret, wrong, at(start), 0));
    CHECK_FALSE(totp_match(base::as_bytes("12345678901234567891"), code, at(start), 0));
    CHECK_FALSE(totp_match(kSecret, totp_code(kSecret, 0), at(0), 0)); // nothing before the first step
}

TEST_CASE("a secret is typed in the letters of RFC 4648") {
    CHECK(base32(base::as_bytes("")) == "");
    CHECK(base32(base::as_bytes("f")) == "MY");
    CHECK(base32(base::as_bytes("fo")) == "MZXQ");
    CHECK(base32(base::as_bytes("foo")) == "MZXW6");
    CHECK(base32(base::as_bytes("foob")) == "MZXW6YQ");
    CHECK(base32(base::as_bytes("fooba")) == "MZXW6YTB");
    CHECK(base32(base::as_bytes("foobar")) == "MZXW6YTBOI");
}

TEST_CASE("an authenticator reads whose code it is, whatever the name holds") {
    CHECK(otpauth_uri("Oakum", "anna", kSecret) ==
          "otpauth://totp/Oakum:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Oakum"
          "&algorithm=SHA1&digits=6&period=30");
    CHECK(
        otpauth_uri("Oakum plant:3", "a@b", kSecret).starts_with("otpauth://totp/Oakum%20plant%3A3:a%40b?"));
}

TEST_CASE("a code on paper is read however it was typed") {
    const base::Bytes random{0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF};
    const std::string code = recovery_code(random);
    CHECK(code == "abcd-efgh-ijkl-mnop");
    CHECK(recovery_core(code) == "abcdefghijklmnop");
    CHECK(recovery_core(" ABCD EFGH-ijkl mnop ") == recovery_core(code));
    CHECK_FALSE(is_totp_code(code));
    CHECK(is_totp_code("042137"));
    for (const char* not_one : {"", "04213", "0421377", "04213a", "-42137"})
        CHECK_FALSE(is_totp_code(not_one));
}
