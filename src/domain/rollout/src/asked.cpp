// SPDX-License-Identifier: Apache-2.0
#include <rollout/asked.hpp>

#include <device/query_text.hpp>

namespace oakum::rollout {
namespace {

std::string list_of(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values)
        text += (text.empty() ? "" : ", ") + device::as_literal(value);
    return "(" + text + ")";
}

} // namespace

std::string of_models(const std::vector<std::string>& models) {
    return models.empty() ? "not exists(id)" : "model in " + list_of(models);
}

std::string asked(std::string_view query, const Target& target) {
    std::string text = device::both(query, of_models(target.models));
    text += " and enrolled = yes and revoked = no and lifecycle = active and hold = no";
    text +=
        " and (not exists(running_version) or running_version != " + device::as_literal(target.version) + ")";
    if (!target.hw_revisions.empty()) text += " and hw_revision in " + list_of(target.hw_revisions);
    if (!target.min_from.empty()) text += " and running_version >= " + device::as_literal(target.min_from);
    return text;
}

} // namespace oakum::rollout
