// SPDX-License-Identifier: Apache-2.0
#include "system.hpp"

#include "jobs.hpp"

#include <alarm/limits.hpp>
#include <algorithm>

namespace oakum::server {

std::vector<std::string> SystemService::damaged_artifacts(device::TenantId tenant) const {
    std::vector<std::string> names;
    for (const auto& row : context_.core.control.list<ports::ArtifactRow>(tenant))
        if (row->damaged) names.push_back(row->name + " (sha256 " + row->digest.hex().substr(0, 12) + ")");
    return names;
}

std::uint64_t SystemService::count(const access::Actor& actor, std::string_view query) const {
    const auto counted_devices = registry_.count(actor, query, fleet::Records::managed);
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
    if (auto warning = watch_.warning()) view.notices.push_back(std::move(*warning));
    if (auto endings = repository_.endings(tenant); endings.ok())
        for (releases::Repository::Ending& ending : *endings) {
            view.ends.push_back({std::move(ending.role), ending.expires, ending.soon});
            if (ending.soon) view.notices.push_back(std::move(ending.sentence));
        }
    else
        view.notices.push_back("The signed metadata cannot be read: " + endings.error().text());
    for (const std::string& artifact : damaged_artifacts(tenant))
        view.notices.push_back("The artifact " + artifact +
                               " is damaged on disk: it is not offered. Upload it again.");
    const auto certificate = [&](std::string what, std::optional<base::TimePoint> ends, base::Duration soon) {
        if (ends) view.ends.push_back({std::move(what), *ends, *ends - view.now < soon});
    };
    certificate("authority", facts_.ca_expires(), alarm::kCaSoon);
    certificate("server", facts_.server_certificate_expires(), alarm::kServerSoon);
    if (auto warning = operations_.schedule().warning) view.notices.push_back(std::move(*warning));
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
    step("advisories", view.counts.advisories > 0 && view.stale_feeds.empty(),
         view.counts.advisories == 0 ? "Import advisories: oakum feed import FOLDER."
         : view.stale_feeds.empty()
             ? grouped(view.counts.advisories) + " advisories are at hand."
             : grouped(view.counts.advisories) +
                   " advisories are at hand; some of their sources were not imported for over a week.");
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
    const auto channels = context_.core.control.list<ports::ChannelRow>(tenant);
    const bool told = std::ranges::any_of(channels, [](const auto& channel) { return !channel->removed; });
    step("mail", told,
         told ? "Alarms are told to people outside this page."
              : "Add mail or another channel, so that alarms reach people who look elsewhere.");
    const bool kept = operations_.schedule().newest_verified.has_value();
    step("backup", kept,
         kept ? "A backup was read back: the server and its keys can be restored."
              : "Make a backup, and keep a copy of it elsewhere: the server's keys are in it.");
    step("offline_keys", !view.offline_keys_here,
         view.offline_keys_here ? "Move keys/offline off this machine; everything but publishing goes on."
                                : "The offline keys are not on this machine.");
    answer(std::move(view));
}

void SystemService::backup(const access::Actor& actor, api::BackupRequest request,
                           api::Answer<api::Job> answer) {
    operations_.make(actor, request.file, request.with_files,
                     as_job(context_, tenant_of(actor), std::move(answer)));
}

void SystemService::list_backups(const access::Actor& actor, api::PageRequest page,
                                 api::Answer<api::Page<api::Backup>> answer) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::system_read); !allowed.ok())
        return answer(std::move(allowed).error());
    answer(page_of(operations_.list(), page));
}

void SystemService::verify_backup(const access::Actor& actor, std::string file,
                                  api::Answer<api::Job> answer) {
    operations_.verify(actor, file, as_job(context_, tenant_of(actor), std::move(answer)));
}

void SystemService::backup_schedule(const access::Actor& actor, api::Answer<api::BackupSchedule> answer) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::system_read); !allowed.ok())
        return answer(std::move(allowed).error());
    answer(operations_.schedule());
}

void SystemService::change_backup_schedule(const access::Actor& actor, api::BackupSchedulePatch patch,
                                           api::Answer<api::BackupSchedule> answer) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::backup_create); !allowed.ok())
        return answer(std::move(allowed).error());
    context_.core.writer.submit(
        shard::control_of(device::kDefaultTenant), shard::Priority::person,
        [actor, patch](shard::Transaction& transaction) -> base::Status {
            const auto keep = [&](const std::string& name, const std::optional<std::uint32_t>& value) {
                const std::string key = "setting/" + name, after = value ? std::to_string(*value) : "";
                const std::string before = transaction.document(key);
                if (!value || before == after) return;
                transaction.put(ports::DocumentRow{key, after});
                transaction.audit({actor.text(), "setting." + name, key, before, after, ""});
            };
            keep("backup_seconds", patch.every_seconds);
            keep("backup_keep", patch.keep);
            keep("backup_with_files",
                 patch.with_files ? std::optional<std::uint32_t>(*patch.with_files ? 1 : 0) : std::nullopt);
            return {};
        },
        [this, answer = std::move(answer)](base::Status status) {
            if (!status.ok()) return answer(std::move(status).error());
            answer(operations_.schedule());
        });
}

void SystemService::support_bundle(const access::Actor& actor, api::Answer<api::SupportBundle> answer) {
    // Who may copy the whole server may read this.
    if (base::Status allowed = fleet::may_do(actor, access::Action::backup_create); !allowed.ok())
        return answer(std::move(allowed).error());
    operations_.support(
        [answer = std::move(answer)](api::SupportBundle bundle) { answer(std::move(bundle)); });
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

void SystemService::test_keys(const access::Actor& actor, api::Answer<std::vector<api::KeyTest>> answer) {
    if (auto may = fleet::may_do(actor, access::Action::backup_create); !may.ok())
        return answer(std::move(may).error());
    context_.background.post([this, tenant = tenant_of(actor), answer = std::move(answer)] {
        answer(operations_.test_keys(tenant));
    });
}

} // namespace oakum::server
