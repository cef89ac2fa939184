// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string_view>

namespace oakum::feeds {

// nvd: CVE API 2.0 pages or the cve objects one a line. cve5: CVE Record 5.x. osv: OSV 1.x of any ecosystem.
// kev: CISA's catalogue. epss: FIRST's CSV. apple: SOFA's v2 feed of one product, or its list of
// all security releases. debian: the JSON of its security tracker. alpine: secdb of one release and
// repository. csaf: CSAF 2.0 advisories and VEX. openvex, cyclonedx: what makers state.
enum class FeedKind : std::uint8_t {
    nvd,
    cve5,
    osv,
    kev,
    epss,
    apple,
    debian,
    alpine,
    csaf,
    openvex,
    cyclonedx
};
inline constexpr FeedKind last_kind = FeedKind::cyclonedx;
std::string_view to_string(FeedKind kind);

// Which feed begins with these bytes (unpacked; some 64 KiB tell, less may do). The name of the file decides
// only when the bytes do not. Errors: invalid.
base::Result<FeedKind> detect(std::string_view first, std::string_view file_name);

} // namespace oakum::feeds
