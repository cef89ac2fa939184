// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/mcuboot.hpp>

#include <base/digest.hpp>

#include <algorithm>
#include <array>

namespace oakum::vendor_files {
namespace {

using base::ByteView;
using base::Result;
using base::Status;

constexpr std::uint32_t kMagic = 0x96f3b83d;
constexpr std::uint16_t kProtected = 0x6908, kPlain = 0x6907;
constexpr std::size_t kHeader = 32, kInfo = 4;
constexpr std::uint32_t kEncrypted = 0x4 | 0x8;

// Types of TLVs, as MCUboot's image.h names them.
enum Tlv : std::uint16_t {
    key_hash = 0x01,
    public_key = 0x02,
    sha256 = 0x10,
    sha384 = 0x11,
    sha512 = 0x12,
    rsa2048_pss = 0x20,
    ecdsa224 = 0x21,
    ecdsa = 0x22,
    rsa3072_pss = 0x23,
    ed25519 = 0x24,
    sig_pure = 0x25,
    enc_first = 0x30,
    enc_last = 0x34,
    security_counter = 0x50
};

std::uint32_t number(ByteView bytes, std::size_t at, std::size_t width) {
    std::uint32_t value = 0;
    for (std::size_t i = width; i-- > 0;)
        value = value << 8 | bytes[at + i];
    return value;
}

// Outside of what is signed only that may stand which says nothing of its own: digests, signatures, keys.
// Everything else could be added by anybody (CVE-2024-32883).
bool may_stand_outside(std::uint16_t type) {
    static constexpr std::array kOutside{
        std::uint16_t{key_hash}, std::uint16_t{public_key}, std::uint16_t{sha256},
        std::uint16_t{sha384},   std::uint16_t{sha512},     std::uint16_t{rsa2048_pss},
        std::uint16_t{ecdsa224}, std::uint16_t{ecdsa},      std::uint16_t{rsa3072_pss},
        std::uint16_t{ed25519},  std::uint16_t{sig_pure}};
    return std::ranges::find(kOutside, type) != kOutside.end() || (type >= enc_first && type <= enc_last);
}

std::string hex(std::uint16_t type) {
    const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(type >> 8),
                                            static_cast<std::uint8_t>(type)};
    return "0x" + base::to_hex(bytes);
}

struct Entry {
    std::uint16_t type;
    ByteView value;
};

// The area that begins there; its length from its own head. Empty areas have no head.
Result<std::vector<Entry>> area(ByteView file, std::size_t at, std::uint16_t magic, std::size_t& end) {
    if (file.size() - at < kInfo || number(file, at, 2) != magic)
        return base::corrupt("its TLVs do not begin where they have to");
    const std::size_t total = number(file, at + 2, 2);
    if (total < kInfo || total > file.size() - at) return base::corrupt("its TLVs are longer than the file");
    end = at + total;
    std::vector<Entry> entries;
    for (at += kInfo; at < end;) {
        if (end - at < kInfo) return base::corrupt("a TLV is cut");
        const std::size_t length = number(file, at + 2, 2);
        if (length > end - at - kInfo) return base::corrupt("a TLV is longer than its area");
        entries.push_back(
            {static_cast<std::uint16_t>(number(file, at, 2)), file.subspan(at + kInfo, length)});
        at += kInfo + length;
    }
    return entries;
}

// Writers fill DER up with zeros to a fixed length.
base::Bytes without_filling(ByteView signature) {
    std::size_t length = signature.size();
    if (length > 2 && signature[0] == 0x30 && signature[1] < 0x80) {
        const std::size_t own = std::size_t{2} + signature[1];
        if (own < length &&
            std::ranges::all_of(signature.subspan(own), [](std::uint8_t b) { return b == 0; }))
            length = own;
    }
    return {signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(length)};
}

Status take(const Entry& entry, bool is_protected, McubootImage& image) {
    switch (entry.type) {
    case sha256:
    case sha512: {
        if (!image.digest.empty()) return base::corrupt("it has two digests");
        image.digest.assign(entry.value.begin(), entry.value.end());
        if (image.digest.size() != (entry.type == sha256 ? 32U : 64U))
            return base::corrupt("its digest has a wrong length");
        return {};
    }
    case rsa2048_pss:
    case rsa3072_pss:
    case ecdsa:
    case ed25519:
        image.signatures.push_back({entry.type, entry.type == ecdsa
                                                    ? without_filling(entry.value)
                                                    : base::Bytes(entry.value.begin(), entry.value.end())});
        return {};
    case security_counter:
        if (!is_protected || image.counter || entry.value.size() != 4)
            return base::corrupt("its security counter makes no sense");
        image.counter = number(entry.value, 0, 4);
        return {};
    case sig_pure:
        image.whole_is_signed = true; // another message then: it cannot be had by adding this
        return {};
    default:
        return {};
    }
}

} // namespace

Result<McubootImage> McubootImage::parse(ByteView file) {
    if (file.size() > kLargestMcuboot) return base::too_large("an image of more than 64 MiB");
    if (file.size() < kHeader || number(file, 0, 4) != kMagic) return base::corrupt("it is no MCUboot image");
    const std::size_t header = number(file, 8, 2), protected_size = number(file, 10, 2),
                      payload = number(file, 12, 4);
    if ((number(file, 16, 4) & kEncrypted) != 0)
        return base::invalid("it is encrypted, so that nobody can check it here");
    if (header < kHeader || header > file.size() || payload > file.size() - header ||
        protected_size > file.size() - header - payload)
        return base::corrupt("it says that it is longer than the file");
    McubootImage image;
    const std::uint32_t major = file[20], minor = file[21], revision = number(file, 22, 2),
                        build = number(file, 24, 4);
    image.version = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(revision) +
                    "+" + std::to_string(build);
    image.has_version = (major | minor | revision | build) != 0;
    std::size_t end = header + payload;
    if (protected_size > 0) {
        TRY_VALUE(const std::vector<Entry> entries, area(file, end, kProtected, end));
        if (end != header + payload + protected_size)
            return base::corrupt("its header says another length of what is signed");
        for (const Entry& entry : entries)
            TRY(take(entry, true, image));
    }
    const std::size_t signed_size = end;
    TRY_VALUE(const std::vector<Entry> entries, area(file, end, kPlain, end));
    for (const Entry& entry : entries) {
        if (!may_stand_outside(entry.type))
            return base::invalid("the TLV " + hex(entry.type) +
                                 " stands outside of what is signed, where anybody could add it");
        TRY(take(entry, false, image));
    }
    if (end != file.size())
        return base::invalid(std::to_string(file.size() - end) + " bytes follow that nobody signed");
    image.signed_bytes.assign(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(signed_size));
    if (image.digest.empty()) return base::invalid("it has no digest that is known here");
    const bool is_long = image.digest.size() == 64;
    const base::Digest256 short_digest = base::sha256(image.signed_bytes);
    const auto long_digest = base::sha512(image.signed_bytes);
    const bool fits = is_long ? std::ranges::equal(long_digest, image.digest)
                              : std::ranges::equal(short_digest.bytes, image.digest);
    if (!fits) return base::corrupt("its digest is not that of its bytes");
    return image;
}

bool McubootImage::is_by(const base::PublicKey& key) const {
    return std::ranges::any_of(signatures, [&](const Signature& signature) {
        switch (key.scheme()) {
        case base::SignatureScheme::ed25519:
            return signature.type == ed25519 &&
                   key.verify(whole_is_signed ? base::ByteView(signed_bytes) : base::ByteView(digest),
                              signature.bytes);
        case base::SignatureScheme::ecdsa_sha2_nistp256:
            return signature.type == ecdsa && digest.size() == 32 &&
                   key.verify(signed_bytes, signature.bytes);
        case base::SignatureScheme::rsassa_pss_sha256:
            return (signature.type == rsa2048_pss || signature.type == rsa3072_pss) && digest.size() == 32 &&
                   key.verify(signed_bytes, signature.bytes);
        }
        return false;
    });
}

} // namespace oakum::vendor_files
