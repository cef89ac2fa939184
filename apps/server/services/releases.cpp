// SPDX-License-Identifier: Apache-2.0
#include "releases.hpp"

#include "artifact_says.hpp"
#include "exposure.hpp"
#include "release_paths.hpp"

#include <algorithm>
#include <map>
#include <releases/needs.hpp>
#include <set>

namespace oakum::server {

using device::TenantId;
using ports::ReleaseRow;

namespace {

constexpr std::size_t kListed = 500;

api::ReleaseState state_of(const std::string& word) {
    return word == "published"   ? api::ReleaseState::published
           : word == "withdrawn" ? api::ReleaseState::withdrawn
                                 : api::ReleaseState::draft;
}

// Advisories that are open in a set: affected ones, by index.
std::set<std::uint32_t> open_in(const assessment::AssessedSet& set) {
    std::set<std::uint32_t> open;
    for (const advisory::SetVerdict& found : set.assessment.verdicts)
        if (found.verdict.verdict == advisory::Verdict::affected) open.insert(found.verdict.advisory);
    return open;
}

std::vector<api::AdvisoryRef> refs(const advisory::AdvisoryFile& file,
                                   const std::vector<std::uint32_t>& indexes) {
    std::vector<api::AdvisoryRef> refs;
    for (const std::uint32_t index : indexes) {
        if (refs.size() == kListed) break;
        const advisory::AdvisoryView view = file.advisory(index);
        refs.push_back({std::string(view.id), title_of(view), severity_of(view.severity), view.exploited});
    }
    return refs;
}

} // namespace

// What a release ends and brings, against what its models run now.
struct ReleasesService::Effect {
    std::shared_ptr<const assessment::AssessedSet> made;
    std::vector<std::uint32_t> fixes, brings;
};

std::optional<ReleasesService::Effect> ReleasesService::effect(TenantId tenant, const ReleaseRow& row) const {
    if (row.set == device::SetId{}) return std::nullopt;
    Effect effect;
    effect.made = assessor_.assess(tenant, row.set);
    if (!effect.made) return std::nullopt;
    std::set<std::uint32_t> before;
    for (const auto& firmware : context_.core.control.list<ports::FirmwareRow>(tenant))
        if (firmware->set != row.set && firmware->version != row.version &&
            std::find(row.models.begin(), row.models.end(), firmware->model) != row.models.end())
            if (const auto set = assessor_.assess(tenant, firmware->set);
                set && set->knowledge == effect.made->knowledge)
                before.merge(open_in(*set));
    const std::set<std::uint32_t> after = open_in(*effect.made);
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(effect.fixes));
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(effect.brings));
    return effect;
}

api::ReleaseSummary ReleasesService::summary(TenantId tenant, const ReleaseRow& row) const {
    api::ReleaseSummary view;
    view.id = row.id;
    view.name = row.name;
    view.version = row.version;
    view.state = state_of(row.state);
    view.artifact.sha256 = row.artifact;
    if (const auto artifact = context_.core.control.find<ports::ArtifactRow>(tenant, row.artifact)) {
        view.artifact.length = artifact->length;
        view.artifact.name = artifact->name;
    }
    view.models = row.models;
    view.hw_revisions = row.hw_revisions;
    view.min_from = some(row.min_from);
    view.has_sbom = row.set != device::SetId{};
    if (const auto known = effect(tenant, row)) {
        view.fixes_count = known->fixes.size();
        view.brings_count = known->brings.size();
    }
    view.created = row.created;
    view.published = row.published;
    for (const std::string& model : row.models)
        if (auto query = device::parse_query("model = \"" + model + "\" and running_version = \"" +
                                             row.version + "\"");
            query.ok())
            view.devices_running += context_.core.fleet.count({tenant, {}, std::move(*query)}).yes;
    return view;
}

base::Result<api::Release> ReleasesService::whole(TenantId tenant, rollout::ReleaseId id) const {
    const auto row = context_.core.control.find<ReleaseRow>(tenant, id);
    if (!row) return base::not_found("there is no such release");
    api::Release view;
    static_cast<api::ReleaseSummary&>(view) = summary(tenant, *row);
    view.notes = row->notes;
    view.counter = row->counter;
    if (const std::uint64_t floor = releases_.floor(tenant, id); floor > 0)
        for (const auto& other : context_.core.control.list<ReleaseRow>(tenant))
            if (other->name == row->name && other->counter == floor) view.floor = other->version;
    view.target_path = some(row->target_path);
    view.row_version = row->row_version;
    if (const auto known = effect(tenant, *row)) {
        view.fixes = refs(known->made->knowledge->file, known->fixes);
        view.brings = refs(known->made->knowledge->file, known->brings);
    }
    // Against the release of the same name that came before.
    std::shared_ptr<const ReleaseRow> previous;
    for (const auto& other : context_.core.control.list<ReleaseRow>(tenant))
        if (other->name == row->name && other->counter < row->counter && other->set != device::SetId{} &&
            (!previous || other->counter > previous->counter))
            previous = other;
    if (previous && view.has_sbom) {
        const auto before = context_.core.software.components(tenant, previous->set);
        const auto after = context_.core.software.components(tenant, row->set);
        if (before.ok() && after.ok()) {
            api::Release::SbomDiff diff;
            diff.against = {previous->id, previous->name, previous->version};
            std::map<std::string, component::Component> old;
            for (const component::Component& component : *before)
                old[component.name] = component;
            for (const component::Component& component : *after) {
                const auto known = old.find(component.name);
                if (known == old.end())
                    diff.added.push_back(component);
                else if (known->second.version != component.version)
                    diff.changed.push_back({component.name, known->second.version, component.version});
                if (known != old.end()) old.erase(known);
            }
            for (auto& [name, component] : old)
                diff.removed.push_back(std::move(component));
            view.sbom_diff = std::move(diff);
        }
    }
    for (const std::string& model : row->models)
        if (auto query = device::parse_query("model = \"" + model + "\""); query.ok())
            for (const fleet::Facet& facet : context_.core.fleet.facet({tenant, {}, std::move(*query)},
                                                                       device::key::firmware_version, 50))
                view.adoption.push_back({model, some(facet.value), facet.count});
    view.paths = paths_to(context_, tenant, *row);
    if (view.paths.size() > kMostPaths) {
        view.paths_left_out = view.paths.size() - kMostPaths;
        view.paths.resize(kMostPaths);
    }
    if (row->target_path.empty() && row->state != "draft") {
        // A level of phones' systems has no file, and nothing to sign.
        view.checks.push_back({"level", true, row->notes});
        if (row->state != "withdrawn") view.actions.push_back(api::ReleaseAction::withdraw);
        view.sentence = row->name + " " + row->version + " (" + row->state +
                        "): a level that rollouts bring phones to; the floor says who keeps it.";
        return view;
    }
    const auto artifact = context_.core.control.find<ports::ArtifactRow>(tenant, row->artifact);
    view.checks.push_back({"artifact", artifact && !artifact->damaged,
                           artifact && !artifact->damaged
                               ? "The artifact is stored under its SHA-256 and was re-read on " +
                                     base::to_date(artifact->verified_at.value_or(artifact->at)) + "."
                               : "The artifact is missing or damaged."});
    view.checks.push_back({"sbom", view.has_sbom,
                           view.has_sbom ? "An SBOM says what is in it."
                                         : "There is no SBOM, so nobody can tell what it fixes or brings."});
    const bool keys = repository_.offline_keys_here();
    view.checks.push_back(
        {"signing", row->state == "published" || keys,
         row->state == "published" ? "Signed into the targets that devices verify."
         : keys                    ? "The offline keys are on this machine: it can be published."
                : "The offline keys are not on this machine; bring keys/offline back to publish."});
    if (row->state == "draft") view.actions.push_back(api::ReleaseAction::publish);
    if (row->state != "withdrawn") view.actions.push_back(api::ReleaseAction::withdraw);
    const std::string effects = view.fixes_count
                                    ? "fixes " + std::to_string(*view.fixes_count) + ", brings " +
                                          std::to_string(view.brings_count.value_or(0))
                                    : "effects unknown without an SBOM";
    view.sentence = row->name + " " + row->version + " (" + row->state + "): " + effects + "; runs on " +
                    counted(view.devices_running, "device") + ".";
    return view;
}

void ReleasesService::answer_whole(TenantId tenant, rollout::ReleaseId id,
                                   const api::Answer<api::Release>& answer) const {
    context_.background.post([this, tenant, id, answer] { answer(whole(tenant, id)); });
}

void ReleasesService::list(const access::Actor& actor, std::optional<api::ReleaseState> state,
                           api::PageRequest page, api::Answer<api::Page<api::ReleaseSummary>> answer) {
    context_.background.post([this, tenant = tenant_of(actor), state, page, answer = std::move(answer)] {
        std::vector<api::ReleaseSummary> views;
        for (const auto& row : context_.core.control.list<ReleaseRow>(tenant))
            if (!state || row->state == to_string(*state)) views.push_back(summary(tenant, *row));
        std::reverse(views.begin(), views.end());
        answer(page_of(std::move(views), page));
    });
}

void ReleasesService::get(const access::Actor& actor, rollout::ReleaseId id,
                          api::Answer<api::Release> answer) {
    answer_whole(tenant_of(actor), id, answer);
}

void ReleasesService::create(const access::Actor& actor, api::ReleaseNew release,
                             api::Answer<api::Release> answer) {
    releases::NewRelease wish{release.name,
                              release.version,
                              release.artifact,
                              release.models,
                              release.hw_revisions,
                              release.min_from,
                              release.sbom.value_or(device::SetId{}),
                              release.notes,
                              release.floor};
    // The artifact is looked into, which waits for the disk.
    context_.background.post([this, actor, wish = std::move(wish), answer = std::move(answer)]() mutable {
        std::string needs;
        if (const auto path = blobs_.path(wish.artifact); path.ok()) {
            auto found = look_into(*path, wish);
            if (!found.ok()) return answer(std::move(found).error());
            needs = std::move(*found);
        }
        const auto create = [this, actor, answer](const releases::NewRelease& looked) {
            releases_.create(actor, looked,
                             [this, tenant = tenant_of(actor), answer](base::Result<ports::ReleaseId> id) {
                                 if (!id.ok()) return answer(std::move(id).error());
                                 answer_whole(tenant, *id, answer);
                             });
        };
        if (needs.empty()) return create(wish);
        wish.notes += (wish.notes.empty() ? "" : "\n") + ("The artifact is for devices with " + needs + ".");
        const base::Digest256 artifact = wish.artifact;
        releases::keep_needs(context_.core, actor, artifact, std::move(needs),
                             [create, answer, wish = std::move(wish)](base::Status kept) {
                                 if (!kept.ok()) return answer(std::move(kept).error());
                                 create(wish);
                             });
    });
}

void ReleasesService::act(const access::Actor& actor, rollout::ReleaseId id, api::ReleaseAction action,
                          std::string why, api::Answer<api::Release> answer) {
    const auto done = [this, tenant = tenant_of(actor), id, answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer_whole(tenant, id, answer);
    };
    if (action == api::ReleaseAction::publish)
        releases_.publish(actor, id, std::move(why), done);
    else
        releases_.withdraw(actor, id, std::move(why), done);
}

} // namespace oakum::server
