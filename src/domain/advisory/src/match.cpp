// SPDX-License-Identifier: Apache-2.0
#include "evaluate.hpp"
#include "names.hpp"
#include "route.hpp"

#include <advisory/match.hpp>

#include <algorithm>
#include <optional>
#include <tuple>

namespace oakum::advisory {

using namespace layout;
using component::Component;
using Reader = AdvisoryFile::Reader;
using Kind = Outcome::Kind;

namespace {

int authority(Source source) {
    switch (source) {
    case Source::csaf:
    case Source::openvex:
    case Source::cyclonedx:
        return 0;
    case Source::debian:
    case Source::alpine:
        return 1;
    case Source::osv:
    case Source::apple:
        return 2;
    case Source::cve5:
        return 3;
    case Source::nvd:
        return 4;
    case Source::own: // until somebody who knows better speaks of the same component
        return 5;
    }
    return 5;
}

struct Judgement {
    std::uint32_t group = 0;
    Source source = Source::nvd;
    Outcome outcome;
};

// The answers of one source to one advisory: affected wins, then unknown; commits count only when nothing
// else speaks.
bool is_stronger(const Outcome& one, const Outcome& other) {
    const auto strength = [](Kind kind) {
        return kind == Kind::affected ? 4 : kind == Kind::unknown ? 3 : kind == Kind::negative ? 2 : 1;
    };
    if (one.kind != other.kind) return strength(one.kind) > strength(other.kind);
    if (one.confidence != other.confidence) return one.confidence > other.confidence;
    return other.fixed_in == 0 && one.fixed_in != 0;
}

const Outcome& strongest(std::span<const Judgement> list) {
    const auto* best = &list.front().outcome;
    for (const auto& judgement : list)
        if (is_stronger(judgement.outcome, *best)) best = &judgement.outcome;
    return *best;
}

bool decides(const Outcome& outcome) {
    return outcome.kind == Kind::negative || outcome.kind == Kind::affected;
}

// A CVE record speaks in order: its CNA first, then who enriches it, often once for each version under a
// product's other spelling and always "affected by default". The first spelling that decides is heard.
const Outcome& first_to_decide(const Reader& reader, std::span<const Judgement> list) {
    std::vector<std::uint32_t> heard;
    for (const auto& judgement : list) {
        const auto name = reader.at<Rule>(judgement.outcome.rule).name;
        if (std::find(heard.begin(), heard.end(), name) != heard.end()) continue;
        heard.push_back(name);
        const Outcome* best = nullptr;
        for (const auto& other : list)
            if (reader.at<Rule>(other.outcome.rule).name == name &&
                (best == nullptr || is_stronger(other.outcome, *best)))
                best = &other.outcome;
        if (decides(*best)) return *best;
    }
    return strongest(list);
}

// Of one level several sources may speak; the one whose outcome it is.
Source source_of(std::span<const Judgement> list, const Outcome& outcome) {
    for (const auto& judgement : list)
        if (&judgement.outcome == &outcome) return judgement.source;
    return list.front().source;
}

bool is_investigated(const Outcome& outcome) {
    return outcome.kind == Kind::unknown && outcome.reason == Reason::under_investigation;
}

// By order of authority the first source that decides; one that affirms with low confidence, or yields, is
// left for a later one that decides. What its maker still looks into nobody else clears. The list is of one
// advisory, sorted by authority.
std::pair<Source, Outcome> decide(const Reader& reader, std::span<const Judgement> list) {
    std::optional<std::pair<Source, Outcome>> fallback;
    for (std::size_t i = 0; i < list.size();) {
        auto end = i + 1;
        while (end < list.size() && authority(list[end].source) == authority(list[i].source))
            ++end;
        const auto level = list.subspan(i, end - i);
        const auto& best = list[i].source == Source::cve5 ? first_to_decide(reader, level) : strongest(level);
        if (decides(best) && !best.yields &&
            (best.kind == Kind::negative || best.confidence != Confidence::low)) {
            if (fallback && best.kind == Kind::negative && is_investigated(fallback->second))
                return *fallback;
            return {source_of(level, best), best};
        }
        if (!fallback || (fallback->second.kind != Kind::affected && best.kind > fallback->second.kind))
            fallback = {source_of(level, best), best};
        i = end;
    }
    return *fallback;
}

ComponentVerdict verdict_of(std::uint32_t group, Source source, const Outcome& outcome) {
    ComponentVerdict verdict{group,  Verdict::unknown, outcome.reason, outcome.confidence,
                             source, outcome.rule,     outcome.hit,    outcome.fixed_in};
    if (outcome.kind == Kind::affected)
        verdict.verdict = Verdict::affected;
    else if (outcome.kind == Kind::negative)
        verdict.verdict = outcome.reason == Reason::version_fixed ||
                                  outcome.reason == Reason::patch_level_fixed ||
                                  outcome.reason == Reason::stated_fixed
                              ? Verdict::fixed
                              : Verdict::not_affected;
    return verdict;
}

class Matcher {
  public:
    Matcher(const AdvisoryFile& file, const Component& component, const Look& platform)
        : Matcher(file, component, platform, routed(file, component, platform)) {}
    Matcher(const AdvisoryFile& file, const Component& component, const Look& platform, Routed routed)
        : reader_(file), platform_(platform), subject_(std::move(routed.subject)),
          route_(std::move(routed.route)) {
        if (is_linux(component, subject_.cpe_key)) {
            build_ = platform.kernel_build();
            vendor_branch_ = !version::kernel_branch(subject_.version_alone.text()).empty();
        }
        if (!subject_.cpe_key.empty()) subject_.cpe_name = reader_.find(cpe_key(subject_.cpe_key)).key;
        for (const auto& key : subject_.other_keys)
            if (const auto name = reader_.find(cpe_key(key)).key; name != 0)
                subject_.other_names.push_back(name);
    }

    const Route& route() const { return route_; }

    // The hashes of all keys that what run() says comes from.
    std::vector<std::uint64_t> keys() const {
        std::vector<std::uint64_t> hashes;
        for (const auto& key : route_.keys)
            hashes.push_back(hash_of(key));
        if (!subject_.cpe_key.empty()) hashes.push_back(hash_of(cpe_key(subject_.cpe_key)));
        if (!route_.release.empty())
            hashes.push_back(hash_of(std::string(release_prefix).append(route_.release)));
        if (!route_.source.empty())
            hashes.push_back(hash_of(std::string(release_prefix).append(route_.source)));
        if (route_.by == Route::By::names)
            hashes.push_back(hash_of(std::string(release_prefix).append(kProductNames)));
        std::sort(hashes.begin(), hashes.end());
        hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
        return hashes;
    }

    std::vector<ComponentVerdict> run(Detail detail) {
        judge_all();
        std::vector<ComponentVerdict> verdicts;
        for (std::size_t i = 0; i < judgements_.size();) {
            auto end = i + 1;
            while (end < judgements_.size() && judgements_[end].group == judgements_[i].group)
                ++end;
            const auto [source, outcome] = decide(reader_, std::span(judgements_).subspan(i, end - i));
            auto verdict = verdict_of(judgements_[i].group, source, outcome);
            leave_out(verdict, std::span(judgements_).subspan(i, end - i));
            if (detail == Detail::everything || verdict.verdict == Verdict::affected ||
                verdict.verdict == Verdict::unknown)
                verdicts.push_back(verdict);
            i = end;
        }
        return verdicts;
    }

    // What each source says by itself.
    std::vector<ComponentVerdict> each_source() {
        judge_all();
        std::vector<ComponentVerdict> verdicts;
        for (std::size_t i = 0; i < judgements_.size();) {
            std::vector<Judgement> one;
            const auto& first = judgements_[i];
            for (; i < judgements_.size() && judgements_[i].group == first.group &&
                   authority(judgements_[i].source) == authority(first.source);
                 ++i)
                one.push_back(judgements_[i]);
            while (!one.empty()) {
                const auto source = one.front().source;
                const auto others = std::stable_partition(
                    one.begin(), one.end(), [&](const Judgement& j) { return j.source == source; });
                const std::span<const Judgement> said(one.begin(), others);
                verdicts.push_back(verdict_of(first.group, source, decide(reader_, said).second));
                one.erase(one.begin(), others);
            }
        }
        return verdicts;
    }

  private:
    // By advisory, then by authority.
    void judge_all() {
        std::vector<std::uint32_t> rules;
        for (const auto& key : route_.keys)
            reader_.for_each_posting(key, [&](std::uint32_t rule) { rules.push_back(rule); });
        std::sort(rules.begin(), rules.end());
        rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
        if (route_.by == Route::By::system) last_bulletin_ = last_bulletin(reader_, rules, subject_);
        for (std::size_t i = 0; i < rules.size();)
            i = judge(rules, i);
        std::sort(judgements_.begin(), judgements_.end(), [](const Judgement& a, const Judgement& b) {
            return std::tuple(a.group, authority(a.source), a.outcome.rule) <
                   std::tuple(b.group, authority(b.source), b.outcome.rule);
        });
    }

    // Judges by the rule at i, or by all rules of its record where they only speak together. Returns the next
    // place.
    std::size_t judge(const std::vector<std::uint32_t>& rules, std::size_t i) {
        const auto rule = reader_.at<Rule>(rules[i]);
        const auto record = reader_.at<RecordRow>(rule.record);
        auto end = i + 1;
        Outcome outcome;
        switch (rule.kind) {
        case RuleKind::configuration:
            outcome = evaluate_configuration(reader_, rules[i], subject_, platform_);
            break;
        case RuleKind::product:
            outcome = evaluate_product(reader_, rules[i], subject_, platform_);
            break;
        case RuleKind::package:
            outcome = evaluate_package(reader_, rules[i], subject_);
            break;
        case RuleKind::stated:
            outcome = evaluate_stated(reader_, rules[i], subject_);
            break;
        case RuleKind::apple:
        case RuleKind::android:
            while (end < rules.size() && is_same(rules[end], rule))
                ++end;
            outcome = rule.kind == RuleKind::apple
                          ? evaluate_apple(reader_, std::span(rules).subspan(i, end - i), subject_, platform_)
                          : evaluate_android(reader_, std::span(rules).subspan(i, end - i), subject_,
                                             platform_, last_bulletin_);
            break;
        }
        if (outcome.kind == Kind::nothing) return end;
        // What the vendor repaired in a branch of its own does not show in the version, nor does a package's
        // name alone say for sure what it is.
        if ((vendor_branch_ || subject_.by_package) && outcome.kind == Kind::affected)
            outcome.confidence = std::min(outcome.confidence, Confidence::medium);
        const auto source = record.source <= static_cast<std::uint32_t>(last_source)
                                ? static_cast<Source>(record.source)
                                : Source::nvd;
        const auto groups = reader_.within<ListItem>(record.groups_first, record.groups_count);
        for (std::uint32_t g = 0; g < groups; ++g)
            judgements_.push_back({reader_.at<ListItem>(record.groups_first + g).value, source, outcome});
        return end;
    }

    // A kernel that was built without the files in which any record sees the fault does not have it.
    void leave_out(ComponentVerdict& verdict, std::span<const Judgement> list) const {
        if (build_ == nullptr ||
            (verdict.verdict != Verdict::affected && verdict.verdict != Verdict::unknown))
            return;
        for (const auto& judgement : list) {
            const auto files = reader_.string(reader_.at<Rule>(judgement.outcome.rule).files);
            if (files.empty() || !leaves_all_out(*build_, files)) continue;
            verdict.verdict = Verdict::not_affected;
            verdict.reason = Reason::code_not_built;
            verdict.confidence = Confidence::high;
            verdict.source = judgement.source;
            verdict.rule = judgement.outcome.rule;
            verdict.hit = verdict.fixed_in = 0;
            return;
        }
    }

    bool is_same(std::uint32_t number, const Rule& first) const {
        const auto rule = reader_.at<Rule>(number);
        if (rule.kind != first.kind) return false;
        if (rule.record == first.record) return true;
        // Apple's list of all releases and the feed of a product are records of their own, numbered side by
        // side.
        if (rule.kind != RuleKind::apple) return false;
        const auto one = reader_.at<RecordRow>(rule.record);
        const auto other = reader_.at<RecordRow>(first.record);
        return one.id == other.id && one.groups_count == 1 && other.groups_count == 1 &&
               reader_.at<ListItem>(one.groups_first).value == reader_.at<ListItem>(other.groups_first).value;
    }

    Reader reader_;
    const Look& platform_;
    Subject subject_;
    Route route_;
    std::vector<Judgement> judgements_;
    std::uint32_t last_bulletin_ = 0;
    const KernelBuild* build_ = nullptr; // of the kernel that is judged
    bool vendor_branch_ = false;
};

} // namespace

Judged judge(const AdvisoryFile& file, const Component& component, const Surroundings& around,
             Detail detail) {
    Judged out;
    const Look platform(around, out.asked);
    Matcher matcher(file, component, platform);
    out.why_not = matcher.route().why_not;
    out.keys = matcher.keys();
    out.verdicts = matcher.run(detail);
    return out;
}

std::vector<ComponentVerdict> match(const AdvisoryFile& file, const Component& component,
                                    const Platform& platform, Detail detail) {
    return judge(file, component, Surroundings(platform), detail).verdicts;
}

std::vector<ComponentVerdict> voices(const AdvisoryFile& file, const Component& component,
                                     const Platform& platform) {
    Asked asked;
    const Surroundings around(platform);
    const Look look(around, asked);
    return Matcher(file, component, look).each_source();
}

std::string_view why_not_assessed(const AdvisoryFile& file, const Component& component,
                                  const Platform& platform) {
    return judge(file, component, Surroundings(platform)).why_not;
}

} // namespace oakum::advisory
