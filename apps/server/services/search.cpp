// SPDX-License-Identifier: Apache-2.0
#include "search.hpp"

#include "exposure.hpp"

#include <algorithm>
#include <array>

namespace oakum::server {

using device::TenantId;
using search::Kind;
using search::Match;

namespace {

constexpr std::size_t kHits = 50, kOfAKind = 10;
// Of equally good matches among the advisories so many are put in order.
constexpr std::size_t kSorted = 1'000;

void add_advisories(const assessment::Knowledge& knowledge, const search::Wanted& wanted,
                    std::vector<search::Hit>& hits, std::uint64_t& left_out) {
    const advisory::AdvisoryFile& file = knowledge.file;
    // By any of its names, or by the one that a question holds.
    std::vector<std::uint32_t> named = file.find(wanted.text());
    const auto asked = search::advisory_named(wanted.text());
    if (named.empty() && asked) named = file.find(*asked);
    std::array<std::vector<std::uint32_t>, 4> found; // by match
    if (named.empty())
        file.each_name([&](std::uint32_t index, std::string_view id, std::string_view title) {
            // A title is not what an advisory is called: whatever stands in it is within.
            Match match = wanted.in(id);
            if (match == Match::none && wanted.in(title) != Match::none) match = Match::within;
            if (match == Match::none) return;
            auto& of_match = found[static_cast<std::size_t>(match)];
            if (of_match.size() == kSorted)
                ++left_out;
            else
                of_match.push_back(index);
        });
    found[static_cast<std::size_t>(Match::exact)].insert(found[static_cast<std::size_t>(Match::exact)].end(),
                                                         named.begin(), named.end());
    for (const Match match : {Match::exact, Match::prefix, Match::within}) {
        auto& of_match = found[static_cast<std::size_t>(match)];
        // The newest first, those that are exploited before all.
        std::vector<std::pair<advisory::AdvisoryView, std::uint32_t>> views;
        for (const std::uint32_t index : of_match)
            views.emplace_back(file.advisory(index), index);
        std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
            return std::tuple(b.first.exploited, b.first.published, b.second) <
                   std::tuple(a.first.exploited, a.first.published, a.second);
        });
        for (std::size_t i = 0; i < views.size(); ++i) {
            if (i >= kOfAKind) {
                ++left_out;
                continue;
            }
            const advisory::AdvisoryView& view = views[i].first;
            hits.push_back({Kind::advisory, match, std::string(view.id), std::string(view.id),
                            title_of(view) + (view.exploited ? "; exploited now" : "")});
        }
    }
}

} // namespace

base::Status SearchService::add_fleet(const access::Actor& actor, const search::Wanted& wanted,
                                      Found& found) const {
    const TenantId tenant = tenant_of(actor);
    TRY_VALUE(const fleet::Registry::Found of, registry_.search(actor, wanted, kOfAKind));
    for (const fleet::FoundDevice& device : of.fleet.devices) {
        const api::DeviceRef ref = device_ref(context_, tenant, device.id);
        std::string detail = ref.model.value_or("");
        if (ref.site) detail += (detail.empty() ? "at " : " at ") + *ref.site;
        context_.core.fleet.glance({tenant, device.id}, [&](const fleet::Glance& seen) {
            // By what it was found, when that is not its name.
            if (const auto value = seen.fact(device.by); value && *value != ref.name)
                detail += (detail.empty() ? "" : ", ") + device.by + " " + std::string(*value);
            if (seen.lifecycle() != device::Lifecycle::active)
                detail += (detail.empty() ? "" : ", ") + std::string(device::to_string(seen.lifecycle()));
        });
        found.add(Kind::device, device.match, ref.id.text(), ref.name, detail);
    }
    found.left_out += of.fleet.device_count - of.fleet.devices.size();
    for (const fleet::FoundValue& value : of.fleet.values)
        found.add(value.key == device::key::site ? Kind::site : Kind::model, value.match, value.value,
                  value.value, counted(value.devices, "device"));
    for (const fleet::FoundComponent& component : of.components)
        found.add(Kind::component, component.match, component.name, component.name,
                  counted(component.versions, "version") +
                      (component.example.empty() ? "" : ", such as " + component.example));
    return {};
}

void SearchService::add_made(const access::Actor& actor, const search::Wanted& wanted, Found& found) const {
    const TenantId tenant = tenant_of(actor);
    const fleet::Scope scope = fleet::scope_of(actor);
    const auto of_id = [&](const std::string& id, Match match) {
        return id == wanted.text() ? Match::exact : match;
    };
    for (const auto& group : context_.core.control.list<ports::GroupRow>(tenant))
        if (!group->deleted &&
            (scope.empty() || std::find(scope.begin(), scope.end(), group->id) != scope.end()))
            found.add(Kind::group, of_id(group->id.text(), wanted.in(group->name)), group->id.text(),
                      group->name, group->query.empty() ? "devices that were put into it" : group->query);
    for (const auto& release : context_.core.control.list<ports::ReleaseRow>(tenant)) {
        const std::string title = release->name + " " + release->version;
        const Match match = std::max(wanted.in(title), wanted.in(release->name + "@" + release->version));
        found.add(Kind::release, of_id(release->id.text(), match), release->id.text(), title, release->state);
    }
    for (const auto& rollout : context_.core.control.list<ports::RolloutRow>(tenant)) {
        std::string state(rollout::to_string(rollout->state));
        std::replace(state.begin(), state.end(), '_', ' ');
        found.add(Kind::rollout, of_id(rollout->id.text(), wanted.in(rollout->plan.name)), rollout->id.text(),
                  rollout->plan.name, state);
    }
}

void SearchService::search(const access::Actor& actor, search::Wanted wanted,
                           api::Answer<api::SearchResults> answer) {
    context_.background.post([this, actor, wanted = std::move(wanted), answer = std::move(answer)] {
        Found found;
        if (base::Status status = add_fleet(actor, wanted, found); !status.ok())
            return answer(std::move(status).error());
        add_made(actor, wanted, found);
        const auto knowledge = assessor_.knowledge();
        add_advisories(*knowledge, wanted, found.hits, found.left_out);
        api::SearchResults results;
        results.left_out = found.left_out;
        if (const auto asked = search::advisory_named(wanted.text()))
            if (knowledge->file.find(*asked).empty() && knowledge->file.find(wanted.text()).empty())
                results.not_held = api::SearchResults::NotHeld{
                    *asked, knowledge->newest_record, api::not_in_our_data(*asked, knowledge->newest_record)};
        results.items = search::order(std::move(found.hits), kOfAKind, kHits, results.left_out);
        answer(std::move(results));
    });
}

} // namespace oakum::server
