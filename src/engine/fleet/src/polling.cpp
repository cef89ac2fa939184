// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <base/digest.hpp>
#include <device/lifecycle.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>

namespace oakum::fleet {
namespace {

constexpr std::size_t kFlush = 4096, kQuiet = 256;

base::Error refusal(const LiveFleet::PollCell& cell) {
    switch (cell.identity) {
    case LiveFleet::Identity::unknown_device:
        return base::not_found("there is no such device");
    case LiveFleet::Identity::revoked:
        return base::denied("the identity of this device was revoked");
    case LiveFleet::Identity::superseded:
        return base::denied("this certificate was replaced by a newer one");
    case LiveFleet::Identity::current:
    case LiveFleet::Identity::previous:
        break;
    }
    return base::denied("this device was retired");
}

bool is_refused(const LiveFleet::PollCell& cell) {
    return (cell.identity != LiveFleet::Identity::current &&
            cell.identity != LiveFleet::Identity::previous) ||
           cell.lifecycle == device::Lifecycle::retired;
}

// A poll's report that outlives the message it came in.
struct Held {
    std::string running_version, inventory, boot_id;
    PollReport report;
    explicit Held(const PollReport& told)
        : running_version(told.running_version), inventory(told.inventory), boot_id(told.boot_id),
          report(told) {
        report.running_version = running_version;
        report.inventory = inventory;
        report.boot_id = boot_id;
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
};

} // namespace

Polling::Polling(Core& core, OfferSource& offers, ports::Random& random) : core_(core), offers_(offers) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    for (const std::uint8_t byte : bytes)
        jitter_key_ = jitter_key_ << 8 | byte;
}

Polling::Look Polling::look(const DeviceActor& device, const PollReport& report) const {
    Look look;
    look.now = static_cast<std::uint32_t>(base::unix_seconds(core_.clock.now()));
    look.cell = core_.fleet.poll(
        device.key(), device.certificate_serial, report.boot_id, report.running_version, report.inventory,
        look.now, [&](const LiveFleet::PollCell& cell, const Glance& glance) {
            look.wants = may_offer(cell) && offers_.would_offer(glance, report.keeps_windows);
        });
    return look;
}

PollAnswer Polling::base_answer(const DeviceActor& device, const Look& look, const PollReport& report) const {
    const LiveFleet::PollCell& cell = look.cell;
    PollAnswer answer;
    answer.desired = cell.desired_number;
    const std::uint32_t seconds = std::max(1U, cell.poll_seconds);
    // 10% to either side, another each time, so that devices spread out.
    const std::uint64_t now = look.now;
    const std::uint64_t spread = seconds / 5;
    const std::uint64_t draw = (device.device.get().low ^ jitter_key_ ^ now) * 0x9E3779B97F4A7C15ULL >> 33;
    answer.poll_seconds =
        static_cast<std::uint32_t>(seconds - spread / 2 + (spread == 0 ? 0 : draw % (spread + 1)));
    answer.send_inventory = !cell.has_inventory || cell.inventory_changed;
    answer.renew = cell.certificate_expires != 0 && !cell.renewal_pending &&
                   now + cell.certificate_seconds / 3 >= cell.certificate_expires;
    // A poll that lost the renewal's answer asks with the old certificate: it is told to renew again.
    if (cell.identity == LiveFleet::Identity::previous) answer.renew = true;
    if (cell.has_deployment) answer.offer = offers_.present(device);
    answer.unchanged =
        report.desired == cell.desired_number && !answer.send_inventory && !answer.renew && !answer.offer;
    return answer;
}

std::optional<base::Result<PollAnswer>> Polling::poll_at_once(const DeviceActor& device,
                                                              const PollReport& report) const {
    const Look look = this->look(device, report);
    const LiveFleet::PollCell& cell = look.cell;
    if (is_refused(cell)) {
        // The first use of a certificate that was replaced is written down; from then on it costs nothing.
        if (cell.identity == LiveFleet::Identity::superseded && !cell.clone_suspected) return std::nullopt;
        return base::Result<PollAnswer>(refusal(cell));
    }
    if (to_note(cell) || look.wants || is_listened_to(device, cell)) return std::nullopt;
    return base::Result<PollAnswer>(base_answer(device, look, report));
}

bool Polling::has_business(const DeviceActor& device, Keeps keeps) const {
    bool has = false;
    core_.fleet.glance(device.key(), [&](const Glance& glance) {
        const bool may_be_offered =
            !glance.hold() && !glance.revoked() && glance.lifecycle() == device::Lifecycle::active;
        has = glance.has_deployment() || (may_be_offered && offers_.would_offer(glance, keeps));
    });
    return has;
}

bool Polling::to_note(const LiveFleet::PollCell& cell) {
    return !cell.same_boot || !cell.same_version || cell.lifecycle == device::Lifecycle::quiet ||
           (cell.renewal_pending && cell.identity == LiveFleet::Identity::current);
}

bool Polling::may_offer(const LiveFleet::PollCell& cell) {
    return !cell.hold && cell.lifecycle == device::Lifecycle::active;
}

bool Polling::is_listened_to(const DeviceActor& device, const LiveFleet::PollCell& cell) const {
    return (cell.has_deployment || cell.asked_before) && offers_.listens(device);
}

void Polling::poll(DeviceActor device, PollReport report, shard::Completion<PollAnswer> done) {
    if (auto answer = poll_at_once(device, report)) return done(std::move(*answer));
    // Shared by the steps below, each of which may end in another turn of the executor.
    auto held = std::make_shared<const Held>(report);
    const auto finish = [this, device, held, done](bool may_ask) {
        const Look seen = look(device, held->report);
        if (is_refused(seen.cell)) return done(refusal(seen.cell));
        if (!may_ask || !seen.wants) return done(base_answer(device, seen, held->report));
        offers_.offer(device, held->report.keeps_windows,
                      [this, device, held, done](base::Result<std::optional<OfferView>> offer) {
                          // No store: the present desired state, no new offer, and no attempt is spent.
                          PollAnswer answer = base_answer(device, look(device, held->report), held->report);
                          if (offer.ok() && *offer) {
                              answer.offer = std::move(*offer);
                              answer.unchanged = false;
                          }
                          done(std::move(answer));
                      });
    };
    const auto word_of = [this](const DeviceActor& who, const std::string& version) {
        if (!version.empty()) return version;
        // It does not say in each poll what it runs: what it said last holds.
        const auto row = core_.fleet.device(who.key());
        return row ? row->running_version : std::string();
    };
    const auto prove = [this, device, held, finish, word_of](bool stored) {
        const LiveFleet::PollCell cell = look(device, held->report).cell;
        if (stored && !is_refused(cell) && is_listened_to(device, cell))
            return offers_.seen(device, word_of(device, held->running_version), held->report.healthy,
                                [finish](base::Status status) { finish(status.ok()); });
        finish(stored);
    };
    const LiveFleet::PollCell cell = look(device, report).cell;
    if (!is_refused(cell) && !to_note(cell)) return prove(true);
    note(device, held->report, [this, device, held, prove, done](base::Status status) {
        const LiveFleet::PollCell after = look(device, held->report).cell;
        if (is_refused(after)) return done(refusal(after));
        const bool lost = !status.ok() && status.error().kind == base::ErrorKind::unavailable;
        if (!status.ok() && !lost) return done(std::move(status).error());
        prove(status.ok());
    });
}

void Polling::note(const DeviceActor& device, const PollReport& report,
                   std::function<void(base::Status)> done) {
    const LiveFleet::PollCell cell = look(device, report).cell;
    core_.writer.submit(
        shard::place_of(device.tenant, device.device), shard::Priority::poll,
        [this, device, earlier_boot = cell.earlier_boot, version = std::string(report.running_version),
         boot = boot_mark(report.boot_id)](shard::Transaction& transaction) -> base::Status {
            auto row = transaction.device(device.device);
            if (!row) return base::not_found("there is no such device");
            const auto suspect = [&](const std::string& detail) {
                if (row->clone_suspected) return;
                row->clone_suspected = true;
                transaction.event(
                    {row->id, transaction.now(), "clone", device.certificate_serial, "", "", detail});
                transaction.change("alarm", row->id.text(), "{\"what\":\"clone\"}");
            };
            const bool current = device.certificate_serial == row->certificate_serial;
            const bool previous = !row->previous_certificate_serial.empty() &&
                                  device.certificate_serial == row->previous_certificate_serial;
            if (row->revoked || row->lifecycle == device::Lifecycle::retired) return {};
            if (!current && !previous) {
                suspect(
                    "a certificate that was replaced was used again: two devices may share this identity");
                transaction.put(*row);
                return {};
            }
            if (current && !row->previous_certificate_serial.empty()) {
                transaction.event({row->id, transaction.now(), "certificate", row->certificate_serial,
                                   row->previous_certificate_serial, row->certificate_serial,
                                   "the renewed certificate is in use; the one before is no longer valid"});
                row->previous_certificate_serial.clear();
            }
            if (!boot.empty() && row->boot_id != boot) {
                if (earlier_boot)
                    suspect("a boot id that was replaced came back: two devices may share this identity");
                if (!row->boot_id.empty())
                    transaction.event(
                        {row->id, transaction.now(), "boot", "", row->boot_id, boot, "restarted"});
                row->boot_id = boot;
            }
            const device::Lifecycle before = row->lifecycle;
            TRY_VALUE(row->lifecycle, device::step(before, device::LifecycleEvent::heard));
            if (row->lifecycle != before) {
                transaction.event({row->id, transaction.now(), "lifecycle", "",
                                   std::string(device::to_string(before)),
                                   std::string(device::to_string(row->lifecycle)), "heard of again"});
                transaction.change("device", row->id.text(), "{\"what\":\"lifecycle\"}");
            }
            note_running_version(transaction, core_.software, *row, version);
            row->last_seen = std::max(row->last_seen, whole_seconds(transaction.now()));
            transaction.put(*row);
            transaction.change("device", row->id.text(), "{\"what\":\"seen\"}");
            return {};
        },
        std::move(done));
}

void Polling::flush_last_seen() {
    for (const TenantId tenant : core_.control.tenants())
        for (const auto& [id, seconds] : core_.fleet.heard(tenant, heard_cursor_[tenant], kFlush))
            core_.writer.submit(
                shard::place_of(tenant, id), shard::Priority::telemetry,
                [device = id, at = base::from_unix_ms(std::int64_t{seconds} * 1000)](
                    shard::Transaction& transaction) -> base::Status {
                    auto row = transaction.device(device);
                    if (!row || row->last_seen >= at) return {};
                    row->last_seen = at;
                    transaction.put(*row);
                    return {};
                },
                [](base::Status) {
                    // Shed or lost: what was heard stays in memory and is written with the next turn.
                });
}

void Polling::sweep_quiet() {
    const auto now = static_cast<std::uint32_t>(base::unix_seconds(core_.clock.now()));
    for (const TenantId tenant : core_.control.tenants()) {
        const std::uint32_t cadence =
            std::max(60U, setting(core_.control, tenant, "poll_seconds", kPollSeconds));
        for (const DeviceId& id :
             core_.fleet.fallen_quiet(tenant, quiet_cursor_[tenant], now, cadence, kQuiet))
            core_.writer.submit(
                shard::place_of(tenant, id), shard::Priority::telemetry,
                [id, now, heard = core_.fleet.last_heard({tenant, id})](
                    shard::Transaction& transaction) -> base::Status {
                    auto row = transaction.device(id);
                    if (!row || row->lifecycle != device::Lifecycle::active) return {};
                    TRY_VALUE(row->lifecycle,
                              device::step(row->lifecycle, device::LifecycleEvent::fell_quiet));
                    row->last_seen = std::max(row->last_seen, heard);
                    const std::int64_t silent = std::int64_t{now} - base::unix_seconds(row->last_seen);
                    transaction.event({id, transaction.now(), "lifecycle", "", "active", "quiet",
                                       "not heard of for " + std::to_string(silent) + " s"});
                    transaction.put(*row);
                    transaction.change("device", id.text(), "{\"what\":\"lifecycle\"}");
                    return {};
                },
                [](base::Status) {
                    // The next sweep comes by again.
                });
    }
}

} // namespace oakum::fleet
