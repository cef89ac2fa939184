// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <risk/cvss.hpp>

namespace oakum::risk {

namespace {
constexpr std::size_t longest_vector = 512;
}

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
        for (std::size_t i = 0; i < out.count_; ++i)
            if (out.entries_[i].first == name)
                return base::invalid("a CVSS vector that has a metric twice").at(name);
        if (out.count_ == out.entries_.size()) return base::invalid("a CVSS vector with too many metrics");
        out.entries_[out.count_++] = {name, item.substr(colon + 1)};
    }
    return out;
}

char Metrics::operator[](std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i)
        if (entries_[i].first == name) return entries_[i].second.front();
    return 'X';
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
    TRY_VALUE(const int tenths, out.version == CvssVersion::v2     ? cvss2_tenths(m)
                                : out.version == CvssVersion::v4_0 ? cvss4_tenths(m)
                                                                   : cvss3_tenths(m));
    out.base_score = tenths / 10.0;
    const bool old = out.version == CvssVersion::v2;
    const bool four = out.version == CvssVersion::v4_0;
    out.network = m["AV"] == 'N';
    out.low_complexity = m["AC"] == 'L' && (!four || m["AT"] == 'N');
    out.no_privileges = m[old ? "Au" : "PR"] == 'N';
    out.no_interaction = !old && m["UI"] == 'N';
    const char most = old ? 'C' : 'H';
    out.total_impact = m[four ? "VC" : "C"] == most && m[four ? "VI" : "I"] == most;
    return out;
}

std::optional<double> base_score(std::string_view vector) {
    const auto cvss = Cvss::parse(vector);
    return cvss.ok() ? std::optional(cvss->base_score) : std::nullopt;
}

} // namespace oakum::risk
