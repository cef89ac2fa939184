// SPDX-License-Identifier: Apache-2.0
#include "fields.hpp"

#include <trust/limits.hpp>

#include <algorithm>

namespace oakum::metadata {
namespace {

using base::Result;
using json::Value;
namespace limits = trust::limits;

constexpr std::size_t kMaxKeyText = 16 * 1024;
constexpr std::size_t kMaxSignature = 2048; // bytes; RSA of 16384 bits

bool is_version(std::string_view text) {
    int parts = 1, digits = 0;
    for (const char c : text) {
        if (c == '.' && digits > 0)
            ++parts, digits = 0;
        else if (c >= '0' && c <= '9' && digits < 6)
            ++digits;
        else
            return false;
    }
    return digits > 0 && (parts == 2 || parts == 3);
}

// Nothing for what we cannot use.
std::optional<base::PublicKey> verifier_of(const trust::Key& key) {
    using base::SignatureScheme;
    auto made = [&]() -> Result<base::PublicKey> {
        if (key.type == "ed25519" && key.scheme == "ed25519") {
            TRY_VALUE(const base::Bytes raw, base::from_hex(key.public_text));
            return base::PublicKey::ed25519(raw);
        }
        // Older writers gave the scheme's name to the type as well, and the point in hexadecimal.
        if ((key.type == "ecdsa" || key.type == "ecdsa-sha2-nistp256") &&
            key.scheme == "ecdsa-sha2-nistp256") {
            if (const auto point = base::from_hex(key.public_text); point.ok())
                return base::PublicKey::p256_point(*point);
            return base::PublicKey::pem(SignatureScheme::ecdsa_sha2_nistp256, key.public_text);
        }
        if (key.type == "rsa" && key.scheme == "rsassa-pss-sha256")
            return base::PublicKey::pem(SignatureScheme::rsassa_pss_sha256, key.public_text);
        return base::invalid("a type of key that is not known here");
    }();
    if (!made.ok()) return std::nullopt;
    return std::move(*made);
}

} // namespace

Result<trust::Key> read_key(const Value& object) {
    trust::Key key;
    TRY_VALUE(key.type, object.string_at("keytype", limits::name_bytes));
    TRY_VALUE(key.scheme, object.string_at("scheme", limits::name_bytes));
    TRY_VALUE(const Value value, object.object_at("keyval"));
    key.unknown = unknown_members(object, {"keytype", "scheme", "keyval"});
    key.unknown_value = unknown_members(value, {});
    // Other types of keys have what they like there: an identity instead of a key, say.
    const auto text = value.find("public");
    if (!text || !text->is_string() || text->text().empty()) return key;
    TRY_VALUE(key.public_text, text->as_string(kMaxKeyText));
    key.unknown_value.erase("public");
    key.verifier = verifier_of(key);
    return key;
}

trust::Unknown unknown_members(const Value& object, std::initializer_list<std::string_view> known) {
    trust::Unknown unknown;
    for (const Value& member : object.items())
        if (std::find(known.begin(), known.end(), member.key()) == known.end())
            unknown.emplace(std::string(member.key()), std::string(member.source()));
    return unknown;
}

Result<std::string> name_of(const Value& value) {
    TRY_VALUE(std::string name, value.as_string(limits::name_bytes));
    if (name.empty()) return value.wrong("a name is not empty");
    return name;
}

Result<base::TimePoint> read_time(const Value& value) {
    TRY_VALUE(const std::string text, value.as_string(limits::name_bytes));
    const auto time = base::parse_time(text);
    // One way to write a time: what does not come back as it was is another.
    if (!time.ok() || base::to_iso8601(*time) != text)
        return value.wrong("not a time like 2026-11-22T16:03:00Z: \"" + text.substr(0, 40) + "\"");
    return *time;
}

Result<trust::Header> read_header(const Value& signed_part, std::string_view type,
                                  std::initializer_list<std::string_view> own_fields) {
    trust::Header header;
    TRY_VALUE(const std::string is, signed_part.string_at("_type", limits::name_bytes));
    if (is != type)
        return signed_part.wrong("is metadata of type \"" + is.substr(0, 40) + "\", not \"" +
                                 std::string(type) + "\"");
    TRY_VALUE(header.spec_version, signed_part.string_at("spec_version", limits::name_bytes));
    if (!is_version(header.spec_version) || !header.spec_version.starts_with("1."))
        return signed_part.wrong("follows specification \"" + header.spec_version.substr(0, 40) +
                                 "\", not 1.x");
    TRY_VALUE(const std::int64_t version,
              signed_part.int_at("version", 1, static_cast<std::int64_t>(limits::version)));
    header.version = static_cast<std::uint64_t>(version);
    TRY_VALUE(const Value expires, signed_part.at("expires"));
    TRY_VALUE(header.expires, read_time(expires));
    header.unknown = unknown_members(signed_part, {"_type", "spec_version", "version", "expires"});
    for (const std::string_view own : own_fields)
        header.unknown.erase(std::string(own));
    return header;
}

Result<trust::Keys> read_keys(const Value& object) {
    if (object.size() > limits::keys)
        return object.wrong("more than " + std::to_string(limits::keys) + " keys");
    trust::Keys keys;
    for (const Value& member : object.items()) {
        if (member.key().empty() || member.key().size() > limits::name_bytes)
            return object.wrong("a key id has 1 to " + std::to_string(limits::name_bytes) + " bytes");
        TRY_VALUE(trust::Key key, read_key(member));
        keys.emplace(trust::KeyId(std::string(member.key())), std::move(key));
    }
    return keys;
}

Result<trust::Signers> read_signers(const Value& object, std::initializer_list<std::string_view> own_fields) {
    trust::Signers signers;
    TRY_VALUE(const Value ids, object.array_at("keyids", limits::keys_of_role));
    for (const Value& id : ids.items()) {
        TRY_VALUE(std::string name, name_of(id));
        trust::KeyId key(std::move(name));
        if (std::find(signers.keys.begin(), signers.keys.end(), key) != signers.keys.end())
            return id.wrong("a key id is listed twice");
        signers.keys.push_back(std::move(key));
    }
    TRY_VALUE(const std::int64_t threshold,
              object.int_at("threshold", 1, static_cast<std::int64_t>(limits::threshold)));
    signers.threshold = static_cast<std::uint32_t>(threshold);
    signers.unknown = unknown_members(object, {"keyids", "threshold"});
    for (const std::string_view own : own_fields)
        signers.unknown.erase(std::string(own));
    return signers;
}

Result<trust::Hashes> read_hashes(const Value& object) {
    if (object.size() == 0 || object.size() > 16) return object.wrong("1 to 16 hashes");
    trust::Hashes hashes;
    for (const Value& member : object.items()) {
        TRY_VALUE(std::string text, member.as_string(limits::name_bytes));
        if (member.key() == "sha256") {
            const auto digest = base::Digest256::parse(text);
            if (!digest.ok()) return member.wrong("not a SHA-256");
            hashes.sha256 = *digest;
        } else if (member.key() == "sha512") {
            const auto digest = base::from_hex(text);
            if (!digest.ok() || digest->size() != 64) return member.wrong("not a SHA-512");
            std::copy(digest->begin(), digest->end(), hashes.sha512.emplace().begin());
        } else {
            hashes.others.emplace(std::string(member.key()), std::move(text));
        }
    }
    return hashes;
}

Result<trust::FileVersion> read_file_version(const Value& object) {
    trust::FileVersion file;
    TRY_VALUE(const std::int64_t version,
              object.int_at("version", 1, static_cast<std::int64_t>(limits::version)));
    file.version = static_cast<std::uint64_t>(version);
    if (const auto length = object.find("length")) {
        TRY_VALUE(file.length, length->as_uint(limits::version));
    }
    if (const auto hashes = object.find("hashes")) {
        TRY_VALUE(file.hashes, read_hashes(*hashes));
    }
    file.unknown = unknown_members(object, {"version", "length", "hashes"});
    return file;
}

Result<std::vector<trust::Signature>> read_signatures(const Value& list) {
    if (!list.is_array() || list.size() > limits::signatures)
        return list.wrong("a list of at most " + std::to_string(limits::signatures) + " signatures");
    std::vector<trust::Signature> signatures;
    for (const Value& object : list.items()) {
        trust::Signature signature;
        TRY_VALUE(const Value id, object.at("keyid"));
        TRY_VALUE(std::string key, name_of(id));
        signature.key = trust::KeyId(std::move(key));
        TRY_VALUE(const std::string sig, object.string_at("sig", 2 * kMaxSignature));
        // What is not hexadecimal verifies under no key; it need not stop the others from being enough.
        if (auto bytes = base::from_hex(sig); bytes.ok()) signature.bytes = std::move(*bytes);
        signature.unknown = unknown_members(object, {"keyid", "sig"});
        signatures.push_back(std::move(signature));
    }
    return signatures;
}

} // namespace oakum::metadata
