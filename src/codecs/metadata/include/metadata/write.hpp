// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/order.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace oakum::metadata {

// The "signed" part as compact JSON, unknown fields included.
std::string encode(const trust::Root& root);
std::string encode(const trust::Timestamp& timestamp);
std::string encode(const trust::Snapshot& snapshot);
std::string encode(const trust::Targets& targets);
std::string encode(const trust::Order& order);

// What signatures are over: the canonical form of JSON that `encode` or a test made. Errors: invalid.
base::Result<base::Bytes> canonical(std::string_view json);

// The whole file: {"signatures": .., "signed": ..}.
base::Bytes envelope(std::string_view signed_json, std::span<const trust::Signature> signatures);

// Hexadecimal SHA-256 of the key's canonical JSON, unknown fields included. Errors: invalid (an unknown field
// is no JSON).
base::Result<trust::KeyId> key_id(const trust::Key& key);
// A key for a new list; usable for verification at once. Errors: invalid.
base::Result<trust::Key> ed25519_key(base::ByteView public_key);
// A point of P-256, 65 bytes (SEC 1, 2.3.3), for ecdsa-sha2-nistp256. Errors: invalid.
base::Result<trust::Key> p256_key(base::ByteView point);

// Asked once for each key of a role: the raw signature of `message`. `unavailable` means that this key is not
// at hand and the next may be tried; any other error ends the issue.
using Sign = std::function<base::Result<base::Bytes>(const std::string& role, const trust::KeyId& key,
                                                     base::ByteView message)>;

// Signatures of every key of the list that is at hand. Whether they suffice is for verify_threshold.
base::Result<std::vector<trust::Signature>> sign_with(const Sign& sign, const std::string& role,
                                                      std::span<const trust::KeyId> keys,
                                                      base::ByteView message);

} // namespace oakum::metadata
