// SPDX-License-Identifier: Apache-2.0
#include <trust/verify.hpp>

#include <trust/limits.hpp>

#include <algorithm>
#include <set>

namespace oakum::trust {
namespace {

using base::ByteView;
using base::denied;
using base::Status;

// A signature that has verified and the key that made it.
struct Counted {
    const base::PublicKey* key;
    ByteView signature;
};

// Encodings of a public key vary, so sameness is asked of the mathematics: the same key verifies the other's
// signature, and a different one does not.
bool same_key(const Counted& counted, const base::PublicKey& key, ByteView message) {
    return counted.key->scheme() == key.scheme() && key.verify(message, counted.signature);
}

Status verify_hashes(const Hashes& expected, ByteView bytes, std::string_view who) {
    if (expected.empty()) return {};
    if (!expected.any_known())
        return denied(std::string(who) + ": none of its hashes is of an algorithm that we can check");
    if (expected.sha256 && base::sha256(bytes) != *expected.sha256)
        return denied(std::string(who) + ": its SHA-256 is not the one that was signed");
    if (expected.sha512 && base::sha512(bytes) != *expected.sha512)
        return denied(std::string(who) + ": its SHA-512 is not the one that was signed");
    return {};
}

Status verify_length(std::uint64_t expected, ByteView bytes, std::string_view who) {
    if (bytes.size() == expected) return {};
    return denied(std::string(who) + ": has " + std::to_string(bytes.size()) + " bytes, signed are " +
                  std::to_string(expected));
}

// Two lists of one role name the same key under an id only when the entry is the same.
bool same_entry(const Keys& a, const Keys& b, const KeyId& id) {
    const auto in_a = a.find(id), in_b = b.find(id);
    if (in_a == a.end() || in_b == b.end()) return in_a == a.end() && in_b == b.end();
    return in_a->second.type == in_b->second.type && in_a->second.scheme == in_b->second.scheme &&
           in_a->second.public_text == in_b->second.public_text &&
           in_a->second.unknown_value == in_b->second.unknown_value;
}

} // namespace

Status verify_threshold(const Keys& keys, const Signers& signers, ByteView message,
                        std::span<const Signature> signatures, std::string_view who) {
    if (signers.threshold < 1 || signers.threshold > limits::threshold)
        return denied(std::string(who) + ": its threshold is not between 1 and " +
                      std::to_string(limits::threshold));
    if (signatures.size() > limits::signatures)
        return denied(std::string(who) + ": has more than " + std::to_string(limits::signatures) +
                      " signatures");
    std::set<KeyId> seen;
    for (const Signature& signature : signatures)
        if (!seen.insert(signature.key).second)
            return denied(std::string(who) + ": has two signatures of one key id");
    std::vector<Counted> counted;
    for (const Signature& signature : signatures) {
        if (counted.size() >= signers.threshold) break;
        if (std::find(signers.keys.begin(), signers.keys.end(), signature.key) == signers.keys.end())
            continue;
        const auto key = keys.find(signature.key);
        if (key == keys.end() || !key->second.verifier ||
            !key->second.verifier->verify(message, signature.bytes))
            continue;
        const base::PublicKey& verifier = *key->second.verifier;
        if (std::none_of(counted.begin(), counted.end(),
                         [&](const Counted& other) { return same_key(other, verifier, message); }))
            counted.push_back({&verifier, signature.bytes});
    }
    if (counted.size() >= signers.threshold) return {};
    return denied(std::string(who) + ": " + std::to_string(counted.size()) + " of the " +
                  std::to_string(signers.threshold) + " signatures that it needs are valid");
}

Status verify_file(const FileVersion& expected, ByteView bytes, std::string_view who) {
    if (expected.length) TRY(verify_length(*expected.length, bytes, who));
    return verify_hashes(expected.hashes, bytes, who);
}

Status verify_file(const TargetFile& expected, ByteView bytes, std::string_view who) {
    TRY(verify_length(expected.length, bytes, who));
    if (expected.hashes.empty()) return denied(std::string(who) + ": was signed without a hash");
    return verify_hashes(expected.hashes, bytes, who);
}

bool same_signers(const Keys& a_keys, const Signers& a, const Keys& b_keys, const Signers& b) {
    return a.threshold == b.threshold && a.keys.size() == b.keys.size() &&
           !revokes_signer(a_keys, a, b_keys, b);
}

bool revokes_signer(const Keys& before_keys, const Signers& before, const Keys& after_keys,
                    const Signers& after) {
    return std::any_of(before.keys.begin(), before.keys.end(), [&](const KeyId& id) {
        return std::find(after.keys.begin(), after.keys.end(), id) == after.keys.end() ||
               !same_entry(before_keys, after_keys, id);
    });
}

} // namespace oakum::trust
