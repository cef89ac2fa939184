// SPDX-License-Identifier: Apache-2.0
#include "encode.hpp"

#include <rehearsal_json/report_json.hpp>

namespace oakum::api {
namespace {

std::int64_t seconds(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

void fields(Out& o, const ReleaseSummary& v) {
    o("id", v.id)("name", v.name)("version", v.version)("state", v.state);
    o.w.key("artifact");
    object(o, [&] { o("sha256", v.artifact.sha256)("length", v.artifact.length)("name", v.artifact.name); });
    o("models", v.models)("hw_revisions", v.hw_revisions)("min_from", v.min_from)("has_sbom", v.has_sbom);
    o("fixes_count", v.fixes_count)("brings_count", v.brings_count)("devices_running", v.devices_running);
    o("awaits_approval", v.awaits_approval);
    o("created", v.created)("published", v.published);
}

} // namespace

void write(Out& o, const rollout::Counts& v) {
    object(o, [&] {
        o("started", v.started)("pending", v.pending)("verified", v.verified)("failed", v.failed);
        o("rolled_back", v.rolled_back)("silent", v.silent);
    });
}
void write(Out& o, const rollout::Gate& v) {
    object(o, [&] {
        o("minimum", v.minimum)("tolerated_failure_ppm", v.tolerated_failure_ppm);
        o("halt_error_ppm", v.halt_error_ppm)("proceed_error_ppm", v.proceed_error_ppm)("hard_stop",
                                                                                        v.hard_stop);
        o("unproven", rollout::to_string(v.unproven))("soak_seconds", seconds(v.soak));
    });
}
void write(Out& o, const rollout::Pace& v) {
    object(o, [&] {
        if (v.max_in_flight > 0) o("max_in_flight", v.max_in_flight);
        if (v.per_minute > 0) o("per_minute", v.per_minute);
        if (v.doubles_after_minutes > 0) o("doubles_after_minutes", v.doubles_after_minutes);
        if (v.up_to_per_minute > 0) o("up_to_per_minute", v.up_to_per_minute);
    });
}
void write(Out& o, const rollout::Wave& v) {
    object(o, [&] {
        o("name", v.name)("share_ppm", v.share_ppm);
        if (!v.query.empty()) o("query", v.query);
        o("gate", v.gate);
        if (v.pace != rollout::Pace{}) o("pace", v.pace);
    });
}
void write(Out& o, const rollout::Plan& v) {
    object(o, [&] {
        o("name", v.name)("release", v.release)("query", v.query)("waves", v.waves)("soak_seconds",
                                                                                    seconds(v.soak));
        o("step_timeout_seconds", seconds(v.step_timeout))("max_attempts", v.max_attempts);
        o("rollback_on_halt", v.rollback_on_halt);
        if (v.starts) o("starts_at", *v.starts);
    });
}

void write(Out& o, const Feed& v) {
    object(o, [&] {
        o("name", v.name)("imported", v.imported)("newest", v.newest)("accepted", v.accepted)("rejected",
                                                                                              v.rejected);
        o("rejects", v.rejects)("stale", v.stale);
    });
}
void write(Out& o, const Job& v) {
    object(o, [&] {
        o("id", v.id)("kind", v.kind)("state", v.state)("detail", v.detail)("done", v.done)("total", v.total);
        o("created", v.created)("ended", v.ended);
    });
}
void write(Out& o, const Upload& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("length", v.length)("sha256", v.sha256)("offset", v.offset)("finished",
                                                                                                  v.finished);
    });
}
void write(Out& o, const Artifact& v) {
    object(o, [&] {
        o("sha256", v.sha256)("length", v.length)("name", v.name)("at", v.at)("verified_at", v.verified_at);
        o("damaged", v.damaged);
    });
}

void write(Out& o, const ReleaseSummary& v) {
    object(o, [&] { fields(o, v); });
}
void write(Out& o, const Release::Changed& v) {
    object(o, [&] { o("name", v.name)("before", v.before)("after", v.after); });
}
void write(Out& o, const Release::SbomDiff& v) {
    object(o, [&] { o("against", v.against)("added", v.added)("removed", v.removed)("changed", v.changed); });
}
void write(Out& o, const Release::Adoption& v) {
    object(o, [&] { o("model", v.model)("version", v.version)("devices", v.devices); });
}
void write(Out& o, const Release::Path& v) {
    object(o, [&] {
        o("model", v.model)("version", v.version)("devices", v.devices)("can", v.can)("through", v.through);
        o("why", v.why)("query", v.query);
    });
}
void write(Out& o, const Release::Check& v) {
    object(o, [&] {
        o("name", v.name)("ok", !intake::stops(v.verdict))("verdict", intake::to_string(v.verdict));
        o("sentence", v.sentence)("overridable", v.overridable);
    });
}
void write(Out& o, const Release::Decision& v) {
    object(o, [&] { o("approved", v.approved)("by", v.by)("why", v.why)("at", v.at)("current", v.current); });
}
void write(Out& o, const Release& v) {
    object(o, [&] {
        fields(o, v);
        o("sentence", v.sentence)("notes", v.notes)("counter", v.counter)("floor", v.floor);
        o("target_path", v.target_path)("fixes", v.fixes);
        o("brings", v.brings)("sbom_diff", v.sbom_diff)("adoption", v.adoption)("paths", v.paths);
        o("paths_left_out", v.paths_left_out);
        o("compared_with", v.compared_with)("makers", v.makers)("decision", v.decision)("has_summary",
                                                                                        v.has_summary);
        o("checks", v.checks)("actions", v.actions);
    });
}

namespace {

void fields(Out& o, const RolloutSummary& v) {
    o("id", v.id)("name", v.name)("sentence", v.sentence)("state", v.state)("state_reason", v.state_reason);
    o("release", v.release)("query", v.query)("waves_count", v.waves_count)("open_wave",
                                                                            v.open_wave)("totals", v.totals);
    o("in_scope", v.in_scope)("devices_query", v.devices_query)("cannot_tell", v.cannot_tell)(
        "person_opens_next", v.person_opens_next);
    o("created_by", v.created_by)("approved_by", v.approved_by)("created", v.created);
    o("starts_at", v.starts_at)("started", v.started)("ended", v.ended);
}

} // namespace

void write(Out& o, const RolloutSummary& v) {
    object(o, [&] { fields(o, v); });
}
void write(Out& o, const RolloutWave::Stratum& v) {
    object(o, [&] { o("stratum", v.stratum)("counts", v.counts); });
}
void write(Out& o, const RolloutWave& v) {
    object(o, [&] {
        o("index", v.index)("name", v.name)("share_ppm", v.share_ppm)("query", v.query)("state", v.state)(
            "opened_at", v.opened_at);
        o("expected", v.expected)("counts", v.counts)("strata", v.strata)("gate", v.gate)("gate_verdict",
                                                                                          v.gate_verdict);
        o("gate_sentence", v.gate_sentence)("needed", v.needed)("to_prove", v.to_prove);
    });
}
void write(Out& o, const Rollout::Blocked& v) {
    object(o, [&] {
        o("kind", rollout::to_string(v.kind))("reason", v.reason)("devices", v.devices)("until", v.until);
        o("query", v.query);
    });
}
void write(Out& o, const Rollout::Example& v) {
    object(o, [&] { o("device", v.device)("detail", v.detail); });
}
void write(Out& o, const Rollout::Failure& v) {
    object(o, [&] { o("model", v.model)("reason", v.reason)("devices", v.devices)("example", v.example); });
}
void write(Out& o, const rollout::GateLine& v) {
    object(o, [&] { o("devices", v.devices)("halts_at", v.halts_at)("proves_up_to", v.proves_up_to); });
}
void write(Out& o, const Rollout::Evidence& v) {
    object(o, [&] {
        o("tolerated_failure_ppm", v.tolerated_failure_ppm)("devices", v.devices)("failed", v.failed);
        o("pending", v.pending)("lines", v.lines);
    });
}
void write(Out& o, const Rollout& v) {
    object(o, [&] {
        fields(o, v);
        o("plan", v.plan)("priority", v.priority)("waves", v.waves)("evidence", v.evidence)(
            "blocked", v.blocked)("failures", v.failures)("risk_before", v.risk_before);
        o("risk_now", v.risk_now)("actions", v.actions)("cannot_roll_back", v.cannot_roll_back)("warnings",
                                                                                                v.warnings);
        o("content", v.content.hex())("unapproved", v.unapproved);
    });
}
void write(Out& o, const RolloutTimes::Later& v) {
    object(o, [&] { o("from", v.from)("to", v.to)("devices", v.devices); });
}
void write(Out& o, const RolloutTimes::Wave& v) {
    object(o, [&] {
        o("name", v.name)("now", v.now)("later", v.later)("after_those", v.after_those)("never", v.never);
        o("zone_unknown", v.zone_unknown)("sentence", v.sentence);
    });
}
void write(Out& o, const rehearsal::Report& v) {
    rehearsal_json::write_report(o.w, v);
}
void write(Out& o, const RolloutTimes& v) {
    object(o, [&] { o("waves", v.waves); });
}
void write(Out& o, const RolloutDecision& v) {
    object(o, [&] { o("at", v.at)("decision", v.decision)("sentence", v.sentence); });
}

} // namespace oakum::api
