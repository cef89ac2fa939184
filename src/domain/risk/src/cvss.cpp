// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <risk/cvss.hpp>

namespace oakum::risk {

namespace {
constexpr std::size_t longest_vector = 512;

bool permits(std::string_view values, std::string_view value) {
    while (!values.empty()) {
        const auto space = values.find(' ');
        if (values.substr(0, space) == value) return true;
        values = space == std::string_view::npos ? std::string_view() : values.substr(space + 1);
    }
    return false;
}
} // namespace

base::Result<Metrics> Metrics::parse(std::string_view text) {
    Metrics out;
    while (!text.empty()) {
        const auto slash = text.find('/');
        const auto item = text.substr(0, slash);
        text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
        const auto colon = item.find(':');
        if (colon == std::string_view::npos || colon == 0 || colon > 4 || colon + 1 >= item.size() ||
            item.size() > 16)
            return base::invalid("a CVSS vector with something that is no metric");
        const auto name = item.substr(0, colon);
        if (!out.value(name).empty()) return base::invalid("a CVSS vector that has a metric twice").at(name);
        if (out.count_ == out.entries_.size()) return base::invalid("a CVSS vector with too many metrics");
        out.entries_[out.count_++] = {name, item.substr(colon + 1)};
    }
    return out;
}

std::string_view Metrics::value(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i)
        if (entries_[i].first == name) return entries_[i].second;
    return {};
}

char Metrics::operator[](std::string_view name) const {
    const std::string_view found = value(name);
    return found.empty() ? 'X' : found.front();
}

base::Status Metrics::check(std::span<const MetricRule> rules) const {
    std::size_t known = 0;
    for (const MetricRule& rule : rules) {
        const std::string_view given = value(rule.name);
        if (given.empty() && rule.group != MetricRule::Group::base) continue;
        if (given.empty() || !permits(rule.values, given))
            return base::invalid("a CVSS vector whose metric " + std::string(rule.name) +
                                 " is missing or has no such value")
                .at(rule.name);
        ++known;
    }
    if (known == count_) return {};
    for (std::size_t i = 0; i < count_; ++i) {
        const std::string_view name = entries_[i].first;
        bool named = false;
        for (const MetricRule& rule : rules)
            named = named || rule.name == name;
        if (!named)
            return base::invalid("a CVSS vector with a metric that its version does not have").at(name);
    }
    return {};
}

bool Metrics::beyond_base(std::span<const MetricRule> rules) const {
    for (const MetricRule& rule : rules)
        if (rule.group == MetricRule::Group::other && !value(rule.name).empty()) return true;
    return false;
}

base::Result<Cvss> Cvss::parse(std::string_view vector) {
    if (vector.size() > longest_vector) return base::invalid("a CVSS vector of more than 512 characters");
    Cvss out;
    const auto is = [&vector](std::string_view prefix) {
        const bool fits = vector.starts_with(prefix);
        if (fits) vector.remove_prefix(prefix.size());
        return fits;
    };
    if (is("CVSS:4.0/"))
        out.version = CvssVersion::v4_0;
    else if (is("CVSS:3.1/"))
        out.version = CvssVersion::v3_1;
    else if (is("CVSS:3.0/"))
        out.version = CvssVersion::v3_0;
    else if (vector.starts_with("CVSS:"))
        return base::invalid("a CVSS version that is not 2, 3.0, 3.1 or 4.0");
    else
        out.version = CvssVersion::v2;
    if (out.version == CvssVersion::v2 && vector.size() > 2 && vector.front() == '(' && vector.back() == ')')
        vector = vector.substr(1, vector.size() - 2);
    TRY_VALUE(const auto m, Metrics::parse(vector));
    TRY_VALUE(const Scores scores, out.version == CvssVersion::v2 ? cvss2(m)
                                   : out.version == CvssVersion::v4_0
                                       ? cvss4(m)
                                       : cvss3(m, out.version == CvssVersion::v3_1));
    out.base_score = scores.base / 10.0;
    if (scores.overall) out.overall_score = *scores.overall / 10.0;
    const bool old = out.version == CvssVersion::v2;
    const bool four = out.version == CvssVersion::v4_0;
    out.network = m["AV"] == 'N';
    out.low_complexity = m["AC"] == 'L' && (!four || m["AT"] == 'N');
    out.no_privileges = m[old ? "Au" : "PR"] == 'N';
    out.no_interaction = !old && m["UI"] == 'N';
    const char most = old ? 'C' : 'H';
    out.total_impact = m[four ? "VC" : "C"] == most && m[four ? "VI" : "I"] == most;
    if (const char automatable = m["AU"]; four && automatable != 'X') out.automatable = automatable == 'Y';
    return out;
}

std::optional<double> base_score(std::string_view vector) {
    const auto cvss = Cvss::parse(vector);
    return cvss.ok() ? std::optional(cvss->base_score) : std::nullopt;
}

} // namespace oakum::risk
