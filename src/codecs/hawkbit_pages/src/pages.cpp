// SPDX-License-Identifier: Apache-2.0
#include <hawkbit_pages/pages.hpp>

#include <base/digest.hpp>
#include <json/parse.hpp>

#include <optional>

namespace oakum::hawkbit_pages {
namespace {

using base::Result;

constexpr json::Limits kLimits{
    .max_bytes = kMaxPage, .max_depth = 32, .max_values = 1'000'000, .floats = true};
constexpr std::size_t kMaxRecords = 10'000, kMaxAttributes = 1'000, kMaxText = 4096;

// Ids are numbers, of targets texts.
Result<std::string> id_of(const json::Value& record) {
    TRY_VALUE(const std::int64_t id, record.int_at("id"));
    if (id < 0) return record.at("id")->wrong("a number from 0 on is needed");
    return std::to_string(id);
}

Result<std::string> optional_text(const json::Value& record, std::string_view name) {
    TRY_VALUE(const auto text, record.optional_string_at(name, kMaxText));
    return text.value_or("");
}

// nullopt: one that is not to be taken.
template <class Record>
Result<Page<Record>> read_list(const json::Value& list,
                               Result<std::optional<Record>> (*read)(const json::Value&)) {
    Page<Record> page;
    if (!list.is_array()) return list.wrong("a list is needed");
    if (list.size() > kMaxRecords) return list.wrong("more than 10000 records on one page");
    page.asked = list.size();
    for (const json::Value& item : list.items()) {
        auto record = read(item);
        if (!record.ok())
            page.unreadable.push_back(record.error().text());
        else if (*record)
            page.records.push_back(std::move(**record));
    }
    return page;
}

template <class Record>
Result<Page<Record>> read_page(std::string_view text,
                               Result<std::optional<Record>> (*read)(const json::Value&)) {
    TRY_VALUE(const json::Value root, json::parse(text, kLimits));
    TRY_VALUE(const json::Value content, root.at("content"));
    TRY_VALUE(Page<Record> page, read_list<Record>(content, read));
    TRY_VALUE(const std::int64_t total, root.int_at("total"));
    page.total = total < 0 ? 0 : static_cast<std::uint64_t>(total);
    return page;
}

Result<std::optional<Target>> target(const json::Value& record) {
    Target target;
    TRY_VALUE(target.id, record.string_at("controllerId", kMaxText));
    if (target.id.empty()) return record.at("controllerId")->wrong("it is empty");
    TRY_VALUE(target.name, optional_text(record, "name"));
    TRY_VALUE(target.address, optional_text(record, "ipAddress"));
    return std::optional(std::move(target));
}

Result<std::optional<DistributionSet>> distribution_set(const json::Value& record) {
    TRY_VALUE(const auto deleted, record.optional_bool_at("deleted"));
    if (deleted.value_or(false)) return std::optional<DistributionSet>();
    DistributionSet set;
    TRY_VALUE(set.id, id_of(record));
    TRY_VALUE(set.name, record.string_at("name", kMaxText));
    TRY_VALUE(set.version, record.string_at("version", kMaxText));
    TRY_VALUE(set.description, optional_text(record, "description"));
    return std::optional(std::move(set));
}

Result<std::optional<SoftwareModule>> module_of(const json::Value& record) {
    SoftwareModule module;
    TRY_VALUE(module.id, id_of(record));
    TRY_VALUE(module.name, record.string_at("name", kMaxText));
    TRY_VALUE(module.version, record.string_at("version", kMaxText));
    TRY_VALUE(module.type, optional_text(record, "type"));
    return std::optional(std::move(module));
}

Result<std::optional<Filter>> filter(const json::Value& record) {
    Filter filter;
    TRY_VALUE(filter.id, id_of(record));
    TRY_VALUE(filter.name, record.string_at("name", kMaxText));
    TRY_VALUE(filter.query, record.string_at("query", 64 << 10));
    return std::optional(std::move(filter));
}

Result<std::optional<Artifact>> artifact(const json::Value& record) {
    Artifact artifact;
    TRY_VALUE(artifact.id, id_of(record));
    TRY_VALUE(artifact.filename, record.string_at("providedFilename", kMaxText));
    TRY_VALUE(const std::int64_t size, record.int_at("size"));
    if (size <= 0) return record.at("size")->wrong("a file that devices install is not empty");
    artifact.size = static_cast<std::uint64_t>(size);
    TRY_VALUE(const json::Value hashes, record.object_at("hashes"));
    TRY_VALUE(const std::string digest, hashes.string_at("sha256", 64));
    TRY_VALUE(const base::Digest256 read, base::Digest256::parse(digest));
    artifact.sha256 = read.hex();
    return std::optional(std::move(artifact));
}

} // namespace

Result<Page<Target>> read_targets(std::string_view json) {
    return read_page<Target>(json, target);
}
Result<Page<DistributionSet>> read_sets(std::string_view json) {
    return read_page<DistributionSet>(json, distribution_set);
}
Result<Page<SoftwareModule>> read_modules(std::string_view json) {
    return read_page<SoftwareModule>(json, module_of);
}
Result<Page<Filter>> read_filters(std::string_view json) {
    return read_page<Filter>(json, filter);
}
Result<Page<Artifact>> read_artifacts(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    return read_list<Artifact>(root, artifact);
}

Result<std::map<std::string, std::string>> read_attributes(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    if (!root.is_object()) return root.wrong("an object is needed");
    if (root.size() > kMaxAttributes) return root.wrong("more than 1000 attributes");
    std::map<std::string, std::string> found;
    for (const json::Value& member : root.items())
        if (member.is_string()) found.emplace(member.key(), std::string(member.text()));
    return found;
}

} // namespace oakum::hawkbit_pages
