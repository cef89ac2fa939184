// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <variant>

// Every field of a row as one line of text: rows are equal when their texts are, and a failed check says how
// they differ. Written out by hand, so that it shares no code with what it checks.
namespace oakum::contract {

class RowText {
  public:
    explicit RowText(std::string_view kind) { out_ << kind; }
    RowText& operator()(std::string_view name, const std::string& value) {
        out_ << ' ' << name << "=\"" << value << '"';
        return *this;
    }
    RowText& operator()(std::string_view name, std::uint64_t value) {
        out_ << ' ' << name << '=' << value;
        return *this;
    }
    RowText& operator()(std::string_view name, base::TimePoint value) {
        out_ << ' ' << name << '=' << base::unix_ms(value) << "ms";
        return *this;
    }
    RowText& operator()(std::string_view name, const std::optional<base::TimePoint>& value) {
        return value ? (*this)(name, *value) : (*this)(name, std::string("none"));
    }
    template <class Tag> RowText& operator()(std::string_view name, const base::Id<Tag>& value) {
        return (*this)(name, value.text());
    }
    RowText& operator()(std::string_view name, const base::Digest256& value) {
        return (*this)(name, value.hex());
    }
    template <class Tag>
    RowText& operator()(std::string_view name, const base::Strong<Tag, base::Digest256>& value) {
        return (*this)(name, value.get());
    }
    RowText& operator()(std::string_view name, const std::vector<std::string>& values) {
        (*this)(name, std::uint64_t{values.size()});
        for (const auto& value : values)
            (*this)("-", value);
        return *this;
    }
    std::string text() const { return out_.str(); }

  private:
    std::ostringstream out_;
};

template <class Enum> std::uint64_t number(Enum value) {
    return static_cast<std::uint64_t>(value);
}

inline std::string text(const ports::DeviceRow& r) {
    return RowText("device")("id", r.id)("lifecycle", number(r.lifecycle))("group", r.group)(
               "first_seen", r.first_seen)("last_seen", r.last_seen)("last_inventory", r.last_inventory)(
               "base_set", r.base_set)("delta_set", r.delta_set)("running_version", r.running_version)(
               "boot_id", r.boot_id)("desired_number", r.desired_number)(
               "desired_release", r.desired_release)("desired_rollout", r.desired_rollout)(
               "deployment", r.deployment)("certificate_serial", r.certificate_serial)(
               "certificate_expires", r.certificate_expires)("previous_certificate_serial",
                                                             r.previous_certificate_serial)(
               "revoked", std::uint64_t{r.revoked})("clone_suspected", std::uint64_t{r.clone_suspected})(
               "hold", std::uint64_t{r.hold})("row_version", r.row_version)
        .text();
}
inline std::string text(const device::Fact& f) {
    return RowText("fact")("key", f.key)("value", f.value)("source", number(f.source))("detail",
                                                                                       f.detail)("at", f.at)
        .text();
}
inline std::string text(const ports::FactRow& r) {
    return RowText("device fact")("device", r.device)("fact", text(r.fact)).text();
}
inline std::string text(const ports::DeviceEventRow& r) {
    return RowText("event")("device", r.device)("at", r.at)("kind", r.kind)("subject", r.subject)(
               "before", r.before)("after", r.after)("detail", r.detail)
        .text();
}
inline std::string text(const ports::DeviceSetRow& r) {
    return RowText("device set")("device",
                                 r.device)("layer", number(r.layer))("set", r.set)("from", r.from)("to", r.to)
        .text();
}
inline std::string text(const ports::DeploymentRow& r) {
    return RowText("deployment")("id", r.id)("device", r.device)("rollout", r.rollout)("release", r.release)(
               "wave", r.wave)("stratum", r.stratum)("state", number(r.state))("reason", number(r.reason))(
               "detail", r.detail)("attempt", r.attempt)("transient_failures", r.transient_failures)(
               "sequence", r.sequence)("progress_percent", r.progress_percent)(
               "version_before", r.version_before)("version_after", r.version_after)(
               "offered_at", r.offered_at)("state_at", r.state_at)("deadline", r.deadline)(
               "soak_until", r.soak_until)("is_rollback", std::uint64_t{r.is_rollback})(
               "resumed", std::uint64_t{r.resumed})("row_version", r.row_version)
        .text();
}
inline std::string text(const ports::GateCountRow& r) {
    return RowText("gate count")("rollout", r.rollout)("wave", r.wave)("stratum", r.stratum)(
               "started", r.counts.started)("pending", r.counts.pending)("verified", r.counts.verified)(
               "failed", r.counts.failed)("rolled_back", r.counts.rolled_back)("silent", r.counts.silent)(
               "last_verified", r.counts.last_verified)
        .text();
}
inline std::string text(const ports::ComponentRow& r) {
    return RowText("component")("id", r.id)("kind", number(r.component.kind))("name", r.component.name)(
               "version", r.component.version)("purl", r.component.purl)("cpe", r.component.cpe)(
               "bundle_id", r.component.bundle_id)("patch_level", r.component.patch_level)
        .text();
}
inline std::string text(const ports::SoftwareSetRow& r) {
    RowText out("software set");
    out("id", r.id)("layer", number(r.layer))("origin", r.origin);
    for (const auto& id : r.components)
        out("component", id);
    for (const auto& s : r.statements)
        out("advisory", s.advisory)("name", s.component_name)("status", number(s.status))(
            "why", s.justification)("version", s.version.value_or("(any)"))("purl", s.purl.value_or("(any)"));
    return out.text();
}
inline std::string text(const ports::FirmwareRow& r) {
    return RowText("firmware")("model", r.model)("version", r.version)("set", r.set)("sbom",
                                                                                     r.sbom_name)("at", r.at)
        .text();
}
inline std::string text(const ports::SetFindingRow& r) {
    return RowText("set finding")("set", r.set)("advisory", r.advisory)("component", r.component)(
               "verdict", number(r.verdict))("reason", r.reason)("from", r.from)("to", r.to)
        .text();
}
inline std::string text(const ports::GroupRow& r) {
    RowText out("group");
    out("id", r.id)("name", r.name)("query", r.query)("deleted", std::uint64_t{r.deleted});
    for (const auto& fact : r.defaults)
        out("default", text(fact));
    return out("row_version", r.row_version).text();
}
inline std::string text(const ports::ArtifactRow& r) {
    return RowText("artifact")("digest", r.digest)("length", r.length)("name", r.name)("at", r.at)(
               "verified_at", r.verified_at)("damaged", std::uint64_t{r.damaged})
        .text();
}
inline std::string text(const ports::ReleaseRow& r) {
    return RowText("release")("id", r.id)("name", r.name)("version", r.version)("artifact", r.artifact)(
               "models", r.models)("hw_revisions", r.hw_revisions)("min_from", r.min_from)("set", r.set)(
               "state", r.state)("target_path", r.target_path)("notes", r.notes)("counter", r.counter)(
               "created", r.created)("published", r.published)("row_version", r.row_version)
        .text();
}
inline std::string text(const rollout::Plan& p) {
    RowText out("plan");
    out("name", p.name)("release", p.release)("query", p.query)("soak", std::uint64_t(p.soak.count()))(
        "step_timeout", std::uint64_t(p.step_timeout.count()))("max_attempts", p.max_attempts)(
        "rollback_on_halt", std::uint64_t{p.rollback_on_halt})("starts", p.starts);
    for (const auto& w : p.waves)
        out("wave", w.name)("share_ppm", w.share_ppm)("minimum", w.gate.minimum)(
            "tolerated", w.gate.tolerated_failure_ppm)("halt_error", w.gate.halt_error_ppm)(
            "proceed_error", w.gate.proceed_error_ppm)("hard_stop", w.gate.hard_stop)(
            "unproven", std::string(rollout::to_string(w.gate.unproven)))("soak",
                                                                          std::uint64_t(w.gate.soak.count()))(
            "query", w.query)("max_in_flight", w.pace.max_in_flight)("per_minute", w.pace.per_minute)(
            "doubles_after_minutes", w.pace.doubles_after_minutes)("up_to", w.pace.up_to_per_minute);
    return out.text();
}
inline std::string text(const ports::RolloutRow& r) {
    return RowText("rollout")("id", r.id)("plan", text(r.plan))("state", number(r.state))(
               "why", r.state_reason)("open_wave", r.open_wave)("key0", r.key0)("key1", r.key1)(
               "created_by", r.created_by)("approved_by", r.approved_by)("created", r.created)(
               "started", r.started)("wave_opened_at", r.wave_opened_at)("settled_at", r.settled_at)(
               "ended", r.ended)("row_version", r.row_version)
        .text();
}
inline std::string text(const ports::RolloutDecisionRow& r) {
    return RowText("decision")("rollout", r.rollout)("at", r.at)("decision", r.decision)("sentence",
                                                                                         r.sentence)
        .text();
}
inline std::string text(const ports::UserRow& r) {
    RowText out("user");
    out("id", r.id)("name", r.name)("password_hash", r.password_hash)("role", number(r.role))(
        "disabled", std::uint64_t{r.disabled})("created", r.created);
    for (const auto& group : r.scope)
        out("scope", group);
    return out("row_version",
               r.row_version)("totp", r.totp)("totp_on", std::uint64_t{r.totp_on})("totp_step", r.totp_step)(
               "recovery", r.recovery)("identity", r.identity)("break_glass", std::uint64_t{r.break_glass})
        .text();
}
inline std::string text(const ports::TokenRow& r) {
    return RowText("token")("id", r.id)("kind", number(r.kind))("secret", r.secret)("label", r.label)(
               "user", r.user)("group", r.group)("scopes", r.scopes)("uses_left", r.uses_left)(
               "csrf", r.csrf)("created", r.created)("expires", r.expires)(
               "revoked", std::uint64_t{r.revoked})("row_version", r.row_version)("client", r.client)("began",
                                                                                                      r.began)
        .text();
}
inline std::string text(const ports::AuditRow& r) {
    return RowText("audit")("number", r.number)("at", r.at)("actor", r.actor)("action", r.action)("resource",
                                                                                                  r.resource)(
               "before", r.before)("after", r.after)("why", r.why)("previous", r.previous)("hash", r.hash)
        .text();
}
inline std::string text(const ports::JobRow& r) {
    return RowText("job")("id", r.id)("kind", r.kind)("state", r.state)("detail", r.detail)("done", r.done)(
               "total", r.total)("payload", r.payload)("created", r.created)("ended", r.ended)(
               "holder", r.holder)("lease", r.lease)("lease_until", r.lease_until)
        .text();
}
inline std::string text(const ports::AlarmRow& r) {
    return RowText("alarm")("id", r.id)("kind", number(r.cause.kind))("subject", r.cause.subject)(
               "name", r.cause.name)("detail", r.cause.detail)("things", r.cause.things)(
               "query", r.cause.query)("owner", r.cause.owner)("extent", r.cause.extent)("at", r.cause.at)(
               "opened", r.opened)("closed", r.closed)("acknowledged", r.acknowledged)(
               "acknowledged_by", r.acknowledged_by)("muted_until", r.muted_until)("muted_by", r.muted_by)(
               "why", r.why)("row_version", r.row_version)
        .text();
}
inline std::string text(const ports::ChannelRow& r) {
    return RowText("channel")("id", r.id)("name", r.name)("kind", number(r.kind))("pace", number(r.pace))(
               "server", r.server)("address", r.address)("secret", r.secret)("account", r.account)(
               "sender", r.sender)("recipients", r.recipients)("created_by", r.created_by)(
               "created", r.created)("removed", std::uint64_t{r.removed})("digested", r.digested)(
               "delivered", r.delivered)("failed", r.failed)("last_error", r.last_error)("row_version",
                                                                                         r.row_version)
        .text();
}
inline std::string text(const ports::MessageRow& r) {
    return RowText("message")("id", r.id)("channel", r.channel)("content", r.content)("created", r.created)(
               "attempts", std::uint64_t{r.attempts})("next_try", r.next_try)("ended", r.ended)("error",
                                                                                                r.error)
        .text();
}
inline std::string text(const ports::EditRow& r) {
    return RowText("edit")("id", r.id)("kind", r.kind)("name", r.name)("query", r.query)("state", r.state)(
               "actor", r.actor)("why", r.why)("created", r.created)("ended", r.ended)("undone", r.undone)(
               "undone_by", r.undone_by)("lasting", std::uint64_t{r.lasting})("total", r.total)("fresh",
                                                                                                r.fresh)(
               "changed", r.changed)("unchanged", r.unchanged)("refused", r.refused)("put_back", r.put_back)(
               "left_alone", r.left_alone)("reasons", r.reasons)("left", r.left)("row_version", r.row_version)
        .text();
}
inline std::string text(const ports::EditedDeviceRow& r) {
    RowText out("edited device");
    out("edit", r.edit)("device", r.device)("line", r.line)("created", std::uint64_t{r.created})(
        "undone", std::uint64_t{r.undone});
    for (const auto& fact : r.before)
        out("before", text(ports::FactRow{r.device, fact}));
    for (const auto& fact : r.after)
        out("after", text(ports::FactRow{r.device, fact}));
    return out.text();
}
inline std::string text(const ports::FeedRow& r) {
    return RowText("feed")("name", r.name)("imported", r.imported)("newest", r.newest)(
               "accepted", r.accepted)("rejected", r.rejected)("rejects", r.rejects)("raw_file", r.raw_file)
        .text();
}
inline std::string text(const ports::DocumentRow& r) {
    return RowText("document")("name", r.name)("body", r.body).text();
}
inline std::string text(const ports::FiguresRow& r) {
    return RowText("figures")("day", r.day)("group", r.group)("at", r.at)("devices", r.devices)(
               "assessed", r.assessed)("exposed", r.exposed)("exploited", r.exploited)("overdue", r.overdue)(
               "cannot_tell", r.cannot_tell)("quiet", r.quiet)("open", r.findings_open)(
               "verified", r.verified)("risk", r.risk_thousandths)("excepted", r.excepted)(
               "mitigated", r.findings_mitigated)("accepted", r.findings_accepted)(
               "not_affected", r.findings_not_affected)("suppressed", r.findings_suppressed)
        .text();
}
inline std::string text(const ports::ExceptionRow& r) {
    RowText out("exception");
    out("id", r.id)("kind", number(r.wish.kind))("advisory", r.wish.subject.advisory)(
        "component", r.wish.subject.component)("versions", r.wish.subject.versions)(
        "below", std::uint64_t{r.wish.subject.below_tenths})("group", r.wish.scope.group)(
        "query", r.wish.scope.query)("justification", number(r.wish.justification))("metric", r.wish.metric)(
        "reason", r.wish.reason)("evidence", r.wish.evidence)("expires", r.wish.expires)(
        "state", number(r.state))("asked_by", r.asked_by);
    for (const auto& step : r.history)
        out("at", step.at)("to", number(step.to))("actor", step.actor)("why", step.why);
    return out("row_version", r.row_version).text();
}
inline std::string text(const ports::NoticeRow& r) {
    RowText out("notice");
    out("id", r.id)("title", r.notice.title)("description", r.notice.description)("workaround",
                                                                                  r.notice.workaround);
    for (const auto& product : r.notice.products)
        out("component", product.component)("scheme", product.scheme)("introduced", product.introduced)(
            "fixed", product.fixed)("last_affected", product.last_affected);
    return out("vector", r.notice.vector)("severity", r.notice.severity)("exploited",
                                                                         std::uint64_t{r.notice.exploited})(
               "references", r.notice.references)("aliases", r.notice.aliases)("embargo", r.notice.embargo)(
               "until", r.notice.embargo_until)("created_by", r.created_by)("created", r.created)(
               "changed", r.changed)("withdrawn", std::uint64_t{r.withdrawn})("row_version", r.row_version)
        .text();
}
inline std::string text(const ports::MarkRow& r) {
    return RowText("mark")("at", r.at)("kind", r.kind)("subject", r.subject)("group", r.group)("sentence",
                                                                                               r.sentence)
        .text();
}
inline std::string text(const ports::IdempotencyRow& r) {
    return RowText("idempotency")("key", r.key)("request", r.request)("status", r.status)("body",
                                                                                          r.body)("at", r.at)
        .text();
}
// Without the number, which the store gives.
inline std::string text(const ports::ChangeRow& r) {
    return RowText("change")("shard", r.shard.get())("at", r.at)("kind", r.kind)("subject", r.subject)(
               "summary", r.summary)
        .text();
}
inline std::string text(const ports::Row& row) {
    return std::visit([](const auto& r) { return text(r); }, row);
}

} // namespace oakum::contract
