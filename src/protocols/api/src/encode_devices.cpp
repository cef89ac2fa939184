// SPDX-License-Identifier: Apache-2.0
#include "encode.hpp"

namespace oakum::api {
namespace {

std::optional<std::string> or_nothing(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string_view word(component::Kind kind) {
    switch (kind) {
    case component::Kind::firmware:
        return "firmware";
    case component::Kind::operating_system:
        return "operating_system";
    case component::Kind::kernel:
        return "kernel";
    case component::Kind::package:
        return "package";
    case component::Kind::library:
        return "library";
    case component::Kind::application:
        return "application";
    case component::Kind::hardware:
        return "hardware";
    }
    return "package";
}

void fields(Out& o, const DeviceSummary& v) {
    o("id", v.id)("name", v.name)("serial", v.serial)("kind", v.kind)("manufacturer",
                                                                      v.manufacturer)("model", v.model);
    o("platform", v.platform)("firmware_version", v.firmware_version)("os_version", v.os_version);
    o("patch_level", v.patch_level)("site", v.site)("zone", v.zone)("owner", v.owner)("criticality",
                                                                                      v.criticality);
    o("exposure", v.exposure)("group", v.group)("lifecycle", v.lifecycle)("last_seen", v.last_seen)("risk",
                                                                                                    v.risk);
    o("findings_open", v.findings_open)("exploited_open", v.exploited_open)("cannot_tell", v.cannot_tell);
    o("assessed", v.assessed)("deployment", v.deployment)("hold", v.hold)("revoked", v.revoked);
    o("clone_suspected", v.clone_suspected);
    if (v.asked) o("facts", *v.asked);
}

} // namespace

void write(Out& o, const GroupRef& v) {
    object(o, [&] { o("id", v.id)("name", v.name); });
}
void write(Out& o, const UserRef& v) {
    object(o, [&] { o("id", v.id)("name", v.name); });
}
void write(Out& o, const DeviceRef& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("model", v.model)("site", v.site)("owner", v.owner)("group", v.group);
    });
}
void write(Out& o, const ReleaseRef& v) {
    object(o, [&] { o("id", v.id)("name", v.name)("version", v.version); });
}
void write(Out& o, const RolloutRef& v) {
    object(o, [&] { o("id", v.id)("name", v.name); });
}
void write(Out& o, const AdvisoryRef& v) {
    object(o, [&] { o("id", v.id)("title", v.title)("severity", v.severity)("exploited", v.exploited); });
}
void write(Out& o, const SeverityCounts& v) {
    object(o, [&] {
        o("critical",
          v.critical)("high", v.high)("medium", v.medium)("low", v.low)("none", v.none)("unknown", v.unknown);
    });
}
void write(Out& o, const component::Component& v) {
    object(o, [&] {
        o("kind", word(v.kind))("name", v.name)("version", v.version)("purl", or_nothing(v.purl))(
            "cpe", or_nothing(v.cpe));
        o("bundle_id", or_nothing(v.bundle_id));
    });
}

void write(Out& o, const DeviceSummary::InDeployment& v) {
    object(o, [&] { o("id", v.id)("state", v.state)("release", v.release); });
}
void write(Out& o, const DeviceSummary& v) {
    object(o, [&] { fields(o, v); });
}
void write(Out& o, const Device::Fact& v) {
    object(o, [&] {
        o("key", v.key)("value", v.value)("source", v.source)("at", v.at)("assumed", v.assumed);
        o("inherited_from", v.inherited_from)("detail", v.detail)("editable", v.editable);
    });
}
void write(Out& o, const Device::Capability& v) {
    object(o, [&] { o("name", v.name)("available", v.available)("reason", v.reason); });
}
void write(Out& o, const Device::Desired& v) {
    object(o, [&] { o("number", v.number)("release", v.release)("rollout", v.rollout); });
}
void write(Out& o, const Device::Certificate& v) {
    object(o, [&] { o("serial", v.serial)("expires", v.expires); });
}
void write(Out& o, const Device& v) {
    object(o, [&] {
        fields(o, v);
        o("sentence", v.sentence)("facts", v.facts)("capabilities", v.capabilities);
        o("findings_by_severity", v.findings_by_severity)("first_seen", v.first_seen)("last_inventory",
                                                                                      v.last_inventory);
        o("running_version", v.running_version)("desired", v.desired)("certificate", v.certificate);
    });
}
void write(Out& o, const DeviceActionResult& v) {
    object(o, [&] { o("device", v.device)("sentence", v.sentence); });
}

void write(Out& o, ports::Verdict verdict) {
    switch (verdict) {
    case ports::Verdict::affected:
        return write(o, std::string_view("affected"));
    case ports::Verdict::not_affected:
        return write(o, std::string_view("not_affected"));
    case ports::Verdict::fixed:
        return write(o, std::string_view("fixed"));
    case ports::Verdict::unknown:
        return write(o, std::string_view("unknown"));
    }
}

void write(Out& o, const Finding& v) {
    object(o, [&] {
        o("advisory", v.advisory.id)("title", v.advisory.title)("severity", v.advisory.severity)("cvss",
                                                                                                 v.cvss);
        o("epss", v.epss)("exploited", v.advisory.exploited)("component", v.component)("verdict", v.verdict);
        o("state", v.state)("reason", v.reason)("first_seen", v.first_seen)("closed", v.closed)("disclosed",
                                                                                                v.disclosed);
        o("fixed_in", v.fixed_in)("fix", v.fix)("exception", v.exception)("decision", v.decision);
    });
}
void write(Out& o, const Software::Layer& v) {
    object(o, [&] {
        o("layer", std::string_view(v.layer == ports::Layer::base ? "base" : "delta"))("set", v.set)(
            "origin", v.origin);
        o("components", v.components)("total", v.total)("since", v.since);
    });
}
void write(Out& o, const Software& v) {
    object(o, [&] { o("layers", v.layers)("known", v.known); });
}
void write(Out& o, const DeviceEvent& v) {
    object(o, [&] {
        o("at", v.at)("kind", v.kind)("subject", v.subject)("before", v.before)("after", v.after)("detail",
                                                                                                  v.detail);
    });
}
void write(Out& o, const Deployment& v) {
    object(o, [&] {
        o("id", v.id)("device", v.device)("rollout", v.rollout)("release", v.release)("wave", v.wave);
        o("stratum", v.stratum)("state", v.state)("reason", v.reason)("detail", v.detail)("attempt",
                                                                                          v.attempt);
        o("progress_percent", v.progress_percent)("version_before", v.version_before)("version_after",
                                                                                      v.version_after);
        o("offered_at", v.offered_at)("state_at", v.state_at)("deadline", v.deadline)("soak_until",
                                                                                      v.soak_until);
        o("is_rollback", v.is_rollback)("resumed", v.resumed);
    });
}
void write(Out& o, const Explanation::Input& v) {
    object(o, [&] { o("name", v.name)("value", v.value)("source", v.source)("at", v.at); });
}
void write(Out& o, const Explanation::Step& v) {
    object(o,
           [&] { o("question", v.question)("answer", v.answer)("because", v.because)("inputs", v.inputs); });
}
void write(Out& o, const Explanation& v) {
    object(o, [&] { o("sentence", v.sentence)("steps", v.steps); });
}
void write(Out& o, const DeviceImportResult::Mapping& v) {
    object(o, [&] { o("column", v.column)("fact", v.fact)("how", v.how)("person", v.person); });
}
void write(Out& o, const DeviceImportResult::Change& v) {
    object(o, [&] { o("key", v.key)("before", v.before)("after", v.after); });
}
void write(Out& o, const DeviceImportResult::Row& v) {
    object(o, [&] {
        o("line", v.line)("outcome", v.outcome)("device", v.device)("by", v.by)("reason", v.reason);
        o("changes", v.changes);
    });
}
void write(Out& o, const DeviceImportResult& v) {
    object(o, [&] {
        o("dry_run", v.dry_run)("edit", v.edit)("running", v.running)("form", v.form)("system", v.system);
        o("mapping", v.mapping)("notes", v.notes)("lines", v.lines)("new", v.created)("changed", v.changed);
        o("unchanged", v.unchanged)("refused", v.refused)("kept", v.kept)("doubles", v.doubles);
        o("rows", v.rows)("rows_left_out", v.rows_left_out);
    });
}
void write(Out& o, const Facets::Value& v) {
    object(o, [&] { o("value", v.value)("count", v.count); });
}
void write(Out& o, const Facets::Facet& v) {
    object(o, [&] { o("key", v.key)("values", v.values)("more", v.more); });
}
void write(Out& o, const Facets& v) {
    object(o, [&] { o("total", v.total)("facets", v.facets); });
}
void write(Out& o, const QueryPreview::Mistake& v) {
    object(o, [&] { o("message", v.message)("column", v.column); });
}
void write(Out& o, const QueryPreview& v) {
    object(o, [&] { o("count", v.count)("unknown", v.unknown)("sample", v.sample)("error", v.error); });
}

} // namespace oakum::api
