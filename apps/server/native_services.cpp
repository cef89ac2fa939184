// SPDX-License-Identifier: Apache-2.0
#include "native_services.hpp"

#include <base/signature.hpp>
#include <pki/certificate.hpp>

#include <algorithm>
#include <array>

namespace oakum::server {

namespace {

// While an update is under way a device says soon how it goes on.
constexpr std::uint32_t kUnderWaySeconds = 10;

// The manifest is what the key of that certificate signed, and the certificate is the connection's.
base::Result<wire::Manifest> authentic(const fleet::DeviceActor& device, const base::Digest256& certificate,
                                       const wire::SignedManifest& said) {
    TRY_VALUE(const pki::CertificateInfo info, pki::read_certificate(said.certificate_pem));
    if (info.fingerprint != certificate)
        return base::denied("the manifest is signed under another certificate than the connection's");
    const std::string message = wire::signing_input(said.manifest);
    const bool is_signed = std::ranges::any_of(
        std::array{base::SignatureScheme::ecdsa_sha2_nistp256, base::SignatureScheme::rsassa_pss_sha256},
        [&](base::SignatureScheme scheme) {
            const auto key = base::PublicKey::pem(scheme, info.public_pem);
            return key.ok() && key->verify(base::as_bytes(message), said.signature);
        });
    if (!is_signed) return base::denied("the manifest is not signed by the key of its certificate");
    TRY_VALUE(wire::Manifest manifest, wire::decode_manifest(said.manifest));
    if (manifest.device != device.device.text())
        return base::denied("the manifest speaks for another device");
    return manifest;
}

// Nobody signs what stands around a certificate, and evidence is kept.
constexpr std::size_t kMostCertificate = 8 << 10;
base::Status keep_only_certificate(std::string& pem) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
    const std::size_t from = pem.find(begin), to = pem.find(end, from);
    if (from == std::string::npos || to == std::string::npos || to + end.size() - from > kMostCertificate)
        return base::invalid("no certificate of at most 8 KiB").at("/certificate_pem");
    pem = pem.substr(from, to + end.size() - from) + "\n";
    return {};
}

} // namespace

void NativeServices::report(fleet::DeviceActor device, wire::Report report,
                            shard::Completion<wire::ReportReply> done) {
    const auto id = ports::DeploymentId::parse(report.deployment);
    if (!id.ok()) return done(base::Error(id.error()).at("/deployment"));
    install::ReportSeen seen;
    seen.attempt = report.attempt;
    seen.sequence = report.sequence;
    seen.state = report.state;
    seen.reason = report.reason;
    seen.detail = std::move(report.detail);
    seen.progress_percent = report.progress_percent;
    seen.running_version = std::move(report.running_version);
    seen.healthy = report.healthy;
    seen.resumed = report.resumed;
    rollouts_.report(std::move(device), *id, std::move(seen),
                     [done = std::move(done)](base::Result<install::Outcome> outcome) {
                         if (!outcome.ok()) return done(std::move(outcome).error());
                         done(wire::ReportReply{std::string(install::to_string(*outcome)), kUnderWaySeconds});
                     });
}

void NativeServices::direct(fleet::DeviceActor device, base::Digest256 certificate, wire::SignedManifest said,
                            shard::Completion<std::string> done) {
    if (auto bare = keep_only_certificate(said.certificate_pem); !bare.ok())
        return done(std::move(bare).error());
    auto manifest = authentic(device, certificate, said);
    if (!manifest.ok()) return done(std::move(manifest).error());
    const auto deployment = ports::DeploymentId::parse(manifest->deployment);
    if (!deployment.ok()) return done(base::Error(deployment.error()).at("/manifest/deployment"));
    releases::Told told;
    told.deployment = *deployment;
    told.sequence = manifest->sequence;
    told.running_version = std::move(manifest->running_version);
    told.digest = std::move(manifest->digest);
    told.attack = manifest->attack;
    told.detail = std::move(manifest->detail);
    told.evidence = wire::encode(said);
    auto direction = director_.direction(device);
    director_.take(device, std::move(told),
                   [direction = std::move(direction), done = std::move(done)](base::Status taken) mutable {
                       if (!taken.ok()) return done(std::move(taken).error());
                       done(std::move(direction));
                   });
}

std::optional<std::string> NativeServices::metadata(device::TenantId tenant, const std::string& name) {
    return repository_.file(tenant, name);
}

base::Result<std::optional<published::Log::File>> NativeServices::log_file(device::TenantId tenant,
                                                                           const std::string& name) {
    return published_.file(tenant, name);
}

base::Result<native::DeviceFiles::File> NativeServices::artifact(device::TenantId tenant,
                                                                 const base::Digest256& digest) {
    const auto row = core_.control.find<ports::ArtifactRow>(tenant, digest);
    if (!row || row->damaged) return base::not_found("there is no such artifact");
    TRY_VALUE(std::filesystem::path path, blobs_.path(digest));
    return File{std::move(path), row->length};
}

} // namespace oakum::server
