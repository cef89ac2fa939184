// SPDX-License-Identifier: Apache-2.0
#include "exposure.hpp"

#include <algorithm>
#include <assessment/proof.hpp>
#include <cmath>

namespace oakum::server {

using device::TenantId;

namespace {

constexpr auto kStale = std::chrono::hours(24 * 7);
constexpr std::size_t kWindowsDevices = 20'000;

std::string sentence_of(const api::Exposure& view) {
    if (view.devices == 0) return "No device yet.";
    const std::string blind =
        view.cannot_tell > 0 ? " For " + counted(view.cannot_tell, "device") + " it cannot be told." : "";
    if (view.exposed == 0)
        return "No known exposure among the " + counted(view.assessed, "device") + " that can be assessed." +
               blind;
    if (view.exploited_open_devices > 0)
        return counted(view.exploited_open_devices, "device") +
               (view.exploited_open_devices == 1 ? " is" : " are") +
               " exposed to something that is exploited now; for " +
               std::to_string(view.exploited_fixable_devices) + " of them a fix is ready." + blind;
    return counted(view.exposed, "device") + (view.exposed == 1 ? " is" : " are") +
           " exposed, none of them to something known to be exploited." + blind;
}

double quantile(std::vector<double>& days, double q) {
    std::sort(days.begin(), days.end());
    return days[static_cast<std::size_t>(std::ceil(q * static_cast<double>(days.size()))) - 1];
}

} // namespace

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

api::AdvisorySummary advisory_summary(const advisory::AdvisoryFile& file,
                                      const assessment::AdvisoryFigures& figures, std::uint64_t devices) {
    const advisory::AdvisoryView view = file.advisory(figures.advisory);
    api::AdvisorySummary summary;
    summary.id = std::string(view.id);
    for (const std::string_view id : view.ids)
        if (id != view.id) summary.aliases.emplace_back(id);
    summary.title = std::string(view.title.empty() ? view.description.substr(0, 160) : view.title);
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
    return summary;
}

std::vector<std::string> stale_feeds(const Context& context, TenantId tenant) {
    std::vector<std::string> names;
    for (const auto& feed : context.core.control.list<ports::FeedRow>(tenant))
        if (context.core.clock.now() - feed->imported > kStale) names.push_back(feed->name);
    return names;
}

std::vector<assessment::Offer> ExposureService::offers(TenantId tenant) const {
    std::vector<assessment::Offer> offers;
    for (const auto& release : context_.core.control.list<ports::ReleaseRow>(tenant))
        if (release->state == "published" && release->set != device::SetId{})
            offers.push_back({release.get(), assessor_.assess(tenant, release->set)});
    return offers;
}

void ExposureService::exposure(const access::Actor& actor, std::string query,
                               api::Answer<api::Exposure> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), query,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const assessment::Figures figures = assessment::figures(context_.core.fleet, *assessed, selection);
        api::Exposure view;
        view.query = some(query);
        view.as_of = context_.core.clock.now();
        view.devices = figures.devices;
        view.assessed = figures.assessed;
        view.cannot_tell = figures.cannot_tell;
        view.exposed = figures.exposed;
        view.findings_open = figures.findings_open;
        view.findings_unknown = figures.findings_unknown;
        view.exploited_open_devices = figures.exploited;
        view.risk = figures.risk;
        view.by_severity = severity_counts(figures.by_severity);
        for (const assessment::AdvisoryFigures& row : figures.advisories) {
            if (view.top_advisories.size() == 10) break;
            if (row.affected > 0)
                view.top_advisories.push_back(
                    advisory_summary(assessed->knowledge->file, row, figures.devices));
        }
        view.blind_spots.no_software = figures.no_software;
        view.blind_spots.assumed_exposure = figures.assumed_exposure;
        view.blind_spots.stale_feeds = stale_feeds(context_, tenant);
        const auto count = [&](const std::string& text) {
            const std::string whole = query.empty() ? text : "(" + query + ") and " + text;
            auto parsed = device::parse_query(whole);
            return parsed.ok() ? context_.core.fleet.count({tenant, selection.scope, std::move(*parsed)}).yes
                               : 0;
        };
        view.blind_spots.quiet = count("lifecycle = quiet");

        // The widest gap of the funnel is where the work is: each step counts devices.
        const auto releases =
            context_.core.control.list<ports::ReleaseRow>(tenant); // keeps the rows that offers point to
        const assessment::Fixes fixes =
            assessment::fixes(context_.core.fleet, *assessed, selection, offers(tenant));
        view.funnel.affected = figures.exposed;
        view.funnel.fix_exists = figures.exposed - std::min(figures.exposed, fixes.devices_without_fix);
        std::uint64_t exploited_fixable = 0;
        for (const assessment::Fix& fix : fixes.rows)
            if (fix.exploited_ended > 0) exploited_fixable += fix.devices;
        view.exploited_fixable_devices = std::min(view.exploited_open_devices, exploited_fixable);
        view.funnel.approved = count("deployment != none");
        view.funnel.offered = view.funnel.approved;
        view.funnel.verified = count("deployment = verified");
        view.funnel.installed = view.funnel.verified + count("deployment in (installed, soaking)");
        view.sentence = sentence_of(view);
        answer(std::move(view));
    });
}

void ExposureService::fixes(const access::Actor& actor, std::string query, api::PageRequest page,
                            api::Answer<api::FixPage> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), page,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const auto releases =
            context_.core.control.list<ports::ReleaseRow>(tenant); // keeps the rows that offers point to
        const assessment::Fixes fixes =
            assessment::fixes(context_.core.fleet, *assessed, selection, offers(tenant));
        const auto rollouts = context_.core.control.list<ports::RolloutRow>(tenant);
        std::vector<api::Fix> views;
        double cumulated = 0;
        for (const assessment::Fix& fix : fixes.rows) {
            api::Fix view;
            view.kind = fix.vendor ? api::Fix::Kind::vendor_update : api::Fix::Kind::release;
            view.id = fix.vendor ? "vendor:" + fix.name + ":" + fix.version : fix.release.text();
            view.name = fix.name;
            view.version = fix.version;
            view.models = fix.models;
            view.devices = fix.devices;
            view.risk_removed = fix.risk_removed;
            cumulated += fix.risk_removed;
            view.cumulative_risk_removed = cumulated;
            view.findings_ended = fix.findings_ended;
            view.exploited_ended = fix.exploited_ended;
            view.brings = fix.brings;
            if (!fix.vendor) {
                view.release = fix.release;
                view.state = api::Fix::State::ready;
                for (const auto& rollout : rollouts)
                    if (rollout->plan.release == fix.release && rollout->started) {
                        view.rollout = api::RolloutRef{rollout->id, rollout->plan.name};
                        view.state = rollout::is_over(rollout->state) ? api::Fix::State::rolled_out
                                                                      : api::Fix::State::rolling_out;
                    }
            }
            const double share = fixes.total_risk > 0 ? 100 * fix.risk_removed / fixes.total_risk : 0;
            view.sentence = fix.name + " " + fix.version + " on " + counted(fix.devices, "device") +
                            " ends " + counted(fix.findings_ended, "finding") + ", " +
                            std::to_string(fix.exploited_ended) + " of them exploited, and removes " +
                            std::to_string(static_cast<int>(std::lround(share))) + " % of the risk" +
                            (fix.brings > 0 ? "; it brings " + counted(fix.brings, "new one") : "") + ".";
            views.push_back(std::move(view));
        }
        auto paged = page_of(std::move(views), page);
        if (!paged.ok()) return answer(std::move(paged).error());
        api::FixPage result;
        static_cast<api::Page<api::Fix>&>(result) = std::move(*paged);
        result.total_risk = fixes.total_risk;
        result.devices_without_fix = fixes.devices_without_fix;
        answer(std::move(result));
    });
}

api::ExposureWindows ExposureService::measure(TenantId tenant, const fleet::Selection& selection,
                                              std::string query) const {
    using Class = api::ExposureWindows::Class;
    api::ExposureWindows view;
    view.query = some(std::move(query));
    view.as_of = context_.core.clock.now();
    view.definition = "Days from the later of disclosure and the device's first sight until the device "
                      "reported, healthy, a version without the hole; "
                      "what is still open counts with its days so far.";
    const std::shared_ptr<const assessment::Knowledge> knowledge = assessor_.knowledge();
    struct Days {
        std::vector<double> all;
        std::uint64_t closed = 0, open = 0;
        double longest_open = 0;
    };
    std::map<Class, Days> classes;
    std::map<device::SetId, std::vector<ports::SetFindingRow>> findings; // of a set, closed ones too
    for (const device::DeviceId id : context_.core.fleet.page(selection, std::nullopt, kWindowsDevices)) {
        const auto row = context_.core.fleet.device({tenant, id});
        const auto sets = context_.core.history.device_sets(tenant, id);
        if (!row || !sets.ok()) continue;
        const auto deployments = context_.core.history.deployments(tenant, id, kAllDeployments);
        if (!deployments.ok()) continue;
        const assessment::Proof proof(*sets, *deployments);
        // An advisory is open on a device while any of its sets has it: the pieces are joined by advisory.
        std::map<std::string, std::pair<base::TimePoint, std::optional<base::TimePoint>>> windows;
        for (const fleet::RanSubject& piece : fleet::ran_subjects(*sets)) {
            const ports::DeviceSetRow& ran = piece.row;
            const assessment::Ending ending = proof.of(piece);
            if (ending == assessment::Ending::trial) continue;
            const bool unproven = ending == assessment::Ending::unproven;
            const auto [known, fresh] = findings.try_emplace(piece.subject.id);
            if (fresh)
                if (auto rows = context_.core.history.set_findings(tenant, piece.subject.id, true); rows.ok())
                    known->second = std::move(*rows);
            for (const ports::SetFindingRow& finding : known->second) {
                if (finding.verdict != ports::Verdict::affected) continue;
                const std::optional<base::TimePoint> until = !ran.to || unproven ? finding.to
                                                             : !finding.to       ? ran.to
                                                                           : std::min(*ran.to, *finding.to);
                if (until && *until <= std::max(ran.from, finding.from)) continue;
                const auto [at, first] = windows.try_emplace(finding.advisory, row->first_seen, until);
                if (!first && (!until || (at->second.second && *until > *at->second.second)))
                    at->second.second = until;
            }
        }
        for (const auto& [advisory, window] : windows) {
            const std::vector<std::uint32_t> index = knowledge->file.find(advisory);
            if (index.empty()) continue;
            const advisory::AdvisoryView about = knowledge->file.advisory(index.front());
            const base::TimePoint from = std::max(window.first, about.published);
            const base::TimePoint to = window.second.value_or(view.as_of);
            const double days =
                std::max(0.0, std::chrono::duration<double, std::ratio<86'400>>(to - from).count());
            std::vector<Class> of{Class::all};
            if (about.exploited) of.push_back(Class::exploited);
            switch (about.severity) {
            case advisory::Severity::critical:
                of.push_back(Class::critical);
                break;
            case advisory::Severity::high:
                of.push_back(Class::high);
                break;
            case advisory::Severity::medium:
                of.push_back(Class::medium);
                break;
            case advisory::Severity::low:
                of.push_back(Class::low);
                break;
            case advisory::Severity::none:
            case advisory::Severity::not_scored:
                break;
            }
            for (const Class each : of) {
                Days& row_of = classes[each];
                row_of.all.push_back(days);
                ++(window.second ? row_of.closed : row_of.open);
                if (!window.second) row_of.longest_open = std::max(row_of.longest_open, days);
            }
        }
    }
    for (const Class each :
         {Class::exploited, Class::critical, Class::high, Class::medium, Class::low, Class::all}) {
        Days& days = classes[each];
        api::ExposureWindows::Row row{each, days.closed, days.open, {}, {}, {}};
        if (!days.all.empty()) {
            row.median_days = quantile(days.all, 0.5);
            row.p90_days = quantile(days.all, 0.9);
        }
        if (days.open > 0) row.longest_open_days = days.longest_open;
        view.rows.push_back(row);
    }
    return view;
}

void ExposureService::windows(const access::Actor& actor, std::string query,
                              api::Answer<api::ExposureWindows> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), query,
                              answer = std::move(answer)] { answer(measure(tenant, selection, query)); });
}

} // namespace oakum::server
