// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace oakum::risk {

enum class CvssVersion : std::uint8_t { v2, v3_0, v3_1, v4_0 };

// A CVSS vector of any version ("CVSS:3.1/AV:N/...", "AV:N/AC:L/Au:N/C:P/I:P/A:P"), its metrics in any order.
// Each has to be one of its version, with one of its values; the base group is complete.
struct Cvss {
    CvssVersion version = CvssVersion::v3_1;
    double base_score = 0; // 0.0 to 10.0 in steps of 0.1
    // With the threat (temporal) and environmental metrics, when the vector has one: the environmental score
    // of 2.0, 3.0 and 3.1, or the temporal one when no environmental metric is defined; CVSS-BTE of 4.0.
    std::optional<double> overall_score;
    bool network = false;            // AV:N
    bool low_complexity = false;     // AC:L (and AT:N)
    bool no_privileges = false;      // PR:N or Au:N
    bool no_interaction = false;     // UI:N; not stated in version 2
    bool total_impact = false;       // confidentiality and integrity both high (complete)
    std::optional<bool> automatable; // AU of version 4, when it is stated

    // At most 512 characters. Errors: invalid (names the metric).
    static base::Result<Cvss> parse(std::string_view vector);
};

// The base score of a vector; nothing when it cannot be read.
std::optional<double> base_score(std::string_view vector);

} // namespace oakum::risk
