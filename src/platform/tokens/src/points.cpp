// SPDX-License-Identifier: Apache-2.0
#include "points.hpp"

#include <algorithm>
#include <array>

namespace oakum::tokens {

using base::Bytes;
using base::ByteView;
using base::SignatureScheme;

namespace {

constexpr std::array<std::uint8_t, 10> kP256{0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> kEd25519{0x06, 0x03, 0x2B, 0x65, 0x70};
constexpr std::array<std::uint8_t, 14> kEd25519Name{0x13, 0x0C, 'e', 'd', 'w', 'a', 'r',
                                                    'd',  's',  '2', '5', '5', '1', '9'};
constexpr std::size_t kNumber = 32;

bool is(ByteView bytes, ByteView other) {
    return std::ranges::equal(bytes, other);
}

// A positive INTEGER: no zeros before it but one where the first bit is set.
void append_number(Bytes& der, ByteView number) {
    while (number.size() > 1 && number.front() == 0)
        number = number.subspan(1);
    const bool negative = (number.front() & 0x80U) != 0;
    der.push_back(0x02);
    der.push_back(static_cast<std::uint8_t>(number.size() + (negative ? 1 : 0)));
    if (negative) der.push_back(0);
    der.insert(der.end(), number.begin(), number.end());
}

} // namespace

base::Result<base::PublicHalf> public_half_of(ByteView parameters, ByteView point) {
    base::PublicHalf half;
    if (is(parameters, kP256))
        half.scheme = SignatureScheme::ecdsa_sha2_nistp256;
    else if (!is(parameters, kEd25519) && !is(parameters, kEd25519Name))
        return base::invalid("the key is on another curve than Ed25519 and P-256");
    const std::size_t size = half.scheme == SignatureScheme::ed25519 ? 32 : 65;
    if (point.size() == size + 2 && point[0] == 0x04 && point[1] == size) point = point.subspan(2);
    if (point.size() != size) return base::invalid("its public half has another form than is known here");
    half.bytes.assign(point.begin(), point.end());
    if (const auto usable = half.verifier(); !usable.ok()) return usable.error();
    return half;
}

Bytes parameters_of(SignatureScheme scheme, bool by_name) {
    if (scheme != SignatureScheme::ed25519) return {kP256.begin(), kP256.end()};
    return by_name ? Bytes(kEd25519Name.begin(), kEd25519Name.end())
                   : Bytes(kEd25519.begin(), kEd25519.end());
}

base::Result<Bytes> der_of(ByteView two_numbers) {
    if (two_numbers.size() != 2 * kNumber)
        return base::invalid("a signature of P-256 is two numbers of 32 bytes");
    Bytes numbers;
    append_number(numbers, two_numbers.first(kNumber));
    append_number(numbers, two_numbers.subspan(kNumber));
    Bytes der{0x30, static_cast<std::uint8_t>(numbers.size())};
    der.insert(der.end(), numbers.begin(), numbers.end());
    return der;
}

} // namespace oakum::tokens
