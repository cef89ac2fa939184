// SPDX-License-Identifier: Apache-2.0
#include <metadata/write.hpp>

#include "key_text.hpp"

#include <json/canonical.hpp>
#include <json/parse.hpp>
#include <trust/limits.hpp>

namespace oakum::metadata {

using base::Result;

Result<base::Bytes> canonical(std::string_view json) {
    json::Limits bounds;
    bounds.max_bytes = trust::limits::targets_bytes;
    bounds.max_values = 400'000;
    TRY_VALUE(const json::Value value, json::parse(json, bounds));
    TRY_VALUE(const std::string text, json::canonical(value));
    return base::Bytes(text.begin(), text.end());
}

Result<trust::KeyId> key_id(const trust::Key& key) {
    TRY_VALUE(const base::Bytes text, canonical(key_text(key)));
    return trust::KeyId(base::sha256(text).hex());
}

base::Status check_ids(const trust::Keys& next, const trust::Keys& present, std::string_view whose) {
    for (const auto& [id, key] : next) {
        const auto before = present.find(id);
        if (before != present.end() && key_text(before->second) == key_text(key)) continue;
        TRY_VALUE(const trust::KeyId own, key_id(key));
        if (own != id)
            return base::denied(std::string(whose) + " has a key under the id " + id.get() +
                                " which is not the id of that key (" + own.get() +
                                "): do not sign it, and find out who made the file");
    }
    return {};
}

trust::Keys delegated_keys(const trust::Targets& targets) {
    return targets.delegations ? targets.delegations->keys : trust::Keys();
}

Result<trust::Key> ed25519_key(base::ByteView public_key) {
    TRY_VALUE(base::PublicKey verifier, base::PublicKey::ed25519(public_key));
    trust::Key key;
    key.type = "ed25519";
    key.scheme = "ed25519";
    key.public_text = base::to_hex(public_key);
    key.verifier = std::move(verifier);
    return key;
}

Result<trust::Key> p256_key(base::ByteView point) {
    // SubjectPublicKeyInfo of id-ecPublicKey with prime256v1 up to the point (RFC 5480).
    constexpr std::array<std::uint8_t, 26> kPrefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                                   0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                                   0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
    constexpr std::size_t kLine = 64;
    if (point.size() != 65) return base::invalid("a point of P-256 is 65 bytes, not compressed");
    base::Bytes der(kPrefix.begin(), kPrefix.end());
    der.insert(der.end(), point.begin(), point.end());
    const std::string text = base::to_base64(der);
    trust::Key key;
    key.type = "ecdsa";
    key.scheme = "ecdsa-sha2-nistp256";
    key.public_text = "-----BEGIN PUBLIC KEY-----\n";
    for (std::size_t at = 0; at < text.size(); at += kLine)
        key.public_text += text.substr(at, kLine) + "\n";
    key.public_text += "-----END PUBLIC KEY-----\n";
    TRY_VALUE(key.verifier,
              base::PublicKey::pem(base::SignatureScheme::ecdsa_sha2_nistp256, key.public_text));
    return key;
}

Result<std::vector<trust::Signature>> sign_with(const Sign& sign, const std::string& role,
                                                std::span<const trust::KeyId> keys, base::ByteView message) {
    std::vector<trust::Signature> signatures;
    for (const trust::KeyId& key : keys) {
        auto made = sign(role, key, message);
        if (made.ok())
            signatures.push_back({key, std::move(*made), {}});
        else if (made.error().kind != base::ErrorKind::unavailable)
            return std::move(made).error().wrap("signing " + role);
    }
    return signatures;
}

} // namespace oakum::metadata
