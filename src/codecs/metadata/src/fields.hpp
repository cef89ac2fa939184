// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>
#include <trust/metadata.hpp>

#include <initializer_list>
#include <string_view>

// The pieces that several documents share.
namespace oakum::metadata {

// The members of a root that say who signs as director, and who signs the log (docs/pouf.md). None of
// `roles`: other clients refuse a root with a fifth.
inline constexpr std::string_view kDirector = "x-oakum-director", kLog = "x-oakum-log";
constexpr std::string_view member_of(trust::Role our_own) {
    return our_own == trust::Role::director ? kDirector : kLog;
}
// The type of what lets a device take metadata from a folder; nobody takes it for a timestamp.
inline constexpr std::string_view kOrder = "x-oakum-order";

// The members that are not named, as received.
trust::Unknown unknown_members(const json::Value& object, std::initializer_list<std::string_view> known);
// Errors of all below: invalid, too_large, with the place.
base::Result<std::string> name_of(const json::Value& value);
base::Result<trust::Header> read_header(const json::Value& signed_part, std::string_view type,
                                        std::initializer_list<std::string_view> own_fields);
base::Result<trust::Key> read_key(const json::Value& object);
base::Result<trust::Keys> read_keys(const json::Value& object);
base::Result<trust::Signers> read_signers(const json::Value& object,
                                          std::initializer_list<std::string_view> own_fields);
base::Result<trust::Hashes> read_hashes(const json::Value& object);
base::Result<trust::FileVersion> read_file_version(const json::Value& object);
base::Result<std::vector<trust::Signature>> read_signatures(const json::Value& list);
base::Result<trust::TargetFile> read_target(const json::Value& object);
base::Result<trust::Delegations> read_delegations(const json::Value& object);
// Exactly "2026-11-22T16:03:00Z".
base::Result<base::TimePoint> read_time(const json::Value& value);

} // namespace oakum::metadata
