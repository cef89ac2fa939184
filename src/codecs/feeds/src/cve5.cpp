// SPDX-License-Identifier: Apache-2.0
#include "formats.hpp"
#include "version_ranges.hpp"

#include <algorithm>

namespace oakum::feeds {
namespace {

using advisory::ProductStatement;
using advisory::Record;
using advisory::VersionEntry;

Result<advisory::Status> status_at(object in, std::string_view key, advisory::Status otherwise) {
    TRY_VALUE(const std::string text, text_at(in, key, 32));
    if (text.empty()) return otherwise;
    if (text == "affected") return advisory::Status::affected;
    if (text == "unaffected") return advisory::Status::unaffected;
    if (text == "unknown") return advisory::Status::unknown;
    return base::invalid("\"" + text + "\" is no status").at(key);
}

Result<VersionEntry> read_version(object in) {
    VersionEntry out;
    TRY_VALUE(out.version, text_at(in, "version", max_version));
    TRY_VALUE(out.status, status_at(in, "status", advisory::Status::unknown));
    TRY_VALUE(out.version_type, text_at(in, "versionType", max_version));
    TRY_VALUE(out.less_than, optional_text_at(in, "lessThan", max_version));
    TRY_VALUE(out.less_than_or_equal, optional_text_at(in, "lessThanOrEqual", max_version));
    TRY_VALUE(const std::optional<array> changes, array_at(in, "changes"));
    if (!changes) return out;
    for (const element item : *changes) {
        TRY_VALUE(const object change, object_of(item, "changes"));
        advisory::VersionChange read;
        TRY_VALUE(read.at, text_at(change, "at", max_version));
        TRY_VALUE(read.status, status_at(change, "status", advisory::Status::unknown));
        out.changes.push_back(std::move(read));
    }
    return out;
}

// "n/a" is what records say for nothing.
Result<std::string> name_at(object in, std::string_view key) {
    TRY_VALUE(std::string text, text_at(in, key, max_name));
    if (lower(text) == "n/a") text.clear();
    return text;
}

bool names_something(const ProductStatement& statement) {
    return !statement.product.empty() || !statement.package_name.empty() || !statement.package_url.empty() ||
           !statement.cpes.empty();
}

// Where one version belongs, many write words for several. "5.6.39 and prior" beside "5.7.21 and prior"
// leaves open where a branch begins: that stays as it is.
std::vector<VersionEntry> with_words(std::vector<VersionEntry> entries) {
    std::vector<std::vector<VersionEntry>> words;
    std::size_t ends = 0;
    for (const VersionEntry& one : entries) {
        const bool alone = !one.less_than && !one.less_than_or_equal && one.changes.empty() &&
                           one.version_type != "git" && one.version_type != "commit";
        words.push_back(alone ? read_words(one.version) : std::vector<VersionEntry>());
        ends += !words.back().empty() && words.back().front().version.starts_with('<') ? 1 : 0;
    }
    std::vector<VersionEntry> out;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const bool open = !words[i].empty() && words[i].front().version.starts_with('<') && ends > 1;
        if (words[i].empty() || open) {
            out.push_back(std::move(entries[i]));
            continue;
        }
        for (VersionEntry& one : words[i]) {
            one.status = entries[i].status;
            one.version_type = entries[i].version_type;
            out.push_back(std::move(one));
        }
    }
    return out;
}

Status read_affected(object container, Record& out) {
    TRY_VALUE(const std::optional<array> list, array_at(container, "affected"));
    if (!list) return {};
    for (const element item : *list) {
        TRY_VALUE(const object affected, object_of(item, "affected"));
        ProductStatement statement;
        TRY_VALUE(statement.vendor, name_at(affected, "vendor"));
        TRY_VALUE(statement.product, name_at(affected, "product"));
        TRY_VALUE(statement.package_name, name_at(affected, "packageName"));
        TRY_VALUE(statement.collection_url, text_at(affected, "collectionURL", max_name));
        TRY_VALUE(statement.package_url, text_at(affected, "packageURL", max_name));
        TRY_VALUE(statement.cpes, texts_at(affected, "cpes", max_cpe));
        TRY_VALUE(statement.platforms, texts_at(affected, "platforms", max_name));
        TRY_VALUE(statement.program_files, texts_at(affected, "programFiles", max_name));
        TRY_VALUE(statement.default_status, status_at(affected, "defaultStatus", advisory::Status::unknown));
        TRY_VALUE(const std::optional<array> versions, array_at(affected, "versions"));
        if (versions) {
            for (const element entry : *versions) {
                TRY_VALUE(const object version, object_of(entry, "versions"));
                TRY_VALUE(VersionEntry read, read_version(version));
                statement.versions.push_back(std::move(read));
            }
            statement.versions = with_words(std::move(statement.versions));
        }
        if (names_something(statement)) out.applicability.emplace_back(std::move(statement));
    }
    return {};
}

// {"options": [{"Exploitation": "active"}, {"Automatable": "no"}, {"Technical Impact": "total"}]}
Status read_ssvc(object content, Record& out) {
    TRY_VALUE(const std::optional<array> options, array_at(content, "options"));
    if (!options) return {};
    advisory::SsvcPoints points;
    for (const element item : *options) {
        TRY_VALUE(const object option, object_of(item, "options"));
        for (const auto field : option) {
            TRY_VALUE(const std::string value, text_of(field.value, field.key, 64));
            if (field.key == "Exploitation")
                points.exploitation = lower(value);
            else if (field.key == "Automatable")
                points.automatable = lower(value);
            else if (field.key == "Technical Impact")
                points.technical_impact = lower(value);
        }
    }
    out.ssvc = std::move(points);
    return {};
}

Status read_metric(object metric, const std::string& source, Record& out) {
    for (const auto field : metric) {
        if (field.key.starts_with("cvssV")) {
            TRY_VALUE(const object data, object_of(field.value, field.key));
            advisory::CvssVector vector;
            vector.source = source;
            TRY_VALUE(vector.vector, text_at(data, "vectorString", max_version));
            TRY_VALUE(vector.base_score, number_at(data, "baseScore", 0));
            if (!vector.vector.empty()) out.cvss.push_back(std::move(vector));
        } else if (field.key == "other") {
            TRY_VALUE(const object other, object_of(field.value, field.key));
            TRY_VALUE(const std::string type, text_at(other, "type", max_name));
            TRY_VALUE(const std::optional<object> content, object_at(other, "content"));
            if (type == "kev")
                out.exploited = true;
            else if (type == "ssvc" && content)
                TRY(read_ssvc(*content, out));
        }
    }
    return {};
}

Status read_weaknesses(object container, Record& out) {
    TRY_VALUE(const std::optional<array> types, array_at(container, "problemTypes"));
    if (!types) return {};
    for (const element item : *types) {
        TRY_VALUE(const object type, object_of(item, "problemTypes"));
        TRY_VALUE(const std::optional<array> descriptions, array_at(type, "descriptions"));
        if (!descriptions) continue;
        for (const element entry : *descriptions) {
            TRY_VALUE(const object description, object_of(entry, "problemTypes"));
            TRY_VALUE(std::string id, text_at(description, "cweId", max_name));
            if (id.empty()) {
                std::string_view text;
                if (description.at_key("description").get(text) == simdjson::SUCCESS)
                    id = text.substr(0, text.find_first_of(" :"));
            }
            if (is_weakness(id) &&
                std::find(out.weaknesses.begin(), out.weaknesses.end(), id) == out.weaknesses.end())
                out.weaknesses.push_back(std::move(id));
        }
    }
    return {};
}

Status read_container(object container, const std::string& source, Record& out) {
    TRY(read_affected(container, out));
    TRY(read_configurations(container, "cpeApplicability", out.applicability));
    TRY(read_weaknesses(container, out));
    TRY_VALUE(const std::optional<array> metrics, array_at(container, "metrics"));
    if (!metrics) return {};
    for (const element item : *metrics) {
        TRY_VALUE(const object metric, object_of(item, "metrics"));
        TRY(read_metric(metric, source, out));
    }
    return {};
}

Result<std::string> provider_of(object container) {
    TRY_VALUE(const std::optional<object> provider, object_at(container, "providerMetadata"));
    if (!provider) return std::string("adp");
    TRY_VALUE(const std::string name, text_at(*provider, "shortName", max_name));
    return name.empty() ? std::string("adp") : lower(name);
}

} // namespace

Result<Record> read_cve5(object document) {
    Record out;
    out.source = advisory::Source::cve5;
    TRY_VALUE(const std::optional<object> metadata, object_at(document, "cveMetadata"));
    TRY_VALUE(const std::optional<object> containers, object_at(document, "containers"));
    if (!metadata || !containers) return base::invalid("a CVE record has \"cveMetadata\" and \"containers\"");
    TRY_VALUE(out.id, id_at(*metadata, "cveId"));
    TRY_VALUE(out.published, time_at(*metadata, "datePublished"));
    TRY_VALUE(out.modified, time_at(*metadata, "dateUpdated"));
    TRY_VALUE(const std::string state, text_at(*metadata, "state", 32));
    out.withdrawn = state == "REJECTED";
    TRY_VALUE(const std::optional<object> cna, object_at(*containers, "cna"));
    if (!cna) return base::invalid("a CVE record has a container \"cna\"").at("containers");
    if (base::unix_ms(out.published) == 0) {
        TRY_VALUE(out.published, time_at(*cna, "datePublic"));
    }
    TRY_VALUE(out.title, text_at(*cna, "title", max_name));
    TRY_VALUE(out.description, english_of(*cna, out.withdrawn ? "rejectedReasons" : "descriptions"));
    TRY(read_container(*cna, "cna", out));
    TRY_VALUE(const std::optional<array> others, array_at(*containers, "adp"));
    if (!others) return out;
    for (const element item : *others) {
        TRY_VALUE(const object container, object_of(item, "adp"));
        TRY_VALUE(const std::string source, provider_of(container));
        TRY(read_container(container, source, out));
    }
    return out;
}

} // namespace oakum::feeds
