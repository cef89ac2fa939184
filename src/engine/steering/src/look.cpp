// SPDX-License-Identifier: Apache-2.0
// What the inventory of phones proves, and what is to be told to them.
#include <steering/steering.hpp>

#include <device/lifecycle.hpp>
#include <fleet/uptake.hpp>
#include <rollouts/value.hpp>

#include <algorithm>

namespace oakum::steering {

using connectors::Task;
using device::DeviceId;
using device::TenantId;
using floor::Deed;
using install::State;

namespace {

// Offers and notes of one look; more have their turn in the next.
constexpr std::size_t kMostAtOnce = 2'000;

// The fact that holds the system's own id; empty: there is no such connector.
std::string id_key_of(const shard::ControlTables& control, TenantId tenant, const std::string& connector) {
    const std::string body = control.document(tenant, std::string(connectors::kConnectorPrefix) + connector);
    if (body.empty()) return {};
    const auto its = connectors::connector_of(connector, body);
    return its.ok() ? std::string(connector::about(its->kind).id_key) : std::string();
}

} // namespace

// Counts down what was begun.
struct Steering::Noting {
    std::size_t under_way = 1;
    std::function<void()> then;
    void ended() {
        if (--under_way == 0) then();
    }
};

std::vector<DeviceId> Steering::concerned(TenantId tenant, const std::string& connector) const {
    std::vector<DeviceId> devices;
    const auto query =
        device::parse_query(std::string(fleet::kConnectorKey) + " = \"" + connector + "\" and enrolled = no");
    if (!query.ok()) return devices;
    core_.fleet.each({tenant, {}, *query}, [&](const fleet::Glance& device) {
        const bool told = device.fact(connectors::kSteeredFrom).has_value();
        if (told || device.has_deployment() || rollouts_.would_offer(device, fleet::Keeps::no))
            devices.push_back(device.id());
    });
    return devices;
}

std::optional<Steering::Seen> Steering::see(TenantId tenant, DeviceId id, std::string_view id_key) const {
    const auto row = core_.fleet.device({tenant, id});
    if (!row) return std::nullopt;
    Seen seen;
    seen.device = id;
    std::optional<ports::DeploymentRow> current;
    core_.fleet.glance({tenant, id}, [&](const fleet::Glance& device) {
        if (const ports::DeploymentRow* deployment = device.deployment()) current = *deployment;
    });
    std::optional<rollouts::Level> level;
    if (current && !current->is_rollback)
        if (auto asked = rollouts_.level(tenant, current->release)) {
            seen.level = *asked;
            level.emplace().floor.policy = *std::move(asked);
            level->steered = rollouts_.steered(tenant);
            seen.row = current;
            seen.phone.deployment = rollouts::value_of(*current);
            seen.phone.latest = seen.level.latest;
            if (const auto release = core_.control.find<ports::ReleaseRow>(tenant, current->release))
                seen.version = release->version;
        }
    core_.fleet.glance({tenant, id}, [&](const fleet::Glance& device) {
        const auto fact = [&](std::string_view key) { return std::string(device.fact(key).value_or("")); };
        seen.id = fact(id_key);
        seen.from = fact(connectors::kSteeredFrom);
        seen.to = fact(connectors::kSteeredTo);
        seen.policy = fact("x.policy");
        seen.runs = floor::level_running(fact(device::key::os_version), fact(device::key::patch_level));
        seen.phone.told = !seen.from.empty();
        seen.phone.arrived = !seen.to.empty() && fact("x.applied_policy") == seen.to;
        seen.phone.replaced = !seen.policy.empty() && !seen.to.empty() && seen.policy != seen.to;
        if (level) seen.phone.standing = rollouts::how_it_stands(*level, device).standing;
        if (seen.row) seen.phone.may_be_told = rollouts_.may_tell(*seen.row, device);
        seen.would_be_offered = rollouts_.would_offer(device, fleet::Keeps::no);
    });
    seen.phone.heard = row->last_inventory;
    return seen;
}

std::vector<Task> Steering::tasks(TenantId tenant, const std::string& connector) const {
    std::vector<Task> tasks;
    const std::string id_key = id_key_of(core_.control, tenant, connector);
    if (id_key.empty()) return tasks;
    for (const DeviceId& device : concerned(tenant, connector)) {
        const auto seen = see(tenant, device, id_key);
        if (!seen || seen->id.empty()) continue;
        const Deed deed = floor::decide(seen->phone, core_.clock.now());
        if (deed != Deed::tell && deed != Deed::put_back) continue;
        tasks.push_back({deed == Deed::tell ? Task::Kind::tell : Task::Kind::put_back, device,
                         seen->row ? seen->row->id : ports::DeploymentId(), seen->id, seen->from, seen->to,
                         seen->level});
    }
    // What is taken back first.
    std::ranges::stable_partition(tasks, [](const Task& task) { return task.kind == Task::Kind::put_back; });
    return tasks;
}

bool Steering::has_tasks(TenantId tenant, const std::string& connector) const {
    const std::string id_key = id_key_of(core_.control, tenant, connector);
    if (id_key.empty()) return false;
    return std::ranges::any_of(concerned(tenant, connector), [&](const DeviceId& device) {
        const auto seen = see(tenant, device, id_key);
        if (!seen || seen->id.empty()) return false;
        const Deed deed = floor::decide(seen->phone, core_.clock.now());
        return seen->would_be_offered || deed == Deed::tell || deed == Deed::put_back;
    });
}

std::vector<DeviceId> Steering::turned(TenantId tenant, const std::string& connector) const {
    std::vector<std::pair<DeviceId, device::Lifecycle>> all;
    const auto query = device::parse_query(std::string(fleet::kConnectorKey) + " = \"" + connector +
                                           "\" and enrolled = no and lifecycle in (active, quiet)");
    if (!query.ok()) return {};
    core_.fleet.each({tenant, {}, *query},
                     [&](const fleet::Glance& device) { all.emplace_back(device.id(), device.lifecycle()); });
    std::vector<DeviceId> turned;
    for (const auto& [id, lifecycle] : all)
        if (const auto row = core_.fleet.device({tenant, id});
            row && turned.size() < kMostAtOnce &&
            floor::is_quiet(row->last_inventory, core_.clock.now()) !=
                (lifecycle == device::Lifecycle::quiet))
            turned.push_back(id);
    return turned;
}

void Steering::note_turned(TenantId tenant, DeviceId id, const std::shared_ptr<Noting>& all) {
    ++all->under_way;
    core_.writer.submit(
        shard::place_of(tenant, id), shard::Priority::telemetry,
        [id](shard::Transaction& transaction) -> base::Status {
            auto row = transaction.device(id);
            const bool quiet = row && floor::is_quiet(row->last_inventory, transaction.now());
            const auto from = quiet ? device::Lifecycle::active : device::Lifecycle::quiet;
            if (!row || row->lifecycle != from) return {};
            TRY_VALUE(row->lifecycle, device::step(from, quiet ? device::LifecycleEvent::fell_quiet
                                                               : device::LifecycleEvent::heard));
            transaction.event({id, transaction.now(), "lifecycle", "", std::string(device::to_string(from)),
                               std::string(device::to_string(row->lifecycle)),
                               quiet ? "it did not speak to its management system for two weeks"
                                     : "it spoke to its management system again"});
            transaction.put(*row);
            transaction.change("device", id.text(), R"({"what":"lifecycle"})");
            return {};
        },
        [all](const base::Status&) {
            // The next sync comes by again.
            all->ended();
        });
}

void Steering::look(TenantId tenant, const std::string& connector,
                    std::function<void(std::vector<Task>)> done) {
    // Looked for here, and not on the writer's thread: it costs a copy of each row.
    core_.writer.executor().post(
        [this, tenant, connector, turned = turned(tenant, connector), done = std::move(done)] {
            auto all = std::make_shared<Noting>();
            all->then = [this, tenant, connector, done] { offer(tenant, connector, done); };
            for (const DeviceId& device : turned)
                note_turned(tenant, device, all);
            all->ended();
        });
}

void Steering::offer(TenantId tenant, const std::string& connector,
                     std::function<void(std::vector<Task>)> done) {
    core_.writer.executor().post([this, tenant, connector, done = std::move(done)] {
        const std::string id_key = id_key_of(core_.control, tenant, connector);
        auto all = std::make_shared<Noting>();
        all->then = [this, tenant, connector, done] { done(tasks(tenant, connector)); };
        std::size_t begun = 0;
        if (!id_key.empty())
            for (const DeviceId& device : concerned(tenant, connector)) {
                const auto seen = see(tenant, device, id_key);
                if (!seen || seen->id.empty()) continue;
                if (begun++ >= kMostAtOnce) break;
                if (seen->would_be_offered) {
                    ++all->under_way;
                    rollouts_.offer({tenant, device, ""}, fleet::Keeps::no,
                                    [this, all](base::Result<std::optional<fleet::OfferView>> offered) {
                                        if (!offered.ok())
                                            log_.write(base::LogLevel::warning, "steering",
                                                       "a phone could not be offered its level: " +
                                                           offered.error().text());
                                        all->ended();
                                    });
                } else {
                    note(tenant, *seen, floor::decide(seen->phone, core_.clock.now()), all);
                }
            }
        all->ended();
    });
}

void Steering::note(TenantId tenant, const Seen& seen, Deed deed, const std::shared_ptr<Noting>& all) {
    if (deed == Deed::nothing || deed == Deed::tell || deed == Deed::put_back || !seen.row) return;
    ++all->under_way;
    const auto noted = [this, all](const base::Status& status) {
        if (!status.ok())
            log_.write(base::LogLevel::warning, "steering",
                       "what a phone runs could not be noted: " + status.error().text());
        all->ended();
    };
    install::ReportSeen said;
    said.attempt = seen.row->attempt;
    said.sequence = seen.row->sequence + 1;
    switch (deed) {
    case Deed::note_runs:
        if (seen.row->state == State::soaking)
            return rollouts_.seen({tenant, seen.device, ""}, seen.version, true, noted);
        said.state = State::installed;
        said.running_version = seen.version;
        said.healthy = true;
        said.detail = "it runs " + seen.runs + ", as its management system says";
        break;
    case Deed::note_fell_back:
        return rollouts_.seen({tenant, seen.device, ""}, seen.runs, true, noted);
    case Deed::note_arrived:
        said.state = State::installing;
        said.detail = "the phone has what was set; its own updater installs when the maker offers it and its "
                      "owner lets it";
        break;
    case Deed::note_replaced: {
        said.state = State::failed;
        said.reason = install::Reason::cancelled;
        said.detail = "somebody set " + seen.policy + " for it there since: that stays";
        const std::string sentence = said.detail;
        return report(tenant, seen.device, seen.row->id, std::move(said),
                      [this, tenant, device = seen.device, sentence, noted](const base::Status& status) {
                          if (!status.ok()) return noted(status);
                          forget(tenant, device, sentence, noted);
                      });
    }
    case Deed::note_withdrawn:
        said.state = State::withdrawn;
        said.reason = install::Reason::cancelled;
        said.detail = "it was taken back before the phone was told";
        break;
    case Deed::nothing:
    case Deed::tell:
    case Deed::put_back:
        return;
    }
    report(tenant, seen.device, seen.row->id, std::move(said), noted);
}

} // namespace oakum::steering
