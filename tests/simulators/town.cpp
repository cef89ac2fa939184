// SPDX-License-Identifier: Apache-2.0
#include "town.hpp"

#include <rollout/machine.hpp>

#include <algorithm>

namespace oakum::simulation {
namespace {

const device::TenantId kTenant = device::kDefaultTenant;
using std::chrono::minutes;
using std::chrono::seconds;

std::string site(std::uint64_t number) {
    return "Plant " + std::to_string(number);
}

} // namespace

Town::Town(World& world, const Options& options) : world_(world) {
    Scheduler& dice = world.scheduler();
    const std::vector<std::string> gateways{"GW-1", "GW-2"}, cameras{"CAM-1"};
    const auto factory = make_image("gateway", "1.0", Behaviour::good, gateways);
    const auto camera = make_image("camera", "1.0", Behaviour::good, cameras);
    const auto some = [&] {
        constexpr std::array kinds{
            Behaviour::good, Behaviour::good, Behaviour::good,        Behaviour::good,      Behaviour::ill,
            Behaviour::dead, Behaviour::good, Behaviour::mislabelled, Behaviour::falls_ill, Behaviour::good};
        return kinds[dice.draw(kinds.size())];
    };
    const auto add = [&](const std::string& line, const std::string& version, base::Digest256 image,
                         std::vector<std::string> models, base::Duration from) {
        Planned planned{line, version, image, world.blobs().find(image.hex())->size(), std::move(models),
                        {},   {},      from};
        if (version != "1.0" && dice.chance(150)) planned.hw_revisions = {"r2"};
        if (version == "3.0" && dice.chance(300)) planned.min_from = "2.0";
        catalogue_.push_back(std::move(planned));
    };
    // The release of the factory's image is what a rollback goes back to; some were never published here.
    if (dice.chance(800)) add("gateway", "1.0", factory, gateways, {});
    add("gateway", "2.0", make_image("gateway", "2.0", some(), gateways), gateways, {});
    add("gateway", "3.0", make_image("gateway", "3.0", some(), gateways), gateways, minutes(dice.draw(60)));
    add("gateway", "4.0", make_image("gateway", "4.0", Behaviour::good, gateways), gateways,
        minutes(30 + dice.draw(60)));
    add("camera", "1.0", camera, cameras, {});
    add("camera", "2.0", make_image("camera", "2.0", some(), cameras), cameras, minutes(dice.draw(30)));

    const std::uint32_t kills = dice.chance(500) ? 400 : 4000;
    for (std::size_t n = 0; n < options.devices; ++n) {
        Device::Made made;
        made.number = n;
        made.serial = "DEV-" + std::to_string(n);
        made.model = n % 4 == 3 ? "CAM-1" : n % 4 == 2 ? "GW-2" : "GW-1";
        made.hw_revision = n % 3 == 0 ? "r2" : "r1";
        made.site = site(n % 3);
        made.token = "device-token-" + std::to_string(n);
        made.factory = n % 4 == 3 ? camera : factory;
        made.kills = kills;
        // A clock that lost its battery, and one that somebody set by hand.
        if (dice.chance(100)) made.clock_off = -std::chrono::hours(24 * 365 * 5);
        if (dice.chance(50)) made.clock_off = std::chrono::hours(24 * 365 * 5);
        world.issue_token(made.token);
        devices_.push_back(std::make_unique<Device>(world, firmwares_, made));
        // Some come late.
        if (dice.chance(200)) {
            Device* const late = devices_.back().get();
            dice.at(seconds(1), [late] { late->kill(); });
        }
    }
    world.healthy_with = [this](ports::DeviceId id,
                                const std::string& version) -> std::optional<base::Duration> {
        Device* const device = device_of(id);
        return device == nullptr ? std::nullopt : device->healthy_with(version);
    };
    dice.at(seconds(2), [this] { people(); });
}

base::Digest256 Town::make_image(const std::string& line, const std::string& version, Behaviour behaviour,
                                 const std::vector<std::string>& models) {
    std::string bytes = line + " " + version + "\n";
    const std::size_t size = 1500 + world_.scheduler().draw(4000);
    while (bytes.size() < size)
        bytes += "block " + std::to_string(bytes.size()) + " of " + version + "\n";
    const base::Digest256 digest = world_.blobs().add(std::move(bytes));
    firmwares_[digest.hex()] = {version, behaviour, models};
    return digest;
}

Device* Town::device_of(ports::DeviceId id) {
    for (const auto& device : devices_)
        if (device->id() == id) return device.get();
    return nullptr;
}

void Town::people() {
    if (world_.server() != nullptr) {
        publish();
        if (world_.healing())
            finish();
        else if (const std::uint64_t what = world_.scheduler().draw(10); what < 2)
            roll_out();
        else if (what < 5)
            decide();
        else
            meddle();
    }
    world_.scheduler().at(world_.healing() ? base::Duration(std::chrono::hours(5))
                                           : base::Duration(seconds(3 + world_.scheduler().draw(40))),
                          [this] { people(); });
}

// Whatever of the catalogue is due and not there yet, one step further.
void Town::publish() {
    Server& server = *world_.server();
    for (const Planned& planned : catalogue_) {
        if (world_.scheduler().steady() < planned.from) continue;
        const ports::ReleaseRow* held = nullptr;
        for (const auto& [id, row] : world_.ledger().releases())
            if (row.name == planned.line && row.version == planned.version) held = &row;
        if (held != nullptr && held->state == "draft")
            return server.releases.publish(world_.admin(), held->id, "", [](base::Status) {});
        if (held != nullptr) continue;
        releases::NewRelease wish;
        wish.name = planned.line;
        wish.version = planned.version;
        wish.artifact = planned.artifact;
        wish.models = planned.models;
        wish.hw_revisions = planned.hw_revisions;
        wish.min_from = planned.min_from;
        server.releases.add_artifact(world_.admin(), planned.artifact, planned.length,
                                     planned.line + "-" + planned.version + ".tar", [](base::Status) {});
        return server.releases.create(world_.admin(), wish, [](base::Result<ports::ReleaseId>) {});
    }
}

rollout::Plan Town::plan(ports::ReleaseId release) {
    Scheduler& dice = world_.scheduler();
    rollout::Plan plan;
    plan.name = "to " + world_.ledger().release(release)->version;
    plan.release = release;
    switch (dice.draw(5)) {
    case 0:
        plan.query = "site = \"" + site(dice.draw(3)) + "\"";
        break;
    case 1:
        plan.query = "group = \"Group " + std::to_string(dice.draw(4)) + "\"";
        break;
    default:
        break;
    }
    plan.soak = seconds(dice.draw(3) * 40);
    plan.step_timeout = minutes(3 + dice.draw(30));
    plan.max_attempts = static_cast<std::uint32_t>(1 + dice.draw(3));
    plan.rollback_on_halt = dice.chance(300);
    const std::uint64_t waves = 1 + dice.draw(3);
    for (std::uint64_t n = 0; n < waves; ++n) {
        rollout::Gate gate;
        gate.minimum = static_cast<std::uint32_t>(dice.draw(4));
        gate.tolerated_failure_ppm = static_cast<std::uint32_t>(1'000 + dice.draw(10) * 90'000);
        gate.halt_error_ppm = dice.chance(500) ? 10'000 : 300'000;
        gate.proceed_error_ppm = dice.chance(500) ? 50'000 : 400'000;
        gate.hard_stop = static_cast<std::uint32_t>(dice.chance(300) ? 1 + dice.draw(4) : 0);
        gate.unproven = dice.chance(300) ? rollout::Unproven::ask : rollout::Unproven::open;
        gate.soak = seconds(dice.draw(2) * 60);
        const bool last = n + 1 == waves;
        const std::uint32_t share =
            last ? (dice.chance(800) ? 1'000'000U : 900'000U) : static_cast<std::uint32_t>((n + 1) * 300'000);
        plan.waves.push_back({"wave " + std::to_string(n + 1), share, gate});
    }
    for (rollout::Wave& wave : plan.waves) {
        if (dice.chance(300)) wave.pace.max_in_flight = static_cast<std::uint32_t>(1 + dice.draw(2));
        if (!dice.chance(300)) continue;
        wave.pace.per_minute = static_cast<std::uint32_t>(1 + dice.draw(2));
        if (dice.chance(300)) {
            wave.pace.doubles_after_minutes = 1;
            wave.pace.up_to_per_minute = wave.pace.per_minute * 3;
        }
    }
    if (dice.chance(250)) plan.waves.front().query = "site = \"" + site(dice.draw(3)) + "\"";
    return plan;
}

void Town::roll_out() {
    std::vector<ports::ReleaseId> published;
    for (const auto& [id, row] : world_.ledger().releases())
        if (row.state == "published" && row.version != "1.0") published.push_back(id);
    std::size_t open = 0;
    for (const auto& [id, row] : world_.ledger().rollouts())
        open += rollout::is_over(row.state) ? 0 : 1;
    if (published.empty() || open >= 3) return;
    world_.server()->rollouts.create(
        world_.admin(), plan(published[world_.scheduler().draw(published.size())]),
        world_.scheduler().chance(200) ? schedule::Priority::urgent : schedule::Priority::normal,
        [this](base::Result<ports::RolloutId> id) {
            if (!id.ok()) return;
            if (world_.ledger().rollout(*id) == nullptr)
                return world_.fail("a rollout was acknowledged and is not durable");
            act(*id, rollout::Event::start);
        });
}

void Town::act(ports::RolloutId id, rollout::Event event) {
    if (world_.server() == nullptr) return;
    const std::string why = "saying " + std::to_string(++sayings_);
    world_.note("anna", std::string(rollout::to_string(event)) + " rollout " + id.text());
    world_.server()->rollouts.act(world_.admin(), id, event, why, [this, id, why](base::Status status) {
        if (!status.ok()) return world_.note("anna", status.error().text());
        const auto decisions = world_.durable().decisions(kTenant, id);
        if (std::ranges::none_of(decisions, [&](const auto& one) { return one.sentence.ends_with(why); }))
            world_.fail("a decision about rollout " + id.text() + " was acknowledged and is not durable");
    });
}

void Town::decide() {
    std::vector<ports::RolloutId> open;
    for (const auto& [id, row] : world_.ledger().rollouts())
        if (!rollout::is_over(row.state) || world_.scheduler().chance(100)) open.push_back(id);
    if (open.empty()) return;
    const ports::RolloutId id = open[world_.scheduler().draw(open.size())];
    using rollout::Event;
    constexpr std::array events{Event::start,  Event::start,    Event::pause, Event::resume,
                                Event::resume, Event::resume,   Event::halt,  Event::open_next_wave,
                                Event::abort,  Event::roll_back};
    act(id, events[world_.scheduler().draw(events.size())]);
}

void Town::meddle() {
    Scheduler& dice = world_.scheduler();
    Server& server = *world_.server();
    Device& device = *devices_[dice.draw(devices_.size())];
    const auto id = device.id();
    const auto acknowledged = [this, &device, id](const std::string& what,
                                                  std::function<bool(const ports::DeviceRow&)> holds) {
        return [this, &device, id, what, holds = std::move(holds)](base::Status status) {
            world_.note(device.made().serial, what + ": " + (status.ok() ? "ok" : status.error().text()));
            if (status.ok()) world_.acknowledged(*id, what, holds);
        };
    };
    const auto any = [](const ports::DeviceRow&) { return true; };
    switch (dice.draw(12)) {
    case 0:
    case 1:
        world_.counted(&World::Statistics::device_kills);
        return device.kill();
    case 2:
        return world_.crash();
    case 3:
        if (id) server.rollouts.update_now(world_.admin(), *id, "now", acknowledged("an update now", any));
        return;
    case 4: {
        const bool held = dice.chance(300);
        if (id) server.registry.hold(world_.admin(), *id, held, "", acknowledged("a hold", any));
        return;
    }
    case 5:
    case 6:
        if (id)
            server.registry.set_facts(world_.admin(), *id, {{"site", site(dice.draw(3))}}, "",
                                      acknowledged("a site", any));
        return;
    case 7:
        if (id && dice.chance(150))
            server.enrolment.revoke(
                world_.admin(), *id, "stolen",
                acknowledged("a revocation", [](const ports::DeviceRow& row) { return row.revoked; }));
        return;
    case 8:
        if (id && dice.chance(60))
            server.registry.retire(world_.admin(), *id, "sold", acknowledged("a retirement", any));
        return;
    case 9: {
        // Found again: it gets a new identity, with a token that was used or with a fresh one.
        const auto row = id ? world_.ledger().devices().find(*id) : world_.ledger().devices().end();
        if (row == world_.ledger().devices().end() ||
            (!row->second.revoked && row->second.lifecycle != device::Lifecycle::retired))
            return;
        const std::string token = "again-" + std::to_string(++tokens_);
        if (dice.chance(700)) world_.issue_token(token);
        return device.give_token(token);
    }
    case 10:
        if (dice.chance(100)) {
            world_.set_clock(dice.chance(500) ? base::Duration{}
                                              : base::Duration(minutes(
                                                    static_cast<std::int64_t>(dice.draw(2000)) - 1000)));
        }
        return;
    default: {
        if (!dice.chance(50)) return;
        for (const auto& [release, row] : world_.ledger().releases())
            if (row.state == "published" && dice.chance(200))
                return server.releases.withdraw(world_.admin(), release, "", [](base::Status) {});
    }
    }
}

// ---- after the faults

void Town::heal() {
    for (const auto& device : devices_)
        device->heal();
}

bool Town::nobody(ports::RolloutId id) const {
    const Ledger::Counts waves = world_.ledger().scan(id);
    return std::ranges::all_of(waves, [](const auto& wave) { return wave.second.started == 0; });
}

// People bring to an end what waits for them: they look twice a day at what does not move.
void Town::finish() {
    using rollout::Event;
    using rollout::State;
    const base::Duration now = world_.scheduler().steady();
    for (const auto& device : devices_)
        if (const auto id = device->id())
            if (const auto row = world_.ledger().devices().find(*id);
                row != world_.ledger().devices().end() &&
                (row->second.revoked || row->second.lifecycle == device::Lifecycle::retired))
                device->switch_off();
    for (const auto& [id, row] : world_.ledger().rollouts()) {
        auto& [version, since] = still_[id];
        if (version != row.row_version) {
            version = row.row_version;
            since = now;
        }
        const bool stands = now - since > std::chrono::hours(24 * 3);
        switch (row.state) {
        case State::draft:
        case State::awaiting_approval:
            act(id, world_.scheduler().chance(500) ? Event::start : Event::abort);
            break;
        case State::scheduled:
            act(id, Event::start);
            break;
        case State::paused:
            act(id, Event::resume);
            break;
        case State::halted:
            act(id, world_.scheduler().chance(500) ? Event::roll_back : Event::abort);
            break;
        case State::running:
            // The gate holds, and says why: a person opens the next wave anyway.
            if (stands && row.open_wave + 1 < row.plan.waves.size())
                act(id, Event::open_next_wave);
            else if (stands && nobody(id))
                act(id, Event::abort); // no device is in its reach
            break;
        case State::rolling_back:
        case State::settled:
        case State::finished:
        case State::rolled_back:
        case State::aborted:
            break;
        }
    }
}

std::string Town::unsettled() {
    for (const auto& [id, row] : world_.ledger().deployments())
        if (!install::is_terminal(row.state))
            return "deployment " + id.text() + " of " + row.device.text() + " is still " +
                   std::string(install::to_string(row.state));
    for (const auto& [id, row] : world_.ledger().rollouts()) {
        if (rollout::is_over(row.state)) continue;
        rollout::Counts sum;
        for (const auto& [key, counts] : world_.ledger().scan(id))
            sum = sum + counts;
        std::string who;
        for (const auto& [device, held] : world_.ledger().devices())
            if (held.lifecycle == device::Lifecycle::active && !held.hold && held.desired_rollout < id)
                who += " " + device.text() + (held.revoked ? " (revoked)" : "") +
                       (held.clone_suspected ? " (clone)" : "") + " with " + held.running_version + ",";
        std::string waiting = world_.server() == nullptr ? " ?" : "";
        if (world_.server() != nullptr)
            for (const std::uint32_t of_wave : world_.server()->rollouts.members(kTenant, row))
                waiting += " " + std::to_string(of_wave);
        return "rollout " + id.text() + " (" + row.plan.query + ", wave " +
               std::to_string(row.open_wave + 1) + " of " + std::to_string(row.plan.waves.size()) +
               ") is still " + std::string(rollout::to_string(row.state)) + "; " +
               std::to_string(sum.started) + " started, " + std::to_string(sum.pending) + " pending," +
               waiting + " waiting by wave of" + who;
    }
    for (const auto& device : devices_) {
        const auto id = device->id();
        const auto row = id ? world_.ledger().devices().find(*id) : world_.ledger().devices().end();
        const std::string& serial = device->made().serial;
        if (row == world_.ledger().devices().end()) continue; // its token was spent by somebody else
        if (row->second.revoked || row->second.lifecycle == device::Lifecycle::retired) continue;
        const updates::AgentState* const state = device->state();
        if (state == nullptr) return serial + " does not run";
        if (state->phase != install::Phase::idle)
            return serial + " is still " + std::string(install::to_string(state->phase));
        if (!state->reports.empty()) return serial + " has reports that nobody took";
        if (device->runs() != row->second.running_version)
            return serial + " runs " + device->runs() + ", and the server believes " +
                   row->second.running_version;
    }
    return "";
}

} // namespace oakum::simulation
