// SPDX-License-Identifier: Apache-2.0
#include "advisories.hpp"
#include "past.hpp"

#include <algorithm>

namespace oakum::server {

namespace {

constexpr std::size_t kLookedAt = 20'000;

std::string sentence_of(const api::AdvisoryThen& view) {
    const auto were = [](std::uint64_t count) { return count == 1 ? " was" : " were"; };
    std::string text =
        view.affected > 0 ? counted(view.affected, "device") + were(view.affected) + " affected by " + view.id
                          : "No device was known to be affected by " + view.id;
    text += " at " + base::to_iso8601(view.as_of) + "; not affected: " + grouped(view.not_affected) +
            "; could not be told: " + grouped(view.cannot_tell) + ".";
    if (!view.complete) text += " Only the first " + grouped(view.devices) + " devices were looked at.";
    return text;
}

} // namespace

void AdvisoriesService::then(const access::Actor& actor, std::string id, std::string query,
                             base::TimePoint as_of, api::Answer<api::AdvisoryThen> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), id, as_of,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const auto index = by_any_name(assessed->knowledge->file, id);
        if (index.empty()) return answer(base::not_found(id + " is not in our data").at("id"));
        api::AdvisoryThen view;
        view.id = std::string(assessed->knowledge->file.id(index.front()));
        view.as_of = as_of;
        std::optional<base::TimePoint> begins;
        Past past(context_, tenant, as_of);
        const auto ids = context_.core.fleet.page(selection, std::nullopt, kLookedAt + 1);
        view.complete = ids.size() <= kLookedAt;
        for (std::size_t i = 0; i < std::min(ids.size(), kLookedAt); ++i) {
            const auto row = context_.core.fleet.device({tenant, ids[i]});
            if (!row) continue;
            begins = begins ? std::min(*begins, row->first_seen) : row->first_seen;
            if (row->first_seen > as_of) continue;
            const auto then = past.of(ids[i]);
            if (!then.ok()) return answer(then.error());
            ++view.devices;
            bool affected = false, unknown = !then->had_software;
            for (const PastFinding& finding : then->findings) {
                if (finding.row.advisory != view.id) continue;
                (finding.row.verdict == ports::Verdict::affected ? affected : unknown) = true;
            }
            ++(affected ? view.affected : unknown ? view.cannot_tell : view.not_affected);
        }
        if (auto status = check_as_of(as_of, context_.core.clock.now(), whole_since(context_, tenant, begins),
                                      "these devices");
            !status.ok())
            return answer(std::move(status).error());
        view.sentence = sentence_of(view);
        answer(std::move(view));
    });
}

} // namespace oakum::server
