// SPDX-License-Identifier: Apache-2.0
#include "floors.hpp"

#include <map>

namespace oakum::server {
namespace {

using floor::Obstacle;
using floor::Standing;

api::Floor view_of(const floors::View& seen) {
    api::Floor view;
    view.kept = seen.floor;
    view.words = seen.words;
    view.sentence = seen.sentence;
    view.devices = seen.devices;
    view.total = seen.total;
    view.keeps = seen.of(Standing::keeps);
    view.short_of_it = seen.of(Standing::short_of_it);
    view.overdue = seen.of(Standing::overdue);
    view.cannot = seen.of(Standing::cannot);
    view.unknown = seen.of(Standing::unknown);
    view.excepted = seen.of(Standing::excepted);
    for (std::size_t i = 1; i < floor::kObstacles; ++i) {
        const auto obstacle = static_cast<Obstacle>(i);
        if (seen.obstacles[i] > 0)
            view.reasons.push_back({std::string(floor::to_string(obstacle)),
                                    std::string(floor::words(obstacle)), seen.obstacles[i]});
    }
    for (const floors::ModelLine& line : seen.models)
        view.models.push_back({line.model, line.devices, line.below, line.newest});
    for (const floors::DeviceLine& line : seen.lines)
        view.below.push_back({line.id, line.name, line.model, line.runs, line.judged.wanted,
                              std::string(floor::to_string(line.judged.standing)),
                              std::string(floor::to_string(line.judged.obstacle)),
                              std::string(floor::words(line.judged.obstacle)), line.judged.deadline,
                              line.local});
    view.warnings = seen.warnings;
    view.offered_as_of = seen.offered_as_of;
    return view;
}

shard::Completion<floors::View> as_floor(api::Answer<api::Floor> answer) {
    return [answer = std::move(answer)](base::Result<floors::View> seen) {
        if (!seen.ok()) return answer(std::move(seen).error());
        answer(view_of(*seen));
    };
}

// Of what these run, whatever was decided about it: at worst it is too early.
std::optional<base::TimePoint> listed_since(const assessment::AssessedSet* set) {
    std::optional<base::TimePoint> first;
    if (set == nullptr) return first;
    for (const advisory::SetVerdict& found : set->assessment.verdicts) {
        const advisory::AdvisoryFile& file = set->knowledge->file;
        if (found.verdict.verdict != advisory::Verdict::affected ||
            !file.is_exploited(found.verdict.advisory))
            continue;
        const auto kev = file.advisory(found.verdict.advisory).kev;
        if (kev) first = first ? std::min(*first, kev->added) : kev->added;
    }
    return first;
}

} // namespace

floors::Exploits::Since ListedExploits::of(device::TenantId tenant) const {
    using Sets = std::pair<device::SetId, device::SetId>;
    return [assessed = assessor_.fleet(tenant), known = std::map<Sets, std::optional<base::TimePoint>>()](
               device::SetId base, device::SetId delta) mutable -> std::optional<base::TimePoint> {
        const auto [at, fresh] = known.try_emplace({base, delta});
        if (fresh) {
            const auto image = listed_since(assessed->find(base));
            const auto own = listed_since(assessed->find(delta, base));
            at->second = image && own ? std::min(*image, *own) : image ? image : own;
        }
        return at->second;
    };
}

void FloorsService::list(const access::Actor& actor, api::Answer<std::vector<api::Floor>> answer) {
    context_.background.post([this, actor, answer = std::move(answer)] {
        const auto all = floors_.list(actor);
        if (!all.ok()) return answer(all.error());
        std::vector<api::Floor> views;
        for (const floors::View& each : *all)
            views.push_back(view_of(each));
        answer(std::move(views));
    });
}

void FloorsService::get(const access::Actor& actor, std::string name, api::Answer<api::Floor> answer) {
    context_.background.post([this, actor, name = std::move(name), done = as_floor(std::move(answer))] {
        done(floors_.get(actor, name));
    });
}

void FloorsService::preview(const access::Actor& actor, floor::Policy policy,
                            api::Answer<api::Floor> answer) {
    context_.background.post([this, actor, policy = std::move(policy), done = as_floor(std::move(answer))] {
        done(floors_.preview(actor, policy));
    });
}

void FloorsService::put(const access::Actor& actor, floor::Policy policy, api::Answer<api::Floor> answer) {
    // What is not offered is looked for in the whole fleet.
    context_.background.post([this, actor, policy = std::move(policy), done = as_floor(std::move(answer))] {
        floors_.put(actor, policy, done);
    });
}

void FloorsService::remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) {
    floors_.remove(actor, std::move(name), "", [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

void FloorsService::except(const access::Actor& actor, std::string name, floor::Exception wish,
                           api::Answer<api::Floor> answer) {
    floors_.except(actor, std::move(name), std::move(wish), as_floor(std::move(answer)));
}

void FloorsService::decide(const access::Actor& actor, std::string name, exception::Event event,
                           api::FloorDecision decision, api::Answer<api::Floor> answer) {
    floors_.decide(actor, std::move(name), decision.number, event, std::move(decision.why),
                   as_floor(std::move(answer)));
}

} // namespace oakum::server
