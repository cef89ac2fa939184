// SPDX-License-Identifier: Apache-2.0
#include "exposure.hpp"

#include <alarm/limits.hpp>
#include <algorithm>
#include <assessment/past_support.hpp>
#include <rollouts/needs.hpp>
#include <search/wanted.hpp>

namespace oakum::server {

using device::TenantId;

namespace {

std::string sentence_of(const api::Exposure& view) {
    if (view.devices == 0) return "No device yet.";
    std::string blind =
        view.cannot_tell > 0 ? " For " + counted(view.cannot_tell, "device") + " it cannot be told." : "";
    if (view.excepted > 0)
        blind += " " + counted(view.excepted, "device") + (view.excepted == 1 ? " has" : " have") +
                 " nothing open only because of exceptions.";
    if (view.blind_spots.unsupported > 0)
        blind += " " + counted(view.blind_spots.unsupported, "device") +
                 (view.blind_spots.unsupported == 1 ? " is" : " are") +
                 " unsupported: the makers mend nothing more there.";
    if (view.assessed == 0)
        return "Nothing can be told about " +
               (view.devices == 1 ? std::string("the one device")
                                  : "any of " + counted(view.devices, "device")) +
               ": none of their software could be assessed. Import advisories, or attach SBOMs." + blind;
    if (view.exposed == 0)
        return "No known exposure among the " + counted(view.assessed, "device") + " that can be assessed." +
               blind;
    if (view.exploited_open_devices > 0)
        return counted(view.exploited_open_devices, "device") +
               (view.exploited_open_devices == 1 ? " is" : " are") +
               " exposed to something that is exploited now; for " + grouped(view.exploited_fixable_devices) +
               " of them a fix exists." + blind;
    return counted(view.exposed, "device") + (view.exposed == 1 ? " is" : " are") +
           " exposed, none of them to something known to be exploited." + blind;
}

} // namespace

std::vector<api::ExposureWindows::Class> classes_of(const advisory::AdvisoryView& view) {
    using Class = api::ExposureWindows::Class;
    std::vector<Class> classes{Class::all};
    if (view.exploited) classes.push_back(Class::exploited);
    switch (view.severity) {
    case advisory::Severity::critical:
        classes.push_back(Class::critical);
        break;
    case advisory::Severity::high:
        classes.push_back(Class::high);
        break;
    case advisory::Severity::medium:
        classes.push_back(Class::medium);
        break;
    case advisory::Severity::low:
        classes.push_back(Class::low);
        break;
    case advisory::Severity::none:
    case advisory::Severity::not_scored:
        break;
    }
    return classes;
}

api::Severity severity_of(advisory::Severity severity) {
    switch (severity) {
    case advisory::Severity::critical:
        return api::Severity::critical;
    case advisory::Severity::high:
        return api::Severity::high;
    case advisory::Severity::medium:
        return api::Severity::medium;
    case advisory::Severity::low:
        return api::Severity::low;
    case advisory::Severity::none:
        return api::Severity::none;
    case advisory::Severity::not_scored:
        return api::Severity::unknown;
    }
    return api::Severity::unknown;
}

api::SeverityCounts severity_counts(const std::array<std::uint64_t, 6>& counts) {
    const auto of = [&](advisory::Severity severity) { return counts[static_cast<std::size_t>(severity)]; };
    return {of(advisory::Severity::critical), of(advisory::Severity::high),
            of(advisory::Severity::medium),   of(advisory::Severity::low),
            of(advisory::Severity::none),     of(advisory::Severity::not_scored)};
}

std::string title_of(const advisory::AdvisoryView& view) {
    constexpr std::size_t kMost = 160;
    if (!view.title.empty()) return std::string(view.title);
    if (view.description.size() <= kMost) return std::string(view.description);
    std::size_t end = view.description.rfind(' ', kMost);
    // No word ends there: at least no character is cut.
    if (end == std::string_view::npos || end == 0)
        for (end = kMost; end > 0 && (static_cast<unsigned char>(view.description[end]) & 0xC0) == 0x80;)
            --end;
    return std::string(view.description.substr(0, end)) + " …";
}

api::AdvisorySummary advisory_summary(const assessment::Knowledge& knowledge,
                                      const assessment::AdvisoryFigures& figures, std::uint64_t devices) {
    const advisory::AdvisoryView view = knowledge.file.advisory(figures.advisory);
    api::AdvisorySummary summary;
    summary.epss_rose = std::ranges::binary_search(knowledge.risen, figures.advisory);
    summary.id = std::string(view.id);
    for (const std::string_view id : view.ids)
        if (id != view.id) summary.aliases.emplace_back(id);
    summary.title = title_of(view);
    summary.severity = severity_of(view.severity);
    if (view.severity != advisory::Severity::not_scored) summary.cvss = view.base_score;
    if (view.epss) summary.epss = view.epss->probability;
    summary.exploited = view.exploited;
    summary.ransomware = view.kev && view.kev->ransomware;
    if (view.published != base::TimePoint{}) summary.published = view.published;
    if (view.modified != base::TimePoint{}) summary.modified = view.modified;
    summary.affected = figures.affected;
    summary.cannot_tell = figures.unknown;
    summary.not_affected = devices - std::min(devices, figures.affected + figures.unknown);
    summary.accepted = figures.accepted;
    summary.suppressed = figures.suppressed;
    summary.mitigated = figures.mitigated;
    summary.stated_not_affected = figures.not_affected;
    return summary;
}

api::AdvisorySummary advisory_row(const assessment::Knowledge& knowledge, assessment::AdvisoryFigures row,
                                  const assessment::Figures& fleet) {
    row.unknown += fleet.no_software + fleet.not_assessed;
    return advisory_summary(knowledge, row, fleet.devices);
}

api::AdvisoryRef advisory_ref(const advisory::AdvisoryView& view) {
    return {std::string(view.id), title_of(view), severity_of(view.severity), view.exploited};
}

std::optional<std::string> fact_of(const std::vector<device::Fact>& facts, std::string_view key) {
    for (const device::Fact& fact : facts)
        if (fact.key == key && !fact.value.empty()) return fact.value;
    return std::nullopt;
}

risk::Context context_of(const std::vector<device::Fact>& facts) {
    return assessment::context_of(fact_of(facts, device::key::criticality).value_or(""),
                                  fact_of(facts, device::key::exposure).value_or(""),
                                  fact_of(facts, device::key::safety).value_or(""));
}

std::vector<std::uint32_t> by_any_name(const advisory::AdvisoryFile& file, std::string_view id) {
    auto found = file.find(id);
    const auto written = search::advisory_named(id);
    return found.empty() && written ? file.find(*written) : found;
}

bool still_open(const assessment::Assessor& assessor, TenantId tenant, const ports::ReleaseRow& release,
                std::uint32_t index) {
    const auto made = assessor.assess(tenant, release.set);
    return !made || std::any_of(made->assessment.verdicts.begin(), made->assessment.verdicts.end(),
                                [&](const advisory::SetVerdict& found) {
                                    return found.verdict.advisory == index &&
                                           (found.verdict.verdict == advisory::Verdict::affected ||
                                            found.verdict.verdict == advisory::Verdict::unknown);
                                });
}

std::vector<std::string> stale_feeds(const Context& context, TenantId tenant) {
    std::vector<std::string> names;
    for (const auto& feed : context.core.control.list<ports::FeedRow>(tenant))
        if (context.core.clock.now() - feed->imported > alarm::kFeedStale) names.push_back(feed->name);
    return names;
}

namespace {

// The kinds of devices that a release is for, as a query; empty: none can be named.
std::string kinds_for(const Context& context, TenantId tenant, const ports::ReleaseRow& release) {
    std::string models;
    for (const std::string& model : release.models)
        models += (models.empty() ? "\"" : ", \"") + model + "\"";
    std::string kinds = models.empty() ? "" : "model in (" + models + ")";
    // Phones are brought to a level whatever their model.
    if (const auto level = rollouts::level_of(context.core.control, tenant, release.id))
        kinds += (kinds.empty() ? "" : " or ") +
                 std::string("(enrolled = no or x.connector = oakum) and platform ") +
                 (level->platform == "ios" ? "in (ios, ipados)" : "= " + level->platform);
    return kinds;
}

} // namespace

std::string approved_scopes(const Context& context, TenantId tenant) {
    std::string scopes;
    for (const auto& rollout : context.core.control.list<ports::RolloutRow>(tenant)) {
        if (rollout->state != rollout::State::scheduled && rollout->state != rollout::State::running &&
            rollout->state != rollout::State::paused)
            continue;
        const auto release = context.core.control.find<ports::ReleaseRow>(tenant, rollout->plan.release);
        const std::string kinds = release ? kinds_for(context, tenant, *release) : std::string();
        if (kinds.empty()) continue;
        const std::string scope =
            "(" + kinds + ")" + (rollout->plan.query.empty() ? "" : " and (" + rollout->plan.query + ")");
        const std::string longer = scopes.empty() ? scope : scopes + " or (" + scope + ")";
        if (device::parse_query("(" + longer + ")").ok()) scopes = longer;
    }
    return scopes.empty() ? "" : "(" + scopes + ")";
}

std::vector<assessment::Offer> published_offers(const Context& context, const assessment::Assessor& assessor,
                                                TenantId tenant) {
    std::vector<assessment::Offer> offers;
    for (const auto& release : context.core.control.list<ports::ReleaseRow>(tenant))
        if (release->state == "published" && release->set != device::SetId{})
            offers.push_back({release.get(), assessor.assess(tenant, release->set)});
    return offers;
}

void ExposureService::exposure(const access::Actor& actor, std::string query,
                               api::Answer<api::Exposure> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), query,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const assessment::Figures figures = assessment::figures(context_.core.fleet, *assessed, selection,
                                                                *assessor_.deadlines().in_force(tenant));
        api::Exposure view;
        view.query = some(query);
        view.as_of = context_.core.clock.now();
        view.devices = figures.devices;
        view.assessed = figures.assessed;
        view.cannot_tell = figures.cannot_tell;
        view.exposed = figures.exposed;
        view.findings_open = figures.findings_open;
        view.findings_unknown = figures.findings_unknown;
        view.excepted = figures.excepted;
        view.findings_mitigated = figures.findings_mitigated;
        view.findings_accepted = figures.findings_accepted;
        view.findings_not_affected = figures.findings_not_affected;
        view.findings_suppressed = figures.findings_suppressed;
        view.exploited_open_devices = figures.exploited;
        view.risk = figures.risk;
        view.by_severity = severity_counts(figures.by_severity);
        for (const assessment::AdvisoryFigures& row : figures.advisories) {
            if (view.top_advisories.size() == 10) break;
            if (row.affected > 0)
                view.top_advisories.push_back(advisory_row(*assessed->knowledge, row, figures));
        }
        view.blind_spots.no_software = figures.no_software;
        view.blind_spots.not_assessed = figures.not_assessed;
        view.blind_spots.partly_assessed = figures.partly_assessed;
        view.blind_spots.assumed_exposure = figures.assumed_exposure;
        view.blind_spots.deadlines_on_assumption = figures.deadlines_on_assumption;
        assessment::PastSupport past(assessor_.support().in_force(tenant), context_.core.clock.now());
        constexpr std::array keys{device::key::model, device::key::support_end};
        for (const fleet::Tally& tally : context_.core.fleet.tally(selection, keys))
            if (!past.of(tally.values[0], tally.values[1],
                         {assessed->find(tally.base), assessed->find(tally.delta, tally.base)})
                     .empty())
                view.blind_spots.unsupported += tally.count;
        view.blind_spots.stale_feeds = stale_feeds(context_, tenant);
        const auto count = [&](const std::string& text) {
            const std::string whole = query.empty() ? text : "(" + query + ") and " + text;
            auto parsed = device::parse_query(whole);
            return parsed.ok() ? context_.core.fleet.count({tenant, selection.scope, std::move(*parsed)}).yes
                               : 0;
        };
        view.blind_spots.quiet = count("lifecycle = quiet");
        view.blind_spots.unmanaged = count("lifecycle = unmanaged");

        const auto releases =
            context_.core.control.list<ports::ReleaseRow>(tenant); // keeps the rows that offers point to
        const assessment::Fixes fixes = assessment::fixes(context_.core.fleet, *assessed, selection,
                                                          published_offers(context_, assessor_, tenant));
        view.exploited_fixable_devices = fixes.exploited_with_fix;

        // The widest gap of the funnel is where the work is. It counts the devices that were offered an
        // update, however that ended, and those that are exposed and were not; each step is part of the one
        // before.
        const auto waiting = [&](const std::string& text) -> assessment::Exposed {
            auto parsed = device::parse_query(query.empty() ? text : "(" + query + ") and " + text);
            if (!parsed.ok()) return {};
            return assessment::exposed_of(context_.core.fleet, {tenant, selection.scope, std::move(*parsed)},
                                          fixes);
        };
        const std::string in_approved = approved_scopes(context_, tenant);
        view.funnel.offered = count("deployment != none");
        const assessment::Exposed open = waiting("deployment = none");
        view.funnel.affected = view.funnel.offered + open.devices;
        view.funnel.fix_exists = view.funnel.offered + open.with_fix;
        view.funnel.approved = view.funnel.offered;
        if (!in_approved.empty())
            view.funnel.approved += waiting("deployment = none and " + in_approved).with_fix;
        view.funnel.verified = count("deployment = verified");
        view.funnel.installed = view.funnel.verified + count("deployment in (installed, soaking)");
        view.sentence = sentence_of(view);
        answer(std::move(view));
    });
}

} // namespace oakum::server
