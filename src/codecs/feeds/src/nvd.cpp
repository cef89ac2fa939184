// SPDX-License-Identifier: Apache-2.0
#include "formats.hpp"

#include <algorithm>
#include <array>

namespace oakum::feeds {
namespace {

using advisory::Applicability;
using advisory::CpeConfiguration;
using advisory::CpeMatch;
using advisory::CpeNode;
using advisory::Record;

Result<bool> is_and(object in) {
    TRY_VALUE(const std::string text, text_at(in, "operator", 8));
    if (text.empty() || text == "OR") return false;
    if (text == "AND") return true;
    return base::invalid("\"" + text + "\" is neither AND nor OR").at("operator");
}

Result<CpeMatch> read_match(object in) {
    CpeMatch out;
    TRY_VALUE(out.vulnerable, bool_at(in, "vulnerable", true));
    TRY_VALUE(out.criteria, text_at(in, "criteria", max_cpe));
    if (!out.criteria.starts_with("cpe:2.3:"))
        return base::invalid("a CPE 2.3 name is wanted, not \"" + out.criteria.substr(0, 100) + "\"")
            .at("criteria");
    TRY_VALUE(out.start_including, optional_text_at(in, "versionStartIncluding", max_version));
    TRY_VALUE(out.start_excluding, optional_text_at(in, "versionStartExcluding", max_version));
    TRY_VALUE(out.end_including, optional_text_at(in, "versionEndIncluding", max_version));
    TRY_VALUE(out.end_excluding, optional_text_at(in, "versionEndExcluding", max_version));
    return out;
}

Result<CpeNode> read_node(object in) {
    CpeNode out;
    TRY_VALUE(out.all, is_and(in));
    TRY_VALUE(out.negate, bool_at(in, "negate", false));
    // Feeds before 2.0 nested nodes; reading one without its children would widen it.
    if (find(in, "children")) return base::invalid("nested nodes are not part of API 2.0").at("children");
    TRY_VALUE(const std::optional<array> matches, array_at(in, "cpeMatch"));
    if (!matches) return base::invalid("a node without \"cpeMatch\"").at("nodes");
    for (const element item : *matches) {
        TRY_VALUE(const object match, object_of(item, "cpeMatch"));
        TRY_VALUE(CpeMatch read, read_match(match));
        out.matches.push_back(std::move(read));
    }
    return out;
}

Status read_metrics(object cve, Record& out) {
    static constexpr std::array versions{"cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"};
    TRY_VALUE(const std::optional<object> metrics, object_at(cve, "metrics"));
    if (!metrics) return {};
    for (const char* version : versions) {
        TRY_VALUE(const std::optional<array> list, array_at(*metrics, version));
        if (!list) continue;
        for (const element item : *list) {
            TRY_VALUE(const object metric, object_of(item, version));
            TRY_VALUE(const std::optional<object> data, object_at(metric, "cvssData"));
            if (!data) continue;
            advisory::CvssVector vector;
            TRY_VALUE(vector.source, text_at(metric, "source", max_name));
            TRY_VALUE(vector.vector, text_at(*data, "vectorString", max_version));
            TRY_VALUE(vector.base_score, number_at(*data, "baseScore", 0));
            if (!vector.vector.empty()) out.cvss.push_back(std::move(vector));
        }
    }
    return {};
}

// Plain strings, or NVD's own [{description: [{value}]}].
Status read_weaknesses(object cve, Record& out) {
    TRY_VALUE(const std::optional<array> list, array_at(cve, "weaknesses"));
    if (!list) return {};
    const auto add = [&](std::string_view text) {
        if (is_weakness(text) &&
            std::find(out.weaknesses.begin(), out.weaknesses.end(), text) == out.weaknesses.end())
            out.weaknesses.emplace_back(text);
    };
    for (const element item : *list) {
        std::string_view text;
        if (item.get(text) == simdjson::SUCCESS) {
            add(text);
            continue;
        }
        TRY_VALUE(const object weakness, object_of(item, "weaknesses"));
        TRY_VALUE(const std::optional<array> descriptions, array_at(weakness, "description"));
        if (!descriptions) continue;
        for (const element entry : *descriptions) {
            TRY_VALUE(const object description, object_of(entry, "weaknesses"));
            TRY_VALUE(const std::string value, text_at(description, "value", max_name));
            add(value);
        }
    }
    return {};
}

} // namespace

Status read_configurations(object in, std::string_view key, std::vector<Applicability>& out) {
    TRY_VALUE(const std::optional<array> list, array_at(in, key));
    if (!list) return {};
    for (const element item : *list) {
        TRY_VALUE(const object configuration, object_of(item, key));
        CpeConfiguration read;
        TRY_VALUE(read.all, is_and(configuration));
        TRY_VALUE(read.negate, bool_at(configuration, "negate", false));
        TRY_VALUE(const std::optional<array> nodes, array_at(configuration, "nodes"));
        if (!nodes) return base::invalid("a configuration without \"nodes\"").at(key);
        for (const element entry : *nodes) {
            TRY_VALUE(const object node, object_of(entry, "nodes"));
            TRY_VALUE(CpeNode part, read_node(node));
            read.nodes.push_back(std::move(part));
        }
        out.emplace_back(std::move(read));
    }
    return {};
}

Result<Record> read_nvd(object document) {
    TRY_VALUE(const std::optional<object> inner, object_at(document, "cve"));
    const object cve = inner.value_or(document);
    Record out;
    out.source = advisory::Source::nvd;
    TRY_VALUE(out.id, id_at(cve, "id"));
    TRY_VALUE(out.description, english_of(cve, "descriptions"));
    TRY_VALUE(out.published, time_at(cve, "published"));
    TRY_VALUE(out.modified, time_at(cve, "lastModified"));
    TRY_VALUE(const std::string status, text_at(cve, "vulnStatus", max_name));
    // Records from before vulnStatus say it in their text.
    out.withdrawn = status == "Rejected" || out.description.starts_with("** REJECT **") ||
                    out.description.starts_with("Rejected reason:");
    TRY_VALUE(const std::string exploited, text_at(cve, "cisaExploitAdd", 64));
    out.exploited = !exploited.empty();
    TRY_VALUE(out.title, text_at(cve, "cisaVulnerabilityName", max_name));
    TRY(read_metrics(cve, out));
    TRY(read_weaknesses(cve, out));
    TRY(read_configurations(cve, "configurations", out.applicability));
    return out;
}

} // namespace oakum::feeds
