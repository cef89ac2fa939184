// SPDX-License-Identifier: Apache-2.0
// What is done again and again, and what is said of the state of the house.
#include "house_parts.hpp"
#include "metrics.hpp"
#include "support.hpp"

#include <algorithm>

namespace oakum::server {

namespace {

using Lines = std::vector<std::string>;
constexpr auto kLookForBackups = std::chrono::seconds(2);

} // namespace

void House::Parts::keep_time() {
    engine->post([this] {
        timers->repeat(std::chrono::seconds(1), [this] {
            if (watch.look()) log.write(base::LogLevel::error, "server", watch.warning().value_or(""));
            rollouts->look_at_gates();
            daily->look();
        });
        timers->repeat(std::chrono::seconds(30), [this] { polling->flush_last_seen(); });
        timers->repeat(std::chrono::seconds(10), [this] { polling->sweep_quiet(); });
        director->reserve();
        published_log->look_at_audit(); // also of a server that is restarted each few minutes
        timers->repeat(std::chrono::minutes(1), [this] {
            repository->refresh_when_due();
            director->reserve();
        });
        timers->repeat(std::chrono::seconds(2), [this] {
            if (!ceremony_is_due.exchange(true))
                care->post([this] { ceremony_is_due = false, ceremonies->look(); });
        });
        timers->repeat(std::chrono::minutes(5), [this] {
            releases->rehash_one();
            if (!watch.warning()) published_log->look_at_audit();
        });
        timers->repeat(std::chrono::minutes(1), [this] { jobs->take_up(); });
        // Behind the backup that may be under way there; a clock that jumped makes nothing due.
        timers->repeat(kLookForBackups, [this] {
            if (!watch.warning()) copies->post([this] { backups->look(*jobs); });
        });
        const auto forget = [this] {
            // A clock that jumped would forget what is young.
            if (watch.warning()) return;
            upkeep->begin_round();
            care->post([this] { forget_uploads(); });
        };
        engine->post_after(std::chrono::minutes(1), forget); // also of a server that is restarted each hour
        timers->repeat(std::chrono::hours(1), forget);
    });
}

// An upload that nobody went on with for a week.
void House::Parts::forget_uploads() {
    const base::TimePoint before = clock.now() - std::chrono::hours(24 * 7);
    const auto ended = blobs->discard_stale(before);
    if (!ended.ok())
        return log.write(base::LogLevel::warning, "upkeep", "ending old uploads: " + ended.error().text());
    uploads_service->forget_stale(before, [this](const std::string& upload) { return blobs->holds(upload); });
}

std::size_t House::Parts::warnings() const {
    std::size_t count = (watch.warning() ? 1U : 0U) + (backups->warning() ? 1U : 0U);
    for (const device::TenantId tenant : control.tenants())
        if (const auto endings = repository->endings(tenant); endings.ok())
            count += static_cast<std::size_t>(
                std::count_if(endings->begin(), endings->end(), [](const auto& each) { return each.soon; }));
        else
            ++count;
    return count;
}

std::string House::Parts::metrics() const {
    return metrics_text({*writer, control, live, *upkeep, *assessor, server.get(), options.data,
                         keys.authority.not_after(), warnings(), *backups, *published_log});
}

api::SupportBundle House::Parts::support_bundle() {
    Running running{options, metrics(), {}, options.recent_log ? options.recent_log() : Lines{}};
    for (const device::TenantId tenant : control.tenants())
        for (const auto& job : control.list<ports::JobRow>(tenant))
            running.jobs.push_back(base::to_iso8601(job->created) + " " + job->kind + " " + job->state +
                                   "\n");
    api::SupportBundle bundle;
    bundle.made = clock.now();
    for (tar::Entry& file : support_files(options.data, version, bundle.made, &running))
        bundle.files.push_back({std::move(file.name), std::move(file.content)});
    return bundle;
}

} // namespace oakum::server
