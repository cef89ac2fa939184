// SPDX-License-Identifier: Apache-2.0
#include "evaluate.hpp"
#include "names.hpp"

#include <advisory/match.hpp>
#include <component/identity.hpp>

#include <algorithm>
#include <optional>
#include <tuple>

namespace oakum::advisory {

using namespace layout;
using component::Component;
using Reader = AdvisoryFile::Reader;
using Kind = Outcome::Kind;

namespace {

// Which advisories a component is judged by, or why by none.
struct Route {
    enum class By : std::uint8_t { nothing, distribution, system, names } by = By::nothing;
    std::string_view why_not;
    std::vector<std::string> keys; // where its rules are filed
    std::string release;           // whether there are advisories of it was asked
    std::string version;           // when the route knows better than the component
};

constexpr std::string_view only_a_name = "it has no identifier that an advisory could name";

bool is_linux(const Component& component, std::string_view cpe_key) {
    const auto name = lower(component.name);
    return cpe_key == kernel_cpe_key ||
           (component.kind == component::Kind::kernel &&
            (name == "linux" || name == "linux_kernel" || name == "linux-kernel"));
}

Route distribution_route(const AdvisoryFile& file, const component::Purl& purl, const Look& platform,
                         bool has_cpe) {
    Route route;
    auto release = distribution_of(purl);
    if (release.empty()) release = platform.distribution();
    route.release = release;
    route.version = source_version(purl);
    route.keys.push_back(stated_key(purl.type, purl.full_name()));
    if (!release.empty()) route.keys.push_back(distribution_key(release, source_package(purl)));
    if (!release.empty() && file.covers(release)) {
        route.by = Route::By::distribution;
        return route;
    }
    // A builder's own packages (Yocto, Buildroot) have no advisories of their own: their CPE names count.
    if (release.empty() && has_cpe && !is_known_distribution(purl.name_space)) {
        route.by = Route::By::names;
        return route;
    }
    route.why_not = release.empty() ? "the release of its distribution is not stated"
                                    : "there are no advisories of its distribution's release here";
    return route;
}

Route route_of(const AdvisoryFile& file, const Component& component, const Subject& subject,
               const Look& platform) {
    const auto purl = purl_of(component);
    std::string release;
    if (purl.ok() && (purl->type == "deb" || purl->type == "rpm" || purl->type == "apk")) {
        auto route = distribution_route(file, *purl, platform, subject.cpe.has_value());
        if (route.by != Route::By::names) return route;
        release = route.release;
    }
    Route route;
    route.release = std::move(release);
    const auto system = component.kind == component::Kind::operating_system ? mobile_system(component.name)
                                                                            : std::string_view();
    if (!system.empty()) {
        route.by = Route::By::system;
        route.keys.push_back(system_key(system));
        if (system == "android") return route; // CPE names of Android know no patch level
    }
    const bool linux = is_linux(component, subject.cpe_key);
    if (linux && platform.family() == "android") {
        route.why_not = "an Android kernel is patched by the patch level, which its system reports";
        return route;
    }
    if (linux) {
        route.keys.push_back(cpe_key(kernel_cpe_key));
        route.keys.push_back(product_key("linux", "linux"));
        route.keys.push_back(product_key("linux", "linux_kernel"));
        route.keys.push_back(product_key("linux", "kernel"));
    }
    if (subject.cpe && !subject.cpe_key.empty()) {
        route.keys.push_back(cpe_key(subject.cpe_key));
        const auto& vendor = (*subject.cpe)[component::CpeField::vendor];
        const auto& product = (*subject.cpe)[component::CpeField::product];
        const auto part = (*subject.cpe)[component::CpeField::part].value;
        // The kernel's headers are named a:linux:linux_kernel, and have no code of it.
        if (part != "h" && !(part == "a" && subject.cpe_key.ends_with(":linux:linux_kernel")))
            route.keys.push_back(product_key(vendor.plain(), product.plain()));
        if (const auto other = name_at_cna(subject.cpe_key); !other.empty())
            route.keys.push_back(product_key(other, other));
    }
    if (purl.ok() && !purl->version.empty()) route.version = purl->version;
    if (purl.ok()) {
        route.keys.push_back(package_key(purl->type, purl->full_name()));
        route.keys.push_back(stated_key(purl->type, purl->full_name()));
    }
    if (const auto names = component::vendor_product(component))
        route.keys.push_back(product_key(names->vendor, names->product));
    if (route.keys.empty() && component.kind != component::Kind::hardware)
        route.why_not =
            component.bundle_id.empty() ? only_a_name : "no advisories are known by the id of an app";
    else if (system.empty())
        route.by = Route::By::names;
    return route;
}

// Where notices of our own may stand.
void add_own_keys(const Component& component, std::vector<std::string>& keys) {
    if (const auto purl = component::Purl::parse(component.purl); purl.ok())
        keys.push_back(own_key(package_key(purl->type, purl->full_name())));
    if (!component.name.empty()) keys.push_back(own_key(component.name));
    if (!component.bundle_id.empty()) keys.push_back(own_key(component.bundle_id));
}

Subject subject_of(const Component& component) {
    Subject subject;
    subject.component = &component;
    if (auto cpe = component::Cpe::parse(component.cpe); cpe.ok()) {
        subject.cpe_key = cpe->key();
        subject.cpe = *std::move(cpe);
    }
    if (component.kind == component::Kind::kernel && subject.cpe_key.empty() && is_linux(component, {}))
        subject.cpe_key = kernel_cpe_key;
    return subject;
}

void set_version(Subject& subject, const Route& route) {
    std::string with_update;
    std::string alone;
    // Of a package, whether or not its distribution's advisories are here.
    const bool package = route.by == Route::By::distribution || route.by == Route::By::nothing;
    if (!package && subject.cpe) {
        with_update = version_text(*subject.cpe);
        const auto& version = (*subject.cpe)[component::CpeField::version];
        if (version.kind == component::CpeAttribute::Kind::value) alone = version.plain();
    }
    // What has no identifier has a version nevertheless, by which notices of our own may mean it.
    const bool named = route.by == Route::By::nothing && route.version.empty();
    if (with_update.empty())
        with_update = alone = (package && !named) || subject.component->version.empty()
                                  ? route.version
                                  : subject.component->version;
    subject.version = VersionText(std::move(with_update));
    subject.version_alone = VersionText(std::move(alone));
}

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
        : reader_(file), platform_(platform), subject_(subject_of(component)),
          route_(route_of(file, component, subject_, platform)) {
        add_own_keys(component, route_.keys);
        set_version(subject_, route_);
        if (is_linux(component, subject_.cpe_key)) build_ = platform.kernel_build();
        if (!subject_.cpe_key.empty()) subject_.cpe_name = reader_.find(cpe_key(subject_.cpe_key)).key;
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
        return rule.kind == first.kind && rule.record == first.record;
    }

    Reader reader_;
    const Look& platform_;
    Subject subject_;
    Route route_;
    std::vector<Judgement> judgements_;
    std::uint32_t last_bulletin_ = 0;
    const KernelBuild* build_ = nullptr; // of the kernel that is judged
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
