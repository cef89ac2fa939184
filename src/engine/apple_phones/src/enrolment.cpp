// SPDX-License-Identifier: Apache-2.0
// How a phone gets its certificate, and how that becomes a device.
#include "own_facts.hpp"

#include <apple/replay.hpp>
#include <apple_messages/inventory.hpp>
#include <apple_phones/phones.hpp>
#include <connector/connector.hpp>
#include <connector/managed_device.hpp>
#include <fleet/uptake.hpp>

#include <algorithm>

namespace oakum::apple_phones {

using apple::Freshness;
using apple::Phone;
using apple_messages::CheckIn;
using apple_messages::CheckInKind;
using device::TenantId;
using ports::DocumentRow;
using Text = shard::Completion<std::string>;

namespace {

std::string document(std::string_view prefix, const std::string& name) {
    return std::string(prefix) + name;
}
std::string mark_of(const base::Digest256& certificate) {
    return fleet::Guests::mark_of("apple certificate", certificate.hex());
}

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

// True: it is to be taken. False: it was, and is answered again.
base::Result<bool> is_new(const Phone& phone, const Phones::Signer& signer) {
    switch (apple::freshness(phone, signer.message, signer.by.at)) {
    case Freshness::fresh:
        return true;
    case Freshness::repeated:
        return false;
    case Freshness::seen_before:
        return base::conflict("this check-in was taken before, and others since: a copy changes nothing");
    case Freshness::older:
        break;
    }
    return base::conflict("this check-in was signed before one that was taken: an old one changes nothing");
}

// Phones speak when iOS lets them: quiet is who did not for two weeks, as those of other systems.
constexpr std::chrono::seconds kCadence = std::chrono::hours(24 * 14) / 3;

base::Result<Phone> held(const shard::Transaction& transaction, const device::DeviceId& device) {
    const std::string text = transaction.document(document(kPhonePrefix, device.text()));
    if (text.empty()) return base::not_found("this phone is not known");
    return phone_of(text);
}

} // namespace

base::Result<Phones::Signer> Phones::signer(std::string_view body, std::string_view signature) const {
    if (signature.empty()) return base::unauthenticated("the message is not signed");
    TRY_VALUE(const base::Bytes der, base::from_base64(signature));
    TRY_VALUE(auto by, tools_.authority.verify(base::as_bytes(body), der, tools_.core.clock.now()));
    base::Sha256 whole;
    whole.update(base::ByteView(der));
    whole.update(body);
    return Signer{std::move(by), whole.finish()};
}

void Phones::certify(TenantId tenant, std::string message, shard::Completion<base::Bytes> done) {
    auto read = tools_.authority.open(base::as_bytes(message));
    if (!read.ok()) return done(std::move(read).error());
    const auto request = std::make_shared<const ports::PhoneAuthority::Request>(*std::move(read));
    const base::TimePoint now = tools_.core.clock.now();
    // Made first: the command decides whether it is given out.
    auto issued = tools_.authority.issue(*request, now, now + kCertificateLife);
    if (!issued.ok()) return done(std::move(issued).error());
    tools_.core.writer.submit<base::Bytes>(
        shard::control_of(tenant), shard::Priority::person,
        [request, issued = *std::move(issued)](shard::Transaction& transaction) -> base::Result<base::Bytes> {
            const std::string name = base::sha256(request->challenge).hex();
            const auto profile = profile_of(transaction.document(document(kProfilePrefix, name)));
            const base::Error refused =
                base::unauthenticated("the profile's secret is unknown, used or has ended");
            if (request->challenge.empty() || !profile.ok() || profile->expires <= transaction.now())
                return refused;
            // Its answer was lost: the same key gets the same certificate.
            if (!profile->key.empty()) {
                if (profile->key != request->key.hex()) return refused;
                return base::from_base64(profile->certificate);
            }
            ProfileRecord used = *profile;
            used.key = request->key.hex();
            used.certificate = base::to_base64(issued.certificate);
            CertificateRecord record;
            record.profile = name;
            record.name = issued.known.name;
            record.group = used.group;
            record.personal = used.personal;
            record.not_after = issued.known.not_after;
            const std::string digest = issued.known.digest.hex();
            transaction.put(DocumentRow{document(kProfilePrefix, name), to_document(used)});
            transaction.put(DocumentRow{document(kCertificatePrefix, digest), to_document(record)});
            transaction.audit({"phone " + record.name, "apple.certificate",
                               "certificate " + digest.substr(0, 16), "", to_document(record),
                               "profile for " + used.label});
            return issued.certificate;
        },
        [this, request, done = std::move(done)](base::Result<base::Bytes> certificate) {
            if (certificate.ok()) return done(tools_.authority.granted(*request, *certificate));
            if (certificate.error().kind != base::ErrorKind::unauthenticated)
                return done(std::move(certificate).error());
            tools_.log.write(base::LogLevel::warning, "apple",
                             "a request for a certificate was refused: " + certificate.error().text());
            done(tools_.authority.refused(*request, ports::PhoneAuthority::Refusal::bad_request));
        });
}

base::Result<CertificateRecord> Phones::certificate(TenantId tenant, const base::Digest256& digest) const {
    const std::string text = tools_.core.control.document(tenant, document(kCertificatePrefix, digest.hex()));
    if (text.empty())
        return base::denied("the certificate is of an enrolment that was replaced, or of another tenant");
    return certificate_of(text);
}

base::Result<Phones::Known> Phones::known(TenantId tenant, const Signer& signer,
                                          const std::string& enrolment) const {
    TRY_VALUE(CertificateRecord record, certificate(tenant, signer.by.by.digest));
    if (record.enrolment.empty()) return base::denied("the phone has not said who it is yet");
    if (record.enrolment != enrolment) return base::denied("the certificate is bound to another enrolment");
    TRY_VALUE(fleet::DeviceActor actor,
              tools_.guests.find(tenant, record.serial, mark_of(signer.by.by.digest)));
    if (actor.device.text() != record.device)
        return base::denied("the certificate is bound to another device");
    tools_.core.fleet.poll({tenant, actor.device}, actor.certificate_serial, "", "", "",
                           static_cast<std::uint32_t>(base::unix_seconds(tools_.core.clock.now())));
    TRY_VALUE(Phone phone,
              phone_of(tools_.core.control.document(tenant, document(kPhonePrefix, record.device))));
    return Known{std::move(actor), std::move(record), std::move(phone)};
}

void Phones::check_in(TenantId tenant, Signer signer, CheckIn message, Text done) {
    if (message.kind == CheckInKind::authenticate)
        return authenticate(tenant, std::move(signer), std::move(message), std::move(done));
    auto who = known(tenant, signer, message.enrolment);
    if (!who.ok()) return done(std::move(who).error());
    // Of somebody who uses the device: it is the device that is managed.
    if (message.of_user) return done(std::string());
    switch (message.kind) {
    case CheckInKind::token_update:
        return take_token(*std::move(who), std::move(signer), std::move(message), std::move(done));
    case CheckInKind::check_out:
        return check_out(*std::move(who), std::move(signer), std::move(done));
    case CheckInKind::declarative_management:
        return declarative(*std::move(who), std::move(signer), std::move(message), std::move(done));
    case CheckInKind::authenticate:
    case CheckInKind::set_bootstrap_token:
    case CheckInKind::get_bootstrap_token:
    case CheckInKind::get_token:
    case CheckInKind::user_authenticate:
        break;
    }
    // A Mac's token that unlocks its disk is not kept: nothing here would use it.
    done(std::string());
}

void Phones::authenticate(TenantId tenant, Signer signer, CheckIn message, Text done) {
    auto record = certificate(tenant, signer.by.by.digest);
    if (!record.ok()) return done(std::move(record).error());
    if (!record->enrolment.empty() && record->enrolment != message.enrolment)
        return done(base::denied("the certificate is bound to another enrolment"));
    // The name was the phone's own word when it asked, and it may have left it out; one that says another is
    // not its own.
    if (!message.by_user && apple::is_udid(record->name) && !same_name(record->name, message.enrolment))
        return done(base::denied("the certificate was asked for by another phone"));
    const bool personal = record->personal || message.by_user;
    std::string serial = message.serial.empty() ? message.enrolment : message.serial;
    if (personal) serial = "apple-" + base::sha256(message.enrolment).hex().substr(0, 16);
    if (!record->serial.empty()) serial = record->serial;
    fleet::GuestRequest asked;
    asked.mark = mark_of(signer.by.by.digest);
    asked.serial = serial;
    asked.protocol = "apple_mdm";
    asked.let_in = device::GroupId();
    if (!record->group.empty())
        if (const auto group = device::GroupId::parse(record->group); group.ok()) asked.let_in = *group;
    asked.facts = apple_messages::facts_of_product(message.product);
    if (!message.os_version.empty()) asked.facts[std::string(device::key::os_version)] = message.os_version;
    asked.facts["x.managed_by"] = "Oakum";
    asked.facts["x.ownership"] = personal ? "personal" : "company";
    tools_.guests.admit(tenant, std::move(asked),
                        [this, signer = std::move(signer), message = std::move(message), serial, personal,
                         done = std::move(done)](base::Result<fleet::DeviceActor> device) mutable {
                            if (!device.ok()) return done(std::move(device).error());
                            bind(*device, std::move(signer), std::move(message), serial, personal,
                                 std::move(done));
                        });
}

void Phones::bind(const fleet::DeviceActor& device, Signer signer, CheckIn message, std::string serial,
                  bool personal, Text done) {
    tools_.core.writer.submit<std::string>(
        shard::place_of(device.tenant, device.device), shard::Priority::person,
        [device, signer, message = std::move(message), serial = std::move(serial),
         personal](shard::Transaction& transaction) -> base::Result<std::string> {
            const std::string digest = signer.by.by.digest.hex();
            const auto before = held(transaction, device.device);
            if (before.ok() && before->certificate == digest) {
                TRY_VALUE(const bool fresh, is_new(*before, signer));
                if (!fresh) return std::string();
            }
            TRY_VALUE(CertificateRecord record,
                      certificate_of(transaction.document(document(kCertificatePrefix, digest))));
            if (!record.enrolment.empty() && record.enrolment != message.enrolment)
                return base::denied("the certificate is bound to another enrolment");
            // Whoever enrols anew begins anew: what waited was for the phone as it was.
            Phone phone;
            if (before.ok() && before->certificate == digest) {
                phone.signatures = before->signatures;
                phone.signed_at = before->signed_at;
            } else if (before.ok()) {
                transaction.put(DocumentRow{document(kCertificatePrefix, before->certificate), ""});
            }
            // What was declared is so until its rollout takes it back.
            if (before.ok() && !personal) {
                phone.enforced = before->enforced;
                phone.declared = before->declared;
            }
            phone.enrolment = message.enrolment;
            if (const auto made = profile_of(transaction.document(document(kProfilePrefix, record.profile)));
                made.ok())
                phone.profile = made->identifier;
            phone.certificate = digest;
            phone.personal = personal;
            phone.by_user = message.by_user;
            phone.topic = message.topic;
            phone.since = transaction.now();
            apple::note_check_in(phone, signer.message, signer.by.at, transaction.now());
            record.enrolment = message.enrolment;
            record.device = device.device.text();
            record.serial = serial;
            transaction.put(DocumentRow{document(kCertificatePrefix, digest), to_document(record)});
            transaction.put(DocumentRow{document(kPhonePrefix, device.device.text()), to_document(phone)});
            put_own(transaction, device.device, fleet::kConnectorKey, std::string(connector::kOwnManagement));
            put_own(transaction, device.device, device::key::cadence, std::to_string(kCadence.count()));
            transaction.change("device", device.device.text());
            return std::string();
        },
        std::move(done));
}

void Phones::take_token(Known known, Signer signer, CheckIn message, Text done) {
    tools_.core.writer.submit<std::string>(
        shard::place_of(known.actor.tenant, known.actor.device), shard::Priority::person,
        [this, known, signer,
         message = std::move(message)](shard::Transaction& transaction) -> base::Result<std::string> {
            TRY_VALUE(Phone phone, held(transaction, known.actor.device));
            TRY_VALUE(const bool fresh, is_new(phone, signer));
            if (!fresh) return std::string();
            if (phone.state == apple::State::left)
                return base::denied("the phone said that it left: it has to be enrolled again");
            const bool first = phone.state != apple::State::enrolled;
            phone.topic = message.topic;
            phone.token = base::to_hex(message.token);
            phone.magic = message.magic;
            phone.state = apple::State::enrolled;
            if (first) {
                phone.since = transaction.now();
                const auto version = transaction.fact(known.actor.device, device::key::os_version);
                apple::ask_everything(
                    phone, declares(version ? version->value : ""), [this] { return fresh_uuid(); },
                    transaction.now());
            }
            apple::note_check_in(phone, signer.message, signer.by.at, transaction.now());
            transaction.put(
                DocumentRow{document(kPhonePrefix, known.actor.device.text()), to_document(phone)});
            return std::string();
        },
        std::move(done));
}

void Phones::check_out(Known known, Signer signer, Text done) {
    tools_.core.writer.submit<std::string>(
        shard::place_of(known.actor.tenant, known.actor.device), shard::Priority::person,
        [known, signer](shard::Transaction& transaction) -> base::Result<std::string> {
            TRY_VALUE(Phone phone, held(transaction, known.actor.device));
            TRY_VALUE(const bool fresh, is_new(phone, signer));
            if (!fresh) return std::string();
            auto row = transaction.device(known.actor.device);
            if (!row) return base::not_found("there is no such device");
            phone.state = apple::State::left;
            phone.since = transaction.now();
            phone.queue.clear();
            phone.token.clear();
            phone.magic.clear();
            apple::note_check_in(phone, signer.message, signer.by.at, transaction.now());
            transaction.put(
                DocumentRow{document(kPhonePrefix, known.actor.device.text()), to_document(phone)});
            transaction.event({row->id, transaction.now(), "certificate", row->certificate_serial, "valid",
                               "ended", "the profile was removed from the phone"});
            put_own(transaction, row->id, fleet::kConnectorKey, "");
            // Its place is free for another profile.
            row->certificate_serial.clear();
            transaction.put(*std::move(row));
            transaction.change("device", known.actor.device.text());
            return std::string();
        },
        std::move(done));
}

} // namespace oakum::apple_phones
