// SPDX-License-Identifier: Apache-2.0
#include "windows.hpp"

#include <algorithm>
#include <assessment/proof.hpp>
#include <map>

namespace oakum::server {

namespace {

// Up to so many devices are read one by one; of more all histories are read through, which costs less.
constexpr std::size_t kOneByOne = 2'000, kAtOnce = 5'000;
constexpr base::TimePoint kOpen = base::TimePoint::max();

struct Open {
    std::uint32_t advisory = 0;
    ports::ComponentId component;
    base::TimePoint from, until; // kOpen: still open
};

} // namespace

base::Result<std::optional<base::TimePoint>> each_window(
    const Context& context, device::TenantId tenant, const fleet::Selection& selection,
    const assessment::Knowledge& knowledge, base::TimePoint as_of,
    const std::function<void(const ports::DeviceRow& device, const std::vector<Window>& windows)>& visit) {
    std::optional<base::TimePoint> begins;
    std::map<device::SetId, std::vector<Open>> findings; // of a set, closed ones too; looked up once
    const auto findings_of = [&](device::SetId set) -> const std::vector<Open>& {
        const auto [known, fresh] = findings.try_emplace(set);
        if (!fresh) return known->second;
        if (const auto rows = context.core.history.set_findings(tenant, set, true); rows.ok())
            for (const ports::SetFindingRow& row : *rows) {
                if (row.verdict != ports::Verdict::affected) continue;
                if (const auto index = knowledge.file.find(row.advisory); !index.empty())
                    known->second.push_back({index.front(), row.component, row.from, row.to.value_or(kOpen)});
            }
        // Most devices run one set, whose pieces are in order then.
        std::ranges::stable_sort(known->second, {}, &Open::advisory);
        return known->second;
    };
    std::vector<Open> pieces;                   // of one device
    std::vector<ports::ComponentId> components; // of the pieces
    std::vector<Window> windows;
    const auto look = [&](device::DeviceId id, const std::vector<ports::DeviceSetRow>& sets,
                          const std::vector<ports::DeploymentRow>& deployments) {
        const auto row = context.core.fleet.device({tenant, id});
        if (!row) return;
        begins = begins ? std::min(*begins, row->first_seen) : row->first_seen;
        if (row->first_seen > as_of) return;
        const assessment::Proof proof(sets, deployments);
        pieces.clear();
        for (const fleet::RanSubject& piece : fleet::ran_subjects(sets)) {
            const ports::DeviceSetRow& ran = piece.row;
            const assessment::Ending ending = proof.of(piece);
            if (ending == assessment::Ending::trial || ran.from > as_of) continue;
            const base::TimePoint left = ran.to && ending != assessment::Ending::unproven ? *ran.to : kOpen;
            for (const Open& finding : findings_of(piece.subject.id)) {
                if (finding.from > as_of) continue;
                base::TimePoint until = std::min(left, finding.until);
                if (until > as_of) until = kOpen; // what came later was not known
                if (until != kOpen && until <= std::max(ran.from, finding.from)) continue;
                pieces.push_back({finding.advisory, finding.component, row->first_seen, until});
            }
        }
        // An advisory is open on a device while any of its sets has it: the pieces are joined by advisory.
        const auto in_order = [](const Open& a, const Open& b) {
            return std::pair(a.advisory, b.until) < std::pair(b.advisory, a.until);
        };
        if (!std::ranges::is_sorted(pieces, in_order)) std::ranges::sort(pieces, in_order);
        components.clear();
        for (const Open& piece : pieces)
            components.push_back(piece.component);
        windows.clear();
        for (std::size_t i = 0; i < pieces.size();) {
            const Open& first = pieces[i];
            std::size_t open = i, end = i;
            while (end < pieces.size() && pieces[end].advisory == first.advisory)
                open = pieces[end++].until == kOpen ? end : open;
            windows.push_back({first.advisory, first.from,
                               first.until == kOpen ? std::nullopt : std::optional(first.until),
                               std::span(components).subspan(i, open - i)});
            i = end;
        }
        visit(*row, windows);
    };
    std::vector<device::DeviceId> ids;
    context.core.fleet.each(selection, [&](const fleet::Glance& device) { ids.push_back(device.id()); });
    std::ranges::sort(ids);
    if (ids.size() > kOneByOne) {
        for (std::optional<device::DeviceId> after;;) {
            TRY_VALUE(const auto histories, context.core.history.device_histories(tenant, after, kAtOnce));
            for (const ports::DeviceHistory& each : histories)
                if (std::ranges::binary_search(ids, each.device))
                    look(each.device, each.sets, each.deployments);
            if (histories.size() < kAtOnce) return begins;
            after = histories.back().device;
        }
    }
    for (const device::DeviceId id : ids) {
        TRY_VALUE(const auto sets, context.core.history.device_sets(tenant, id));
        TRY_VALUE(const auto deployments, context.core.history.deployments(tenant, id, kAllDeployments));
        look(id, sets, deployments);
    }
    return begins;
}

} // namespace oakum::server
