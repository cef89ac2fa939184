// SPDX-License-Identifier: Apache-2.0
#include "deed_change.hpp"
#include "facts.hpp"
#include "identity.hpp"

#include <fleet/enrolment.hpp>
#include <fleet/inventory.hpp>
#include <governance/tokens.hpp>

#include <device/lifecycle.hpp>

#include <algorithm>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMaxToken = 256, kMaxCsr = 16 << 10;
// A certificate begins a little earlier, since a device's clock may be behind.
constexpr std::int64_t kLongestMargin = 300;

struct Life {
    std::int64_t from = 0, to = 0; // unix seconds
};
Life life_until(std::int64_t end, std::uint32_t seconds) {
    return {end - seconds - std::min<std::int64_t>(kLongestMargin, seconds / 10), end};
}

std::string uri_of(TenantId tenant, DeviceId device) {
    return "urn:oakum:" + std::to_string(tenant.get()) + ":" + device.text();
}

// Who enrolled last with a token and when: it may ask again until it was heard of.
std::string document_of(const base::Digest256& token) {
    return "enrolment/" + token.hex();
}

std::string newest_root(const shard::ControlTables& control, TenantId tenant) {
    std::string root;
    for (int version = 1; version < 10'000; ++version) {
        std::string next = control.document(tenant, "tuf/" + std::to_string(version) + ".root.json");
        if (next.empty()) break;
        root = std::move(next);
    }
    return root;
}

base::Status check_request(const EnrolRequest& request) {
    if (request.token.empty() || request.token.size() > kMaxToken)
        return base::invalid("a token is needed").at("/token");
    if (request.csr_pem.size() > kMaxCsr) return base::too_large("the certificate request").at("/csr_pem");
    return check_enrolment_facts(request);
}

bool has_lapsed(const ports::TokenRow& token, base::TimePoint now) {
    return token.kind != ports::TokenKind::enrolment || token.revoked || token.expires <= now;
}

// The row as the enrolment left it, as far as being heard of changes it. A device that had an identity before
// has told an inventory already.
std::string redeemed(const ports::DeviceRow& row) {
    return row.id.text() + " " + std::to_string(base::unix_seconds(row.last_seen)) + " " +
           std::to_string(base::unix_seconds(row.last_inventory));
}

} // namespace

void Enrolment::enrol(TenantId tenant, EnrolRequest request, shard::Completion<Enrolled> done) {
    if (auto status = check_request(request); !status.ok()) return done(std::move(status).error());
    // Cheap refusals before any signature is made; the command decides.
    const base::Digest256 digest = base::sha256(request.token);
    const auto token = core_.control.token_by_secret(tenant, digest);
    if (!token || has_lapsed(*token, core_.clock.now()))
        return done(base::unauthenticated("the enrolment token is unknown, used up, expired or revoked"));
    const auto known = core_.fleet.by_serial(tenant, request.serial);
    const DeviceId id = known ? *known : core_.ids.next_as<DeviceId>();
    const std::uint32_t seconds = certificate_seconds(core_.control, tenant);
    const std::int64_t expires = base::unix_seconds(core_.clock.now()) + seconds;
    const Life life = life_until(expires, seconds);
    auto certificate = authority_.issue(request.csr_pem, uri_of(tenant, id), life.from, life.to, "");
    if (!certificate.ok()) return done(std::move(certificate).error());

    const bool acceptance = setting(core_.control, tenant, "enrolment_acceptance", 0) != 0;
    Enrolled answer;
    answer.device = id;
    answer.certificate_pem = certificate->pem;
    answer.ca_pem = authority_.ca_pem();
    answer.trust_root = newest_root(core_.control, tenant);
    answer.pending = acceptance;
    answer.poll_seconds = setting(core_.control, tenant, "poll_seconds", kPollSeconds);
    core_.writer.submit<Enrolled>(
        shard::place_of(tenant, id), shard::Priority::person,
        [this, request = std::move(request), digest, id, acceptance, expires, serial = certificate->serial,
         answer = std::move(answer)](shard::Transaction& transaction) -> base::Result<Enrolled> {
            const auto holder = transaction.device_by_serial(request.serial);
            if (holder && *holder != id)
                return base::conflict("this serial is being enrolled already; try again");
            std::optional<ports::DeviceRow> row = transaction.device(id);
            const auto stored = transaction.token_by_secret(digest);
            const bool spent = stored && !has_lapsed(*stored, transaction.now()) && stored->uses_left == 0;
            // Never heard of since: neither by a poll that was written down nor by one that was not.
            const bool again = spent && row && !row->revoked &&
                               row->lifecycle != device::Lifecycle::retired && row->boot_id.empty() &&
                               transaction.document(document_of(digest)) == redeemed(*row) &&
                               core_.fleet.last_heard({transaction.tenant(), id}) <= row->last_seen;
            GroupId group = stored ? stored->group : GroupId();
            if (!again) {
                TRY_VALUE(group, governance::redeem_enrolment(transaction, request.token));
                if (row) TRY(may_take_identity(*row, transaction.now()));
            }
            const base::TimePoint now = whole_seconds(transaction.now());
            Newcomer device = newcomer(std::move(row), id, now);
            const device::Lifecycle before = device.before;
            if (acceptance && !again &&
                (device.fresh || before == device::Lifecycle::retired ||
                 before == device::Lifecycle::pending || before == device::Lifecycle::unmanaged))
                device.row.lifecycle = device::Lifecycle::pending;
            else if (!again || !acceptance) {
                TRY_VALUE(device.row.lifecycle, device::step(before, device::LifecycleEvent::enrolled));
            }
            if (!group.is_zero()) device.row.group = group;
            device.row.last_seen = now;
            device.row.boot_id.clear();
            transaction.put(ports::DocumentRow{document_of(digest), redeemed(device.row)});
            // A doubled request has two answers, and the device may have heard either.
            device.row.previous_certificate_serial = again ? device.row.certificate_serial : std::string();
            device.row.certificate_expires = base::from_unix_ms(expires * 1000);
            take_identity(transaction, core_.software, device, request, serial,
                          again ? "asked again, since the first answer was lost" : "enrolled with a token",
                          stored ? stored->id.text() : std::string());
            Enrolled told = answer;
            told.pending = device.row.lifecycle == device::Lifecycle::pending;
            return told;
        },
        std::move(done));
}

void Enrolment::renew(DeviceActor device, std::string csr_pem, shard::Completion<std::string> done) {
    if (csr_pem.size() > kMaxCsr) return done(base::too_large("the certificate request").at("/csr_pem"));
    if (auto status = check(device); !status.ok()) return done(std::move(status).error());
    core_.writer.submit<std::string>(
        shard::place_of(device.tenant, device.device), shard::Priority::poll,
        [this, device,
         csr_pem = std::move(csr_pem)](shard::Transaction& transaction) -> base::Result<std::string> {
            auto row = transaction.device(device.device);
            if (!row) return base::not_found("there is no device " + device.device.text());
            const bool valid =
                !row->revoked && (device.certificate_serial == row->certificate_serial ||
                                  device.certificate_serial == row->previous_certificate_serial);
            if (!valid) return base::denied("this certificate is no longer valid");
            const std::uint32_t seconds = certificate_seconds(core_.control, device.tenant);
            const auto issue = [&](std::int64_t expires) {
                const Life life = life_until(expires, seconds);
                return authority_.issue(csr_pem, uri_of(device.tenant, device.device), life.from, life.to,
                                        device.certificate_serial);
            };
            // Asked again, by the network or after a power cut: the same certificate, so that it does not
            // matter which of the answers is heard.
            const base::TimePoint now = transaction.now();
            if (device.certificate_serial == row->previous_certificate_serial &&
                row->certificate_expires > now) {
                TRY_VALUE(auto same, issue(base::unix_seconds(*row->certificate_expires)));
                if (same.serial == row->certificate_serial) return std::move(same.pem);
            }
            const std::int64_t expires = base::unix_seconds(now) + seconds;
            TRY_VALUE(auto certificate, issue(expires));
            const std::string before = row->certificate_serial;
            // The one that asked stays valid: the answer may be lost.
            row->previous_certificate_serial = device.certificate_serial;
            row->certificate_serial = certificate.serial;
            row->certificate_expires = base::from_unix_ms(expires * 1000);
            transaction.event({device.device, now, "certificate", certificate.serial, before,
                               certificate.serial, "renewed"});
            transaction.put(*row);
            transaction.change("device", device.device.text(), "{\"what\":\"certificate\"}");
            return std::move(certificate.pem);
        },
        std::move(done));
}

void Enrolment::accept(access::Actor actor, DeviceId device, std::string why,
                       std::function<void(base::Status)> done) {
    if (auto status = may_on_device(core_, actor, access::Action::device_operate, device); !status.ok())
        return done(std::move(status));
    core_.writer.submit(
        shard::place_of(tenant_of(actor), device), shard::Priority::person,
        [actor, device, why](shard::Transaction& transaction) -> base::Status {
            auto row = transaction.device(device);
            if (!row) return base::not_found("there is no device " + device.text());
            const std::string before(device::to_string(row->lifecycle));
            TRY_VALUE(row->lifecycle, device::step(row->lifecycle, device::LifecycleEvent::accepted));
            transaction.event({device, transaction.now(), "lifecycle", "", before, "active", why});
            transaction.put(*row);
            transaction.change("device", device.text(), "{\"what\":\"lifecycle\"}");
            transaction.audit({actor.text(), "device.accept", "device " + device.text(),
                               json_of({{"lifecycle", before}}), "{\"lifecycle\":\"active\"}", why});
            return {};
        },
        std::move(done));
}

void Enrolment::revoke(access::Actor actor, DeviceId device, std::string why,
                       std::function<void(base::Status)> done) {
    do_deed(core_, std::move(actor), device, {Deed::Kind::re_enrol, {}, {}}, std::move(why), std::move(done));
}

base::Status Enrolment::check(const DeviceActor& device) const {
    const auto now = static_cast<std::uint32_t>(base::unix_seconds(core_.clock.now()));
    const LiveFleet::PollCell cell =
        core_.fleet.poll(device.key(), device.certificate_serial, {}, {}, {}, now);
    switch (cell.identity) {
    case LiveFleet::Identity::unknown_device:
        return base::not_found("there is no device " + device.device.text());
    case LiveFleet::Identity::revoked:
        return base::denied("the identity of this device was revoked");
    case LiveFleet::Identity::superseded:
        return base::denied("this certificate was replaced by a newer one");
    case LiveFleet::Identity::current:
    case LiveFleet::Identity::previous:
        break;
    }
    if (cell.lifecycle == device::Lifecycle::retired) return base::denied("this device was retired");
    return {};
}

} // namespace oakum::fleet
