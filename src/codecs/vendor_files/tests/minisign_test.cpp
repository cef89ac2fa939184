// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <vendor_files/minisign.hpp>

using namespace oakum;
using namespace oakum::vendor_files;
using testing::file_of;

namespace {

// The public test vectors of minisign's implementations: the file holds "test".
constexpr const char* kKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
constexpr const char* kPrehashed =
    "untrusted comment: signature from minisign secret key\n"
    "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
    "trusted comment: timestamp:1633700835\tfile:test\tprehashed\n"
    "wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==\n";
constexpr const char* kPlain =
    "untrusted comment: signature from minisign secret key\n"
    "RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA=\n"
    "trusted comment: timestamp:1555779966\tfile:test\n"
    "QtKMXWyYcwdpZAlPF7tE2ENJkRd1ujvKjlj1m9RtHTBnZPa5WKU5uWRs5GoP5M/VqE81QFuMKI5k/SfNQUaOAA==";

base::Status check(const std::string& signature, const std::string& content, const std::string& key = kKey) {
    TRY_VALUE(const MinisignSignature parsed, MinisignSignature::parse(signature));
    TRY_VALUE(const MinisignKey public_key, MinisignKey::parse(key));
    return verify(parsed, public_key, file_of(content));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

} // namespace

TEST_CASE("minisign's own test vectors verify, prehashed and not, with the key as a line and as a file") {
    for (const char* signature : {kPrehashed, kPlain}) {
        const auto sound = check(signature, "test");
        CHECK_MESSAGE(sound.ok(), (sound.ok() ? "" : sound.error().text()));
        CHECK(check(signature, "test",
                    std::string("untrusted comment: minisign public key\r\n") + kKey + "\r\n")
                  .ok());
    }
    CHECK(MinisignSignature::parse(kPrehashed)->trusted_comment ==
          "timestamp:1633700835\tfile:test\tprehashed");
    CHECK(key_id(MinisignKey::parse(kKey)->id) == "E7620F1842B4E81F");
}

TEST_CASE("another file, another comment, another key or another kind does not verify, and says why") {
    const auto why = [](const base::Status& status) {
        REQUIRE_FALSE(status.ok());
        return status.error().message;
    };
    CHECK(why(check(kPrehashed, "tests")) == "the key signed another file");
    CHECK(why(check(kPlain, "")) == "the key signed another file");
    CHECK(why(check(replaced(kPrehashed, "1633700835", "1633700836"), "test"))
              .starts_with("its trusted comment"));
    // Prehashed passed off as plain, and the other way round.
    CHECK_FALSE(check(replaced(kPrehashed, "RUQf", "RWQf"), "test").ok());
    CHECK_FALSE(check(replaced(kPlain, "RWQf", "RUQf"), "test").ok());
    const testing::Signing other(7);
    base::Bytes foreign{'E', 'd', 1, 2, 3, 4, 5, 6, 7, 8};
    const base::Bytes raw = other.raw_public();
    foreign.insert(foreign.end(), raw.begin(), raw.end());
    CHECK(why(check(kPrehashed, "test", base::to_base64(foreign))) == "it is by the key E7620F1842B4E81F");
    // The same id over another key.
    base::Bytes posing = base::from_base64(kKey).value();
    std::copy(raw.begin(), raw.end(), posing.begin() + 10);
    CHECK_FALSE(check(kPrehashed, "test", base::to_base64(posing)).ok());
}

TEST_CASE("a trusted comment that was signed with another signature does not count with this one") {
    const std::string mixed =
        std::string(kPrehashed).substr(0, std::string(kPrehashed).find("trusted comment")) +
        std::string(kPlain).substr(std::string(kPlain).find("trusted comment: timestamp"));
    CHECK_FALSE(check(mixed, "test").ok());
}

TEST_CASE("what is no key or signature of minisign is refused, cut anywhere") {
    for (const char* text :
         {"", "RWQf", "untrusted comment: x\n", "untrusted comment: x\nRWQf\nmore", "\n\n\n\n"}) {
        CHECK_FALSE(MinisignKey::parse(text).ok());
        CHECK_FALSE(MinisignSignature::parse(text).ok());
    }
    const std::string whole = kPrehashed;
    // The last base64 ends in padding and a new line, which need not be there.
    for (std::size_t size = 0; size + 3 < whole.size(); ++size)
        CHECK_FALSE_MESSAGE(check(whole.substr(0, size), "test").ok(), size);
    CHECK(MinisignSignature::parse(std::string(20'000, 'a')).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("a large file is hashed in pieces, and one that is not prehashed is bounded") {
    const testing::Signing key(9);
    const auto prehashed = MinisignSignature::parse(kPrehashed).value();
    File endless{std::uint64_t{1} << 40, [](std::uint64_t, std::size_t size) -> base::Result<base::Bytes> {
                     return base::Bytes(size);
                 }};
    CHECK(verify(MinisignSignature::parse(kPlain).value(), MinisignKey::parse(kKey).value(), endless)
              .error()
              .kind == base::ErrorKind::too_large);
    File cut{10'000, [](std::uint64_t at, std::size_t size) -> base::Result<base::Bytes> {
                 return base::Bytes(at < 5'000 ? std::min<std::size_t>(size, 5'000 - at) : 0);
             }};
    CHECK(verify(prehashed, MinisignKey::parse(kKey).value(), cut).error().kind == base::ErrorKind::corrupt);
}
