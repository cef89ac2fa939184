// SPDX-License-Identifier: Apache-2.0
#include "release_paths.hpp"

#include <algorithm>
#include <artifact/paths.hpp>
#include <device/query_text.hpp>
#include <fleet/needs.hpp>
#include <map>
#include <rollouts/needs.hpp>

namespace oakum::server {
namespace {

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

std::string any_of(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values)
        text += (text.empty() ? "" : ", ") + device::as_literal(value);
    return "(" + text + ")";
}

std::string query_of(const ports::ReleaseRow& row, const artifact::Path& path) {
    std::string query = "model = " + device::as_literal(path.model) + " and " +
                        (path.version.empty() ? "not exists(firmware_version)"
                                              : "firmware_version = " + device::as_literal(path.version));
    if (row.hw_revisions.empty()) return query;
    const std::string these = "hw_revision in " + any_of(row.hw_revisions);
    return query + (path.refusal == artifact::Refusal::wrong_revision
                        ? " and (not exists(hw_revision) or not " + these + ")"
                        : " and " + these);
}

bool fits(const ports::ReleaseRow& row, const std::string& revision) {
    return row.hw_revisions.empty() ||
           std::ranges::find(row.hw_revisions, revision) != row.hw_revisions.end();
}

// What its artifact asks for beside these, as a query.
std::optional<device::Query> needs_of(const Context& context, device::TenantId tenant,
                                      const ports::ReleaseRow& row) {
    const std::string text = context.core.control.document(tenant, fleet::needs_document(row.artifact));
    if (text.empty()) return std::nullopt;
    auto query = device::parse_query(text);
    return query.ok() ? std::optional(std::move(*query)) : std::nullopt;
}

} // namespace

std::vector<api::Release::Path> paths_to(const Context& context, device::TenantId tenant,
                                         const ports::ReleaseRow& row) {
    if (row.models.empty()) return {};
    auto query = device::parse_query("model in " + any_of(row.models));
    if (!query.ok()) return {};
    const std::optional<device::Query> needs = needs_of(context, tenant, row);
    std::vector<fleet::Selection> having;
    if (needs) having.push_back({tenant, {}, *needs});
    std::vector<artifact::Kind> fleet;
    std::map<std::pair<std::string, std::string>, std::uint64_t> lacking; // of the right revision
    for (const fleet::Tally& tally :
         context.core.fleet.tally({tenant, {}, std::move(*query)}, kKeys, having)) {
        const std::string &model = tally.values[0], &version = tally.values[1], &revision = tally.values[2];
        fleet.push_back({model, version, revision, tally.count});
        if (needs && tally.cell == 0 && fits(row, revision)) lacking[{model, version}] += tally.count;
    }
    std::vector<artifact::Terms> others;
    for (const auto& other : context.core.control.list<ports::ReleaseRow>(tenant))
        if (other->name == row.name && other->state == "published") others.push_back(terms_of(*other));
    std::vector<api::Release::Path> views;
    for (const artifact::Path& path : artifact::paths(terms_of(row), fleet, others)) {
        const bool goes = path.refusal == artifact::Refusal::none;
        const auto less = lacking.find({path.model, path.version});
        if (!goes || less == lacking.end()) {
            views.push_back({path.model, some(path.version), path.devices, goes, some(path.through),
                             some(path.why), query_of(row, path)});
            continue;
        }
        if (path.devices > less->second)
            views.push_back({path.model, some(path.version), path.devices - less->second, true,
                             some(path.through), some(path.why),
                             query_of(row, path) + " and (" + needs->text + ")"});
        const std::string without = rollouts::lacking(*needs);
        views.push_back({path.model, some(path.version), std::min(path.devices, less->second), false,
                         std::nullopt, "Its artifact is for devices with " + needs->text + ".",
                         query_of(row, path) + (without.empty() ? "" : " and " + without)});
    }
    std::ranges::stable_sort(views, std::ranges::greater(), &api::Release::Path::devices);
    return views;
}

} // namespace oakum::server
