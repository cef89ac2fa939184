// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <cstddef>
#include <utility>

// Which column holds which field: one Table for each row of ports/rows.hpp, in one place, for writing and for
// reading. `key` visits what identifies a row within its tenant (and shard), `rest` everything else.
namespace oakum::sqlite {

// How many fields a struct has, so that a new one cannot stay unstored unnoticed.
struct AnyField {
    template <class T> operator T() const;
};
template <class T, class... Fields> constexpr std::size_t field_count() {
    if constexpr (requires { T{std::declval<Fields>()..., std::declval<AnyField>()}; })
        return field_count<T, Fields..., AnyField>();
    else
        return sizeof...(Fields);
}

enum class Scope { tenant, shard };
enum class Mode {
    versioned, // compare-and-set on row_version
    replace,   // the newest wins
    keep,      // the first wins
    interval,  // an open one closes the one before it
    append     // only ever inserted
};

template <class Row> struct Table;

template <> struct Table<ports::DeviceRow> {
    static constexpr const char* name = "device";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("device", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("lifecycle", r.lifecycle);
        v("device_group", r.group);
        v("first_seen", r.first_seen);
        v("last_seen", r.last_seen);
        v("last_inventory", r.last_inventory);
        v("base_set", r.base_set);
        v("delta_set", r.delta_set);
        v("running_version", r.running_version);
        v("boot_id", r.boot_id);
        v("desired_number", r.desired_number);
        v("desired_release", r.desired_release);
        v("desired_rollout", r.desired_rollout);
        v("deployment", r.deployment);
        v("certificate_serial", r.certificate_serial);
        v("certificate_expires", r.certificate_expires);
        v("previous_certificate_serial", r.previous_certificate_serial);
        v("revoked", r.revoked);
        v("clone_suspected", r.clone_suspected);
        v("hold", r.hold);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::DeviceRow>() == 21, "a new field needs its column");

template <> struct Table<ports::FactRow> {
    static constexpr const char* name = "fact";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) {
        v("device", r.device);
        v("fact_key", r.fact.key);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("fact_value", r.fact.value);
        v("source", r.fact.source);
        v("detail", r.fact.detail);
        v("at", r.fact.at);
    }
};
static_assert(field_count<ports::FactRow>() == 2 && field_count<device::Fact>() == 5,
              "a new field needs its column");

template <> struct Table<ports::DeviceEventRow> {
    static constexpr const char* name = "device_event";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::append;
    template <class V, class R> static void key(V& v, R& r) {
        v("device", r.device);
        v("at", r.at);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.kind);
        v("subject", r.subject);
        v("before", r.before);
        v("after", r.after);
        v("detail", r.detail);
    }
};
static_assert(field_count<ports::DeviceEventRow>() == 7, "a new field needs its column");

template <> struct Table<ports::DeviceSetRow> {
    static constexpr const char* name = "device_set";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::interval;
    static constexpr const char* interval_of[] = {"device", "layer"};
    template <class V, class R> static void key(V& v, R& r) {
        v("device", r.device);
        v("layer", r.layer);
        v("from_at", r.from);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("set_id", r.set);
        v("to_at", r.to);
    }
};
static_assert(field_count<ports::DeviceSetRow>() == 5, "a new field needs its column");

template <> struct Table<ports::DeploymentRow> {
    static constexpr const char* name = "deployment";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) {
        v("device", r.device);
        v("deployment", r.id);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("rollout", r.rollout);
        v("release", r.release);
        v("wave", r.wave);
        v("stratum", r.stratum);
        v("state", r.state);
        v("reason", r.reason);
        v("detail", r.detail);
        v("attempt", r.attempt);
        v("transient_failures", r.transient_failures);
        v("sequence", r.sequence);
        v("progress_percent", r.progress_percent);
        v("version_before", r.version_before);
        v("version_after", r.version_after);
        v("offered_at", r.offered_at);
        v("state_at", r.state_at);
        v("deadline", r.deadline);
        v("soak_until", r.soak_until);
        v("is_rollback", r.is_rollback);
        v("resumed", r.resumed);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::DeploymentRow>() == 22, "a new field needs its column");

template <> struct Table<ports::GateCountRow> {
    static constexpr const char* name = "gate_count";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) {
        v("rollout", r.rollout);
        v("wave", r.wave);
        v("stratum", r.stratum);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("started", r.counts.started);
        v("pending", r.counts.pending);
        v("verified", r.counts.verified);
        v("failed", r.counts.failed);
        v("rolled_back", r.counts.rolled_back);
        v("silent", r.counts.silent);
        v("last_verified", r.counts.last_verified);
    }
};
static_assert(field_count<ports::GateCountRow>() == 4 && field_count<rollout::Counts>() == 7,
              "a new field needs its column");

template <> struct Table<ports::ComponentRow> {
    static constexpr const char* name = "component";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::keep;
    template <class V, class R> static void key(V& v, R& r) { v("component", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.component.kind);
        v("name", r.component.name);
        v("version", r.component.version);
        v("purl", r.component.purl);
        v("cpe", r.component.cpe);
        v("bundle_id", r.component.bundle_id);
        v("patch_level", r.component.patch_level);
    }
};
static_assert(field_count<ports::ComponentRow>() == 2 && field_count<component::Component>() == 7,
              "a new field needs its column");

template <> struct Table<ports::SoftwareSetRow> {
    static constexpr const char* name = "software_set";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::keep;
    template <class V, class R> static void key(V& v, R& r) { v("set_id", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("layer", r.layer);
        v("components", r.components);
        v("packed_statements", r.statements);
        v("origin", r.origin);
    }
};
static_assert(field_count<ports::SoftwareSetRow>() == 5 && field_count<component::Statement>() == 6,
              "a new field needs its column");

template <> struct Table<ports::FirmwareRow> {
    static constexpr const char* name = "firmware";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) {
        v("model", r.model);
        v("version", r.version);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("set_id", r.set);
        v("sbom_name", r.sbom_name);
        v("at", r.at);
    }
};
static_assert(field_count<ports::FirmwareRow>() == 5, "a new field needs its column");

template <> struct Table<ports::SetFindingRow> {
    static constexpr const char* name = "set_finding";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::interval;
    static constexpr const char* interval_of[] = {"set_id", "advisory", "component"};
    template <class V, class R> static void key(V& v, R& r) {
        v("set_id", r.set);
        v("advisory", r.advisory);
        v("component", r.component);
        v("from_at", r.from);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("verdict", r.verdict);
        v("reason", r.reason);
        v("to_at", r.to);
    }
};
static_assert(field_count<ports::SetFindingRow>() == 7, "a new field needs its column");

template <> struct Table<ports::GroupRow> {
    static constexpr const char* name = "device_group";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("device_group", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("name", r.name);
        v("query", r.query);
        v("packed_defaults", r.defaults);
        v("deleted", r.deleted);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::GroupRow>() == 6, "a new field needs its column");

template <> struct Table<ports::ArtifactRow> {
    static constexpr const char* name = "artifact";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) { v("digest", r.digest); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("length", r.length);
        v("name", r.name);
        v("at", r.at);
        v("verified_at", r.verified_at);
        v("damaged", r.damaged);
    }
};
static_assert(field_count<ports::ArtifactRow>() == 6, "a new field needs its column");

template <> struct Table<ports::ReleaseRow> {
    static constexpr const char* name = "release";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("release", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("name", r.name);
        v("version", r.version);
        v("artifact", r.artifact);
        v("packed_models", r.models);
        v("packed_hw_revisions", r.hw_revisions);
        v("min_from", r.min_from);
        v("set_id", r.set);
        v("state", r.state);
        v("target_path", r.target_path);
        v("notes", r.notes);
        v("counter", r.counter);
        v("created", r.created);
        v("published", r.published);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::ReleaseRow>() == 15, "a new field needs its column");

template <> struct Table<ports::RolloutRow> {
    static constexpr const char* name = "rollout";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("rollout", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("packed_plan", r.plan);
        v("state", r.state);
        v("state_reason", r.state_reason);
        v("open_wave", r.open_wave);
        v("key0", r.key0);
        v("key1", r.key1);
        v("created_by", r.created_by);
        v("approved_by", r.approved_by);
        v("created", r.created);
        v("started", r.started);
        v("wave_opened_at", r.wave_opened_at);
        v("settled_at", r.settled_at);
        v("ended", r.ended);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::RolloutRow>() == 15 && field_count<rollout::Plan>() == 9 &&
                  field_count<rollout::Wave>() == 5 && field_count<rollout::Gate>() == 7 &&
                  field_count<rollout::Pace>() == 4,
              "a new field needs its column, or its place in packed.cpp");

template <> struct Table<ports::RolloutDecisionRow> {
    static constexpr const char* name = "rollout_decision";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::append;
    template <class V, class R> static void key(V& v, R& r) { v("rollout", r.rollout); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("at", r.at);
        v("decision", r.decision);
        v("sentence", r.sentence);
    }
};
static_assert(field_count<ports::RolloutDecisionRow>() == 4, "a new field needs its column");

template <> struct Table<ports::UserRow> {
    static constexpr const char* name = "oakum_user";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("user_id", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("name", r.name);
        v("password_hash", r.password_hash);
        v("role", r.role);
        v("packed_scope", r.scope);
        v("disabled", r.disabled);
        v("created", r.created);
        v("row_version", r.row_version);
        v("totp", r.totp);
        v("totp_on", r.totp_on);
        v("totp_step", r.totp_step);
        v("packed_recovery", r.recovery);
        v("identity", r.identity);
        v("break_glass", r.break_glass);
    }
};
static_assert(field_count<ports::UserRow>() == 14, "a new field needs its column");

template <> struct Table<ports::TokenRow> {
    static constexpr const char* name = "token";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("token", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.kind);
        v("secret", r.secret);
        v("label", r.label);
        v("user_id", r.user);
        v("device_group", r.group);
        v("packed_scopes", r.scopes);
        v("uses_left", r.uses_left);
        v("csrf", r.csrf);
        v("created", r.created);
        v("expires", r.expires);
        v("revoked", r.revoked);
        v("row_version", r.row_version);
        v("client", r.client);
        v("began", r.began);
    }
};
static_assert(field_count<ports::TokenRow>() == 15, "a new field needs its column");

template <> struct Table<ports::AuditRow> {
    static constexpr const char* name = "audit";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::append;
    template <class V, class R> static void key(V& v, R& r) { v("number", r.number); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("at", r.at);
        v("actor", r.actor);
        v("action", r.action);
        v("resource", r.resource);
        v("before", r.before);
        v("after", r.after);
        v("why", r.why);
        v("previous", r.previous);
        v("hash", r.hash);
    }
};
static_assert(field_count<ports::AuditRow>() == 10, "a new field needs its column");

template <> struct Table<ports::JobRow> {
    static constexpr const char* name = "job";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) { v("job", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.kind);
        v("state", r.state);
        v("detail", r.detail);
        v("done", r.done);
        v("total", r.total);
        v("payload", r.payload);
        v("created", r.created);
        v("ended", r.ended);
        v("holder", r.holder);
        v("lease", r.lease);
        v("lease_until", r.lease_until);
    }
};
static_assert(field_count<ports::JobRow>() == 12, "a new field needs its column");

template <> struct Table<ports::EditRow> {
    static constexpr const char* name = "edit";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("edit", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.kind);
        v("name", r.name);
        v("query", r.query);
        v("state", r.state);
        v("actor", r.actor);
        v("why", r.why);
        v("created", r.created);
        v("ended", r.ended);
        v("undone", r.undone);
        v("undone_by", r.undone_by);
        v("lasting", r.lasting);
        v("total", r.total);
        v("fresh", r.fresh);
        v("changed", r.changed);
        v("unchanged", r.unchanged);
        v("refused", r.refused);
        v("put_back", r.put_back);
        v("left_alone", r.left_alone);
        v("packed_reasons", r.reasons);
        v("packed_left", r.left);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::EditRow>() == 22, "a new field needs its column");

template <> struct Table<ports::EditedDeviceRow> {
    static constexpr const char* name = "edited_device";
    static constexpr Scope scope = Scope::shard;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) {
        v("edit", r.edit);
        v("device", r.device);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("line", r.line);
        v("created", r.created);
        v("undone", r.undone);
        v("packed_before", r.before);
        v("packed_after", r.after);
    }
};
static_assert(field_count<ports::EditedDeviceRow>() == 7, "a new field needs its column");

template <> struct Table<ports::FeedRow> {
    static constexpr const char* name = "feed";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) { v("name", r.name); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("imported", r.imported);
        v("newest", r.newest);
        v("accepted", r.accepted);
        v("rejected", r.rejected);
        v("packed_rejects", r.rejects);
        v("raw_file", r.raw_file);
    }
};
static_assert(field_count<ports::FeedRow>() == 7, "a new field needs its column");

template <> struct Table<ports::DocumentRow> {
    static constexpr const char* name = "document";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) { v("name", r.name); }
    template <class V, class R> static void rest(V& v, R& r) { v("body", r.body); }
};
static_assert(field_count<ports::DocumentRow>() == 2, "a new field needs its column");

template <> struct Table<ports::FiguresRow> {
    static constexpr const char* name = "figures";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) {
        v("device_group", r.group);
        v("day", r.day);
    }
    template <class V, class R> static void rest(V& v, R& r) {
        v("at", r.at);
        v("devices", r.devices);
        v("assessed", r.assessed);
        v("exposed", r.exposed);
        v("exploited", r.exploited);
        v("overdue", r.overdue);
        v("cannot_tell", r.cannot_tell);
        v("quiet", r.quiet);
        v("findings_open", r.findings_open);
        v("verified", r.verified);
        v("risk_thousandths", r.risk_thousandths);
        v("excepted", r.excepted);
        v("findings_mitigated", r.findings_mitigated);
        v("findings_accepted", r.findings_accepted);
        v("findings_not_affected", r.findings_not_affected);
        v("findings_suppressed", r.findings_suppressed);
    }
};
static_assert(field_count<ports::FiguresRow>() == 18, "a new field needs its column");

template <> struct Table<ports::MarkRow> {
    static constexpr const char* name = "mark";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::keep;
    template <class V, class R> static void key(V& v, R& r) {
        v("at", r.at);
        v("kind", r.kind);
        v("subject", r.subject);
        v("device_group", r.group);
    }
    template <class V, class R> static void rest(V& v, R& r) { v("sentence", r.sentence); }
};
static_assert(field_count<ports::MarkRow>() == 5, "a new field needs its column");

template <> struct Table<ports::IdempotencyRow> {
    static constexpr const char* name = "idempotency";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) { v("idempotency_key", r.key); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("request", r.request);
        v("status", r.status);
        v("body", r.body);
        v("at", r.at);
    }
};
static_assert(field_count<ports::IdempotencyRow>() == 5, "a new field needs its column");

template <> struct Table<ports::AlarmRow> {
    static constexpr const char* name = "alarm";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("alarm", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.cause.kind);
        v("subject", r.cause.subject);
        v("name", r.cause.name);
        v("detail", r.cause.detail);
        v("packed_things", r.cause.things);
        v("query", r.cause.query);
        v("owner", r.cause.owner);
        v("extent", r.cause.extent);
        v("cause_at", r.cause.at);
        v("opened", r.opened);
        v("closed", r.closed);
        v("acknowledged", r.acknowledged);
        v("acknowledged_by", r.acknowledged_by);
        v("muted_until", r.muted_until);
        v("muted_by", r.muted_by);
        v("why", r.why);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::AlarmRow>() == 10 && field_count<alarm::Cause>() == 9,
              "a new field needs its column");

template <> struct Table<ports::ChannelRow> {
    static constexpr const char* name = "channel";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("channel", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("name", r.name);
        v("kind", r.kind);
        v("pace", r.pace);
        v("server", r.server);
        v("address", r.address);
        v("secret", r.secret);
        v("account", r.account);
        v("sender", r.sender);
        v("packed_recipients", r.recipients);
        v("created_by", r.created_by);
        v("created", r.created);
        v("removed", r.removed);
        v("digested", r.digested);
        v("delivered", r.delivered);
        v("failed", r.failed);
        v("last_error", r.last_error);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::ChannelRow>() == 18, "a new field needs its column");

template <> struct Table<ports::MessageRow> {
    static constexpr const char* name = "message";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::replace;
    template <class V, class R> static void key(V& v, R& r) { v("message", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("channel", r.channel);
        v("content", r.content);
        v("created", r.created);
        v("attempts", r.attempts);
        v("next_try", r.next_try);
        v("ended", r.ended);
        v("error", r.error);
    }
};
static_assert(field_count<ports::MessageRow>() == 8, "a new field needs its column");

template <> struct Table<ports::ExceptionRow> {
    static constexpr const char* name = "exception";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("exception", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("kind", r.wish.kind);
        v("advisory", r.wish.subject.advisory);
        v("component", r.wish.subject.component);
        v("versions", r.wish.subject.versions);
        v("below_tenths", r.wish.subject.below_tenths);
        v("device_group", r.wish.scope.group);
        v("query", r.wish.scope.query);
        v("justification", r.wish.justification);
        v("metric", r.wish.metric);
        v("reason", r.wish.reason);
        v("packed_evidence", r.wish.evidence);
        v("expires", r.wish.expires);
        v("state", r.state);
        v("asked_by", r.asked_by);
        v("packed_history", r.history);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::ExceptionRow>() == 6 && field_count<exception::Wish>() == 8 &&
                  field_count<exception::Subject>() == 4 && field_count<exception::Scope>() == 2,
              "a new field needs its column");

template <> struct Table<ports::NoticeRow> {
    static constexpr const char* name = "notice";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::versioned;
    template <class V, class R> static void key(V& v, R& r) { v("notice", r.id); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("title", r.notice.title);
        v("description", r.notice.description);
        v("workaround", r.notice.workaround);
        v("packed_products", r.notice.products);
        v("vector", r.notice.vector);
        v("severity", r.notice.severity);
        v("exploited", r.notice.exploited);
        v("packed_references", r.notice.references);
        v("packed_aliases", r.notice.aliases);
        v("embargo", r.notice.embargo);
        v("embargo_until", r.notice.embargo_until);
        v("created_by", r.created_by);
        v("created", r.created);
        v("changed", r.changed);
        v("withdrawn", r.withdrawn);
        v("row_version", r.row_version);
    }
};
static_assert(field_count<ports::NoticeRow>() == 7 && field_count<advisory::Notice>() == 11,
              "a new field needs its column");

template <> struct Table<ports::ChangeRow> {
    static constexpr const char* name = "change";
    static constexpr Scope scope = Scope::tenant;
    static constexpr Mode mode = Mode::append;
    template <class V, class R> static void key(V& v, R& r) { v("number", r.number); }
    template <class V, class R> static void rest(V& v, R& r) {
        v("shard", r.shard);
        v("at", r.at);
        v("kind", r.kind);
        v("subject", r.subject);
        v("summary", r.summary);
    }
};
static_assert(field_count<ports::ChangeRow>() == 6, "a new field needs its column");

} // namespace oakum::sqlite
