// SPDX-License-Identifier: Apache-2.0
#include "releases.hpp"

#include "artifact_says.hpp"
#include "exposure.hpp"
#include "release_paths.hpp"

#include <algorithm>
#include <attestations/summary.hpp>
#include <evidence/pack.hpp>
#include <map>
#include <releases/needs.hpp>

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
    if (const auto known = examiner_.effect(tenant, row)) {
        view.fixes_count = known->fixes.size();
        view.brings_count = known->brings.size();
    }
    view.created = row.created;
    view.published = row.published;
    view.awaits_approval = intake_.awaits_approval(tenant, row);
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
    if (const auto known = examiner_.effect(tenant, *row)) {
        view.compared_with = some(known->against);
        view.fixes = refs(known->made->knowledge->file, known->fixes);
        view.brings = refs(known->made->knowledge->file, known->brings);
    }
    const auto previous = examiner_.previous(tenant, *row);
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
        view.checks.push_back({"level", intake::Verdict::passed, row->notes, false});
        if (row->state != "withdrawn") view.actions.push_back(api::ReleaseAction::withdraw);
        view.sentence = row->name + " " + row->version + " (" + row->state +
                        "): a level that rollouts bring phones to; the floor says who keeps it.";
        return view;
    }
    add_intake(view, tenant, *row);
    const std::string effects = view.fixes_count
                                    ? "fixes " + std::to_string(*view.fixes_count) + ", brings " +
                                          std::to_string(view.brings_count.value_or(0))
                                    : "effects unknown without an SBOM";
    view.sentence = row->name + " " + row->version + " (" + row->state + "): " + effects + "; runs on " +
                    counted(view.devices_running, "device") + ".";
    return view;
}

// What it has to show, what people did with it, and what may be done now.
void ReleasesService::add_intake(api::Release& view, TenantId tenant, const ReleaseRow& row) const {
    using intake::Verdict;
    const releases::Intake::View taken = intake_.view(tenant, row);
    bool overridable = false;
    for (const intake::Line& line : taken.lines) {
        const bool may = row.state == "draft" && line.verdict == Verdict::failed &&
                         intake::rule_of(line.check).overridable;
        overridable = overridable || may;
        view.checks.push_back({std::string(intake::to_string(line.check)), line.verdict, line.evidence, may});
    }
    if (row.state != "draft" && taken.record.lines.empty())
        view.checks.push_back({"intake", Verdict::cannot_tell,
                               "It was published before it was kept what a release had to show.", false});
    const bool keys = repository_.offline_keys_here();
    view.checks.push_back(
        {"signing",
         row.state == "published" || keys ? Verdict::passed
         : row.state == "draft"           ? Verdict::waits
                                          : Verdict::not_asked,
         row.state == "published" ? "Signed into the targets that devices verify."
         : keys                   ? "The offline keys are on this machine: it can be published."
                : "The offline keys are not on this machine; bring keys/offline back to publish.",
         false});
    view.makers = taken.record.makers;
    view.has_summary = row.state == "published" && taken.record.grounds.has_value();
    if (const auto& decision = taken.record.decision)
        view.decision = {decision->approved, decision->by, decision->why, decision->at,
                         decision->content == taken.content};
    if (row.state == "draft") {
        view.actions = {api::ReleaseAction::publish, api::ReleaseAction::approve, api::ReleaseAction::refuse,
                        api::ReleaseAction::change};
        if (overridable) view.actions.push_back(api::ReleaseAction::let_through);
    }
    if (row.state != "withdrawn") view.actions.push_back(api::ReleaseAction::withdraw);
}

void ReleasesService::answer_whole(TenantId tenant, rollout::ReleaseId id,
                                   const api::Answer<api::Release>& answer) const {
    context_.background.post([this, tenant, id, answer] { answer(whole(tenant, id)); });
}

void ReleasesService::list(const access::Actor& actor, api::ReleaseFilter filter, api::PageRequest page,
                           api::Answer<api::Page<api::ReleaseSummary>> answer) {
    context_.background.post([this, tenant = tenant_of(actor), filter, page, answer = std::move(answer)] {
        std::vector<api::ReleaseSummary> views;
        for (const auto& row : context_.core.control.list<ReleaseRow>(tenant))
            if ((!filter.state || row->state == to_string(*filter.state)) &&
                (!filter.awaits_approval || intake_.awaits_approval(tenant, *row)))
                views.push_back(summary(tenant, *row));
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
        auto needs = needs_of(wish);
        if (!needs.ok()) return answer(std::move(needs).error());
        const base::Digest256 artifact = wish.artifact;
        keep_needs(actor, artifact, *needs, wish.notes,
                   [this, actor, wish, answer](base::Status kept, std::string notes) mutable {
                       if (!kept.ok()) return answer(std::move(kept).error());
                       wish.notes = std::move(notes);
                       releases_.create(
                           actor, wish,
                           [this, tenant = tenant_of(actor), answer](base::Result<ports::ReleaseId> id) {
                               if (!id.ok()) return answer(std::move(id).error());
                               answer_whole(tenant, *id, answer);
                           });
                   });
    });
}

void ReleasesService::change(const access::Actor& actor, rollout::ReleaseId id, api::ReleaseChange change,
                             api::Answer<api::Release> answer) {
    const TenantId tenant = tenant_of(actor);
    const auto row = context_.core.control.find<ReleaseRow>(tenant, id);
    if (!row) return answer(base::not_found("there is no such release"));
    releases::NewRelease wish;
    wish.version = row->version;
    wish.models = row->models;
    wish.artifact = change.artifact.value_or(row->artifact);
    wish.notes = change.notes.value_or(row->notes);
    context_.background.post([this, actor, tenant, id, change = std::move(change), wish = std::move(wish),
                              answer = std::move(answer)]() mutable {
        std::string needs;
        if (change.artifact) {
            auto found = needs_of(wish);
            if (!found.ok()) return answer(std::move(found).error());
            needs = std::move(*found);
        }
        keep_needs(actor, wish.artifact, needs, wish.notes,
                   [this, actor, tenant, id, change, answer](base::Status kept, std::string notes) mutable {
                       if (!kept.ok()) return answer(std::move(kept).error());
                       releases_.change(actor, id, {change.artifact, change.sbom, std::move(notes)},
                                        [this, tenant, id, answer](base::Status changed) {
                                            if (!changed.ok()) return answer(std::move(changed).error());
                                            answer_whole(tenant, id, answer);
                                        });
                   });
    });
}

// What a device must be for this artifact, as a query; empty: nothing.
base::Result<std::string> ReleasesService::needs_of(const releases::NewRelease& wish) const {
    const auto path = blobs_.path(wish.artifact);
    if (!path.ok()) return std::string(); // there is no such artifact, which is said where it is looked for
    return look_into(*path, wish);
}

// Keeps that, and says it in the notes.
void ReleasesService::keep_needs(const access::Actor& actor, const base::Digest256& artifact,
                                 const std::string& needs, std::string notes,
                                 std::function<void(base::Status, std::string notes)> done) const {
    if (needs.empty()) return done({}, std::move(notes));
    const std::string said = "The artifact is for devices with " + needs + ".";
    if (notes.find(said) == std::string::npos) notes += (notes.empty() ? "" : "\n") + said;
    releases::keep_needs(context_.core, actor, artifact, needs,
                         [done = std::move(done), notes = std::move(notes)](base::Status kept) {
                             done(std::move(kept), notes);
                         });
}

void ReleasesService::act(const access::Actor& actor, rollout::ReleaseId id, api::ReleaseAction action,
                          std::string why, api::Answer<api::Release> answer) {
    const auto done = [this, tenant = tenant_of(actor), id, answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer_whole(tenant, id, answer);
    };
    switch (action) {
    case api::ReleaseAction::publish:
        return releases_.publish(actor, id, std::move(why), done);
    case api::ReleaseAction::withdraw:
        return releases_.withdraw(actor, id, std::move(why), done);
    case api::ReleaseAction::approve:
        return intake_.decide(actor, id, releases::Intake::Deed::approve, std::move(why), done);
    case api::ReleaseAction::refuse:
        return intake_.decide(actor, id, releases::Intake::Deed::refuse, std::move(why), done);
    case api::ReleaseAction::let_through:
    case api::ReleaseAction::change:
        break;
    }
    done(base::bug("these have requests of their own"));
}

void ReleasesService::let_through(const access::Actor& actor, rollout::ReleaseId id, intake::Check check,
                                  std::string why, api::Answer<api::Release> answer) {
    intake_.let_through(
        actor, id, check, std::move(why),
        [this, tenant = tenant_of(actor), id, answer = std::move(answer)](base::Status status) {
            if (!status.ok()) return answer(std::move(status).error());
            answer_whole(tenant, id, answer);
        });
}

void ReleasesService::intake_policy(const access::Actor& actor, api::Answer<intake::Policy> answer) {
    answer(intake_.policy(actor));
}

void ReleasesService::trust(const access::Actor& actor, intake::Signer signer, std::string why,
                            api::Answer<intake::Policy> answer) {
    intake_.trust(actor, std::move(signer), std::move(why), std::move(answer));
}

void ReleasesService::distrust(const access::Actor& actor, std::string name, std::string why,
                               api::Answer<intake::Policy> answer) {
    intake_.distrust(actor, std::move(name), std::move(why), std::move(answer));
}

void ReleasesService::verification_summary(const access::Actor& actor, rollout::ReleaseId id,
                                           api::Answer<std::string> answer) {
    const TenantId tenant = tenant_of(actor);
    const auto row = context_.core.control.find<ReleaseRow>(tenant, id);
    if (!row) return answer(base::not_found("there is no such release"));
    answer([&]() -> base::Result<std::string> {
        TRY_VALUE(attestations::Summary summary, intake_.summary(tenant, *row));
        TRY_VALUE(const auto key, key_.info());
        summary.verifier = attestations::name_of(base::sha256(key.public_key));
        const std::string payload = attestations::write_summary(summary);
        const base::ByteView bytes = base::as_bytes(payload);
        TRY_VALUE(base::Bytes signature,
                  key_.sign(key, attestations::pre_authentication(attestations::kInToto, bytes)));
        return attestations::Envelope{std::string(attestations::kInToto),
                                      {bytes.begin(), bytes.end()},
                                      {{evidence::key_id(key.public_key), std::move(signature)}}}
            .text();
    }());
}

namespace {

std::vector<api::Attachment> views_of(const std::vector<intake::Attachment>& attachments) {
    std::vector<api::Attachment> views;
    for (const intake::Attachment& each : attachments)
        views.push_back(
            {each.name, vendor_files::kind_of_attachment(each.text).value_or(intake::SignatureKind::minisign),
             each.by, each.at, each.text.size(), base::sha256(each.text)});
    return views;
}

} // namespace

void ReleasesService::attachments(const access::Actor& actor, base::Digest256 artifact,
                                  api::Answer<std::vector<api::Attachment>> answer) {
    const TenantId tenant = tenant_of(actor);
    if (!context_.core.control.find<ports::ArtifactRow>(tenant, artifact))
        return answer(base::not_found("there is no artifact with this digest"));
    answer(views_of(intake_.attachments(tenant, artifact)));
}

void ReleasesService::attach(const access::Actor& actor, base::Digest256 artifact, std::string name,
                             std::string text, api::Answer<std::vector<api::Attachment>> answer) {
    intake_.attach(actor, artifact, std::move(name), std::move(text),
                   answer_attachments(actor, artifact, std::move(answer)));
}

void ReleasesService::detach(const access::Actor& actor, base::Digest256 artifact, std::string name,
                             api::Answer<std::vector<api::Attachment>> answer) {
    intake_.detach(actor, artifact, std::move(name), answer_attachments(actor, artifact, std::move(answer)));
}

std::function<void(base::Status)>
ReleasesService::answer_attachments(const access::Actor& actor, const base::Digest256& artifact,
                                    api::Answer<std::vector<api::Attachment>> answer) const {
    return [this, tenant = tenant_of(actor), artifact, answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer(views_of(intake_.attachments(tenant, artifact)));
    };
}

void ReleasesService::set_intake_policy(const access::Actor& actor, std::map<intake::Check, bool> changes,
                                        std::string why, api::Answer<intake::Policy> answer) {
    intake_.set_policy(actor, std::move(changes), std::move(why), std::move(answer));
}

} // namespace oakum::server
