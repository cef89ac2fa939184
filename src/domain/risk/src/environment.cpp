// SPDX-License-Identifier: Apache-2.0
#include <risk/cvss.hpp>
#include <risk/environment.hpp>

namespace oakum::risk {
namespace {

bool is_replaced(std::string_view metric, bool mav) {
    return metric.starts_with("CR:") || metric.starts_with("IR:") || metric.starts_with("AR:") ||
           (mav && metric.starts_with("MAV:"));
}

std::string without_replaced(std::string_view vector, bool mav) {
    std::string out;
    while (!vector.empty()) {
        const auto slash = vector.find('/');
        const std::string_view metric = vector.substr(0, slash);
        vector = slash == std::string_view::npos ? std::string_view() : vector.substr(slash + 1);
        if (is_replaced(metric, mav)) continue;
        out += (out.empty() ? "" : "/") + std::string(metric);
    }
    return out;
}

// The scale ends at high: what is critical requires no more than that.
char requirement(Criticality criticality) {
    return criticality == Criticality::low ? 'L' : criticality == Criticality::medium ? 'M' : 'H';
}

} // namespace

std::optional<Environmental> environmental(std::string_view vector, const Context& context) {
    const auto base = Cvss::parse(vector);
    if (!base.ok()) return std::nullopt;
    if (vector.starts_with('(')) vector = vector.substr(1, vector.size() - 2);
    Environmental out;
    out.base_score = base->base_score;
    const char level = requirement(context.criticality);
    out.by_criticality = std::string("CR:") + level + "/IR:" + level + "/AR:" + level;
    if (base->version != CvssVersion::v2 && base->network && context.exposure == Exposure::internal)
        out.by_exposure = "MAV:A";
    out.vector = without_replaced(vector, !out.by_exposure.empty()) + "/" + out.by_criticality;
    if (!out.by_exposure.empty()) out.vector += "/" + out.by_exposure;
    const auto whole = Cvss::parse(out.vector);
    if (!whole.ok()) return std::nullopt;
    out.score = whole->overall_score.value_or(whole->base_score);
    return out;
}

} // namespace oakum::risk
