// SPDX-License-Identifier: Apache-2.0
#include "past.hpp"

#include <governance/retention.hpp>

#include <algorithm>
#include <set>

namespace oakum::server {

base::Result<const std::vector<ports::SetFindingRow>*> Past::findings_of(device::SetId set) {
    const auto known = findings_.find(set);
    if (known != findings_.end()) return &known->second;
    TRY_VALUE(auto rows, context_.core.history.set_findings(tenant_, set, true));
    return &(findings_[set] = std::move(rows));
}

// What a device reports beside its image is often in the image too: it counts there.
bool Past::covers(device::SetId image, device::ComponentId component) {
    auto known = images_.find(image);
    if (known == images_.end()) {
        auto held = context_.core.software.components(tenant_, image);
        known = images_.emplace(image, std::move(held).value_or({})).first;
    }
    const auto own = context_.core.software.component(tenant_, component);
    return own && std::any_of(known->second.begin(), known->second.end(), [&](const auto& other) {
               return other.name == own->name && other.version == own->version;
           });
}

base::Result<Past::OfDevice> Past::of(device::DeviceId device) {
    TRY_VALUE(const auto sets, context_.core.history.device_sets(tenant_, device));
    TRY_VALUE(const auto deployments, context_.core.history.deployments(tenant_, device, kAllDeployments));
    const assessment::Proof proof(sets, deployments);
    OfDevice found;
    std::set<std::pair<std::string, device::ComponentId>> seen;
    for (const fleet::RanSubject& piece : fleet::ran_subjects(sets)) {
        const ports::DeviceSetRow& ran = piece.row;
        const assessment::Ending ending = proof.of(piece);
        if (ran.from > at_ || ending == assessment::Ending::trial) continue;
        // What ended without proof did not end, as far as its holes are concerned.
        const bool left = ran.to && *ran.to <= at_ && ending != assessment::Ending::unproven;
        found.had_software = found.had_software || !left;
        TRY_VALUE(const auto* rows, findings_of(piece.subject.id));
        for (const ports::SetFindingRow& row : *rows) {
            const bool relevant =
                row.verdict == ports::Verdict::affected || row.verdict == ports::Verdict::unknown;
            if (!relevant || row.from > at_) continue;
            if (piece.beneath && covers(piece.beneath->set, row.component)) continue;
            const bool closed = row.to && *row.to <= at_;
            if (!left && !closed) {
                if (seen.insert({row.advisory, row.component}).second)
                    found.findings.push_back({row, std::max(ran.from, row.from)});
            } else if (row.verdict == ports::Verdict::affected) {
                const base::TimePoint end = left && closed ? std::min(*ran.to, *row.to)
                                            : left         ? *ran.to
                                                           : *row.to;
                base::TimePoint& newest = found.ended[row.advisory];
                newest = std::max(newest, end);
            }
        }
    }
    for (const PastFinding& open : found.findings)
        if (open.row.verdict == ports::Verdict::affected) found.ended.erase(open.row.advisory);
    return found;
}

std::optional<base::TimePoint> whole_since(const Context& context, device::TenantId tenant,
                                           std::optional<base::TimePoint> begins) {
    if (!begins) return begins;
    return std::max(*begins, governance::findings_since(context.core.control, tenant));
}

base::Status check_as_of(base::TimePoint as_of, base::TimePoint now, std::optional<base::TimePoint> begins,
                         const std::string& what) {
    if (as_of > now) return base::invalid("this is still to come").at("as_of");
    if (!begins) return base::invalid("there is no data of " + what + " yet").at("as_of");
    if (as_of < *begins)
        return base::invalid("the data of " + what + " begins at " + base::to_iso8601(*begins) +
                             ": what was before is not known")
            .at("as_of");
    return {};
}

} // namespace oakum::server
