// SPDX-License-Identifier: Apache-2.0
#include "formats.hpp"

#include <algorithm>
#include <array>

namespace oakum::feeds {
namespace {

using advisory::PackageRange;
using advisory::PackageStatement;
using advisory::RangeEvent;
using advisory::RangeType;
using advisory::Record;

// Exactly one of the four keys (schema, "events").
Result<RangeEvent> read_event(object in) {
    RangeEvent out;
    int known = 0;
    for (const auto field : in) {
        if (field.key == "introduced")
            out.kind = RangeEvent::Kind::introduced;
        else if (field.key == "fixed")
            out.kind = RangeEvent::Kind::fixed;
        else if (field.key == "last_affected")
            out.kind = RangeEvent::Kind::last_affected;
        else if (field.key == "limit")
            out.kind = RangeEvent::Kind::limit;
        else
            return base::invalid("the event \"" + shortened(field.key, 50) + "\" is not known").at("events");
        TRY_VALUE(out.version, text_of(field.value, field.key, max_version));
        ++known;
    }
    if (known != 1)
        return base::invalid("an event has exactly one of introduced, fixed, last_affected, limit")
            .at("events");
    return out;
}

Result<PackageRange> read_range(object in) {
    PackageRange out;
    TRY_VALUE(const std::string type, text_at(in, "type", 32));
    if (type == "SEMVER")
        out.type = RangeType::semver;
    else if (type == "ECOSYSTEM")
        out.type = RangeType::ecosystem;
    else if (type == "GIT")
        out.type = RangeType::git;
    else
        return base::invalid("the range type \"" + type + "\" is not known").at("ranges");
    TRY_VALUE(const std::optional<array> events, array_at(in, "events"));
    if (!events) return base::invalid("a range without \"events\"").at("ranges");
    for (const element item : *events) {
        TRY_VALUE(const object event, object_of(item, "events"));
        TRY_VALUE(RangeEvent read, read_event(event));
        out.events.push_back(std::move(read));
    }
    return out;
}

// [{type: "CVSS_V3", score: vector}]; the score is the vector, its number is for the reader to compute.
Status read_severity(object in, Record& out) {
    TRY_VALUE(const std::optional<array> list, array_at(in, "severity"));
    if (!list) return {};
    for (const element item : *list) {
        TRY_VALUE(const object severity, object_of(item, "severity"));
        TRY_VALUE(const std::string type, text_at(severity, "type", 32));
        TRY_VALUE(std::string score, text_at(severity, "score", max_version));
        if (!type.starts_with("CVSS_V") || score.empty()) continue;
        const bool again = std::any_of(out.cvss.begin(), out.cvss.end(),
                                       [&](const advisory::CvssVector& v) { return v.vector == score; });
        if (!again) out.cvss.push_back({"osv", std::move(score), 0});
    }
    return {};
}

Result<PackageStatement> read_affected(object in) {
    PackageStatement out;
    TRY_VALUE(const std::optional<object> package, object_at(in, "package"));
    if (package) {
        TRY_VALUE(out.ecosystem, text_at(*package, "ecosystem", max_name));
        TRY_VALUE(out.name, text_at(*package, "name", max_name));
        TRY_VALUE(out.purl, text_at(*package, "purl", max_name));
    }
    TRY_VALUE(const std::optional<array> ranges, array_at(in, "ranges"));
    if (ranges) {
        for (const element item : *ranges) {
            TRY_VALUE(const object range, object_of(item, "ranges"));
            TRY_VALUE(PackageRange read, read_range(range));
            // Without a package the repository is all that names the thing.
            if (out.name.empty() && read.type == RangeType::git) {
                out.ecosystem = "GIT";
                TRY_VALUE(out.name, text_at(range, "repo", max_name));
            }
            out.ranges.push_back(std::move(read));
        }
    }
    TRY_VALUE(out.versions, texts_at(in, "versions", max_version));
    if (out.name.empty() && out.purl.empty())
        return base::invalid("an entry names neither a package nor a repository").at("affected");
    TRY_VALUE(const std::optional<object> specific, object_at(in, "ecosystem_specific"));
    if (specific && out.ecosystem.starts_with("Android")) {
        TRY_VALUE(out.patch_level, text_at(*specific, "spl", 32));
    }
    return out;
}

Status read_statements(object document, Record& out) {
    TRY_VALUE(const std::optional<array> affected, array_at(document, "affected"));
    if (!affected) return {};
    for (const element item : *affected) {
        TRY_VALUE(const object entry, object_of(item, "affected"));
        TRY_VALUE(PackageStatement read, read_affected(entry));
        TRY(read_severity(entry, out));
        out.applicability.emplace_back(std::move(read));
    }
    return {};
}

// Distributions whose errata fix several CVEs at once and name them as "related" (newer ones as "upstream").
constexpr std::array<std::string_view, 8> distributions{"AlmaLinux", "Rocky Linux", "Red Hat", "SUSE",
                                                        "openSUSE",  "Mageia",      "Debian",  "Ubuntu"};

bool is_erratum(const Record& record) {
    if (record.id.starts_with("CVE-") || record.applicability.empty()) return false;
    const std::string& ecosystem = std::get<PackageStatement>(record.applicability.front()).ecosystem;
    return std::any_of(distributions.begin(), distributions.end(),
                       [&](std::string_view name) { return ecosystem.starts_with(name); });
}

Status read_covered(object document, Record& out) {
    TRY_VALUE(std::vector<std::string> ids, texts_at(document, "upstream", max_id));
    if (is_erratum(out)) {
        TRY_VALUE(const std::vector<std::string> related, texts_at(document, "related", max_id));
        ids.insert(ids.end(), related.begin(), related.end());
    }
    for (std::string& id : ids) {
        const auto in = [&](const std::vector<std::string>& list) {
            return std::find(list.begin(), list.end(), id) != list.end();
        };
        if (id.starts_with("CVE-") && !in(out.aliases) && !in(out.covers))
            out.covers.push_back(std::move(id));
    }
    return {};
}

} // namespace

Result<Record> read_osv(object document) {
    Record out;
    out.source = advisory::Source::osv;
    TRY_VALUE(out.id, id_at(document, "id"));
    TRY_VALUE(out.aliases, texts_at(document, "aliases", max_id));
    TRY_VALUE(out.title, text_at(document, "summary", 64UL * 1024));
    out.title = shortened(out.title, max_name);
    TRY_VALUE(const std::string details, text_at(document, "details", 16UL * 1024 * 1024));
    out.description = shortened(details, max_description);
    TRY_VALUE(out.published, time_at(document, "published"));
    TRY_VALUE(out.modified, time_at(document, "modified"));
    TRY_VALUE(const std::string withdrawn, text_at(document, "withdrawn", 64));
    out.withdrawn = !withdrawn.empty();
    TRY(read_severity(document, out));
    TRY_VALUE(const std::optional<object> specific, object_at(document, "database_specific"));
    if (specific) {
        TRY_VALUE(const std::vector<std::string> weaknesses, texts_at(*specific, "cwe_ids", max_name));
        for (const std::string& weakness : weaknesses) {
            if (is_weakness(weakness)) out.weaknesses.push_back(weakness);
        }
    }
    TRY(read_statements(document, out));
    TRY(read_covered(document, out));
    return out;
}

} // namespace oakum::feeds
