// SPDX-License-Identifier: Apache-2.0
#include "evaluate.hpp"
#include "layout.hpp"

#include <advisory/judged.hpp>

#include <algorithm>
#include <tuple>

namespace oakum::advisory {

using component::Component;
using component::Statement;
using component::StatementStatus;

namespace {

bool is_about(const Statement& statement, const Component& component) {
    if (statement.component_name.empty()) return true;
    return statement.component_name == component.name &&
           (!statement.version || *statement.version == component.version) &&
           (!statement.purl || *statement.purl == component.purl);
}

// What a statement makes of a verdict. "Affected" and "under investigation" never hide what the sources
// found.
bool apply(const Statement& statement, ComponentVerdict& verdict, bool found) {
    const auto set = [&](Verdict value, Reason reason) {
        verdict.verdict = value;
        verdict.reason = reason;
        verdict.confidence = Confidence::high;
        verdict.rule = no_rule;
        verdict.hit = 0;
        return true;
    };
    switch (statement.status) {
    case StatementStatus::not_affected:
        return set(Verdict::not_affected, Reason::stated_not_affected);
    case StatementStatus::fixed:
        return set(Verdict::fixed, Reason::stated_fixed);
    case StatementStatus::affected:
        return (!found || verdict.verdict != Verdict::affected) &&
               set(Verdict::affected, Reason::stated_affected);
    case StatementStatus::under_investigation:
        return (!found || (verdict.verdict != Verdict::affected && verdict.verdict != Verdict::unknown)) &&
               set(Verdict::unknown, Reason::under_investigation);
    }
    return false;
}

using ByAdvisory =
    std::vector<std::pair<std::uint32_t, const Statement*>>; // sorted by advisory, the later last

ByAdvisory resolve(const AdvisoryFile& file, std::span<const Statement> statements,
                   std::uint32_t& unresolved) {
    ByAdvisory out;
    for (const auto& statement : statements) {
        const auto found = file.find(statement.advisory);
        unresolved += found.empty() ? 1 : 0;
        for (const auto advisory : found)
            out.emplace_back(advisory, &statement);
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
}

// Adds what statements say of advisories that no source matched to this component. A statement about the
// whole set adds nothing: it names no component.
void add_stated(const ByAdvisory& statements, const Component& component, std::uint32_t place,
                std::vector<SetVerdict>& out, std::size_t first) {
    for (const auto& [advisory, statement] : statements) {
        if (statement->component_name.empty() || !is_about(*statement, component)) continue;
        const auto same =
            std::find_if(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                         [a = advisory](const SetVerdict& v) { return v.verdict.advisory == a; });
        SetVerdict fresh{place, {}, statement->justification};
        fresh.verdict.advisory = advisory;
        if (same == out.end() && apply(*statement, fresh.verdict, false)) out.push_back(std::move(fresh));
    }
}

void sort_by_urgency(const AdvisoryFile& file, std::vector<SetVerdict>& verdicts) {
    const AdvisoryFile::Reader reader(file);
    struct Ranked {
        std::tuple<std::uint8_t, bool, float, int, std::uint32_t, std::uint32_t> rank;
        std::size_t place;
    };
    std::vector<Ranked> order;
    order.reserve(verdicts.size());
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        const auto group = reader.at<layout::Group>(verdicts[i].verdict.advisory);
        const auto verdict = verdicts[i].verdict.verdict;
        const std::uint8_t first = verdict == Verdict::affected  ? 0
                                   : verdict == Verdict::unknown ? 1
                                   : verdict == Verdict::fixed   ? 2
                                                                 : 3;
        const float epss = group.epss >= 0 && group.epss <= 1 ? group.epss : 0;
        order.push_back({{first, group.exploited == 0, -epss, -group.score_tenths,
                          verdicts[i].verdict.advisory, verdicts[i].component},
                         i});
    }
    std::sort(order.begin(), order.end(), [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
    std::vector<SetVerdict> sorted;
    sorted.reserve(verdicts.size());
    for (const auto& ranked : order)
        sorted.push_back(std::move(verdicts[ranked.place]));
    verdicts = std::move(sorted);
}

void count(const AdvisoryFile& file, SetAssessment& assessment) {
    const AdvisoryFile::Reader reader(file);
    for (const auto& entry : assessment.verdicts) {
        switch (entry.verdict.verdict) {
        case Verdict::affected:
            ++assessment.affected;
            assessment.exploited += reader.at<layout::Group>(entry.verdict.advisory).exploited != 0 ? 1 : 0;
            break;
        case Verdict::unknown:
            ++assessment.unknown;
            break;
        case Verdict::fixed:
            ++assessment.fixed;
            break;
        case Verdict::not_affected:
            ++assessment.not_affected;
            break;
        }
    }
}

} // namespace

SetAssessment assemble(const AdvisoryFile& file, std::span<const Component> components,
                       std::span<const Statement> statements, std::span<const Judged* const> judged) {
    SetAssessment assessment;
    const auto stated = resolve(file, statements, assessment.statements_without_advisory);
    std::size_t verdicts = 0;
    for (const Judged* one : judged)
        verdicts += one->verdicts.size();
    assessment.verdicts.reserve(verdicts);
    for (std::uint32_t place = 0; place < components.size(); ++place) {
        const auto& component = components[place];
        const Judged& one = *judged[place];
        if (!one.why_not.empty()) assessment.not_assessed.push_back({place, one.why_not});
        const auto first = assessment.verdicts.size();
        for (const auto& verdict : one.verdicts) {
            SetVerdict entry{place, verdict, {}};
            const auto [begin, end] =
                std::equal_range(stated.begin(), stated.end(), std::pair(verdict.advisory, nullptr),
                                 [](const auto& a, const auto& b) { return a.first < b.first; });
            for (auto it = begin; it != end; ++it)
                if (is_about(*it->second, component) && apply(*it->second, entry.verdict, true))
                    entry.statement = it->second->justification;
            assessment.verdicts.push_back(std::move(entry));
        }
        add_stated(stated, component, place, assessment.verdicts, first);
    }
    const auto software = static_cast<std::size_t>(std::ranges::count_if(
        components, [](const Component& component) { return component.kind != component::Kind::hardware; }));
    sort_by_urgency(file, assessment.verdicts);
    count(file, assessment);
    // That a statement clears something makes the rest no cleaner.
    assessment.nothing_assessed = software > 0 && assessment.not_assessed.size() == software &&
                                  assessment.affected + assessment.unknown == 0;
    return assessment;
}

SetAssessment match_set(const AdvisoryFile& file, std::span<const Component> components,
                        std::span<const Statement> statements, std::span<const Component> beneath,
                        Detail detail, const KernelBuild* build) {
    Platform platform(components, beneath);
    platform.set_kernel_build(build);
    const Surroundings around(platform);
    std::vector<Judged> judged;
    judged.reserve(components.size());
    std::vector<const Judged*> each;
    for (const auto& component : components)
        each.push_back(&judged.emplace_back(judge(file, component, around, detail)));
    return assemble(file, components, statements, each);
}

} // namespace oakum::advisory
