// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <vendor_files/mcuboot.hpp>

#include <base/digest.hpp>
#include <base/pem_key.hpp>

using namespace oakum;
using namespace oakum::vendor_files;
using testing::data;

namespace {

base::Result<McubootImage> parse(const std::string& image) {
    return McubootImage::parse(base::as_bytes(image));
}
std::string image(const std::string& name) {
    return data("mcuboot/" + name + ".bin");
}
base::PublicKey key(const std::string& name) {
    return base::read_public_key(data("mcuboot/" + name + ".pem")).value();
}
std::string why(const base::Result<McubootImage>& read) {
    return read.ok() ? "" : read.error().message;
}
void put(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
        bytes[at + i] = static_cast<char>(value >> (8 * i));
}

// The unprotected area of an image without a protected one, with another TLV at its end.
std::string with_tlv(std::string bytes, std::uint16_t type, const std::string& value) {
    const std::size_t at = 32 + 600;
    const std::uint32_t total = static_cast<std::uint8_t>(bytes[at + 2]) |
                                static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + 3])) << 8;
    put(bytes, at + 2, total + 4 + static_cast<std::uint32_t>(value.size()), 2);
    bytes.resize(bytes.size() + 4);
    put(bytes, bytes.size() - 4, type, 2);
    put(bytes, bytes.size() - 2, static_cast<std::uint32_t>(value.size()), 2);
    return bytes + value;
}

} // namespace

TEST_CASE("images of MCUboot's own tool verify with their key, and with no other") {
    for (const char* name : {"ed25519", "ecdsa-p256", "rsa-2048"}) {
        const auto read = parse(image(name));
        REQUIRE_MESSAGE(read.ok(), name, why(read));
        CHECK(read->version == "1.4.2+7");
        CHECK(read->has_version);
        for (const char* other : {"ed25519", "ecdsa-p256", "rsa-2048", "foreign"})
            CHECK_MESSAGE(read->is_by(key(other)) == (std::string(name) == other), name, other);
    }
    CHECK(parse(image("ecdsa-p256"))->counter == 3U);
    CHECK(parse(image("rsa-2048"))->counter == std::nullopt);
    CHECK(parse(image("pure"))->is_by(key("ed25519")));
    CHECK_FALSE(parse(image("plain"))->has_version);
    CHECK_FALSE(parse(image("unsigned"))->is_by(key("ecdsa-p256")));
    CHECK(why(parse(image("encrypted"))).find("it is encrypted") != std::string::npos);
}

TEST_CASE("what says something of its own has to stand inside of what is signed") {
    const std::string plain = image("rsa-2048");
    REQUIRE(parse(plain).ok());
    for (const std::uint16_t type :
         std::initializer_list<std::uint16_t>{0x40, 0x50, 0x60, 0x70, 0x71, 0x80, 0x81, 0xa0, 0x02a5})
        CHECK_MESSAGE(
            why(parse(with_tlv(plain, type, std::string(12, '\0')))).find("where anybody could add it") !=
                std::string::npos,
            type);
    CHECK(parse(with_tlv(plain, 0x01, std::string(32, '\0'))).ok());
    CHECK(why(parse(with_tlv(plain, 0x10, std::string(32, '\0')))) == "it has two digests");
}

TEST_CASE("another signature beside the true one does no harm, and a foreign one alone does not count") {
    const std::string plain = image("rsa-2048");
    const auto both = parse(with_tlv(plain, 0x24, std::string(64, '\1')));
    REQUIRE(both.ok());
    CHECK(both->is_by(key("rsa-2048")));
    CHECK_FALSE(both->is_by(key("ed25519")));
}

TEST_CASE("a changed byte anywhere in what is signed, or a length that lies, is noticed") {
    const std::string sound = image("ed25519");
    for (std::size_t at = 0; at < sound.size(); ++at) {
        std::string changed = sound;
        changed[at] = static_cast<char>(changed[at] ^ 0x40);
        const auto read = parse(changed);
        // Outside of what is signed only a hint about the key may differ.
        const bool hint = read.ok() && read->signed_bytes == parse(sound)->signed_bytes;
        CHECK_MESSAGE((!read.ok() || hint), at);
    }
    for (const std::uint32_t size : {0U, 1U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
        std::string lying = sound;
        put(lying, 12, size, 4);
        CHECK_FALSE(parse(lying).ok());
        put(lying, 8, size, 2);
        CHECK_FALSE(parse(lying).ok());
    }
}

TEST_CASE("an image that is cut at any byte, or goes on behind its end, is refused") {
    const std::string sound = image("ecdsa-p256");
    for (std::size_t size = 0; size < sound.size(); ++size)
        CHECK_FALSE_MESSAGE(parse(sound.substr(0, size)).ok(), size);
    CHECK(why(parse(sound + std::string(100, '\xff'))) == "100 bytes follow that nobody signed");
}
