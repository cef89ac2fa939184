// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace oakum::risk {

enum class CvssVersion : std::uint8_t { v2, v3_0, v3_1, v4_0 };

// The base metrics of a CVSS vector of any version ("CVSS:3.1/AV:N/...", "AV:N/AC:L/Au:N/C:P/I:P/A:P").
// Metrics of other groups are checked for their shape and do not change the base score; with version 4.0
// Exploit Maturity and the environment count as not defined.
struct Cvss {
    CvssVersion version = CvssVersion::v3_1;
    double base_score = 0;       // 0.0 to 10.0 in steps of 0.1
    bool network = false;        // AV:N
    bool low_complexity = false; // AC:L (and AT:N)
    bool no_privileges = false;  // PR:N or Au:N
    bool no_interaction = false; // UI:N; not stated in version 2
    bool total_impact = false;   // confidentiality and integrity both high (complete)

    // At most 512 characters. Errors: invalid (names the metric).
    static base::Result<Cvss> parse(std::string_view vector);
};

// The base score of a vector; nothing when it cannot be read.
std::optional<double> base_score(std::string_view vector);

} // namespace oakum::risk
