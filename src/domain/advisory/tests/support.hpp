// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/compiler.hpp>
#include <advisory/file.hpp>
#include <advisory/match.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oakum::advisory::testing {

inline std::optional<double> no_score(std::string_view) {
    return std::nullopt;
}

// Compiled advisories with the bytes they lie in.
struct Compiled {
    base::Bytes bytes;
    AdvisoryFile file;
    AdvisoryCompiler::Stats stats;
};

inline Compiled compile(const std::vector<Record>& records, const std::vector<KevEntry>& kev = {},
                        const std::vector<EpssScore>& epss = {}, BaseScore score = no_score) {
    AdvisoryCompiler compiler(score);
    for (const auto& record : records)
        compiler.add(record);
    for (const auto& entry : kev)
        compiler.add(entry);
    for (const auto& entry : epss)
        compiler.add(entry);
    Compiled out;
    out.bytes = compiler.compile().value();
    out.stats = compiler.stats();
    out.file = AdvisoryFile::open(out.bytes).value();
    REQUIRE(out.file.verify().ok());
    return out;
}

inline Record record(Source source, std::string id, std::vector<Applicability> applicability,
                     std::int64_t modified = 1000) {
    Record r;
    r.source = source;
    r.id = std::move(id);
    r.modified = base::from_unix_ms(modified);
    r.applicability = std::move(applicability);
    return r;
}

inline std::string cpe(std::string_view part, std::string_view vendor, std::string_view product,
                       std::string_view version, std::string_view rest = "*:*:*:*:*:*:*") {
    std::string out = "cpe:2.3:";
    return out.append(part)
        .append(":")
        .append(vendor)
        .append(":")
        .append(product)
        .append(":")
        .append(version)
        .append(":")
        .append(rest);
}

inline CpeMatch criteria(std::string text, bool vulnerable = true) {
    CpeMatch match;
    match.criteria = std::move(text);
    match.vulnerable = vulnerable;
    return match;
}
inline CpeMatch before(std::string text, std::string end) {
    auto match = criteria(std::move(text));
    match.end_excluding = std::move(end);
    return match;
}
inline CpeMatch between(std::string text, std::string start, std::string end) {
    auto match = before(std::move(text), std::move(end));
    match.start_including = std::move(start);
    return match;
}
inline CpeConfiguration any_of(std::vector<CpeMatch> matches) {
    return {false, false, {{false, false, std::move(matches)}}};
}
inline CpeConfiguration all_of(std::vector<std::vector<CpeMatch>> nodes) {
    CpeConfiguration configuration{true, false, {}};
    for (auto& matches : nodes)
        configuration.nodes.push_back({false, false, std::move(matches)});
    return configuration;
}

inline component::Component software(std::string name, std::string version, std::string cpe_name) {
    component::Component c;
    c.name = std::move(name);
    c.version = std::move(version);
    c.cpe = std::move(cpe_name);
    return c;
}
inline component::Component packaged(std::string name, std::string purl) {
    component::Component c;
    c.name = std::move(name);
    c.purl = std::move(purl);
    return c;
}

inline component::Component hardware(std::string name, std::string cpe_name = {}) {
    component::Component c;
    c.kind = component::Kind::hardware;
    c.name = std::move(name);
    c.cpe = std::move(cpe_name);
    return c;
}
// What surrounds a component: what its set runs on, and the set.
inline Platform on(const std::vector<component::Component>& beneath,
                   const std::vector<component::Component>& set = {}) {
    return Platform(set, beneath);
}

inline std::optional<ComponentVerdict> verdict_on(const Compiled& compiled,
                                                  const component::Component& component, std::string_view id,
                                                  const Platform& platform = {}) {
    for (const auto& verdict : match(compiled.file, component, platform, Detail::everything))
        if (compiled.file.id(verdict.advisory) == id) return verdict;
    return std::nullopt;
}

// "affected: the version is in the affected range", or "nothing".
inline std::string said(const Compiled& compiled, const component::Component& component, std::string_view id,
                        const Platform& platform = {}) {
    const auto verdict = verdict_on(compiled, component, id, platform);
    if (!verdict) return "nothing";
    return std::string(to_string(verdict->verdict)).append(": ").append(to_string(verdict->reason));
}

inline std::string fix(const Compiled& compiled, const component::Component& component, std::string_view id,
                       const Platform& platform = {}) {
    const auto verdict = verdict_on(compiled, component, id, platform);
    return verdict ? std::string(fixed_in(compiled.file, *verdict)) : "nothing";
}

} // namespace oakum::advisory::testing
