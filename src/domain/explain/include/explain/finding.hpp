// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <explain/explanation.hpp>

namespace oakum::explain {

// One advisory about one component of one device, as it was recorded.
struct FindingFacts {
    std::string advisory, device, component; // "busybox 1.36.0"
    Explanation::Reply affected = Explanation::Reply::unknown;
    std::string evidence;            // the rule that decided, in a sentence
    std::string source;              // "nvd", "cve5", "osv", ...: as advisories are called by source
    std::vector<std::string> others; // what other sources say of it, a sentence each
    bool stated = false;             // the maker of the software says so
    std::string software;            // where the component's version is known from
    std::optional<base::TimePoint> software_since, first_seen, disclosed;
    bool exploited = false;
    std::optional<base::TimePoint> exploited_since;
    std::optional<double> likelihood; // of exploitation within 30 days
    std::optional<double> until_now;  // that it was at some time exploited, at least (LEV)
    std::string risk, here, due;      // in sentences; empty: nothing to weigh
    std::string fixed_in;
    struct Release {
        std::string name, state; // "gateway 1.4.3", "published"
        bool fits = false;       // this device
    };
    std::string decided; // "accepted by user anna until 2026-12-31: ..."; empty: nobody decided anything
    bool decided_open = false; // it is open in spite of that
    bool ruled_out = false;    // that says that it is not affected
    base::TimePoint decided_at{};
    std::optional<Release> release; // the best at hand that ends it
    Explanation::Step not_now;      // of the device
    base::TimePoint now{};
};
Explanation explain(const FindingFacts& facts);

// Why this source decides, and none of the others.
std::string authority(std::string_view source, bool stated);

} // namespace oakum::explain
