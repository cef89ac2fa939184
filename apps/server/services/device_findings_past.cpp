// SPDX-License-Identifier: Apache-2.0
#include "devices.hpp"
#include "past.hpp"

#include <algorithm>

namespace oakum::server {

// What a device was exposed to at a moment that is past. What is said of the advisories is of today.
void DevicesService::past_findings(const access::Actor& actor, device::DeviceId id, api::FindingFilter filter,
                                   base::TimePoint as_of, api::PageRequest page,
                                   api::Answer<api::Page<api::Finding>> answer) {
    const auto device = registry_.get(actor, id);
    if (!device.ok()) return answer(device.error());
    context_.background.post([this, tenant = tenant_of(actor), device = *device, filter, as_of, page,
                              answer = std::move(answer)] {
        if (auto status = check_as_of(as_of, context_.core.clock.now(),
                                      whole_since(context_, tenant, device.row.first_seen), "this device");
            !status.ok())
            return answer(std::move(status).error());
        const auto assessed = assessor_.fleet(tenant);
        const advisory::AdvisoryFile& file = assessed->knowledge->file;
        const risk::Context context = context_of(device.facts);
        const auto then = Past(context_, tenant, as_of).of(device.row.id);
        if (!then.ok()) return answer(then.error());
        std::vector<std::pair<double, api::Finding>> found;
        const auto describe = [&](api::Finding& view, const std::string& advisory) {
            view.advisory.id = advisory;
            const auto index = file.find(advisory);
            if (index.empty()) return 0.0;
            const advisory::AdvisoryView about = file.advisory(index.front());
            view.advisory = advisory_ref(about);
            if (about.severity != advisory::Severity::not_scored) view.cvss = about.base_score;
            if (about.epss) view.epss = about.epss->probability;
            if (about.published != base::TimePoint{}) view.disclosed = about.published;
            return risk::points_of(about, advisory::Confidence::high, context);
        };
        const bool all = filter == api::FindingFilter::all;
        for (const PastFinding& past : then->findings) {
            const bool affected = past.row.verdict == ports::Verdict::affected;
            if (!all && filter != (affected ? api::FindingFilter::open : api::FindingFilter::unknown))
                continue;
            api::Finding view;
            const double points = describe(view, past.row.advisory);
            view.component =
                context_.core.software.component(tenant, past.row.component).value_or(component::Component{});
            view.verdict = past.row.verdict;
            view.state = affected ? api::Finding::State::open : api::Finding::State::none;
            view.reason = past.row.reason;
            view.first_seen = std::max(past.since, device.row.first_seen);
            found.emplace_back(affected ? points : 0, std::move(view));
        }
        if (all || filter == api::FindingFilter::closed)
            for (const auto& [advisory, at] : then->ended) {
                api::Finding view;
                describe(view, advisory);
                view.verdict = ports::Verdict::fixed;
                view.state = api::Finding::State::closed;
                view.reason = "it was closed by then";
                view.first_seen = device.row.first_seen;
                view.closed = at;
                found.emplace_back(0, std::move(view));
            }
        answer(worst_first(std::move(found), page));
    });
}

} // namespace oakum::server
