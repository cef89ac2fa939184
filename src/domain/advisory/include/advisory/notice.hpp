// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::advisory {

// What a notice concerns: versions of one thing.
struct NoticeProduct {
    std::string component; // a package URL, a CPE name, or the name of a firmware or component
    std::string scheme;    // how its versions are read; empty: as the component's kind has it
    std::string introduced, fixed, last_affected; // empty: from the first on; never; not said
    bool operator==(const NoticeProduct&) const = default;
};

// An advisory of our own, for what no feed tells: a hole without a CVE, a vendor's letter, a workaround.
struct Notice {
    std::string title, description, workaround;
    std::vector<NoticeProduct> products;
    std::string vector;   // CVSS; empty: the word counts
    std::string severity; // "low", "medium", "high", "critical"; empty: not scored
    bool exploited = false;
    std::vector<std::string> references;
    std::vector<std::string> aliases; // what others came to call it
    std::string embargo;              // whom it may be told; empty: anybody
    std::optional<base::TimePoint> embargo_until;
    bool operator==(const Notice&) const = default;
};

} // namespace oakum::advisory
