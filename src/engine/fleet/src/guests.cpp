// SPDX-License-Identifier: Apache-2.0
#include "identity.hpp"

#include <device/lifecycle.hpp>
#include <device/query.hpp>
#include <fleet/guests.hpp>
#include <governance/tokens.hpp>

namespace oakum::fleet {
namespace {

using device::Lifecycle;

bool opens(const ports::TokenRow& token, base::TimePoint now) {
    return token.kind == ports::TokenKind::enrolment && !token.revoked && token.expires > now &&
           token.uses_left > 0;
}

base::Error elsewhere() {
    return base::denied("the device with this id proves itself in another way");
}

// Who comes without a token takes no record over that others rely on: one that is managed, was ended by a
// person, or waits for one, who would then accept somebody else.
base::Status may_ask(const ports::DeviceRow& device) {
    if (device.lifecycle == Lifecycle::unmanaged && !device.revoked) return {};
    return base::conflict("a device of this id is known already: it needs an enrolment token");
}

// It waits for a person where policy says so, and always when it came without a token.
base::Result<Lifecycle> entered(const Newcomer& device, bool asks, bool acceptance) {
    const bool known =
        !device.fresh && (device.before == Lifecycle::active || device.before == Lifecycle::quiet);
    if (asks || (acceptance && !known)) return Lifecycle::pending;
    return device::step(device.before, device::LifecycleEvent::enrolled);
}

} // namespace

std::string Guests::mark_of(std::string_view kind, std::string_view proof) {
    base::Sha256 hash;
    hash.update(kind);
    hash.update(std::string_view("\0", 1));
    hash.update(proof);
    return hash.finish().hex().substr(0, 32);
}

base::Result<DeviceActor> Guests::find(TenantId tenant, std::string_view serial,
                                       const std::string& mark) const {
    const auto id = core_.fleet.by_serial(tenant, serial);
    if (!id) return base::not_found("there is no device of that id");
    DeviceActor actor{tenant, *id, mark};
    const auto now = static_cast<std::uint32_t>(base::unix_seconds(core_.clock.now()));
    const LiveFleet::PollCell cell = core_.fleet.poll(actor.key(), mark, {}, {}, {}, now);
    switch (cell.identity) {
    case LiveFleet::Identity::unknown_device:
        return base::not_found("there is no device of that id");
    case LiveFleet::Identity::revoked:
        return base::denied("the identity of this device was revoked");
    case LiveFleet::Identity::superseded:
        return elsewhere();
    case LiveFleet::Identity::current:
    case LiveFleet::Identity::previous:
        break;
    }
    if (cell.lifecycle == Lifecycle::retired) return base::denied("this device was retired");
    return actor;
}

bool Guests::may_enter(TenantId tenant, std::string_view token) const {
    const auto stored = core_.control.token_by_secret(tenant, base::sha256(token));
    return stored && opens(*stored, core_.clock.now());
}

void Guests::admit(TenantId tenant, GuestRequest request, shard::Completion<DeviceActor> done) {
    EnrolRequest told;
    told.serial = request.serial;
    told.protocol = request.protocol;
    told.facts = request.facts;
    if (auto status = check_enrolment_facts(told); !status.ok()) return done(std::move(status).error());
    const bool asks = request.token.empty() && !request.let_in;
    if (!asks && !request.let_in && !may_enter(tenant, request.token))
        return done(base::unauthenticated("the enrolment token is unknown, used up, expired or revoked"));
    if (asks) {
        auto waiting = device::parse_query("lifecycle = pending");
        if (waiting.ok() &&
            core_.fleet.count({tenant, {}, std::move(*waiting), Records::managed}).yes >= kMostWaiting)
            return done(base::unavailable("very many devices wait for a person already"));
    }
    const auto known = core_.fleet.by_serial(tenant, request.serial);
    // One that was ended, or that takes another's place, asks on and on: it is told without a command.
    if (known)
        if (const auto row = core_.fleet.device({tenant, *known})) {
            const bool same = row->certificate_serial == request.mark;
            if (same && (row->revoked || row->lifecycle == Lifecycle::retired))
                return done(base::denied("this identity was ended; the device needs another token or key"));
            if (asks && !same)
                if (auto free = may_ask(*row); !free.ok()) return done(std::move(free).error());
        }
    const DeviceId id = known ? *known : core_.ids.next_as<DeviceId>();
    const bool acceptance =
        !request.let_in.has_value() && setting(core_.control, tenant, "enrolment_acceptance", 0) != 0;
    core_.writer.submit<DeviceActor>(
        shard::place_of(tenant, id), shard::Priority::person,
        [this, tenant, id, told = std::move(told), request = std::move(request), asks,
         acceptance](shard::Transaction& transaction) -> base::Result<DeviceActor> {
            const auto holder = transaction.device_by_serial(told.serial);
            if (holder && *holder != id)
                return base::conflict("this serial is being enrolled already; try again");
            const base::TimePoint now = whole_seconds(transaction.now());
            Newcomer device = newcomer(transaction.device(id), id, now);
            // Asked twice before the first answer: it is in.
            if (!device.fresh && device.row.certificate_serial == request.mark) {
                if (device.row.revoked || device.row.lifecycle == Lifecycle::retired)
                    return base::denied("this identity was ended; the device needs another token or key");
                // One that waits may have been given a token since, which says what a person would.
                if (asks || acceptance || device.row.lifecycle != Lifecycle::pending)
                    return DeviceActor{tenant, id, request.mark};
            }
            if (asks && !device.fresh) TRY(may_ask(device.row));
            if (!device.fresh) TRY(may_take_identity(device.row, transaction.now()));
            std::string token;
            if (request.let_in) {
                if (!request.let_in->is_zero()) device.row.group = *request.let_in;
            } else if (!asks) {
                const auto stored = transaction.token_by_secret(base::sha256(request.token));
                TRY_VALUE(const GroupId group, governance::redeem_enrolment(transaction, request.token));
                if (stored) token = stored->id.text();
                if (!group.is_zero()) device.row.group = group;
            }
            TRY_VALUE(device.row.lifecycle, entered(device, asks, acceptance));
            device.row.last_seen = now;
            // What a list said before is no word of this identity: it is asked for its attributes.
            device.row.last_inventory = {};
            device.row.boot_id.clear();
            device.row.previous_certificate_serial.clear();
            device.row.certificate_expires.reset();
            take_identity(transaction, core_.software, device, told, request.mark,
                          asks             ? "asked to be let in by " + request.protocol
                          : request.let_in ? "enrolled by " + request.protocol
                                           : "enrolled with a token by " + request.protocol,
                          token);
            return DeviceActor{tenant, id, request.mark};
        },
        std::move(done));
}

} // namespace oakum::fleet
