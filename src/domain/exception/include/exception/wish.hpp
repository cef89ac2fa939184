// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception/subject.hpp>

namespace oakum::exception {

inline constexpr std::size_t kLongestText = 4096, kMostEvidence = 16, kLongestId = 128;
inline constexpr std::size_t kMostAdvisories = 150; // of one exception: a query can still name them all

// A subject is about one advisory, or about several: their ids stand one after the other with this between
// them, which no id has.
inline constexpr std::string_view kBetweenIds = ", ";
std::vector<std::string> advisories_of(const Subject& subject);
// Errors: invalid, with its place.
base::Result<std::string> advisories_text(const std::vector<std::string>& ids);
inline constexpr base::Duration kSoon = std::chrono::hours(24 * 14); // before it ends, somebody is told

// Whether it may be asked for: who accepts or mitigates says until when, at most `longest` from now; a
// mitigation says what it changes and on what evidence; who says "not affected" says why. What it is about
// and on which devices can be read. Errors: invalid, with its place.
base::Status check(const Wish& wish, base::TimePoint now, base::Duration longest);

// "CVE-2026-1 and 40 more"
std::string about_of(const Subject& subject);
// "Accept CVE-2026-1 in busybox on devices of group Plant 3 until 2026-12-31"
std::string sentence_of(const Wish& wish, std::string_view group);

} // namespace oakum::exception
