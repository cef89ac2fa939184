// SPDX-License-Identifier: Apache-2.0
#include "carried.hpp"

#include <base/signature.hpp>
#include <exchange/identity.hpp>
#include <install/deployment.hpp>
#include <pki/certificate.hpp>
#include <wire/carried.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace oakum::server {

using device::DeviceId;

namespace {

// A receipt that was checked, and whose it is.
struct Checked {
    fleet::DeviceActor device;
    wire::Receipt receipt;
    ports::DeploymentId deployment;
    bool certificate_ended = false;
    std::string evidence;
};

// Nobody signs what stands around a certificate, and evidence is kept.
base::Result<std::string> bare(const std::string& pem) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
    const std::size_t from = pem.find(begin), to = pem.find(end, from);
    if (from == std::string::npos || to == std::string::npos)
        return base::invalid("it holds no certificate").at("/certificate_pem");
    return pem.substr(from, to + end.size() - from) + "\n";
}

// As a connection of the device would be known: by a certificate of our own authority. A device that is never
// on the network cannot renew it, so one that ended meanwhile is good for this as long as there is no other.
base::Result<fleet::DeviceActor> who(const std::string& certificate, const std::string& authority,
                                     base::TimePoint now, bool& ended) {
    TRY_VALUE(const pki::CertificateInfo info, pki::read_certificate(certificate));
    ended = info.not_after <= now;
    const base::TimePoint at = ended ? info.not_after - std::chrono::seconds(1) : now;
    if (const auto issued = pki::check_issued_by(certificate, authority, at); !issued.ok())
        return base::denied("its certificate is none of this server: " + issued.error().message);
    return exchange::device_of(ports::Peer{.address = {},
                                           .loopback = false,
                                           .certificate = info.fingerprint,
                                           .certificate_uri = info.uri,
                                           .certificate_serial = info.serial});
}

base::Status check_signature(const std::string& certificate, const std::string& receipt,
                             base::ByteView signature) {
    TRY_VALUE(const pki::CertificateInfo info, pki::read_certificate(certificate));
    const std::string message = wire::receipt_input(receipt);
    const bool is_signed = std::ranges::any_of(
        std::array{base::SignatureScheme::ecdsa_sha2_nistp256, base::SignatureScheme::rsassa_pss_sha256},
        [&](base::SignatureScheme scheme) {
            const auto key = base::PublicKey::pem(scheme, info.public_pem);
            return key.ok() && key->verify(base::as_bytes(message), signature);
        });
    return is_signed ? base::Status()
                     : base::Status(base::denied("it is not signed by the key of its certificate"));
}

base::Result<Checked> check(const api::ReceiptNew& said, const std::string& authority, base::TimePoint now) {
    Checked checked;
    TRY_VALUE(const std::string certificate, bare(said.certificate_pem));
    TRY_VALUE(checked.device, who(certificate, authority, now, checked.certificate_ended));
    const auto signature = base::from_hex(said.signature);
    if (!signature.ok()) return base::invalid("it is not hexadecimal").at("/signature");
    TRY(check_signature(certificate, said.receipt, *signature));
    auto receipt = wire::decode_receipt(said.receipt);
    if (!receipt.ok()) return std::move(receipt).error().at("/receipt");
    checked.receipt = std::move(*receipt);
    if (checked.receipt.device != checked.device.device.text())
        return base::denied("it speaks for another device than the one that signed it");
    const auto deployment = ports::DeploymentId::parse(checked.receipt.report.deployment);
    if (!deployment.ok()) return base::invalid("it names no deployment").at("/receipt");
    checked.deployment = *deployment;
    checked.evidence = wire::encode(wire::SignedReceipt{said.receipt, certificate, *signature});
    return checked;
}

install::ReportSeen seen_of(const wire::Report& report) {
    install::ReportSeen seen;
    seen.attempt = report.attempt;
    seen.sequence = report.sequence;
    seen.state = report.state;
    seen.reason = report.reason;
    seen.detail = report.detail;
    seen.progress_percent = report.progress_percent;
    seen.running_version = report.running_version;
    seen.healthy = report.healthy;
    seen.resumed = report.resumed;
    seen.carried = true;
    return seen;
}

std::string in_words(const Checked& checked, const std::string& name, install::Outcome outcome) {
    const wire::Report& report = checked.receipt.report;
    std::string text =
        name + " signed that the update ended as " + std::string(install::to_string(report.state));
    if (report.reason != install::Reason::none)
        text += " (" + std::string(install::to_string(report.reason)) + ")";
    text += ", and that it runs " +
            (report.running_version.empty() ? "nothing known" : report.running_version) + ".";
    if (checked.certificate_ended) text += " Its certificate has ended since.";
    if (outcome == install::Outcome::repeat) text += " This receipt was taken in before: nothing changed.";
    if (outcome == install::Outcome::stale)
        text += " Something newer is known of this device, or the deployment is none of its own: nothing "
                "changed.";
    return text;
}

} // namespace

void CarriedService::take(const access::Actor& actor, api::ReceiptNew receipt,
                          api::Answer<api::ReceiptTaken> answer) {
    auto checked = check(receipt, ports_.authority_pem, context_.core.clock.now());
    if (!checked.ok()) return answer(std::move(checked).error());
    const DeviceId id = checked->device.device;
    if (checked->device.tenant != tenant_of(actor)) return answer(base::not_found("there is no such device"));
    if (auto may = fleet::may_on_device(context_.core, actor, access::Action::device_operate, id); !may.ok())
        return answer(std::move(may).error());
    if (auto valid = ports_.enrolment.check(checked->device); !valid.ok())
        return answer(std::move(valid).error());

    auto kept = std::make_shared<const Checked>(std::move(*checked));
    const auto told = [this, kept](install::Outcome outcome) {
        api::ReceiptTaken taken;
        taken.outcome = outcome == install::Outcome::repeat  ? "repeat"
                        : outcome == install::Outcome::stale ? "stale"
                                                             : "accepted";
        taken.device = device_ref(context_, kept->device.tenant, kept->device.device);
        taken.deployment = kept->deployment.text();
        taken.state = kept->receipt.report.state;
        taken.sentence = in_words(*kept, taken.device.name, outcome);
        return taken;
    };
    const auto note = [this, kept, told, actor, answer](install::Outcome outcome) {
        api::ReceiptTaken taken = told(outcome);
        context_.core.writer.submit(
            shard::place_of(kept->device.tenant, kept->device.device), shard::Priority::person,
            [kept, actor, sentence = taken.sentence](shard::Transaction& transaction) -> base::Status {
                const DeviceId device = kept->device.device;
                if (!transaction.device(device)) return base::not_found("there is no such device");
                transaction.event({device, transaction.now(), "receipt", kept->deployment.text(), "",
                                   kept->evidence, sentence});
                transaction.audit(
                    {actor.text(), "receipt.take", "device " + device.text(), "", sentence, ""});
                return {};
            },
            [taken, answer](base::Status noted) {
                if (!noted.ok()) return answer(std::move(noted).error());
                answer(taken);
            });
    };
    ports_.rollouts.report(kept->device, kept->deployment, seen_of(kept->receipt.report),
                           [told, note, answer](base::Result<install::Outcome> outcome) {
                               if (!outcome.ok()) return answer(std::move(outcome).error());
                               const bool changed = *outcome == install::Outcome::accepted ||
                                                    *outcome == install::Outcome::stop;
                               // A repetition is no news: it is told, and not written down again.
                               if (!changed) return answer(told(*outcome));
                               note(*outcome);
                           });
}

} // namespace oakum::server
