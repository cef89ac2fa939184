// SPDX-License-Identifier: Apache-2.0
#include "encode.hpp"

namespace oakum::api {

namespace {

void fields(Out& o, const AdvisorySummary& v) {
    o("id", v.id)("aliases", v.aliases)("title", v.title)("severity", v.severity)("cvss", v.cvss)("epss",
                                                                                                  v.epss);
    o("exploited", v.exploited)("ransomware", v.ransomware)("published", v.published)("modified", v.modified);
    o("epss_rose", v.epss_rose);
    o("withdrawn", v.withdrawn)("affected", v.affected)("not_affected", v.not_affected)("cannot_tell",
                                                                                        v.cannot_tell);
    o("accepted", v.accepted)("suppressed", v.suppressed)("mitigated", v.mitigated);
    o("stated_not_affected", v.stated_not_affected);
}

} // namespace

void write(Out& o, const AdvisorySummary& v) {
    object(o, [&] { fields(o, v); });
}
void write(Out& o, const Advisory::Vector& v) {
    object(o, [&] { o("source", v.source)("vector", v.vector)("score", v.score); });
}
void write(Out& o, const Advisory::Breakdown& v) {
    object(o, [&] {
        o("model", v.model)("version", v.version)("affected", v.affected)("not_affected", v.not_affected);
        o("cannot_tell", v.cannot_tell);
    });
}
void write(Out& o, const Advisory::Evidence& v) {
    object(o, [&] {
        o("verdict", v.verdict)("component", v.component)("source", v.source)("reason", v.reason)("devices",
                                                                                                  v.devices);
    });
}
void write(Out& o, const Advisory::FixedBy& v) {
    object(o, [&] {
        o("kind", v.kind)("name", v.name)("version", v.version)("release", v.release)("state", v.state);
        o("devices", v.devices);
    });
}
void write(Out& o, const Advisory::Dates& v) {
    object(o, [&] {
        o("disclosed", v.disclosed)("known_to_us", v.known_to_us)("matched", v.matched);
        o("fix_available", v.fix_available)("first_verified", v.first_verified);
    });
}
void write(Out& o, const Advisory::Score& v) {
    object(o, [&] { o("day", v.day)("epss", v.epss); });
}
void write(Out& o, const Advisory& v) {
    object(o, [&] {
        fields(o, v);
        o("sentence", v.sentence)("description", v.description)("cvss_vectors", v.cvss_vectors);
        o("epss_history", v.epss_history)("lev", v.lev);
        o("epss_percentile", v.epss_percentile)("exploited_since", v.exploited_since);
        o("required_action", v.required_action)("weaknesses", v.weaknesses)("breakdown", v.breakdown);
        o("evidence", v.evidence)("fixes", v.fixes)("dates", v.dates);
    });
}
void write(Out& o, const Exposure::BlindSpots& v) {
    object(o, [&] {
        o("quiet", v.quiet)("no_software", v.no_software)("assumed_exposure", v.assumed_exposure);
        o("not_assessed", v.not_assessed)("partly_assessed", v.partly_assessed);
        o("deadlines_on_assumption", v.deadlines_on_assumption);
        o("unmanaged", v.unmanaged)("unsupported", v.unsupported)("stale_feeds", v.stale_feeds);
    });
}
void write(Out& o, const Exposure::Funnel& v) {
    object(o, [&] {
        o("affected", v.affected)("fix_exists", v.fix_exists)("approved", v.approved)("offered", v.offered);
        o("installed", v.installed)("verified", v.verified);
    });
}
void write(Out& o, const Exposure& v) {
    object(o, [&] {
        o("query", v.query)("as_of", v.as_of)("devices", v.devices)("assessed", v.assessed)("cannot_tell",
                                                                                            v.cannot_tell);
        o("exposed", v.exposed)("findings_open", v.findings_open)("findings_unknown", v.findings_unknown);
        o("excepted", v.excepted)("findings_mitigated", v.findings_mitigated);
        o("findings_accepted", v.findings_accepted)("findings_not_affected", v.findings_not_affected);
        o("findings_suppressed", v.findings_suppressed);
        o("exploited_open_devices", v.exploited_open_devices)("exploited_fixable_devices",
                                                              v.exploited_fixable_devices);
        o("risk", v.risk)("by_severity", v.by_severity)("top_advisories", v.top_advisories)("sentence",
                                                                                            v.sentence);
        o("blind_spots", v.blind_spots)("funnel", v.funnel);
    });
}
void write(Out& o, const Fix& v) {
    object(o, [&] {
        o("id", v.id)("kind", v.kind)("name", v.name)("version", v.version)("release", v.release)("models",
                                                                                                  v.models);
        o("devices", v.devices)("risk_removed", v.risk_removed)("cumulative_risk_removed",
                                                                v.cumulative_risk_removed);
        o("findings_ended", v.findings_ended)("exploited_ended",
                                              v.exploited_ended)("brings", v.brings)("state", v.state);
        o("rollout", v.rollout)("sentence", v.sentence)("due", v.due)("restarts", v.restarts);
        o("windows", v.windows)("owner", v.owner)("reason", v.reason)("references", v.references);
    });
}
void write(Out& o, const DeadlineRecord::Row& v) {
    object(o, [&] {
        o("group", v.group)("kept", v.kept)("kept_late", v.kept_late)("not_due", v.not_due);
        o("overdue", v.overdue)("excepted", v.excepted)("without_deadline", v.without_deadline);
    });
}
void write(Out& o, const DeadlineRecord& v) {
    object(o, [&] {
        o("query", v.query)("as_of", v.as_of)("policy", v.policy)("definition", v.definition)("rows", v.rows);
    });
}
void write(Out& o, const Hole& v) {
    object(o, [&] {
        o("device", v.device)("advisory", v.advisory)("since", v.since)("closed", v.closed);
        o("due", v.due)("days", v.days)("standing", v.standing);
    });
}
void write(Out& o, const FixChoice::Step& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("version", v.version)("gain", v.gain)("restarts", v.restarts);
    });
}
void write(Out& o, const FixChoice& v) {
    object(o, [&] {
        o("steps", v.steps)("removed", v.removed)("at_most", v.at_most)("total_risk", v.total_risk);
        o("exact", v.exact)("sentence", v.sentence);
    });
}
void write(Out& o, const FixEnds::Row& v) {
    object(o, [&] {
        o("id", v.advisory.id)("title", v.advisory.title)("severity", v.advisory.severity);
        o("exploited", v.advisory.exploited)("devices", v.devices)("risk", v.risk);
    });
}
void write(Out& o, const FixEnds& v) {
    object(o, [&] {
        o("fix", v.fix)("sentence", v.sentence)("query", v.query)("component", v.component);
        o("total", v.total)("left_out", v.left_out)("rows", v.rows);
    });
}
void write(Out& o, const SupportEnd& v) {
    object(o, [&] {
        o("of", v.of)("name", v.name)("branch", v.branch)("support_end", base::to_date(v.ends));
        o("source", v.source)("own", v.own)("past", v.past);
    });
}
void write(Out& o, const ExposureWindows::Row& v) {
    object(o, [&] {
        o("class", v.of)("closed", v.closed)("open", v.open)("median_days", v.median_days)("p90_days",
                                                                                           v.p90_days);
        o("longest_open_days", v.longest_open_days);
    });
}
void write(Out& o, const ExposureWindows& v) {
    object(o, [&] { o("query", v.query)("as_of", v.as_of)("definition", v.definition)("rows", v.rows); });
}
void write(Out& o, const SbomAttached& v) {
    object(o, [&] {
        o("set", v.set)("format", v.format)("name", v.name)("components", v.components)("statements",
                                                                                        v.statements);
        o("model", v.model)("version", v.version)("device", v.device)("devices", v.devices)("warnings",
                                                                                            v.warnings);
    });
}
void write(Out& o, const Firmware& v) {
    object(o, [&] {
        o("model", v.model)("version", v.version)("set", v.set)("sbom_name", v.sbom_name)("at", v.at);
        o("components", v.components)("devices", v.devices)("findings_open", v.findings_open);
    });
}

} // namespace oakum::api
