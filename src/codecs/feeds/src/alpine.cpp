// SPDX-License-Identifier: Apache-2.0
// Alpine's secdb: of one release and repository, which version of a package has the fixes of which ids.
#include "formats.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <version/version.hpp>

namespace oakum::feeds {
namespace {

using advisory::PackageRange;
using advisory::PackageStatement;
using advisory::RangeEvent;
using advisory::Record;

// The words of "CVE-2018-7540 XSA-252" that are ids.
std::vector<std::string> ids_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = text.find(' ');
        const auto word = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const bool printable = std::ranges::all_of(word, [](char c) { return c > ' ' && c < '\x7F'; });
        if (word.find('-') != std::string_view::npos && word.front() != '(' && printable &&
            word.size() <= max_id)
            out.emplace_back(word);
    }
    return out;
}

bool is_cve(const std::string& id) {
    return id.starts_with("CVE-");
}

struct Found {
    std::vector<std::string> fixed, aliases;
    bool never = false; // "0": the package never had it
};

// Fixed again later: what lies below the last one is affected.
const std::string& last_of(const std::vector<std::string>& versions) {
    const auto parsed = [](const std::string& text) {
        return version::Version::parse(version::Scheme::apk, text);
    };
    const std::string* last = &versions.front();
    for (const auto& text : versions) {
        const auto one = parsed(text);
        const auto other = parsed(*last);
        if (one.ok() && (!other.ok() || one->key() > other->key())) last = &text;
    }
    return *last;
}

Record record_of(const std::string& id, const Found& found, const std::string& package,
                 const std::string& release, const std::string& part) {
    Record out;
    out.source = advisory::Source::alpine;
    out.id = id;
    out.aliases = found.aliases;
    out.part = part;
    PackageStatement statement;
    statement.ecosystem = release;
    statement.name = package;
    if (found.fixed.empty()) statement.status = advisory::Status::unaffected;
    if (!found.fixed.empty()) {
        PackageRange range;
        range.events.push_back({RangeEvent::Kind::introduced, "0"});
        range.events.push_back({RangeEvent::Kind::fixed, last_of(found.fixed)});
        statement.ranges.push_back(std::move(range));
    }
    out.applicability.emplace_back(std::move(statement));
    return out;
}

Status read_fixes(object fixes, std::map<std::string, Found>& found) {
    for (const auto field : fixes) {
        if (field.key.empty() || field.key.size() > max_version)
            return base::invalid("a version is missing or too long").at("secfixes");
        if (field.value.is_null()) continue; // fixes of nothing
        array entries;
        if (field.value.get(entries) != simdjson::SUCCESS) return wrong_type(field.key, "an array");
        for (const element item : entries) {
            TRY_VALUE(const std::string text, text_of(item, field.key, max_name));
            const std::vector<std::string> ids = ids_of(text);
            const auto cves = std::ranges::count_if(ids, is_cve);
            for (const std::string& id : ids) {
                // Of a CVE the other words are further names.
                if (cves > 0 && !is_cve(id)) continue;
                Found& one = found[id];
                if (field.key == "0")
                    one.never = true;
                else
                    one.fixed.emplace_back(field.key);
                if (cves == 1)
                    std::ranges::copy_if(ids, std::back_inserter(one.aliases),
                                         [](const std::string& other) { return !is_cve(other); });
            }
        }
    }
    return {};
}

Status read_package(object entry, const std::string& release, const std::string& repository,
                    std::vector<Record>& out) {
    TRY_VALUE(const std::optional<object> package, object_at(entry, "pkg"));
    if (!package) return base::invalid("\"pkg\" is missing");
    TRY_VALUE(const std::string name, text_at(*package, "name", max_name));
    if (name.empty()) return base::invalid("the name is missing").at("pkg");
    TRY_VALUE(const std::optional<object> fixes, object_at(*package, "secfixes"));
    if (!fixes) return {};
    std::map<std::string, Found> found;
    TRY(read_fixes(*fixes, found));
    const std::string part = name + " " + release + " " + repository;
    for (const auto& [id, one] : found)
        out.push_back(record_of(id, one, name, release, part));
    return {};
}

} // namespace

Result<ReadDocument> read_alpine(object document) {
    ReadDocument out;
    TRY_VALUE(const std::string version, text_at(document, "distroversion", 64));
    if (version.empty()) return base::invalid("\"distroversion\" is missing");
    TRY_VALUE(const std::string repository, text_at(document, "reponame", 64));
    TRY_VALUE(const std::optional<array> packages, array_at(document, "packages"));
    if (!packages) return base::invalid("\"packages\" is missing");
    const std::string release = "Alpine:" + version;
    out.edition = repository.empty() ? version : version + "-" + repository;
    std::uint64_t number = 0;
    for (const element item : *packages) {
        ++number;
        auto entry = object_of(item, "packages");
        Status read = entry.ok() ? read_package(*entry, release, repository, out.records)
                                 : Status(std::move(entry).error());
        if (read.ok()) continue;
        std::string_view name;
        const bool named = item.at_pointer("/pkg/name").get(name) == simdjson::SUCCESS;
        out.rejected.push_back(
            {named ? "package " + shortened(name, max_id) : "package number " + std::to_string(number),
             read.error().text()});
    }
    return out;
}

} // namespace oakum::feeds
