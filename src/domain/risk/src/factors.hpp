// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <risk/risk.hpp>

#include <string_view>

namespace oakum::risk {

struct Factor {
    double value = 0;
    bool assumed = false;
    bool exploited = false, ransomware = false;
};

Factor threat_of(const advisory::AdvisoryView& advisory);
Factor impact_of(const advisory::AdvisoryView& advisory);
double exposure_factor(Exposure exposure);
double criticality_factor(Criticality criticality);
double safety_factor(bool safety_critical);
double confidence_factor(advisory::Confidence confidence);

} // namespace oakum::risk
