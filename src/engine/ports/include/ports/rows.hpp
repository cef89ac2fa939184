// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/ids.hpp>
#include <advisory/notice.hpp>
#include <alarm/cause.hpp>
#include <alarm/channel.hpp>
#include <alarm/ids.hpp>
#include <base/time.hpp>
#include <component/component.hpp>
#include <device/facts.hpp>
#include <device/ids.hpp>
#include <exception/exception.hpp>
#include <install/state.hpp>
#include <rollout/plan.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What is stored, one struct a table (design 4, 5 and 6). Every per-device table is keyed by (tenant, shard,
// ...); the tenant and shard of a mutation stand in its batch, so rows do not repeat them.
namespace oakum::ports {

using access::TokenId;
using access::UserId;
using alarm::AlarmId;
using alarm::ChannelId;
using alarm::MessageId;
using device::ComponentId;
using device::DeviceId;
using device::GroupId;
using device::SetId;
using device::ShardId;
using device::TenantId;
using exception::ExceptionId;
using rollout::DeploymentId;
using rollout::ReleaseId;
using rollout::RolloutId;
using EditId = base::Id<struct EditIdTag>;

// ---- per-device tables
// -------------------------------------------------------------------------------------------

// Key: device. Facts are rows of their own.
struct DeviceRow {
    DeviceId id;
    device::Lifecycle lifecycle = device::Lifecycle::pending;
    GroupId group; // the group of its enrolment token or import; zero: none
    base::TimePoint first_seen{};
    base::TimePoint last_seen{}; // may lag 60 s at rest
    base::TimePoint last_inventory{};
    SetId base_set, delta_set;   // zero digest: not reported
    std::string running_version; // of the firmware, as last reported by the device itself
    std::string boot_id;
    std::uint64_t desired_number = 0; // max(stored + 1, unix seconds); what a poll compares
    ReleaseId desired_release;        // zero: nothing is asked of it
    RolloutId desired_rollout;
    DeploymentId deployment;        // the current one; zero: none
    std::string certificate_serial; // lower hexadecimal; empty: has no identity of its own (imported)
    std::optional<base::TimePoint> certificate_expires;
    std::string previous_certificate_serial; // accepted until the new one was used once (renewal)
    bool revoked = false;
    bool clone_suspected = false;
    bool hold = false; // an operator asked that nothing be installed
    std::uint64_t row_version =
        0; // compare-and-set: the stored one must be this minus 1 (0: insert or replace)
    bool operator==(const DeviceRow&) const = default;
};

// Key: device, key. An empty value deletes.
struct FactRow {
    DeviceId device;
    device::Fact fact;
    bool operator==(const FactRow&) const = default;
};

// What one edit did to one device, so that it can be put back. Key: edit, device. Not held in memory.
struct EditedDeviceRow {
    EditId edit;
    DeviceId device;
    std::uint64_t line = 0; // of the imported file; 0: there is none
    bool created = false;   // the device exists since this edit
    bool undone = false;
    // Of the same length and keys; an empty value: there was, or is, none. Keys beside those of facts:
    // kEditedGroup, kEditedHold, kEditedLifecycle.
    std::vector<device::Fact> before, after;
    bool operator==(const EditedDeviceRow&) const = default;
};
inline constexpr std::string_view kEditedGroup = "=group", kEditedHold = "=hold",
                                  kEditedLifecycle = "=lifecycle";

// Append only: what a fact, a version, a lifecycle was before. Never updated.
struct DeviceEventRow {
    DeviceId device;
    base::TimePoint at{};
    std::string kind;    // "fact", "enrolled", "inventory", "deployment", "certificate", "lifecycle", "clone"
    std::string subject; // fact key, deployment id, ...
    std::string before, after;
    std::string detail; // a sentence
    bool operator==(const DeviceEventRow&) const = default;
};

// Key: device, layer, from. Opening a set closes the one that was open (to = its from).
enum class Layer : std::uint8_t { base, delta };
struct DeviceSetRow {
    DeviceId device;
    Layer layer = Layer::base;
    SetId set;
    base::TimePoint from{};
    std::optional<base::TimePoint> to;
    bool operator==(const DeviceSetRow&) const = default;
};

// Key: device, id. One release going to one device.
struct DeploymentRow {
    DeploymentId id;
    DeviceId device;
    RolloutId rollout;
    ReleaseId release;
    std::uint32_t wave = 0;
    std::string stratum; // "SITE/MODEL"
    install::State state = install::State::offered;
    install::Reason reason = install::Reason::none;
    std::string detail; // the device's own words, bounded and escaped by readers
    std::uint32_t attempt = 1;
    std::uint32_t transient_failures =
        0; // earlier attempts that ended by network or server and spent no install attempt
    std::uint64_t sequence = 0; // last report taken of this attempt
    std::uint32_t progress_percent = 0;
    std::string version_before;
    std::string version_after; // as reported after the restart
    base::TimePoint offered_at{};
    base::TimePoint state_at{};
    std::optional<base::TimePoint>
        deadline; // of the present state; TimerFired is void when row_version moved on
    std::optional<base::TimePoint> soak_until;
    bool is_rollback = false; // server-ordered return to version_before's release
    bool resumed = false;     // the download was taken up again in its middle
    std::uint64_t row_version = 0;
    bool operator==(const DeploymentRow&) const = default;
};

// Key: rollout, wave, stratum, (shard of the batch). The whole present value, not a difference.
struct GateCountRow {
    RolloutId rollout;
    std::uint32_t wave = 0;
    std::string stratum;
    rollout::Counts counts;
    bool operator==(const GateCountRow&) const = default;
};

// ---- software and findings (tenant's control shard)
// ----------------------------------------------------------------

// Insert if absent; immutable.
struct ComponentRow {
    ComponentId id;
    component::Component component;
    bool operator==(const ComponentRow&) const = default;
};
struct SoftwareSetRow {
    SetId id;
    Layer layer = Layer::base;
    std::vector<ComponentId> components;          // sorted
    std::vector<component::Statement> statements; // VEX that came with the SBOM
    std::string origin;                           // "SBOM gateway-1.4.2.cdx.json", "reported", "imported"
    bool operator==(const SoftwareSetRow&) const = default;
};
// An SBOM attached to a firmware version of a model: devices of that model and version get this set as base
// layer. Key: model, version.
struct FirmwareRow {
    std::string model;
    std::string version;
    SetId set;
    std::string sbom_name;
    base::TimePoint at{};
    bool operator==(const FirmwareRow&) const = default;
};

enum class Verdict : std::uint8_t { affected, not_affected, fixed, unknown };
// Interval: key set, advisory, component, from. `to` closes it.
struct SetFindingRow {
    SetId set;
    std::string advisory; // primary id
    ComponentId component;
    Verdict verdict = Verdict::unknown;
    std::string reason; // the rule in a sentence
    base::TimePoint from{};
    std::optional<base::TimePoint> to;
    bool operator==(const SetFindingRow&) const = default;
};

// ---- control tables
// -------------------------------------------------------------------------------------------------

struct GroupRow {
    GroupId id;
    std::string name;
    std::string query;                  // empty: members are named by their `group`
    std::vector<device::Fact> defaults; // inherited by members, the most specific wins
    bool deleted = false;
    std::uint64_t row_version = 0;
    bool operator==(const GroupRow&) const = default;
};
struct ArtifactRow {
    base::Digest256 digest;
    std::uint64_t length = 0;
    std::string name;
    base::TimePoint at{};
    std::optional<base::TimePoint> verified_at; // last re-hash in the background
    bool damaged = false;
    bool operator==(const ArtifactRow&) const = default;
};
struct ReleaseRow {
    ReleaseId id;
    std::string name; // "gateway"
    std::string version;
    base::Digest256 artifact;
    std::vector<std::string> models;       // compatible models
    std::vector<std::string> hw_revisions; // empty: every revision
    std::string min_from;                  // minimum version to come from; empty: any
    SetId set;                             // of its SBOM; zero: none given
    std::string state;                     // "draft", "published", "withdrawn"
    std::string target_path;               // in TUF targets
    std::string notes;
    std::uint64_t counter = 0; // release counter, never decreases for a name
    base::TimePoint created{};
    std::optional<base::TimePoint> published;
    std::uint64_t row_version = 0;
    bool operator==(const ReleaseRow&) const = default;
};
struct RolloutRow {
    RolloutId id;
    rollout::Plan plan;
    rollout::State state = rollout::State::draft;
    std::string state_reason;         // a sentence: why halted, why paused
    std::uint32_t open_wave = 0;      // index of the newest open wave
    std::uint64_t key0 = 0, key1 = 0; // of the keyed hash that places devices
    std::string created_by, approved_by;
    base::TimePoint created{};
    std::optional<base::TimePoint> started, wave_opened_at, settled_at, ended;
    std::uint64_t row_version = 0;
};
// Append only: each hold, halt, proceed, pause with its inputs.
struct RolloutDecisionRow {
    RolloutId rollout;
    base::TimePoint at{};
    std::string decision; // "opened wave", "held", "halted", "paused", ...
    std::string sentence;
    bool operator==(const RolloutDecisionRow&) const = default;
};
struct UserRow {
    UserId id;
    std::string name;
    std::string password_hash; // argon2id encoded; empty: no password set yet
    access::Role role = access::Role::viewer;
    std::vector<GroupId> scope; // empty: the whole tenant
    bool disabled = false;
    base::TimePoint created{};
    std::uint64_t row_version = 0;
    std::string totp;                  // the authenticator's secret, sealed; empty: none
    bool totp_on = false;              // a code proved it, and sign-in asks for one
    std::uint64_t totp_step = 0;       // newest 30 s step whose code was taken: a code counts once
    std::vector<std::string> recovery; // hex SHA-256 of the recovery codes that are left
    std::string identity;              // "ISSUER SUBJECT" at the identity provider; empty: a local account
    bool break_glass = false;          // for when nothing else lets anybody in
    bool operator==(const UserRow&) const = default;
};
// Tokens of every kind, stored as SHA-256 of the secret.
enum class TokenKind : std::uint8_t { api, session, sign_in, enrolment };
struct TokenRow {
    TokenId id;
    TokenKind kind = TokenKind::api;
    base::Digest256 secret;
    std::string label;
    UserId user;                     // zero for enrolment tokens
    GroupId group;                   // enrolment: the group that its devices join
    std::vector<std::string> scopes; // api: "read", "operate", "approve", "administer"
    std::uint32_t uses_left = 0;     // enrolment, sign_in; 0 and kind api/session: not counted
    base::Digest256 csrf;            // session: SHA-256 of its CSRF token
    base::TimePoint created{};
    base::TimePoint expires{};
    bool revoked = false;
    std::uint64_t row_version = 0;
    std::string client; // session: what the browser or program calls itself
    std::string began;  // session: "password", "one-time link", "single sign-on", "break-glass"
    bool operator==(const TokenRow&) const = default;
};
// Append only and chained: hash = SHA-256(previous hash, canonical text of the rest).
struct AuditRow {
    std::uint64_t number = 0; // 1, 2, 3 ... without gaps within a tenant
    base::TimePoint at{};
    std::string actor;         // "user anna", "token ci", "oakumd"
    std::string action;        // "rollout.create"
    std::string resource;      // "rollout 01h..."
    std::string before, after; // JSON of what changed, without secrets
    std::string why;
    base::Digest256 previous, hash;
    bool operator==(const AuditRow&) const = default;
};
struct JobRow {
    std::string id;
    std::string kind;   // "feed import", "assess", "device import"
    std::string state;  // "queued", "running", "done", "failed", "cancelled"
    std::string detail; // a sentence on progress or failure
    std::uint64_t done = 0, total = 0;
    std::string payload; // what it needs to resume, JSON
    base::TimePoint created{};
    std::optional<base::TimePoint> ended;
    std::string holder;      // who works on it: a name that each process makes for itself
    std::uint64_t lease = 0; // how often it was taken up; whoever holds an older one may not write
    std::optional<base::TimePoint> lease_until; // until then it is the holder's
    bool operator==(const JobRow&) const = default;
};
// One change of many devices by a person: an import or a bulk action. What it did to each device stands in
// EditedDeviceRow.
struct EditRow {
    EditId id;
    std::string kind;  // "import", "bulk"
    std::string name;  // the file's name; the action in words
    std::string query; // whom a bulk action is for, as text; empty: devices that were named
    std::string state; // "running", "done", "interrupted", "undoing", "undone"
    std::string actor; // "user anna"
    std::string why;
    base::TimePoint created{};
    std::optional<base::TimePoint> ended, undone;
    std::string undone_by;
    bool lasting = false;    // what it does to a device cannot be put back
    std::uint64_t total = 0; // lines or devices that it goes over
    std::uint64_t fresh = 0, changed = 0, unchanged = 0, refused = 0;
    std::uint64_t put_back = 0, left_alone = 0; // by the undo
    std::vector<std::string> reasons;           // why lines or devices were refused; at most 20
    std::vector<std::string> left;              // why the undo left devices alone; at most 20
    std::uint64_t row_version = 0;
    bool operator==(const EditRow&) const = default;
};
struct FeedRow {
    std::string name; // "nvd", "kev", ...
    base::TimePoint imported{};
    base::TimePoint newest{}; // newest record's date in it
    std::uint64_t accepted = 0, rejected = 0;
    std::vector<std::string> rejects; // "line 17: ...", at most 100
    std::string raw_file;             // name below DIR/feeds
    bool operator==(const FeedRow&) const = default;
};
// Small named values: TUF metadata files as served, settings, counters, CA certificate. Key: name; empty
// deletes.
struct DocumentRow {
    std::string name; // "tuf/1.root.json", "setting/poll_seconds"
    std::string body;
    bool operator==(const DocumentRow&) const = default;
};
// What the devices of a group, or the whole fleet, added up to when it was last counted on that day. Key:
// day, group.
struct FiguresRow {
    base::TimePoint day{}; // its midnight, UTC
    GroupId group;         // zero: the whole fleet
    base::TimePoint at{};  // when it was counted
    std::uint64_t devices = 0, assessed = 0, exposed = 0, exploited = 0, overdue = 0, cannot_tell = 0;
    std::uint64_t quiet = 0;         // devices, as those above; retired ones are left out of all
    std::uint64_t findings_open = 0; // over all devices
    std::uint64_t verified = 0;      // updates that were verified on that day
    std::uint64_t risk_thousandths = 0;
    // Devices with nothing open, and something that people decided about. Then findings over all devices:
    // those that are open in spite of a mitigation, and those that are not open by a decision.
    std::uint64_t excepted = 0;
    std::uint64_t findings_mitigated = 0, findings_accepted = 0, findings_not_affected = 0,
                  findings_suppressed = 0;
    bool operator==(const FiguresRow&) const = default;
};
// What happened that moves figures. The first of its key stays.
struct MarkRow {
    base::TimePoint at{};
    std::string kind;    // "exploited", "rollout started", "rollout ended", "feed", "devices"
    std::string subject; // id of the advisory, rollout, feed; empty: several
    GroupId group;       // whom it concerns; zero: everybody
    std::string sentence;
    bool operator==(const MarkRow&) const = default;
};
// Answers of requests that carried an idempotency key; kept a day.
struct IdempotencyRow {
    std::string key; // actor and key
    base::Digest256 request;
    std::uint32_t status = 0;
    std::string body;
    base::TimePoint at{};
    bool operator==(const IdempotencyRow&) const = default;
};
// One cause that a person has to know of (domain/alarm). Not closed: it is held, and the only one of its kind
// and subject.
struct AlarmRow {
    AlarmId id;
    alarm::Cause cause;
    base::TimePoint opened{};
    std::optional<base::TimePoint> closed;
    std::optional<base::TimePoint> acknowledged; // taken back when it gets worse
    std::string acknowledged_by;
    std::optional<base::TimePoint> muted_until;
    std::string muted_by;
    std::string why; // of the newest acknowledgement or mute
    std::uint64_t row_version = 0;
    bool operator==(const AlarmRow&) const = default;
};
// Where alarms are told outside of the house.
struct ChannelRow {
    ChannelId id;
    std::string name;
    alarm::ChannelKind kind = alarm::ChannelKind::webhook;
    alarm::Pace pace = alarm::Pace::digest;
    std::string server;  // as shown: host and port, without what is secret in an address
    std::string address; // sealed: the whole URL
    std::string secret;  // sealed: key of the signature, password of the mail account; may be empty
    std::string account; // mail: the user; empty: none
    std::string sender;  // mail
    std::vector<std::string> recipients; // mail
    std::string created_by;
    base::TimePoint created{};
    bool removed = false;                    // then without address and secret
    std::optional<base::TimePoint> digested; // when the newest digest was made
    std::optional<base::TimePoint> delivered;
    std::optional<base::TimePoint> failed; // since when nothing goes through
    std::string last_error;                // in words; empty: the last message arrived
    std::uint64_t row_version = 0;
    bool operator==(const ChannelRow&) const = default;
};
// The outbox: what a channel has to tell; delivered at least once, under the same id each time.
struct MessageRow {
    MessageId id;
    ChannelId channel;
    std::string content; // JSON, without secrets
    base::TimePoint created{};
    std::uint32_t attempts = 0;
    std::optional<base::TimePoint> next_try; // nothing: it has ended
    std::optional<base::TimePoint> ended;    // delivered, or given up
    std::string error;                       // of the last attempt; empty: none failed, or it arrived
    bool operator==(const MessageRow&) const = default;
};
// What people decided about findings (domain/exception). Kept for ever.
struct ExceptionRow {
    ExceptionId id;
    exception::Wish wish;
    exception::State state = exception::State::asked;
    std::string asked_by;                 // "user anna"
    std::vector<exception::Step> history; // the oldest first; the last one led to `state`
    std::uint64_t row_version = 0;
    bool operator==(const ExceptionRow&) const = default;
};
// An advisory of our own. Kept for ever.
struct NoticeRow {
    std::string id; // "OAKUM-2026-1"
    advisory::Notice notice;
    std::string created_by; // "user anna"
    base::TimePoint created{}, changed{};
    bool withdrawn = false;
    std::uint64_t row_version = 0;
    bool operator==(const NoticeRow&) const = default;
};
// The ordered change feed: every commit appends what it changed. `number` is given by the store at commit.
struct ChangeRow {
    std::uint64_t number = 0;
    ShardId shard;
    base::TimePoint at{};
    std::string kind;    // "device", "deployment", "rollout", "release", "finding", "feed", "job", ...
    std::string subject; // its id
    std::string summary; // JSON object, small
    bool operator==(const ChangeRow&) const = default;
};

using Row = std::variant<DeviceRow, FactRow, DeviceEventRow, DeviceSetRow, DeploymentRow, GateCountRow,
                         ComponentRow, SoftwareSetRow, FirmwareRow, SetFindingRow, GroupRow, ArtifactRow,
                         ReleaseRow, RolloutRow, RolloutDecisionRow, UserRow, TokenRow, AuditRow, JobRow,
                         FeedRow, DocumentRow, FiguresRow, MarkRow, IdempotencyRow, AlarmRow, ChannelRow,
                         MessageRow, EditRow, EditedDeviceRow, ExceptionRow, NoticeRow, ChangeRow>;

// All of one shard's rows that become durable together, with those of other shards in the same commit.
struct ShardRows {
    TenantId tenant;
    ShardId shard;
    std::vector<Row> rows;
};
struct Batch {
    std::vector<ShardRows> shards;
};

} // namespace oakum::ports
