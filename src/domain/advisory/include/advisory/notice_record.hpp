// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/notice.hpp>
#include <advisory/record.hpp>
#include <base/result.hpp>

namespace oakum::advisory {

// What it concerns can be read, versions in their schemes; texts are text. Errors: invalid, with its place.
base::Status check(const Notice& notice);

// As feeds state advisories. The notice was checked.
Record record_of(const std::string& id, const Notice& notice, base::TimePoint created,
                 base::TimePoint changed);

inline constexpr std::string_view kOwnPrefix = "OAKUM-";
// "OAKUM-2026-3" after OAKUM-2026-2 and others, in that year.
std::string next_notice_id(const std::vector<std::string>& known, base::TimePoint now);

} // namespace oakum::advisory
