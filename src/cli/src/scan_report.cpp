// SPDX-License-Identifier: Apache-2.0
#include "scan_report.hpp"

#include <base/percent.hpp>
#include <fmt/format.h>
#include <json/writer.hpp>
#include <map>
#include <optional>
#include <risk/cvss.hpp>
#include <set>
#include <string>

namespace oakum::cli {
namespace {

using advisory::Verdict;

std::string_view status_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::affected:
        return "affected";
    case Verdict::not_affected:
    case Verdict::fixed:
        return "not_affected";
    case Verdict::unknown:
        break;
    }
    return "under_investigation";
}

// The vector that the score is from: the best one that there is.
std::string_view vector_of(const advisory::AdvisoryView& advisory) {
    return advisory.cvss.empty() ? std::string_view() : advisory.cvss.front().vector;
}

std::vector<std::string> explanation_of(const Finding& finding) {
    std::vector<std::string> sentences{finding.why.sentence};
    if (!finding.statement.empty()) sentences.push_back("Stated: " + finding.statement + ".");
    sentences.insert(sentences.end(), finding.others.begin(), finding.others.end());
    if (finding.advisory.kev)
        sentences.push_back("Known to be exploited: listed by CISA since " +
                            base::to_date(finding.advisory.kev->added) + ".");
    else if (finding.advisory.exploited)
        sentences.emplace_back("Known to be exploited, says its source.");
    if (!finding.weight.empty()) sentences.push_back(finding.weight);
    return sentences;
}

void optional_text(json::Writer& out, std::string_view name, std::string_view text) {
    out.key(name);
    if (text.empty())
        out.null();
    else
        out.value(text);
}

void write_component(json::Writer& out, const component::Component& component) {
    out.begin_object().member("name", component.name).member("version", component.version);
    optional_text(out, "purl", component.purl);
    optional_text(out, "cpe", component.cpe);
    out.end_object();
}

std::string severity_word(const advisory::AdvisoryView& advisory) {
    return advisory.severity == advisory::Severity::not_scored ? "unknown"
                                                               : std::string(to_string(advisory.severity));
}

void write_finding(json::Writer& out, const Finding& finding, bool several) {
    const advisory::AdvisoryView& advisory = finding.advisory;
    out.begin_object();
    if (several) out.member("target", finding.target->path);
    out.key("component");
    write_component(out, *finding.component);
    out.member("advisory", advisory.id).key("aliases").begin_array();
    for (const std::string_view id : advisory.ids)
        if (id != advisory.id) out.value(id);
    out.end_array().key("severity").begin_object().key("cvss");
    if (advisory.base_score > 0)
        out.value(advisory.base_score);
    else
        out.null();
    optional_text(out, "vector", vector_of(advisory));
    out.end_object().key("epss");
    if (advisory.epss)
        out.value(static_cast<double>(advisory.epss->probability));
    else
        out.null();
    out.member("kev", advisory.exploited).key("fixed_in").begin_array();
    if (!finding.why.fixed_in.empty()) out.value(finding.why.fixed_in);
    out.end_array().member("status", status_of(finding.verdict)).key("explanation").begin_array();
    for (const std::string& sentence : explanation_of(finding))
        out.value(sentence);
    out.end_array().end_object();
}

// Findings of one advisory share what is said of it.
std::map<std::string_view, const Finding*> advisories_of(const ScanResult& result) {
    std::map<std::string_view, const Finding*> found;
    for (const Finding& finding : result.findings)
        found.emplace(finding.advisory.id, &finding);
    return found;
}

std::string_view sarif_level(const advisory::AdvisoryView& advisory) {
    using enum advisory::Severity;
    if (advisory.exploited || advisory.severity == critical || advisory.severity == high) return "error";
    return advisory.severity == low ? "note" : "warning";
}

std::string label_of(const component::Component& component) {
    return component.version.empty() ? component.name : component.name + " " + component.version;
}

void write_rule(json::Writer& out, const advisory::AdvisoryView& advisory) {
    out.begin_object().member("id", advisory.id).key("shortDescription").begin_object();
    out.member("text", advisory.title.empty() ? advisory.id : advisory.title).end_object();
    if (advisory.id.starts_with("CVE-"))
        out.member("helpUri", "https://www.cve.org/CVERecord?id=" + std::string(advisory.id));
    out.key("properties").begin_object();
    if (advisory.base_score > 0) // what code scanning services order by
        out.member("security-severity", fmt::format("{:.1f}", advisory.base_score));
    out.key("tags").begin_array().value("security").end_array().end_object().end_object();
}

std::string_view analysis_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::affected:
        return "exploitable";
    case Verdict::not_affected:
        return "not_affected";
    case Verdict::fixed:
        return "resolved";
    case Verdict::unknown:
        break;
    }
    return "in_triage";
}

std::string_view cyclonedx_method(std::string_view vector) {
    const auto cvss = risk::Cvss::parse(vector);
    if (!cvss.ok()) return "other";
    switch (cvss->version) {
    case risk::CvssVersion::v2:
        return "CVSSv2";
    case risk::CvssVersion::v3_0:
        return "CVSSv3";
    case risk::CvssVersion::v3_1:
        return "CVSSv31";
    case risk::CvssVersion::v4_0:
        break;
    }
    return "CVSSv4";
}

std::string_view cyclonedx_kind(component::Kind kind) {
    switch (kind) {
    case component::Kind::firmware:
        return "firmware";
    case component::Kind::operating_system:
    case component::Kind::kernel:
        return "operating-system";
    case component::Kind::application:
        return "application";
    case component::Kind::hardware:
        return "device";
    case component::Kind::package:
    case component::Kind::library:
        break;
    }
    return "library";
}

void write_rating(json::Writer& out, const advisory::AdvisoryView& advisory) {
    out.key("ratings").begin_array();
    if (advisory.base_score > 0) {
        const std::string_view vector = vector_of(advisory);
        out.begin_object().member("score", advisory.base_score).member("severity", severity_word(advisory));
        out.member("method", cyclonedx_method(vector));
        if (!vector.empty()) out.member("vector", vector);
        out.end_object();
    }
    out.end_array();
}

} // namespace

std::string uri_of(std::string_view path) {
    std::string uri;
    while (true) {
        const std::size_t slash = path.find('/');
        uri += base::percent_encoded(path.substr(0, slash));
        if (slash == std::string_view::npos) return uri;
        uri += '/';
        path.remove_prefix(slash + 1);
    }
}

std::string scan_as_json(const ScanResult& result) {
    std::string text;
    json::Writer out(text);
    out.begin_object().key("findings").begin_array();
    for (const Finding& finding : result.findings)
        write_finding(out, finding, result.several);
    out.end_array().key("not_assessed").begin_array();
    for (const LeftOut& left : result.not_assessed) {
        out.begin_object();
        if (result.several) out.member("target", left.target->path);
        out.key("component");
        write_component(out, *left.component);
        out.member("reason", left.reason).end_object();
    }
    out.end_array().end_object();
    return text + "\n";
}

std::string scan_as_sarif(const ScanResult& result, std::string_view version) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        .member("version", "2.1.0")
        .key("runs")
        .begin_array()
        .begin_object();
    out.key("tool").begin_object().key("driver").begin_object();
    out.member("name", "oakum").member("semanticVersion", version).key("rules").begin_array();
    for (const auto& [id, finding] : advisories_of(result))
        write_rule(out, finding->advisory);
    out.end_array().end_object().end_object().key("results").begin_array();
    for (const Finding& finding : result.findings) {
        if (finding.verdict != Verdict::affected && finding.verdict != Verdict::unknown) continue;
        std::string message = label_of(*finding.component) + ": ";
        for (const std::string& sentence : explanation_of(finding))
            message += (message.ends_with(": ") ? "" : " ") + sentence;
        out.begin_object().member("ruleId", finding.advisory.id);
        out.member("kind", finding.verdict == Verdict::affected ? "fail" : "open");
        // SARIF 3.27.10: only what failed has a level.
        out.member("level", finding.verdict == Verdict::affected ? sarif_level(finding.advisory) : "none");
        out.key("message").begin_object().member("text", message).end_object();
        out.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
        out.key("artifactLocation").begin_object().member("uri", uri_of(finding.target->path)).end_object();
        out.end_object().end_object().end_array();
        out.key("partialFingerprints").begin_object();
        out.member("component/v1", std::string(finding.advisory.id) + "/" + finding.component->name)
            .end_object();
        out.end_object();
    }
    out.end_array().end_object().end_array().end_object();
    return text + "\n";
}

std::string scan_as_cyclonedx(const ScanResult& result, std::string_view version) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("bomFormat", "CycloneDX").member("specVersion", "1.6").member("version", 1);
    out.key("metadata").begin_object().key("tools").begin_object().key("components").begin_array();
    out.begin_object()
        .member("type", "application")
        .member("name", "oakum")
        .member("version", version)
        .end_object();
    out.end_array().end_object().end_object();

    std::map<const component::Component*, std::string> references;
    out.key("components").begin_array();
    const auto add = [&](const component::Component& component) {
        const auto [at, fresh] =
            references.emplace(&component, "component-" + std::to_string(references.size() + 1));
        if (!fresh) return;
        out.begin_object().member("type", cyclonedx_kind(component.kind)).member("bom-ref", at->second);
        out.member("name", component.name).member("version", component.version);
        if (!component.purl.empty()) out.member("purl", component.purl);
        if (!component.cpe.empty()) out.member("cpe", component.cpe);
        out.end_object();
    };
    for (const Finding& finding : result.findings)
        add(*finding.component);
    for (const LeftOut& left : result.not_assessed)
        add(*left.component);
    out.end_array().key("vulnerabilities").begin_array();
    for (const Finding& finding : result.findings) {
        const advisory::AdvisoryView& advisory = finding.advisory;
        out.begin_object().member("id", advisory.id);
        write_rating(out, advisory);
        if (!advisory.title.empty()) out.member("description", advisory.title);
        if (!finding.why.fixed_in.empty())
            out.member("recommendation",
                       "Update " + finding.component->name + " to " + finding.why.fixed_in + ".");
        std::string detail;
        for (const std::string& sentence : explanation_of(finding))
            detail += (detail.empty() ? "" : " ") + sentence;
        out.key("analysis")
            .begin_object()
            .member("state", analysis_of(finding.verdict))
            .member("detail", detail);
        out.end_object().key("affects").begin_array().begin_object();
        out.member("ref", references.at(finding.component)).end_object().end_array().end_object();
    }
    out.end_array().end_object();
    return text + "\n";
}

} // namespace oakum::cli
