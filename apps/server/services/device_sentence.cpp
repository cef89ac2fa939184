// SPDX-License-Identifier: Apache-2.0
#include "device_sentence.hpp"

#include <algorithm>

namespace oakum::server {
namespace {

// How an update ended that did not end well; nothing for one that did.
std::string last_update(const ports::DeploymentRow& row, const std::string& release) {
    std::string reason(install::to_string(row.reason));
    std::replace(reason.begin(), reason.end(), '_', ' ');
    const std::string because = row.reason == install::Reason::none ? "" : " (" + reason + ")";
    switch (row.state) {
    case install::State::rolled_back:
        return "; its update to " + release + " fell back" + because;
    case install::State::failed:
        return "; its update to " + release + " failed" + because;
    case install::State::silent:
        return "; it went silent during its update to " + release;
    case install::State::expired:
        return "; its update to " + release + " took too long and was given up";
    default:
        return "";
    }
}

} // namespace

std::string sentence_of(const Context& context, device::TenantId tenant, const api::Device& view,
                        const fleet::DeviceSummary& from, const DeviceFacts& facts) {
    const std::string place =
        (view.model ? *view.model : std::string("Device")) + (view.site ? " at " + *view.site : "");
    const std::string holes =
        !view.assessed            ? "and nothing is known of its software"
        : view.exploited_open > 0 ? counted(view.exploited_open, "exploited hole") + " among " +
                                        counted(view.findings_open, "open finding")
        : view.findings_open > 0
            ? counted(view.findings_open, "open finding") + ", none known to be exploited"
            : std::string("no known hole");
    const std::string next = explain::next_for(facts.held, facts.contact, facts.update, facts.rollouts);
    const std::string before =
        !view.deployment && from.deployment
            ? last_update(*from.deployment, release_name(context, tenant, from.deployment->release))
            : "";
    return place + ", " + holes + (next.empty() ? "" : "; " + next) + before + ".";
}

} // namespace oakum::server
