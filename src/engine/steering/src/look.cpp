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

// Its phones; those with an agent of ours are told by it, but for those that we manage as such.
std::string of_connector(const std::string& connector) {
    return std::string(fleet::kConnectorKey) + " = \"" + connector + "\"" +
           (connector == connector::kOwnManagement ? "" : " and enrolled = no");
}

bool notes(Deed deed) {
    return deed != Deed::nothing && deed != Deed::tell && deed != Deed::put_back;
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

std::optional<Steering::Looking> Steering::looking_at(TenantId tenant, const std::string& connector) const {
    if (connector == connector::kOwnManagement)
        return own_ ? std::optional(Looking{tenant, connector, ""}) : std::nullopt;
    const std::string body =
        core_.control.document(tenant, std::string(connectors::kConnectorPrefix) + connector);
    if (body.empty()) return std::nullopt;
    const auto its = connectors::connector_of(connector, body);
    if (!its.ok()) return std::nullopt;
    return Looking{tenant, connector, std::string(connector::about(its->kind).id_key)};
}

std::vector<DeviceId> Steering::concerned(const Looking& looking) const {
    std::vector<DeviceId> devices;
    const auto query = device::parse_query(of_connector(looking.connector));
    if (!query.ok()) return devices;
    core_.fleet.each({looking.tenant, {}, *query, fleet::Records::all}, [&](const fleet::Glance& device) {
        const bool counts = device.lifecycle() != device::Lifecycle::retired &&
                            device.lifecycle() != device::Lifecycle::unmanaged;
        // One that was told is put back also when it was retired here since.
        if (device.fact(connectors::kSteeredFrom) ||
            (counts && (device.has_deployment() || rollouts_.would_offer(device, fleet::Keeps::no))))
            devices.push_back(device.id());
    });
    return devices;
}

const rollouts::Level* Steering::level(Looking& looking, ports::ReleaseId release) const {
    const auto [at, fresh] = looking.levels.try_emplace(release);
    if (fresh)
        if (auto asked = rollouts_.level(looking.tenant, release)) {
            at->second.emplace().floor.policy = *std::move(asked);
            at->second->steered = rollouts_.steered(looking.tenant);
        }
    return at->second ? &*at->second : nullptr;
}

std::optional<Steering::Seen> Steering::see(Looking& looking, DeviceId id) const {
    const shard::DeviceKey key{looking.tenant, id};
    const auto row = core_.fleet.device(key);
    // What connectors alone write: neither a person's word, nor a group's, nor the device's own.
    const auto own = [&](std::string_view name) {
        const auto held = core_.fleet.fact(key, name);
        return held && held->source == device::FactSource::imported ? *held : device::Fact();
    };
    const auto kept = [&](std::string_view name) {
        device::Fact held = own(name);
        return held.detail == looking.connector ? std::move(held.value) : std::string();
    };
    if (!row || own(fleet::kConnectorKey).value != looking.connector) return std::nullopt;
    Seen seen;
    seen.device = id;
    seen.id = looking.id_key.empty() ? id.text() : own(looking.id_key).value;
    seen.from = kept(connectors::kSteeredFrom);
    seen.to = kept(connectors::kSteeredTo);
    seen.phone.retired = row->lifecycle == device::Lifecycle::retired;
    seen.phone.told = !seen.from.empty();
    seen.phone.heard = row->last_inventory;
    const auto current =
        row->deployment.is_zero() ? std::nullopt : core_.fleet.deployment(key, row->deployment);
    const rollouts::Level* level =
        current && !current->is_rollback ? this->level(looking, current->release) : nullptr;
    if (level != nullptr) {
        seen.level = level->floor.policy;
        seen.row = current;
        seen.phone.deployment = rollouts::value_of(*current);
        seen.phone.latest = seen.level.latest;
        if (const auto release = core_.control.find<ports::ReleaseRow>(looking.tenant, current->release))
            seen.version = release->version;
    }
    core_.fleet.glance(key, [&](const fleet::Glance& device) {
        const auto fact = [&](std::string_view name) { return std::string(device.fact(name).value_or("")); };
        seen.policy = fact("x.policy");
        seen.runs = floor::level_running(fact(device::key::os_version), fact(device::key::patch_level));
        seen.phone.arrived = !seen.to.empty() && fact("x.applied_policy") == seen.to;
        seen.phone.replaced = !seen.policy.empty() && !seen.to.empty() && seen.policy != seen.to;
        if (level != nullptr) seen.phone.standing = rollouts::how_it_stands(*level, device).standing;
        if (seen.row) seen.phone.may_be_told = rollouts_.may_tell(*seen.row, device);
        seen.would_be_offered = !seen.phone.retired && rollouts_.would_offer(device, fleet::Keeps::no);
    });
    return seen;
}

std::vector<Task> Steering::tasks(TenantId tenant, const std::string& connector) const {
    std::vector<Task> tasks;
    auto looking = looking_at(tenant, connector);
    if (!looking) return tasks;
    for (const DeviceId& device : concerned(*looking)) {
        const auto seen = see(*looking, device);
        if (!seen || seen->id.empty()) continue;
        const Deed deed = floor::decide(seen->phone, core_.clock.now());
        if (deed != Deed::tell && deed != Deed::put_back) continue;
        tasks.push_back({deed == Deed::tell ? Task::Kind::tell : Task::Kind::put_back, device,
                         seen->row ? seen->row->id : ports::DeploymentId(), seen->id, seen->from, seen->to,
                         seen->level});
    }
    // What is taken back first; of that, what was not refused before.
    const auto turn = [&](const Task& task) {
        return task.kind == Task::Kind::tell ? 1 : was_refused(tenant, task.device) ? 2 : 0;
    };
    std::ranges::stable_sort(tasks, {}, turn);
    return tasks;
}

bool Steering::has_tasks(TenantId tenant, const std::string& connector) const {
    auto looking = looking_at(tenant, connector);
    if (!looking) return false;
    return std::ranges::any_of(concerned(*looking), [&](const DeviceId& device) {
        const auto seen = see(*looking, device);
        if (!seen || seen->id.empty()) return false;
        const Deed deed = floor::decide(seen->phone, core_.clock.now());
        return seen->would_be_offered || deed == Deed::tell ||
               (deed == Deed::put_back && !was_refused(tenant, device));
    });
}

std::vector<DeviceId> Steering::turned(TenantId tenant, const std::string& connector) const {
    std::vector<std::pair<DeviceId, device::Lifecycle>> all;
    const auto query = device::parse_query(of_connector(connector) + " and lifecycle in (active, quiet)");
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

void Steering::look(TenantId tenant, const std::string& connector, std::function<void()> done) {
    // Looked at here, so that the writer has only what is to be done.
    std::vector<DeviceId> offers;
    std::vector<std::pair<Seen, Deed>> noted;
    auto quiet_or_back = turned(tenant, connector);
    if (auto looking = looking_at(tenant, connector))
        for (const DeviceId& device : concerned(*looking)) {
            if (offers.size() + noted.size() >= kMostAtOnce) break;
            auto seen = see(*looking, device);
            if (!seen || seen->id.empty()) continue;
            const Deed deed = floor::decide(seen->phone, core_.clock.now());
            if (seen->would_be_offered)
                offers.push_back(device);
            else if (seen->row && notes(deed))
                noted.emplace_back(*std::move(seen), deed);
        }
    core_.writer.executor().post([this, tenant, quiet_or_back = std::move(quiet_or_back),
                                  offers = std::move(offers), noted = std::move(noted),
                                  done = std::move(done)] {
        auto all = std::make_shared<Noting>();
        all->then = done;
        for (const DeviceId& device : quiet_or_back)
            note_turned(tenant, device, all);
        for (const DeviceId& device : offers)
            offer(tenant, device, all);
        for (const auto& [seen, deed] : noted)
            note(tenant, seen, deed, all);
        all->ended();
    });
}

void Steering::offer(TenantId tenant, DeviceId device, const std::shared_ptr<Noting>& all) {
    ++all->under_way;
    rollouts_.offer({tenant, device, ""}, fleet::Keeps::no,
                    [this, all](base::Result<std::optional<fleet::OfferView>> offered) {
                        if (!offered.ok())
                            log_.write(base::LogLevel::warning, "steering",
                                       "a phone could not be offered its level: " + offered.error().text());
                        all->ended();
                    });
}

void Steering::note(TenantId tenant, const Seen& seen, Deed deed, const std::shared_ptr<Noting>& all) {
    if (!notes(deed) || !seen.row) return;
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
