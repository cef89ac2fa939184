// SPDX-License-Identifier: Apache-2.0
#include "release_paths.hpp"

#include <artifact/paths.hpp>

namespace oakum::server {
namespace {

constexpr std::size_t kMostPaths = 200;
constexpr std::array<std::string_view, 3> kKeys{device::key::model, device::key::firmware_version,
                                                device::key::hw_revision};

artifact::Terms terms_of(const ports::ReleaseRow& row) {
    artifact::Terms terms;
    terms.release = row.name;
    terms.version = row.version;
    terms.counter = row.counter;
    terms.models = row.models;
    terms.hw_revisions = row.hw_revisions;
    terms.min_from = row.min_from;
    terms.format = "raw"; // no device tells what its installer understands
    return terms;
}

std::string literal_of(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\' || c == '*') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string any_of(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values)
        text += (text.empty() ? "" : ", ") + literal_of(value);
    return "(" + text + ")";
}

std::string query_of(const ports::ReleaseRow& row, const artifact::Path& path) {
    std::string query = "model = " + literal_of(path.model) + " and " +
                        (path.version.empty() ? "not exists(firmware_version)"
                                              : "firmware_version = " + literal_of(path.version));
    if (row.hw_revisions.empty()) return query;
    const std::string these = "hw_revision in " + any_of(row.hw_revisions);
    return query + (path.refusal == artifact::Refusal::wrong_revision
                        ? " and (not exists(hw_revision) or not " + these + ")"
                        : " and " + these);
}

} // namespace

std::vector<api::Release::Path> paths_to(const Context& context, device::TenantId tenant,
                                         const ports::ReleaseRow& row) {
    std::vector<artifact::Kind> fleet;
    if (row.models.empty()) return {};
    auto query = device::parse_query("model in " + any_of(row.models));
    if (!query.ok()) return {};
    for (const fleet::Tally& tally : context.core.fleet.tally({tenant, {}, std::move(*query)}, kKeys))
        fleet.push_back({tally.values[0], tally.values[1], tally.values[2], tally.count});
    std::vector<artifact::Terms> others;
    for (const auto& other : context.core.control.list<ports::ReleaseRow>(tenant))
        if (other->name == row.name && other->state == "published") others.push_back(terms_of(*other));
    std::vector<api::Release::Path> views;
    for (const artifact::Path& path : artifact::paths(terms_of(row), fleet, others)) {
        if (views.size() == kMostPaths) break;
        views.push_back({path.model, some(path.version), path.devices,
                         path.refusal == artifact::Refusal::none, some(path.through), some(path.why),
                         query_of(row, path)});
    }
    return views;
}

} // namespace oakum::server
