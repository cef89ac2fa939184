// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/result.hpp>
#include <base/time.hpp>
#include <component/component.hpp>
#include <install/state.hpp>
#include <trust/attack.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The native device protocol, version 1: messages as values (docs/native-protocol.md). JSON over HTTPS; all
// but enrolment need a client certificate. Decoders refuse unknown enum words, keep no unknown field, and
// bound every list and text; errors are `invalid` with the place.
namespace oakum::wire {

// POST /device/v1/enroll
struct EnrollRequest {
    std::string token;   // one-time, scoped to a group
    std::string csr_pem; // PKCS#10; only its public key is used
    std::string serial;  // of the hardware; unique within a tenant
    std::string model;
    std::string hw_revision;
    std::map<std::string, std::string> facts; // keys of device/facts.hpp
};
struct EnrollReply {
    std::string device; // id
    std::string certificate_pem;
    std::string ca_pem;     // of the server's and device certificates
    std::string trust_root; // TUF root metadata, as published
    bool pending = false;   // waits for a person to accept it
    std::uint32_t poll_seconds = 60;
};

// POST /device/v1/renew : certificate renewal; the request is authenticated by the present certificate.
struct RenewRequest {
    std::string csr_pem;
};
struct RenewReply {
    std::string certificate_pem;
};

// POST /device/v1/poll : what a device says each time. Small: 200 bytes.
struct PollRequest {
    std::uint64_t desired = 0;   // number of the desired state it knows; 0 at first
    std::string running_version; // of the firmware that runs now
    std::string inventory;       // hex SHA-256 of the inventory it last sent; empty: none
    std::string boot_id;         // changes with each boot
    bool healthy = true;         // its checks, as of now
    std::string slot;            // "a" or "b"
    bool keeps_windows = false;  // waits for its window by itself
};
struct InstallWindow {
    std::uint64_t from = 0, to = 0; // unix seconds; `to` is outside
    bool operator==(const InstallWindow&) const = default;
};
struct Offer {
    std::string deployment; // id
    std::uint32_t attempt = 1;
    std::string release_name, release_version;
    std::string target_path;  // name in TUF targets; length and hash come from there, never from here
    std::uint64_t length = 0; // for progress and preflight only
    std::uint32_t soak_seconds = 0;
    bool is_rollback = false;
    bool withdrawn = false; // stop what is under way
    // When it may be installed, rising; an empty list: not for now. Nothing: at any time. Downloading is
    // always allowed.
    std::optional<std::vector<InstallWindow>> install_windows;
    std::uint64_t server_time =
        0; // unix seconds, with install_windows: what the device's clock is held against
};
struct PollReply {
    std::uint64_t desired = 0;
    std::uint32_t poll_seconds = 60; // come back then, jitter included
    bool send_inventory = false;
    bool renew = false;         // two thirds of the certificate's life are over
    std::optional<Offer> offer; // present while something is asked of the device
};

// PUT /device/v1/inventory
struct InventoryMessage {
    std::map<std::string, std::string> facts; // os, kernel, firmware_version, address, hw_revision ...
    std::vector<component::Component>
        components; // delta layer: packages and apps; the firmware's SBOM is the base
};

// POST /device/v1/report : one step of a deployment. (deployment, attempt, sequence) makes it idempotent.
struct Report {
    std::string deployment;
    std::uint32_t attempt = 1;
    std::uint64_t sequence = 1;
    install::State state = install::State::downloading;
    install::Reason reason = install::Reason::none;
    std::string detail; // at most 2 KiB
    std::uint32_t progress_percent = 0;
    std::string running_version;
    std::string boot_id;
    bool healthy = false;
    bool resumed = false; // this download continued an earlier one
};
struct ReportReply {
    std::string outcome; // "accepted", "repeat", "stale", "withdrawn" (stop)
    std::uint32_t poll_seconds = 60;
};

// POST /device/v1/director : what a device runs and what it refused, signed with the key of its certificate.
// The answer is what the director says to it now (docs/pouf.md).
struct Manifest {
    std::string device;     // id
    std::string deployment; // drawn by the server, once: the nonce
    std::uint32_t attempt = 1;
    std::uint64_t sequence = 1; // rises with every report and manifest of the device
    std::uint64_t time = 0;     // unix seconds by the device's clock
    std::string running_version;
    std::string digest; // hex SHA-256 of the image that runs; empty: it did not come by Oakum
    std::uint64_t length = 0, counter = 0;
    std::optional<trust::Attack> attack;
    std::string detail; // of the attack, at most 2 KiB
    bool operator==(const Manifest&) const = default;
};
struct SignedManifest {
    std::string manifest;        // the very text that was signed
    std::string certificate_pem; // whose key signed it
    base::Bytes signature;       // of signing_input(manifest)
};
// DSSE's pre-authentication encoding, so that the key's other uses cannot be taken for this one.
std::string signing_input(std::string_view manifest);

// Limits of the protocol; each decoder enforces its own.
inline constexpr std::size_t kMaxEnroll = 64 << 10, kMaxPoll = 4 << 10, kMaxReport = 16 << 10,
                             kMaxManifest = 32 << 10, kMaxInventory = 8 << 20, kMaxComponents = 20'000,
                             kMaxFacts = 128, kMaxText = 2048, kMaxWindows = 64;

std::string encode(const EnrollRequest& message);
std::string encode(const EnrollReply& message);
std::string encode(const RenewRequest& message);
std::string encode(const RenewReply& message);
std::string encode(const PollRequest& message);
std::string encode(const PollReply& message);
std::string encode(const InventoryMessage& message);
std::string encode(const Report& message);
std::string encode(const ReportReply& message);
std::string encode(const Manifest& message);
std::string encode(const SignedManifest& message);

base::Result<EnrollRequest> decode_enroll_request(std::string_view json);
base::Result<EnrollReply> decode_enroll_reply(std::string_view json);
base::Result<RenewRequest> decode_renew_request(std::string_view json);
base::Result<RenewReply> decode_renew_reply(std::string_view json);
base::Result<PollRequest> decode_poll_request(std::string_view json);
base::Result<PollReply> decode_poll_reply(std::string_view json);
base::Result<InventoryMessage> decode_inventory(std::string_view json);
base::Result<Report> decode_report(std::string_view json);
base::Result<ReportReply> decode_report_reply(std::string_view json);
base::Result<Manifest> decode_manifest(std::string_view json);
base::Result<SignedManifest> decode_signed_manifest(std::string_view json);

} // namespace oakum::wire
