// SPDX-License-Identifier: Apache-2.0
#include "exposure.hpp"

#include "past.hpp"

#include <alarm/limits.hpp>
#include <algorithm>
#include <assessment/proof.hpp>
#include <cmath>
#include <search/wanted.hpp>

namespace oakum::server {

using device::TenantId;

namespace {

constexpr std::size_t kWindowsDevices = 20'000;

std::string sentence_of(const api::Exposure& view) {
    if (view.devices == 0) return "No device yet.";
    std::string blind =
        view.cannot_tell > 0 ? " For " + counted(view.cannot_tell, "device") + " it cannot be told." : "";
    if (view.excepted > 0)
        blind += " " + counted(view.excepted, "device") + (view.excepted == 1 ? " has" : " have") +
                 " nothing open only because of exceptions.";
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

double quantile(std::vector<double>& days, double q) {
    const auto place =
        days.begin() + static_cast<std::ptrdiff_t>(std::ceil(q * static_cast<double>(days.size()))) - 1;
    std::nth_element(days.begin(), place, days.end());
    return *place;
}

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
    row.unknown += fleet.no_software;
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

std::string approved_scopes(const Context& context, TenantId tenant) {
    std::string scopes;
    for (const auto& rollout : context.core.control.list<ports::RolloutRow>(tenant)) {
        if (rollout->state != rollout::State::scheduled && rollout->state != rollout::State::running &&
            rollout->state != rollout::State::paused)
            continue;
        const auto release = context.core.control.find<ports::ReleaseRow>(tenant, rollout->plan.release);
        if (!release || release->models.empty()) continue;
        std::string models;
        for (const std::string& model : release->models)
            models += (models.empty() ? "\"" : ", \"") + model + "\"";
        const std::string scope = "model in (" + models + ")" +
                                  (rollout->plan.query.empty() ? "" : " and (" + rollout->plan.query + ")");
        const std::string longer = scopes.empty() ? scope : scopes + " or (" + scope + ")";
        if (device::parse_query("(" + longer + ")").ok()) scopes = longer;
    }
    return scopes.empty() ? "" : "(" + scopes + ")";
}

namespace {

api::Fix::State state_after(rollout::State state) {
    switch (state) {
    case rollout::State::settled:
    case rollout::State::finished:
        return api::Fix::State::rolled_out;
    case rollout::State::draft:
    case rollout::State::awaiting_approval:
    case rollout::State::aborted:
    case rollout::State::rolled_back:
        return api::Fix::State::ready;
    case rollout::State::scheduled:
    case rollout::State::running:
    case rollout::State::paused:
    case rollout::State::halted:
    case rollout::State::rolling_back:
        return api::Fix::State::rolling_out;
    }
    return api::Fix::State::ready;
}

} // namespace

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
        view.blind_spots.assumed_exposure = figures.assumed_exposure;
        view.blind_spots.deadlines_on_assumption = figures.deadlines_on_assumption;
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

void ExposureService::fixes(const access::Actor& actor, std::string query, api::PageRequest page,
                            api::Answer<api::FixPage> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), page,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const auto releases =
            context_.core.control.list<ports::ReleaseRow>(tenant); // keeps the rows that offers point to
        const assessment::Fixes fixes = assessment::fixes(context_.core.fleet, *assessed, selection,
                                                          published_offers(context_, assessor_, tenant));
        const auto rollouts = context_.core.control.list<ports::RolloutRow>(tenant);
        std::vector<api::Fix> views;
        for (const assessment::Fix& fix : fixes.rows) {
            api::Fix view;
            view.kind = fix.vendor ? api::Fix::Kind::vendor_update : api::Fix::Kind::release;
            view.id = fix.vendor ? "vendor:" + fix.name + ":" + fix.version : fix.release.text();
            view.name = fix.name;
            view.version = fix.version;
            view.models = fix.models;
            view.devices = fix.devices;
            view.risk_removed = fix.risk_removed;
            view.cumulative_risk_removed = fix.cumulative_risk_removed;
            view.findings_ended = fix.findings_ended;
            view.exploited_ended = fix.exploited_ended;
            view.brings = fix.brings;
            if (!fix.vendor) {
                view.release = fix.release;
                view.state = api::Fix::State::ready;
                for (const auto& rollout : rollouts)
                    if (rollout->plan.release == fix.release && rollout->started) {
                        // The newest that was started; one that was ended early leaves the release as it was.
                        view.rollout = api::RolloutRef{rollout->id, rollout->plan.name};
                        view.state = state_after(rollout->state);
                    }
            }
            const double share = fixes.total_risk > 0 ? 100 * fix.risk_removed / fixes.total_risk : 0;
            view.sentence = fix.name + " " + fix.version + " on " + counted(fix.devices, "device") +
                            " ends " + counted(fix.findings_ended, "finding") + ", " +
                            grouped(fix.exploited_ended) + " of them exploited, and removes " +
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

base::Result<api::ExposureWindows> ExposureService::measure(TenantId tenant,
                                                            const fleet::Selection& selection,
                                                            std::string query,
                                                            std::optional<base::TimePoint> as_of) const {
    using Class = api::ExposureWindows::Class;
    api::ExposureWindows view;
    view.query = some(std::move(query));
    const base::TimePoint now = context_.core.clock.now();
    view.as_of = as_of.value_or(now);
    std::optional<base::TimePoint> begins; // when the first of the devices was seen
    view.definition = "Days from the later of disclosure and the device's first sight until the device "
                      "reported, healthy, a version without the hole; "
                      "what is still open counts with its days so far.";
    const std::shared_ptr<const assessment::Knowledge> knowledge = assessor_.knowledge();
    // What has to be known of an advisory, and of a set's findings, is looked up once and not once a device.
    struct About {
        bool looked_up = false;
        base::TimePoint published;
        std::vector<Class> classes;
    };
    std::vector<About> abouts(knowledge->file.size());
    const auto about = [&](std::uint32_t index) -> const About& {
        About& known = abouts[index];
        if (!known.looked_up)
            known = {true, knowledge->file.advisory(index).published,
                     classes_of(knowledge->file.advisory(index))};
        return known;
    };
    struct Open {
        std::uint32_t advisory = 0;
        base::TimePoint from, until; // kOpen: still open
    };
    constexpr base::TimePoint kOpen = base::TimePoint::max();
    std::map<device::SetId, std::vector<Open>> findings; // of a set, closed ones too
    const auto findings_of = [&](device::SetId set) -> const std::vector<Open>& {
        const auto [known, fresh] = findings.try_emplace(set);
        if (!fresh) return known->second;
        if (const auto rows = context_.core.history.set_findings(tenant, set, true); rows.ok())
            for (const ports::SetFindingRow& row : *rows) {
                if (row.verdict != ports::Verdict::affected) continue;
                if (const auto index = knowledge->file.find(row.advisory); !index.empty())
                    known->second.push_back({index.front(), row.from, row.to.value_or(kOpen)});
            }
        return known->second;
    };
    struct Days {
        std::vector<double> all;
        std::uint64_t closed = 0, open = 0;
        double longest_open = 0;
    };
    std::map<Class, Days> classes;
    std::vector<Open> windows; // of one device
    for (const device::DeviceId id : context_.core.fleet.page(selection, std::nullopt, kWindowsDevices)) {
        const auto row = context_.core.fleet.device({tenant, id});
        if (!row) continue;
        begins = begins ? std::min(*begins, row->first_seen) : row->first_seen;
        if (row->first_seen > view.as_of) continue;
        const auto sets = context_.core.history.device_sets(tenant, id);
        if (!sets.ok()) continue;
        const auto deployments = context_.core.history.deployments(tenant, id, kAllDeployments);
        if (!deployments.ok()) continue;
        const assessment::Proof proof(*sets, *deployments);
        windows.clear();
        for (const fleet::RanSubject& piece : fleet::ran_subjects(*sets)) {
            const ports::DeviceSetRow& ran = piece.row;
            const assessment::Ending ending = proof.of(piece);
            if (ending == assessment::Ending::trial || ran.from > view.as_of) continue;
            const base::TimePoint left = ran.to && ending != assessment::Ending::unproven ? *ran.to : kOpen;
            for (const Open& finding : findings_of(piece.subject.id)) {
                if (finding.from > view.as_of) continue;
                base::TimePoint until = std::min(left, finding.until);
                if (until > view.as_of) until = kOpen; // what came later was not known
                if (until != kOpen && until <= std::max(ran.from, finding.from)) continue;
                windows.push_back({finding.advisory, row->first_seen, until});
            }
        }
        // An advisory is open on a device while any of its sets has it: the pieces are joined by advisory.
        std::sort(windows.begin(), windows.end(), [](const Open& a, const Open& b) {
            return std::pair(a.advisory, b.until) < std::pair(b.advisory, a.until);
        });
        windows.erase(std::unique(windows.begin(), windows.end(),
                                  [](const Open& a, const Open& b) { return a.advisory == b.advisory; }),
                      windows.end());
        for (const Open& window : windows) {
            const About& known = about(window.advisory);
            const bool open = window.until == kOpen;
            const base::TimePoint to = open ? view.as_of : window.until;
            const double days = std::max(0.0, std::chrono::duration<double, std::ratio<86'400>>(
                                                  to - std::max(window.from, known.published))
                                                  .count());
            for (const Class each : known.classes) {
                Days& row_of = classes[each];
                row_of.all.push_back(days);
                ++(open ? row_of.open : row_of.closed);
                if (open) row_of.longest_open = std::max(row_of.longest_open, days);
            }
        }
    }
    if (as_of) TRY(check_as_of(*as_of, now, begins, "these devices"));
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
                              std::optional<base::TimePoint> as_of,
                              api::Answer<api::ExposureWindows> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post(
        [this, tenant = tenant_of(actor), selection = std::move(*selection), query, as_of,
         answer = std::move(answer)] { answer(measure(tenant, selection, query, as_of)); });
}

} // namespace oakum::server
