// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <algorithm>

namespace oakum::simulation {
namespace {

const device::TenantId kTenant = device::kDefaultTenant;

base::Duration seconds(std::uint64_t n) {
    return std::chrono::seconds(n);
}

// In which everything comes to its end: the longest timeout is that of a silent deployment, 30 days.
constexpr base::Duration kLongEnough = std::chrono::hours(24 * 100);

constexpr std::uint64_t kTooMany = 300'000; // events, after the faults

// Everything durable, by what it is.
struct Snapshot {
    std::map<device::DeviceId, ports::DeviceRow> devices;
    std::map<device::DeviceId, std::map<std::string, device::Fact>> facts;
    std::map<device::DeviceId, int> open_sets;
};

Snapshot snapshot_of(const memory::Tables& tables) {
    Snapshot snapshot;
    (void)tables
        .load([&](ports::TenantId, ports::ShardId, ports::Row row) -> base::Status {
            if (auto* device = std::get_if<ports::DeviceRow>(&row))
                snapshot.devices[device->id] = std::move(*device);
            if (auto* fact = std::get_if<ports::FactRow>(&row))
                snapshot.facts[fact->device][fact->fact.key] = std::move(fact->fact);
            if (auto* set = std::get_if<ports::DeviceSetRow>(&row)) ++snapshot.open_sets[set->device];
            return {};
        })
        .ok();
    return snapshot;
}

} // namespace

World::World(Options options)
    : options_(options), scheduler_(options.seed), disk_(scheduler_),
      store_(disk_, scheduler_,
             {.slowest = base::Duration(40), .failures = 0, .unreadable = 0, .lies = false}),
      ledger_([this](std::string what) { fail(std::move(what)); },
              [this](ports::DeviceId id, const std::string& version) {
                  return healthy_with ? healthy_with(id, version) : std::nullopt;
              }) {
    admin_.tenant = kTenant.get();
    admin_.name = "anna";
    admin_.role = access::Role::administrator;
    store_.watch([this](const ports::Batch& batch) { watch(batch); });
    // The first tokens stand in the store before anything runs. Every fourth is shared by two agents and good
    // once.
    write_before_start(ports::DocumentRow{"setting/poll_seconds", "30"});
    write_before_start(
        ports::DocumentRow{"setting/certificate_seconds", scheduler_.chance(300) ? "86400" : "7776000"});
    // Most of them: at most so many of a site are out of service at once.
    if (scheduler_.chance(700)) {
        const auto most = static_cast<std::uint32_t>(1 + scheduler_.draw(2));
        write_before_start(
            ports::DocumentRow{"budgets", R"({"budgets":[{"name":"sites","by":["site"],"devices":)" +
                                              std::to_string(most) + "}]}"});
        ledger_.limit_sites(most);
    }
    for (std::size_t n = 0; n < options.agents; ++n) {
        Agent agent;
        agent.number = n;
        agent.serial = "SIM-" + std::to_string(n);
        agent.token = n % 4 == 3 ? agents_.back().token : "token-" + std::to_string(n);
        if (n % 4 != 3) {
            issue_token(agent.token);
            uses_allowed_[agent.token] = 1;
        }
        agents_.push_back(std::move(agent));
    }
}

World::~World() {
    // Whoever acts in the world ends before what it acts on.
    parts_.clear();
    server_.reset();
}

void World::issue_token(const std::string& secret) {
    shard::Ids ids(scheduler_, scheduler_);
    ports::TokenRow token;
    token.id = ids.next_as<ports::TokenId>();
    token.kind = ports::TokenKind::enrolment;
    token.secret = base::sha256(secret);
    token.uses_left = 1;
    token.expires = scheduler_.now() + std::chrono::hours(24 * 365);
    if (server_) {
        server_->writer.submit(
            shard::control_of(kTenant), shard::Priority::person,
            [token](shard::Transaction& transaction) -> base::Status {
                transaction.put(token);
                return {};
            },
            [](base::Status) {});
        return;
    }
    token.row_version = 1;
    write_before_start(token);
}

void World::write_before_start(ports::Row row) {
    ports::Batch batch;
    batch.shards.push_back({kTenant, device::kControlShard, {std::move(row)}});
    store_.misbehave({.slowest = base::Duration(40), .failures = 0, .unreadable = 0, .lies = false});
    store_.commit(std::move(batch), [](base::Result<std::uint64_t>) {});
}

void World::watch(const ports::Batch& batch) {
    dirty_ = true;
    if (planted(Planted::lying_store)) return;
    if (planted(Planted::no_flight) || planted(Planted::no_rate)) {
        ports::Batch wrong = batch;
        for (ports::ShardRows& shard : wrong.shards)
            for (ports::Row& row : shard.rows)
                if (auto* rollout = std::get_if<ports::RolloutRow>(&row))
                    for (rollout::Wave& wave : rollout->plan.waves)
                        wave.pace = planted(Planted::no_flight) ? rollout::Pace{.max_in_flight = 1}
                                                                : rollout::Pace{.per_minute = 1};
        return ledger_.durable(wrong, scheduler_.steady());
    }
    if (planted(Planted::pending_as_verified) || planted(Planted::lost_recount)) {
        ports::Batch wrong = batch;
        for (ports::ShardRows& shard : wrong.shards)
            for (ports::Row& row : shard.rows)
                if (auto* count = std::get_if<ports::GateCountRow>(&row)) {
                    if (planted(Planted::lost_recount)) {
                        count->counts = {};
                        continue;
                    }
                    count->counts.verified += count->counts.pending;
                    count->counts.pending = 0;
                }
        return ledger_.durable(wrong, scheduler_.steady());
    }
    ledger_.durable(batch, scheduler_.steady());
}

void World::remember(std::string_view who, std::string_view what) {
    notes_.push_back(base::to_iso8601(scheduler_.true_now()) + " " + std::to_string(scheduler_.events()) +
                     " " + std::string(who) + ": " + std::string(what.substr(0, 400)));
    if (notes_.size() > options_.notes) notes_.pop_front();
}

void World::start() {
    ++life_;
    note("server", "starts");
    server_ = std::make_unique<Server>(scheduler_, store_, blobs_, *this, planted(Planted::blind_faith));
    ledger_.server_started();
    using std::chrono::hours;
    const Server::Times times = healing_ ? Server::Times{hours(1), hours(6), hours(6), hours(6)}
                                         : Server::Times{seconds(5), seconds(30), seconds(60), seconds(1800)};
    const auto status = server_->start(times, !planted(Planted::no_budget), [this] {
        ledger_.before_gates(scheduler_.now(), scheduler_.steady());
    });
    if (!status.ok()) return fail("the server does not start: " + status.error().text());
    server_->repository.start(kTenant, false, [](base::Status) {});
    for (const auto& [id, version] : acknowledged_version_) {
        const auto row = server_->live.device({kTenant, id});
        if (!row || row->row_version < version)
            return fail("device " + id.text() + " lost what was acknowledged before the crash");
    }
    check_full();
}

void World::set_clock(base::Duration off) {
    note("clock", "the server's is off by " + std::to_string(off.count() / 1000) + " s");
    scheduler_.skew = off;
    clock_jumped_ = true;
    ledger_.clock_jumped();
}

void World::crash() {
    if (!server_) return;
    ++statistics_.crashes;
    note("server", "dies");
    server_.reset();
    store_.crash();
    scheduler_.at(seconds(1 + scheduler_.draw(20)), [this] { start(); });
}

base::Duration World::delay() {
    if (healing_) return base::Duration(scheduler_.draw(50));
    return base::Duration(scheduler_.chance(60) ? scheduler_.draw(25'000) : scheduler_.draw(200));
}

void World::carry(const std::string& who, ports::HttpRequest request,
                  std::function<void(base::Result<ports::HttpResponse>)> heard) {
    ++statistics_.requests;
    scheduler_.mix(request.path);
    scheduler_.mix(request.body);
    note(who, "> " + request.path + " " + request.body);
    const auto answer = [this, who, heard](base::Result<ports::HttpResponse> response) {
        if (!healing_ && scheduler_.chance(40)) return;
        scheduler_.at(delay(), [this, who, heard, response = std::move(response)] {
            if (options_.notes != 0) {
                const auto* body = response.ok() ? std::get_if<std::string>(&response->body) : nullptr;
                note(who, "< " +
                              (response.ok() ? std::to_string(response->status) : response.error().text()) +
                              " " + (body != nullptr ? *body : std::string()));
            }
            heard(response);
        });
    };
    const int copies = !healing_ && scheduler_.chance(40) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
        if (!healing_ && scheduler_.chance(40)) continue;
        scheduler_.at(delay(), [this, request, answer] {
            if (!server_) {
                if (scheduler_.chance(500)) answer(base::unavailable("the connection was refused"));
                return;
            }
            ports::HttpRequest head = request;
            head.body.clear();
            auto admitted = server_->protocol.on_head(head);
            if (auto* refused = std::get_if<ports::HttpResponse>(&admitted))
                return answer(std::move(*refused));
            server_->protocol.handle(request, [answer](ports::HttpResponse response) { answer(response); });
        });
    }
}

std::optional<ports::DeviceRow> World::durable_row(device::DeviceId id) {
    std::optional<ports::DeviceRow> found;
    (void)store_.durable()
        .load(kTenant, device::shard_of(kTenant, id),
              [&](ports::TenantId, ports::ShardId, ports::Row row) -> base::Status {
                  if (auto* device = std::get_if<ports::DeviceRow>(&row); device && device->id == id)
                      found = std::move(*device);
                  return {};
              })
        .ok();
    return found;
}

void World::acknowledged(device::DeviceId id, const std::string& what,
                         std::function<bool(const ports::DeviceRow&)> holds) {
    ++statistics_.acknowledged;
    const auto row = durable_row(id);
    if (!row || !holds(*row)) return fail(what + " of " + id.text() + " was acknowledged and is not durable");
    auto& version = acknowledged_version_[id];
    version = std::max(version, row->row_version);
}

void World::enrol(std::size_t number) {
    const Agent& agent = agents_[number];
    fleet::EnrolRequest request;
    request.token = agent.token;
    request.csr_pem = "csr of " + agent.serial;
    request.serial = agent.serial;
    request.model = number % 4 == 0 ? "GW-1" : "AC-200";
    request.facts = {{"site", "Plant " + std::to_string(number % 3)}, {"firmware_version", agent.version}};
    send<fleet::Enrolled>(
        [this, request](Server& server, shard::Completion<fleet::Enrolled> reply) {
            server.enrolment.enrol(
                kTenant, request, [this, request, reply](base::Result<fleet::Enrolled> result) {
                    if (result.ok()) {
                        const std::string certificate =
                            result->certificate_pem.substr(result->certificate_pem.rfind(' ') + 1);
                        acknowledged(result->device, "the enrolment", [&](const ports::DeviceRow& row) {
                            // A doubled request may be in the same commit.
                            return row.certificate_serial == certificate ||
                                   row.previous_certificate_serial == certificate;
                        });
                        enrolled_with_[request.token].insert(request.serial);
                        if (enrolled_with_[request.token].size() > uses_allowed_[request.token])
                            fail("the token " + request.token + " enrolled more devices than it allows");
                    }
                    reply(std::move(result));
                });
        },
        [this, number](base::Result<fleet::Enrolled> result) {
            if (!result.ok()) return;
            Agent& heard = agents_[number];
            heard.device = result->device.text();
            heard.certificate = result->certificate_pem.substr(result->certificate_pem.rfind(' ') + 1);
        });
}

void World::poll(std::size_t number) {
    const Agent& agent = agents_[number];
    const fleet::DeviceActor actor{kTenant, *device::DeviceId::parse(agent.device), agent.certificate};
    // The network keeps its own copy of the message.
    struct Message {
        std::string version, boot;
        std::uint64_t desired;
    };
    const Message message{agent.version, agent.boot, agent.desired};
    const bool was_revoked = agent.revoked;
    send<fleet::PollAnswer>(
        [this, actor, message, was_revoked](Server& server, shard::Completion<fleet::PollAnswer> reply) {
            fleet::PollReport report;
            report.desired = message.desired;
            report.running_version = message.version;
            report.boot_id = message.boot;
            server.polling.poll(actor, report,
                                [this, actor, was_revoked, reply](base::Result<fleet::PollAnswer> answer) {
                                    if (answer.ok() && was_revoked) fail("a revoked identity was served");
                                    reply(std::move(answer));
                                });
        },
        [this, number](base::Result<fleet::PollAnswer> answer) {
            if (!answer.ok()) return;
            ++statistics_.polls;
            Agent& heard = agents_[number];
            // Replies overtake each other; the agent keeps the highest number.
            heard.desired = std::max(heard.desired, answer->desired);
            if (answer->renew && scheduler_.chance(500)) renew(number);
            if (answer->send_inventory) inventory(number);
        });
}

void World::inventory(std::size_t number) {
    const Agent& agent = agents_[number];
    if (agent.device.empty()) return;
    const fleet::DeviceActor actor{kTenant, *device::DeviceId::parse(agent.device), agent.certificate};
    fleet::InventoryReport report;
    report.facts = {{"kernel", "6.1." + std::to_string(agent.boots)}, {"firmware_version", agent.version}};
    for (std::uint64_t n = 0; n <= scheduler_.draw(3); ++n) {
        component::Component component;
        component.name = "package-" + std::to_string(n);
        component.version = "1." + std::to_string(scheduler_.draw(2));
        report.components.push_back(component);
    }
    const std::string digest = base::sha256(agent.version + std::to_string(agent.boots)).hex();
    send<base::Nothing>(
        [this, actor, report, digest](Server& server, shard::Completion<base::Nothing> reply) {
            server.inventories.take(actor, report, digest, [this, actor, reply](base::Status status) {
                if (status.ok())
                    acknowledged(actor.device, "the inventory", [](const ports::DeviceRow& row) {
                        return row.last_inventory != base::TimePoint{};
                    });
                if (!status.ok()) return reply(std::move(status).error());
                reply(base::Nothing{});
            });
        },
        [](base::Result<base::Nothing>) {});
}

void World::renew(std::size_t number) {
    const Agent& agent = agents_[number];
    const fleet::DeviceActor actor{kTenant, *device::DeviceId::parse(agent.device), agent.certificate};
    send<std::string>(
        [actor](Server& server, shard::Completion<std::string> reply) {
            server.enrolment.renew(actor, "csr", reply);
        },
        [this, number, from = agent.certificate](base::Result<std::string> pem) {
            // An answer that comes late is of no use to an agent that uses another one by now.
            if (pem.ok() && agents_[number].certificate == from)
                agents_[number].certificate = pem->substr(pem->rfind(' ') + 1);
        });
}

void World::agent_acts(std::size_t number) {
    Agent& agent = agents_[number];
    if (agent.device.empty()) {
        enrol(number);
    } else {
        switch (scheduler_.draw(12)) {
        case 0:
            agent.boot = "boot-" + agent.serial + "-" + std::to_string(++agent.boots);
            break;
        case 1:
            agent.version = "1." + std::to_string(scheduler_.draw(4)) + ".0";
            break;
        case 2:
            inventory(number);
            break;
        case 3:
            renew(number);
            break;
        default:
            poll(number);
        }
    }
    scheduler_.at(healing_ ? seconds(14'400) : seconds(5 + scheduler_.draw(60)),
                  [this, number] { agent_acts(number); });
}

void World::person_acts() {
    if (healing_) return;
    if (server_) {
        const Agent& agent = agents_[scheduler_.draw(agents_.size())];
        const auto id =
            agent.device.empty() ? std::nullopt : std::optional(*device::DeviceId::parse(agent.device));
        const auto nothing = [](base::Status) {};
        switch (scheduler_.draw(11)) {
        case 0:
        case 1:
            if (id) {
                const std::string owner = "owner-" + std::to_string(scheduler_.draw(5));
                server_->registry.set_facts(
                    admin_, *id, {{"owner", owner}}, "", [this, id = *id](base::Status status) {
                        if (status.ok())
                            acknowledged(id, "a fact", [](const ports::DeviceRow&) { return true; });
                    });
            }
            break;
        case 2:
            if (id) {
                const bool held = scheduler_.chance(500);
                server_->registry.hold(
                    admin_, *id, held, "maintenance", [this, id = *id](base::Status status) {
                        if (status.ok())
                            acknowledged(id, "a hold", [](const ports::DeviceRow&) { return true; });
                    });
            }
            break;
        case 3:
            if (id && scheduler_.chance(200))
                server_->enrolment.revoke(
                    admin_, *id, "stolen", [this, number = agent.number, id = *id](base::Status status) {
                        if (!status.ok()) return;
                        acknowledged(id, "a revocation",
                                     [](const ports::DeviceRow& row) { return row.revoked; });
                        agents_[number].revoked = true;
                    });
            break;
        case 4:
            if (id && scheduler_.chance(100)) server_->registry.retire(admin_, *id, "sold", nothing);
            break;
        case 5: {
            fleet::GroupWish wish;
            wish.name = "Group " + std::to_string(scheduler_.draw(4));
            wish.query = scheduler_.chance(500) ? "site = \"Plant 1\"" : "model = GW-*";
            wish.defaults = {{"criticality", scheduler_.chance(500) ? "high" : "low"}};
            server_->groups.create(admin_, wish, [](base::Result<fleet::GroupId>) {});
            break;
        }
        case 6: {
            fleet::ImportWish wish;
            wish.name = "fleet.csv";
            wish.text = "serial,model,platform,os_version,patch_level\n";
            for (int line = 0; line < 3; ++line)
                wish.text += "IMP-" + std::to_string(scheduler_.draw(6)) + ",Phone,android," +
                             std::to_string(12 + scheduler_.draw(3)) + ",2024-0" +
                             std::to_string(1 + scheduler_.draw(8)) + "-01\n";
            server_->imports.run(admin_, std::move(wish), [](base::Result<fleet::ImportReport>) {});
            break;
        }
        case 7: {
            component::Component busybox;
            busybox.name = "busybox";
            busybox.version = "1." + std::to_string(30 + scheduler_.draw(6));
            server_->inventories.attach_to_firmware(admin_, scheduler_.chance(500) ? "GW-1" : "AC-200",
                                                    "1." + std::to_string(scheduler_.draw(4)) + ".0",
                                                    {"sbom.json", {busybox}, {}},
                                                    [](base::Result<fleet::SetId>) {});
            break;
        }
        case 8:
            edit_many();
            break;
        case 9: {
            const auto edits = server_->edits.list(admin_, "");
            if (edits.ok() && !edits->empty())
                server_->edits.undo(admin_, (*edits)[scheduler_.draw(edits->size())].id, "a mistake",
                                    [](base::Result<ports::EditRow>) {});
            break;
        }
        default:
            server_->polling.flush_last_seen();
            server_->polling.sweep_quiet();
        }
    }
    scheduler_.at(seconds(1 + scheduler_.draw(20)), [this] { person_acts(); });
}

// Looks, and does what was shown; others may have been quicker.
void World::edit_many() {
    fleet::BulkWish wish;
    wish.query = scheduler_.chance(500) ? "model = GW-*" : "";
    switch (scheduler_.draw(3)) {
    case 0:
        wish.deed.kind = fleet::Deed::Kind::hold;
        break;
    case 1:
        wish.deed.kind = fleet::Deed::Kind::release;
        break;
    default:
        wish.deed.facts = {{"owner", "owner " + std::to_string(scheduler_.draw(3))}, {"tag.ring", "1"}};
    }
    server_->bulk.preview(admin_, wish, [this, wish](base::Result<fleet::BulkPreview> seen) {
        if (seen.ok() && seen->changes > 0 && server_)
            server_->bulk.apply(admin_, wish, seen->stamp, "", [](base::Result<ports::EditRow>) {});
    });
}

void World::check_light() {
    if (!std::exchange(dirty_, false)) return;
    const memory::Tables& durable = store_.durable();
    const auto fresh = durable.audit(kTenant, audited_ ? audited_->number : 0, 1000);
    if (const auto chain = shard::verify_audit(audited_, fresh); !chain.ok())
        return fail(chain.error().text());
    if (!fresh.empty()) audited_ = fresh.back();
}

void World::check_full() {
    const memory::Tables& durable = store_.durable();
    const Snapshot snapshot = snapshot_of(durable);
    statistics_.devices = snapshot.devices.size();
    for (const auto& [id, row] : snapshot.devices) {
        auto& desired = desired_[id];
        if (row.desired_number < desired) return fail("the desired number of " + id.text() + " went back");
        desired = row.desired_number;
        std::map<ports::Layer, ports::SetId> open;
        std::map<ports::Layer, base::TimePoint> last;
        for (const ports::DeviceSetRow& set : durable.device_sets(kTenant, id)) {
            if (set.to && *set.to < set.from)
                return fail("an interval of " + id.text() + " ends before it begins");
            // Where the server's clock went back, intervals overlap; what is known to be so now never does.
            if (!clock_jumped_ && set.from < last[set.layer])
                return fail("two intervals of " + id.text() + " overlap");
            last[set.layer] = set.to.value_or(last[set.layer]);
            if (!set.to && !open.emplace(set.layer, set.set).second)
                return fail("two intervals of " + id.text() + " are open");
        }
        if (open[ports::Layer::base] != row.base_set || open[ports::Layer::delta] != row.delta_set)
            return fail("the open intervals of " + id.text() + " are not the sets of its row");
    }
    std::map<std::string, device::DeviceId> serials;
    for (const auto& [id, facts] : snapshot.facts)
        if (const auto serial = facts.find("serial"); serial != facts.end())
            if (!serials.emplace(serial->second.value, id).second) return fail("two devices hold one serial");
    if (server_ && !planted(Planted::lying_store)) compare(durable);
}

// Long after the faults: none is said to run that does not, and none did less than it says.
void World::check_edits() {
    const auto edits = server_->edits.list(admin_, "");
    if (!edits.ok()) return fail("the edits cannot be listed: " + edits.error().text());
    for (const ports::EditRow& edit : *edits) {
        if (edit.state == "running" || edit.state == "undoing")
            return fail("edit " + edit.id.text() + " is " + edit.state + " for ever");
        const auto rows = store_.durable().edited_devices(kTenant, edit.id, std::nullopt, 1'000'000);
        if (rows.size() < edit.changed)
            return fail("edit " + edit.id.text() + " says that it changed more than it kept");
        if (edit.state == "undone")
            for (const ports::EditedDeviceRow& row : rows)
                if (!row.undone) return fail("edit " + edit.id.text() + " is undone and forgot a device");
    }
}

// The live fleet says what a recount of the store says.
void World::compare(const memory::Tables& durable) {
    const Snapshot snapshot = snapshot_of(durable);
    std::uint64_t gateways = 0, held = 0, active = 0;
    for (const auto& [id, row] : snapshot.devices) {
        const auto live = server_->live.device({kTenant, id});
        if (!live || *live != row)
            return fail("the live row of " + id.text() + " differs from the stored one");
        std::map<std::string, device::Fact> facts;
        for (device::Fact& fact : server_->live.facts({kTenant, id}))
            facts[fact.key] = std::move(fact);
        auto stored =
            snapshot.facts.contains(id) ? snapshot.facts.at(id) : std::map<std::string, device::Fact>();
        stored.erase(std::string(fleet::kInventoryKey));
        if (facts != stored) return fail("the live facts of " + id.text() + " differ from the stored ones");
        if (const auto serial = stored.find("serial"); serial != stored.end())
            if (server_->live.by_serial(kTenant, serial->second.value) != id)
                return fail("the index lost a serial");
        const bool retired = row.lifecycle == device::Lifecycle::retired;
        const auto model = stored.find("model");
        gateways += !retired && model != stored.end() && model->second.value == "GW-1" ? 1 : 0;
        held += !retired && row.hold ? 1 : 0;
        active += row.lifecycle == device::Lifecycle::active ? 1 : 0;
    }
    for (const auto& [id, row] : ledger_.rollouts())
        if (!ledger_.agrees(id, server_->rollouts.counts(kTenant, id)))
            return fail("a wave's counts in memory differ from a scan of the deployments");
    if (server_->live.size(kTenant) != snapshot.devices.size())
        return fail("the live fleet has devices that are not stored");
    const auto count = [&](const char* query) {
        return server_->live.count({kTenant, {}, *device::parse_query(query), fleet::Records::managed}).yes;
    };
    if (count("model = GW-1") != gateways) return fail("a count by model differs from a recount");
    if (count("hold = yes") != held) return fail("a count of held devices differs from a recount");
    if (count("lifecycle = active") != active) return fail("a count by lifecycle differs from a recount");
}

void World::heal() {
    note("world", "the faults end");
    healing_ = true;
    if (scheduler_.skew != base::Duration{}) set_clock({});
    store_.misbehave({.slowest = base::Duration(40), .failures = 0, .unreadable = 0, .lies = false});
    if (server_) {
        server_.reset();
        store_.crash();
        start();
    }
    if (!server_)
        scheduler_.at(seconds(30), [this] { slow_down(); });
    else
        slow_down();
    for (auto& part : parts_)
        part->heal();
}

// Devices come back every few hours only, so that weeks pass in few events.
void World::slow_down() {
    server_->writer.submit(
        shard::control_of(kTenant), shard::Priority::terminal,
        [](shard::Transaction& transaction) -> base::Status {
            transaction.put(ports::DocumentRow{"setting/poll_seconds", "14400"});
            return {};
        },
        [this](base::Status status) {
            if (!status.ok()) fail("a setting is refused after the faults: " + status.error().text());
        });
}

// One event and what has to hold after it.
bool World::proceed() {
    if (broken_ || !scheduler_.step()) return false;
    check_light();
    if (!broken_ && scheduler_.events() % (healing_ ? 1024 : 128) == 0) check_full();
    return !broken_;
}

std::optional<std::string> World::run() {
    // What stands in the store at first is durable before anything else happens.
    while (scheduler_.steady() < seconds(1) && scheduler_.step()) {
    }
    if (planted(Planted::lying_store))
        store_.commit({}, [](base::Result<std::uint64_t>) {}); // pushes the first one out
    // Some worlds have a disk that takes its time.
    store_.misbehave({.slowest = base::Duration(scheduler_.chance(200) ? 9000 : 40),
                      .failures = static_cast<std::uint32_t>(scheduler_.draw(3) * 15),
                      .unreadable = static_cast<std::uint32_t>(scheduler_.draw(2) * 100),
                      .lies = planted(Planted::lying_store)});
    start();
    for (std::size_t n = 0; n < agents_.size(); ++n)
        scheduler_.at(seconds(scheduler_.draw(30)), [this, n] { agent_acts(n); });
    scheduler_.at(seconds(10), [this] { person_acts(); });
    const std::uint64_t end = scheduler_.events() + options_.events;
    while (scheduler_.events() < end && proceed())
        if (scheduler_.chance(1) && server_) crash();
    if (!broken_ && !parts_.empty()) {
        heal();
        const base::Duration last = scheduler_.steady() + kLongEnough;
        std::string open = "nothing was looked at";
        std::uint64_t looked = scheduler_.events();
        while (!open.empty() && proceed()) {
            if (scheduler_.events() < looked + 500 && scheduler_.steady() < last) continue;
            looked = scheduler_.events();
            if (looked > end + kTooMany) fail("the world does not come to rest");
            open.clear();
            for (auto& part : parts_)
                if (open.empty()) open = part->unsettled();
            if (!open.empty() && scheduler_.steady() >= last) fail("long after the faults ended: " + open);
        }
    }
    if (!broken_) check_full();
    if (!broken_ && !parts_.empty() && server_) check_edits();
    statistics_.events = scheduler_.events();
    statistics_.digest = scheduler_.digest();
    if (broken_) return *broken_ + " (event " + std::to_string(scheduler_.events()) + ")";
    return std::nullopt;
}

} // namespace oakum::simulation
