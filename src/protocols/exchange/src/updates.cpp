// SPDX-License-Identifier: Apache-2.0
#include <exchange/updates.hpp>

#include <base/older_digests.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

namespace oakum::exchange {
namespace {

std::string document_of(const base::Digest256& artifact) {
    return "digests/" + artifact.hex();
}

constexpr auto kAgain = std::chrono::minutes(10); // after a file could not be read

base::Result<base::OlderDigests::Hex> read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::unavailable("it cannot be read");
    base::OlderDigests digests;
    std::vector<char> piece(1 << 20);
    while (file) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        digests.update(base::as_bytes({piece.data(), static_cast<std::size_t>(file.gcount())}));
    }
    if (!file.eof()) return base::unavailable("it cannot be read to its end");
    return digests.finish();
}

} // namespace

bool is_open(const fleet::PollAnswer& answer) {
    if (!answer.offer || !answer.offer->install_windows) return true;
    const base::TimePoint now = answer.offer->as_of;
    return std::ranges::any_of(*answer.offer->install_windows, [&](const fleet::InstallWindow& each) {
        return each.from <= now && now < each.to;
    });
}

install::Deployment value_of(const ports::DeploymentRow& row) {
    install::Deployment value;
    value.state = row.state;
    value.reason = row.reason;
    value.detail = row.detail;
    value.attempt = row.attempt;
    value.transient_failures = row.transient_failures;
    value.sequence = row.sequence;
    value.state_at = row.state_at;
    return value;
}

void Updates::prove(fleet::Polling& polling, const fleet::DeviceActor& device,
                    std::function<void(base::Status)> done) {
    const auto row = core_.fleet.device(device.key());
    const auto wanted = current(device, false);
    const bool runs = row && wanted && row->running_version == wanted->release.version;
    const install::State state = wanted ? wanted->deployment.state : install::State::verified;
    if (runs && state != install::State::verified && state != install::State::soaking &&
        state != install::State::rolled_back) {
        install::ReportSeen seen;
        seen.attempt = wanted->deployment.attempt;
        seen.state = install::State::installed;
        seen.running_version = row->running_version;
        seen.healthy = true;
        return report(device, wanted->deployment.id, std::move(seen),
                      [done = std::move(done)](base::Result<install::Outcome> outcome) {
                          done(outcome.ok() ? base::Status() : base::Status(outcome.error()));
                      });
    }
    polling.poll(device, {}, [done = std::move(done)](base::Result<fleet::PollAnswer> answer) {
        done(answer.ok() ? base::Status() : base::Status(answer.error()));
    });
}

void Updates::note_log(const fleet::DeviceActor& device, ports::DeploymentId deployment, std::string lines,
                       std::function<void(base::Status)> done) {
    core_.writer.submit(
        shard::place_of(device.tenant, device.device), shard::Priority::telemetry,
        [id = device.device, deployment,
         lines = std::move(lines)](shard::Transaction& transaction) -> base::Status {
            if (!transaction.device(id)) return base::not_found("there is no such device");
            transaction.event(
                {id, transaction.now(), "deployment", deployment.text(), "", "", "its log: " + lines});
            return {};
        },
        std::move(done));
}

std::optional<Wanted> Updates::current(const fleet::DeviceActor& device, bool digests) {
    std::optional<Wanted> wanted;
    core_.fleet.glance(device.key(), [&](const fleet::Glance& glance) {
        if (const ports::DeploymentRow* row = glance.deployment()) wanted.emplace().deployment = *row;
    });
    if (!wanted) return std::nullopt;
    const auto release = core_.control.find<ports::ReleaseRow>(device.tenant, wanted->deployment.release);
    if (!release) return std::nullopt;
    const auto artifact = core_.control.find<ports::ArtifactRow>(device.tenant, release->artifact);
    if (!artifact || artifact->damaged) return std::nullopt;
    wanted->release = *release;
    wanted->file = artifact->name;
    wanted->length = artifact->length;
    const std::string kept = core_.control.document(device.tenant, document_of(release->artifact));
    if (const std::size_t space = kept.find(' '); space != std::string::npos) {
        wanted->sha1 = kept.substr(0, space);
        wanted->md5 = kept.substr(space + 1);
    } else if (digests && !install::is_terminal(wanted->deployment.state)) {
        count(device.tenant, release->artifact);
    }
    return wanted;
}

base::Result<std::filesystem::path> Updates::file(const Wanted& wanted) {
    return blobs_.path(wanted.release.artifact);
}

void Updates::count(device::TenantId tenant, const base::Digest256& artifact) {
    {
        const base::Duration now = core_.clock.steady();
        base::Lock lock(mutex_);
        const auto [at, fresh] = counting_.try_emplace(artifact, base::Duration::max());
        if (!fresh && now < at->second) return;
        at->second = base::Duration::max();
    }
    background_.post([this, tenant, artifact] {
        auto path = blobs_.path(artifact);
        auto digests = path.ok() ? read(*path) : base::Result<base::OlderDigests::Hex>(path.error());
        if (digests.ok()) return keep(tenant, artifact, digests->sha1 + " " + digests->md5);
        log_.write(base::LogLevel::warning, "artifacts",
                   "counting the digests of " + artifact.hex() + ": " + digests.error().text());
        base::Lock lock(mutex_);
        counting_[artifact] = core_.clock.steady() + kAgain;
    });
}

void Updates::keep(device::TenantId tenant, const base::Digest256& artifact, std::string body) {
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::inventory,
        [name = document_of(artifact),
         body = std::move(body)](shard::Transaction& transaction) -> base::Status {
            transaction.put(ports::DocumentRow{name, body});
            return {};
        },
        [this, artifact](base::Status kept) {
            if (!kept.ok())
                log_.write(base::LogLevel::warning, "artifacts",
                           "keeping the digests of " + artifact.hex() + ": " + kept.error().text());
            base::Lock lock(mutex_);
            counting_.erase(artifact);
        });
}

void Updates::report(fleet::DeviceActor device, ports::DeploymentId deployment, install::ReportSeen report,
                     shard::Completion<install::Outcome> done) {
    constexpr unsigned kTries = 4;
    number(std::move(device), deployment, std::move(report), kTries, std::move(done));
}

// Two requests of one device may have been given the same number: the one that came second asks again, behind
// the first.
void Updates::number(fleet::DeviceActor device, ports::DeploymentId deployment, install::ReportSeen report,
                     unsigned tries, shard::Completion<install::Outcome> done) {
    const auto row = core_.fleet.deployment(device.key(), deployment);
    if (!row) return done(base::not_found("there is no such deployment of this device"));
    report.sequence = report.attempt == row->attempt ? row->sequence + 1 : 1;
    rollouts_.report(device, deployment, report,
                     [this, device, deployment, report, tries,
                      done = std::move(done)](base::Result<install::Outcome> outcome) {
                         if (outcome.ok() && tries > 1 && *outcome == install::Outcome::repeat)
                             return number(device, deployment, report, tries - 1, done);
                         done(std::move(outcome));
                     });
}

} // namespace oakum::exchange
