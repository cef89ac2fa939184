// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/time.hpp>
#include <trust/attack.hpp>
#include <trust/metadata.hpp>
#include <wire/carried.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What the agent asks of the world. All calls block, come from one thread, and may be repeated after a power
// cut.
namespace oakum::updates {

using Piece = std::function<base::Status(base::ByteView)>;

struct PollAnswer {
    std::optional<wire::PollReply> reply; // nothing: all is as it was
    std::uint32_t poll_seconds = 60;
};

// Errors of all: unavailable (no connection, overload), unauthenticated or denied (this device is not
// welcome), invalid, conflict, not_found (the server refused the message: sending it again is of no use).
class UpdateServer {
  public:
    virtual ~UpdateServer() = default;
    virtual base::Result<PollAnswer> poll(const wire::PollRequest& request) = 0;
    virtual base::Status send_inventory(const wire::InventoryMessage& message) = 0;
    virtual base::Result<wire::ReportReply> report(const wire::Report& report) = 0;
    virtual base::Result<wire::RenewReply> renew(const wire::RenewRequest& request) = 0;
    // How long the server asked to be left alone in its last refusal; zero when it did not say.
    virtual base::Duration asked_pause() const = 0;
};

// The signed metadata and the artifacts: untrusted bytes, from the server or any mirror.
class Repository {
  public:
    virtual ~Repository() = default;
    // Nothing when there is no such file. Errors: too_large, unavailable.
    virtual base::Result<std::optional<base::Bytes>> metadata(const std::string& name,
                                                              std::uint64_t max_bytes) = 0;
    // A file of the log of what was published, below its place ("checkpoint"). Nothing when there is no such
    // file. Errors: too_large, unavailable.
    virtual base::Result<std::optional<base::Bytes>> log_file(const std::string& name,
                                                              std::uint64_t max_bytes) = 0;
    // The bytes [from, to) of the artifact, in order. Errors: conflict (it cannot be resumed: begin again),
    // not_found, unavailable, and whatever `piece` returned. What was delivered before an error stays
    // delivered.
    virtual base::Status artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                                  const Piece& piece) = 0;
};

// Enrolment happens once, with a token instead of a certificate.
class Enrolment {
  public:
    virtual ~Enrolment() = default;
    virtual base::Result<wire::EnrollReply> enroll(const wire::EnrollRequest& request) = 0;
};

// Small named texts that survive a power cut: each save is whole or did not happen, and durable when it
// returns.
class Keep {
  public:
    virtual ~Keep() = default;
    virtual base::Result<std::optional<std::string>> load(const std::string& name) = 0;
    virtual base::Status save(const std::string& name, std::string_view text) = 0;
    // Removing what is not there is done.
    virtual base::Status remove(const std::string& name) = 0;
    virtual base::Result<std::vector<std::string>> names() = 0;
};

// Where a download waits until it was verified: one file, outside the slots.
class Staging {
  public:
    virtual ~Staging() = default;
    virtual base::Result<std::uint64_t> held() = 0;
    // Errors: unavailable (no space).
    virtual base::Status append(base::ByteView piece) = 0;
    virtual base::Status sync() = 0;
    // The whole content from its beginning, in pieces.
    virtual base::Status read(const Piece& piece) = 0;
    virtual base::Status clear() = 0;
    virtual base::Result<std::uint64_t> space() = 0;
};

// What a slot holds, as the boot loader is told.
struct Image {
    base::Digest256 digest;
    std::uint64_t length = 0;
    std::string version;
    // From its signed terms; 0 of what came at the factory. A lost state file does not lower the floor.
    std::uint64_t counter = 0, floor = 0;
    bool operator==(const Image&) const = default;
};

// The slot that does not run.
class SlotWriter {
  public:
    virtual ~SlotWriter() = default;
    // Bytes that an image may have, once `reserved` more bytes lie in the staging file.
    virtual base::Result<std::uint64_t> capacity(std::uint64_t reserved) = 0;
    // Makes the slot unbootable, durably, before its old content goes.
    virtual base::Status begin() = 0;
    virtual base::Status write(base::ByteView piece) = 0;
    virtual base::Status finish() = 0;
    // The medium, not what a cache remembers, holds exactly this image. Errors: corrupt (it does not), those
    // of reading.
    virtual base::Status read_back(const Image& image) = 0;
};

struct BootView {
    std::string running;         // "a" or "b"
    std::string spare;           // the other one
    std::string trying;          // the slot that a boot loader takes next or now, on trial; empty: none
    std::string running_version; // as the running system itself says; "none": nothing runs
    bool of_no_line =
        false; // it is the system's own version, which is neither older nor newer than a release's
    bool nothing_runs = false;  // no slot can be started: the spare one waits to be written
    std::optional<Image> image; // of the running slot, when it came by an update or at the factory
    std::string boot_id;        // another one after each start
};

class BootControl {
  public:
    virtual ~BootControl() = default;
    virtual base::Result<BootView> view() = 0;
    // The spare slot holds this verified image; the next restart tries it, a bounded number of times.
    virtual base::Status activate(const Image& image) = 0;
    // May not return; may return after the other slot came up.
    virtual base::Status restart() = 0;
    // The running slot stays.
    virtual base::Status mark_good() = 0;
    // The slot other than `bad` is started from now on, if it holds anything, and `bad` never again until it
    // is written anew.
    virtual base::Status fall_back(const std::string& bad) = 0;
};

struct HealthState {
    bool healthy = false;
    std::string detail; // what failed, with the end of its output; at most 1 KiB
};
class Health {
  public:
    virtual ~Health() = default;
    virtual HealthState check() = 0;
};

class Inventory {
  public:
    virtual ~Inventory() = default;
    virtual base::Result<wire::InventoryMessage> collect() = 0;
};

// What this device wants to be true before it downloads and before it changes itself: its battery, its link,
// its load. Asked again and again while it waits.
class LocalRules {
  public:
    virtual ~LocalRules() = default;
    // Why not now, in words; empty: it may.
    virtual std::string may_download() = 0;
    virtual std::string may_install() = 0;
};

// The device's key and certificate. Private keys do not pass through here.
class Identity {
  public:
    virtual ~Identity() = default;
    // A request for a new certificate; the same one until `adopt`, also after a power cut.
    virtual base::Result<std::string> request() = 0;
    // Uses the certificate from now on. Errors: invalid (it is not for the requested key).
    virtual base::Status adopt(const std::string& certificate_pem) = 0;
};

// Who says what this device may install now (docs/pouf.md).
class Director {
  public:
    virtual ~Director() = default;
    // This device's id, as its certificate has it.
    virtual std::string device() const = 0;
    // Signs what the device says, and returns the director's answer: untrusted bytes. Errors: those of
    // UpdateServer.
    virtual base::Result<base::Bytes> ask(const wire::Manifest& manifest) = 0;
};

struct Question {
    std::string path;   // of the target
    std::string device; // id; empty: this device does not know how to ask a director
    std::function<base::Result<base::Bytes>()> ask_director; // called where the root names one
    base::Bytes order = {}; // of the folder that the metadata lies in; empty: it is the network's
};
// What signed metadata says of a target path, after the whole chain was brought up to date and verified.
struct Listed {
    trust::TargetFile file;
    // Until then it may be installed, as the director says; nothing: the root names no director.
    std::optional<base::TimePoint> permitted_until;
};
struct NotTrusted {
    install::Reason reason = install::Reason::verification_failed;
    std::string detail;
    bool unreachable = false; // the network failed, or the server changed its mind: ask again later
    std::optional<trust::Attack> attack; // what was tried
};
class Trust {
  public:
    virtual ~Trust() = default;
    virtual std::variant<Listed, NotTrusted> look_up(const Question& question, base::TimePoint now) = 0;
};

// A folder that people carried here and named (docs/sticks.md): untrusted bytes, as from any mirror, with an
// order in the place of a server's offer.
class Carrier {
  public:
    virtual ~Carrier() = default;
    // This device's id.
    virtual std::string device() const = 0;
    // What the order in the folder asks, which nobody verified. Nothing: no folder was named, or it was told
    // what is wrong with it.
    virtual std::optional<wire::Offer> brought() = 0;
    // The order, after it and all that it leads to was verified; nothing of it is begun.
    virtual std::variant<base::Bytes, NotTrusted> admit(base::TimePoint now) = 0;
    virtual Trust& trust() = 0;           // of its metadata
    virtual Repository& repository() = 0; // of its artifacts
    // The director's word for this device that lies there. Errors: unavailable (there is none).
    virtual base::Result<base::Bytes> direction() = 0;

    // Answers for the person who named it. `refused` and `ended` let go of the folder.
    virtual void refused(const std::string& why) = 0;
    virtual void taken(const wire::Offer& offer) = 0;
    // Receipts that the server does not have, the newest last; they are written into the folder, signed.
    virtual void ended(const std::vector<wire::Receipt>& receipts) = 0;
};

} // namespace oakum::updates
