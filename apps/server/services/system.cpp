// SPDX-License-Identifier: Apache-2.0
#include "system.hpp"

#include "jobs.hpp"

#include <algorithm>

namespace oakum::server {

namespace {

constexpr std::size_t kHits = 50;

bool contains_word(std::string_view text, std::string_view word) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

} // namespace

std::vector<std::string> SystemService::damaged_artifacts(device::TenantId tenant) const {
    std::vector<std::string> names;
    for (const auto& row : context_.core.control.list<ports::ArtifactRow>(tenant))
        if (row->damaged) names.push_back(row->name + " (sha256 " + row->digest.hex().substr(0, 12) + ")");
    return names;
}

std::uint64_t SystemService::count(const access::Actor& actor, std::string_view query) const {
    const auto counted_devices = registry_.count(actor, query);
    return counted_devices.ok() ? counted_devices->yes : 0;
}

void SystemService::system(const access::Actor& actor, api::Answer<api::System> answer) {
    const device::TenantId tenant = tenant_of(actor);
    api::System view;
    view.version = facts_.version;
    view.address = facts_.address();
    view.ca_fingerprint = facts_.ca_fingerprint;
    view.ca_pem = facts_.ca_pem;
    view.how_to_trust = facts_.how_to_trust;
    view.offline_keys_here = repository_.offline_keys_here();
    view.now = context_.core.clock.now();
    view.newest_advisory = assessor_.knowledge()->newest_record;
    for (const auto& feed : context_.core.control.list<ports::FeedRow>(tenant))
        view.data_as_of = std::max(view.data_as_of.value_or(base::TimePoint{}), feed->imported);
    view.stale_feeds = stale_feeds(context_, tenant);
    if (auto warning = watch_.warning()) view.clock_warnings.push_back(std::move(*warning));
    for (std::string& sentence : repository_.warnings(tenant))
        view.clock_warnings.push_back(std::move(sentence));
    for (const std::string& artifact : damaged_artifacts(tenant))
        view.clock_warnings.push_back("The artifact " + artifact +
                                      " is damaged on disk: it is not offered. Upload it again.");
    view.counts.pending = count(actor, "lifecycle = pending");
    view.counts.active = count(actor, "lifecycle = active");
    view.counts.quiet = count(actor, "lifecycle = quiet");
    view.counts.retired = count(actor, "lifecycle = retired");
    view.counts.devices = view.counts.pending + view.counts.active + view.counts.quiet;
    for (const auto& group : context_.core.control.list<ports::GroupRow>(tenant))
        view.counts.groups += group->deleted ? 0 : 1;
    std::uint64_t with_password = 0;
    for (const auto& user : context_.core.control.list<ports::UserRow>(tenant)) {
        view.counts.users += user->disabled ? 0 : 1;
        with_password += user->password_hash.empty() ? 0 : 1;
    }
    view.counts.releases = context_.core.control.list<ports::ReleaseRow>(tenant).size();
    for (const auto& rollout : context_.core.control.list<ports::RolloutRow>(tenant))
        view.counts.rollouts_running += rollout->state == rollout::State::running ? 1 : 0;
    view.counts.advisories = assessor_.knowledge()->file.size();
    const std::uint64_t owned = count(actor, "exists(owner)");
    const std::uint64_t exposed = count(actor, "exists(exposure)");
    const auto step = [&](std::string name, bool done, std::string sentence) {
        view.setup.push_back({std::move(name), done, std::move(sentence)});
    };
    step("advisories", view.counts.advisories > 0,
         view.counts.advisories > 0 ? grouped(view.counts.advisories) + " advisories are at hand."
                                    : "Import advisories: oakum feed import FOLDER.");
    step("devices", view.counts.devices > 0,
         view.counts.devices > 0 ? counted(view.counts.devices, "device") + " known."
                                 : "Import devices from a CSV, or enrol one.");
    step("owners", view.counts.devices > 0 && owned == view.counts.devices,
         grouped(owned) + " of " + counted(view.counts.devices, "device") + " have an owner.");
    step("exposure", view.counts.devices > 0 && exposed == view.counts.devices,
         "For " + grouped(exposed) + " of " + counted(view.counts.devices, "device") +
             " the exposure is stated; the rest is assumed.");
    step("password", with_password > 0,
         with_password > 0 ? "Somebody can sign in with a password."
                           : "Set a password: the one-time link ends soon.");
    step("second_user", view.counts.users > 1,
         view.counts.users > 1 ? "Somebody else can approve."
                               : "Add a second person, so that somebody else can approve.");
    step("offline_keys", !view.offline_keys_here,
         view.offline_keys_here ? "Move keys/offline off this machine; everything but publishing goes on."
                                : "The offline keys are not on this machine.");
    answer(std::move(view));
}

void SystemService::backup(const access::Actor& actor, api::BackupRequest request,
                           api::Answer<api::Job> answer) {
    back_up_(actor, request.file, request.with_files, as_job(context_, tenant_of(actor), std::move(answer)));
}

void SystemService::search(const access::Actor& actor, std::string text,
                           api::Answer<std::vector<api::SearchHit>> answer) {
    context_.background.post([this, actor, text, answer = std::move(answer)] {
        const device::TenantId tenant = tenant_of(actor);
        std::vector<api::SearchHit> hits;
        const auto add = [&](std::string kind, std::string id, std::string title, std::string detail) {
            if (hits.size() < kHits)
                hits.push_back({std::move(kind), std::move(id), std::move(title), std::move(detail)});
        };
        const auto knowledge = assessor_.knowledge();
        for (const std::uint32_t index : knowledge->file.find(text)) {
            const advisory::AdvisoryView view = knowledge->file.advisory(index);
            add("advisory", std::string(view.id), std::string(view.id), title_of(view));
        }
        std::string quoted;
        for (const char c : text)
            if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) quoted += c;
        for (const std::string_view key :
             {device::key::serial, device::key::name, device::key::address, device::key::model})
            if (const auto found =
                    registry_.list(actor, std::string(key) + " = \"" + quoted + "*\"", std::nullopt, 10);
                found.ok())
                for (const fleet::DeviceSummary& device : found->devices) {
                    const api::DeviceRef ref = device_ref(context_, tenant, device.row.id);
                    if (std::none_of(hits.begin(), hits.end(),
                                     [&](const api::SearchHit& hit) { return hit.id == ref.id.text(); }))
                        add("device", ref.id.text(), ref.name,
                            ref.model.value_or("") + (ref.site ? " at " + *ref.site : ""));
                }
        for (const auto& group : context_.core.control.list<ports::GroupRow>(tenant))
            if (!group->deleted && contains_word(group->name, text))
                add("group", group->id.text(), group->name, group->query);
        for (const auto& release : context_.core.control.list<ports::ReleaseRow>(tenant))
            if (contains_word(release->name + " " + release->version, text))
                add("release", release->id.text(), release->name + " " + release->version, release->state);
        for (const auto& rollout : context_.core.control.list<ports::RolloutRow>(tenant))
            if (contains_word(rollout->plan.name, text))
                add("rollout", rollout->id.text(), rollout->plan.name,
                    std::string(rollout::to_string(rollout->state)));
        context_.core.software.each_component(
            tenant, [&](device::ComponentId, const component::Component& component) {
                if (contains_word(component.name, text))
                    add("component", component.name, component.name + " " + component.version,
                        component.purl.empty() ? component.cpe : component.purl);
            });
        answer(std::move(hits));
    });
}

api::Health SystemService::readiness() {
    api::Health health;
    const shard::Writer::Load load = context_.core.writer.load();
    health.checks.push_back({"writer", load.waiting < 4096, std::to_string(load.waiting) + " commands wait"});
    health.checks.push_back(
        {"store", load.failure.empty(), load.failure.empty() ? "writes" : "does not write: " + load.failure});
    health.checks.push_back({"advisories", assessor_.knowledge()->file.size() > 0,
                             std::to_string(assessor_.knowledge()->file.size()) + " at hand"});
    const auto warning = watch_.warning();
    health.checks.push_back({"clock", !warning, warning.value_or("steady")});
    std::size_t damaged = 0;
    for (const device::TenantId tenant : context_.core.control.tenants())
        damaged += damaged_artifacts(tenant).size();
    // Said, but no reason to send devices elsewhere: the damaged ones are not offered.
    health.checks.push_back({"artifacts", damaged == 0,
                             damaged == 0
                                 ? "sound as far as they were read again"
                                 : counted(damaged, "artifact") + " damaged on disk; see /api/v1/system"});
    // No advisories yet is a first start, not an outage.
    const bool well = load.waiting < 4096 && load.failure.empty() && !warning;
    health.status = well ? api::Health::Status::ok : api::Health::Status::degraded;
    return health;
}

} // namespace oakum::server
