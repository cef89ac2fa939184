// SPDX-License-Identifier: Apache-2.0
// The queue of fixes, what fits a budget, whose a fix is, and until when makers mend things.
#include "exposure.hpp"

#include <assessment/fix_owners.hpp>
#include <cmath>
#include <device/query_text.hpp>
#include <exception/wish.hpp>
#include <map>
#include <set>

namespace oakum::server {

using assessment::QueueRow;
using device::TenantId;

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

bool passes(const QueueRow& row, api::FixFilter filter) {
    const bool offered = row.state == QueueRow::State::ready && row.fix.vendor; // by a phone's maker
    switch (filter) {
    case api::FixFilter::all:
        return true;
    case api::FixFilter::updates:
        return row.state == QueueRow::State::ready;
    case api::FixFilter::ready:
        return row.state == QueueRow::State::ready && !offered;
    case api::FixFilter::vendor:
        return row.state == QueueRow::State::vendor || offered;
    case api::FixFilter::none:
        return row.state == QueueRow::State::none;
    case api::FixFilter::cannot:
        return row.state == QueueRow::State::cannot;
    }
    return true;
}

api::Fix::State state_of(const QueueRow& row) {
    switch (row.state) {
    case QueueRow::State::ready:
        return row.fix.vendor ? api::Fix::State::vendor : api::Fix::State::ready;
    case QueueRow::State::vendor:
        return api::Fix::State::vendor;
    case QueueRow::State::none:
        return api::Fix::State::none;
    case QueueRow::State::cannot:
        return api::Fix::State::cannot;
    }
    return api::Fix::State::none;
}

std::string percent(double part, double whole) {
    return std::to_string(whole > 0 ? static_cast<int>(std::lround(100 * part / whole)) : 0) + " %";
}

std::string listed(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

std::string sentence_of(const QueueRow& row, double total_risk) {
    const assessment::Fix& fix = row.fix;
    const std::string open = counted(fix.findings_ended, "finding") + " on " +
                             counted(fix.devices, "device") + ", " + grouped(fix.exploited_ended) +
                             " of them exploited, " + percent(fix.risk_removed, total_risk) + " of the risk";
    switch (row.state) {
    case QueueRow::State::ready:
        return fix.name + " " + fix.version + " on " + counted(fix.devices, "device") + " ends " +
               counted(fix.findings_ended, "finding") + ", " + grouped(fix.exploited_ended) +
               " of them exploited, and removes " + percent(fix.risk_removed, total_risk) + " of the risk" +
               (fix.brings > 0 ? "; it brings " + counted(fix.brings, "new one") : "") + ".";
    case QueueRow::State::vendor:
        return "Fixed versions were published, and no release here brings them to " + fix.name + ": " +
               listed(row.references) + ". Open are " + open + ".";
    case QueueRow::State::none:
        return "Nothing ends " + open +
               (row.reason.empty() ? "; nobody has published a fix for " : ": " + row.reason + "; open in ") +
               listed(row.references) + ".";
    case QueueRow::State::cannot:
        return row.reason + ". Open are " + open + ".";
    }
    return {};
}

// What somebody decides by the row's query must not hold of a device that the row does not count.
base::Status is_about_just_these(const assessment::FixFindings& findings, std::size_t named,
                                 const std::map<std::uint32_t, assessment::Open>& open) {
    const std::string way_out = "; decide about each vulnerability by itself, with a query of your own";
    for (std::size_t i = 0; i < named; ++i) {
        const auto& part = findings.advisories[i];
        const auto found = open.find(part.advisory);
        const assessment::Open there = found == open.end() ? assessment::Open{} : found->second;
        if (there.devices != part.devices)
            return base::conflict("no query tells the devices of this row from others: it counts " +
                                  counted(part.devices, "device") + " where a query finds " +
                                  counted(there.devices, "device") + way_out)
                .at("fix");
        // An exception is about all of an advisory on a device, the row only about what its update ends.
        if (there.findings != part.findings)
            return base::conflict(
                       "one of these vulnerabilities is in more of the same devices' components than "
                       "this row is about: it counts " +
                       counted(part.findings, "finding") + " where " + counted(there.findings, "finding") +
                       " are open" + way_out)
                .at("fix");
    }
    return {};
}

std::string ends_sentence(const QueueRow& row, std::uint64_t total) {
    const std::string count = grouped(total) + (total == 1 ? " vulnerability" : " vulnerabilities");
    const std::string on = " on " + counted(row.fix.devices, "device") + ".";
    if (row.state == QueueRow::State::ready)
        return row.fix.name + " " + row.fix.version + " ends " + count + on;
    return count + (total == 1 ? " is" : " are") + " open there" + on;
}

} // namespace

assessment::FixQueue queue_of(const Context& context, const assessment::Assessor& assessor,
                              const assessment::AssessedFleet& assessed, const fleet::Selection& selection,
                              assessment::FixFindings* findings) {
    const TenantId tenant = selection.tenant;
    const auto releases =
        context.core.control.list<ports::ReleaseRow>(tenant); // keeps the rows that offers point to
    assessment::PastSupport past(assessor.support().in_force(tenant), context.core.clock.now());
    return assessment::fix_queue(context.core.fleet, assessed, selection,
                                 published_offers(context, assessor, tenant),
                                 *assessor.deadlines().in_force(tenant), past, findings);
}

base::Result<assessment::FixFindings> findings_of_fix(const Context& context,
                                                      const assessment::Assessor& assessor,
                                                      const assessment::AssessedFleet& assessed,
                                                      const fleet::Selection& selection,
                                                      const std::string& fix) {
    assessment::FixFindings findings;
    findings.row = fix;
    const assessment::FixQueue queue = queue_of(context, assessor, assessed, selection, &findings);
    if (std::ranges::find(queue.rows, fix, &QueueRow::id) == queue.rows.end())
        return base::not_found("there is no such row in the queue of fixes now").at("fix");
    return findings;
}

void ExposureService::fix_ends(const access::Actor& actor, std::string fix, std::string query,
                               api::Answer<api::FixEnds> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, actor, tenant = tenant_of(actor), selection = std::move(*selection),
                              fix = std::move(fix), query = std::move(query), answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        assessment::FixFindings findings;
        findings.row = fix;
        const assessment::FixQueue queue = queue_of(context_, assessor_, *assessed, selection, &findings);
        const auto row = std::ranges::find(queue.rows, fix, &QueueRow::id);
        if (row == queue.rows.end())
            return answer(base::not_found("there is no such row in the queue of fixes now").at("fix"));
        api::FixEnds view;
        view.fix = fix;
        const auto release = context_.core.control.find<ports::ReleaseRow>(tenant, row->fix.release);
        view.query = device::both(query, assessment::devices_of(*row, release.get(), findings));
        view.component = some(findings.component);
        view.total = findings.advisories.size();
        view.sentence = ends_sentence(*row, view.total);
        for (const auto& part : findings.advisories) {
            if (view.rows.size() == exception::kMostAdvisories) break;
            view.rows.push_back(
                {advisory_ref(assessed->knowledge->file.advisory(part.advisory)), part.devices, part.points});
        }
        view.left_out = view.total - view.rows.size();
        std::set<std::uint32_t> named;
        for (std::size_t i = 0; i < view.rows.size(); ++i)
            named.insert(findings.advisories[i].advisory);
        const auto narrowed = registry_.selection(actor, view.query);
        if (!narrowed.ok()) return answer(narrowed.error());
        const auto open =
            assessment::open_on(context_.core.fleet, *assessed, *narrowed, named, findings.component);
        if (auto just = is_about_just_these(findings, view.rows.size(), open); !just.ok())
            return answer(std::move(just).error());
        answer(std::move(view));
    });
}

void ExposureService::fixes(const access::Actor& actor, std::string query, api::FixFilter filter,
                            api::PageRequest page, api::Answer<api::FixPage> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), filter,
                              page, answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const assessment::FixQueue queue = queue_of(context_, assessor_, *assessed, selection);
        const auto rollouts = context_.core.control.list<ports::RolloutRow>(tenant);
        const auto owners = assessment::fix_owners(context_.core.control, tenant);
        std::vector<api::Fix> views;
        for (const QueueRow& row : queue.rows) {
            if (!passes(row, filter)) continue;
            const assessment::Fix& fix = row.fix;
            api::Fix view;
            view.kind = row.state != QueueRow::State::ready ? api::Fix::Kind::gap
                        : fix.vendor                        ? api::Fix::Kind::vendor_update
                                                            : api::Fix::Kind::release;
            view.id = row.id;
            view.name = fix.name;
            view.version = some(fix.version);
            view.models = fix.models;
            view.devices = fix.devices;
            view.risk_removed = fix.risk_removed;
            view.cumulative_risk_removed = fix.cumulative_risk_removed;
            view.findings_ended = fix.findings_ended;
            view.exploited_ended = fix.exploited_ended;
            view.brings = fix.brings;
            view.state = state_of(row);
            if (!fix.vendor) {
                view.release = fix.release;
                for (const auto& rollout : rollouts)
                    if (rollout->plan.release == fix.release && rollout->started) {
                        // The newest that was started; one that was ended early leaves the release as it was.
                        view.rollout = api::RolloutRef{rollout->id, rollout->plan.name};
                        view.state = state_after(rollout->state);
                    }
            }
            view.sentence = sentence_of(row, queue.total_risk);
            view.due = row.due;
            view.restarts = row.restarts;
            view.windows = row.state == QueueRow::State::ready ? 1 : 0;
            if (const auto owner = owners.find(row.id); owner != owners.end()) view.owner = owner->second;
            view.reason = some(row.reason);
            view.references = row.references;
            views.push_back(std::move(view));
        }
        auto paged = page_of(std::move(views), page);
        if (!paged.ok()) return answer(std::move(paged).error());
        api::FixPage result;
        static_cast<api::Page<api::Fix>&>(result) = std::move(*paged);
        result.total_risk = queue.total_risk;
        result.devices_without_fix = queue.devices_without_fix;
        result.unsupported = queue.unsupported;
        answer(std::move(result));
    });
}

void ExposureService::choose_fixes(const access::Actor& actor, std::string query, api::FixBudget budget,
                                   api::Answer<api::FixChoice> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), budget,
                              answer = std::move(answer)] {
        const auto assessed = assessor_.fleet(tenant);
        const assessment::FixQueue queue = queue_of(context_, assessor_, *assessed, selection);
        std::vector<risk::UpdateOption> options;
        std::vector<const QueueRow*> rows;
        for (const QueueRow& row : queue.rows)
            if (row.state == QueueRow::State::ready) {
                options.push_back({row.restarts, 1, row.shares});
                rows.push_back(&row);
            }
        const risk::Choice choice = risk::choose(options, {budget.windows, budget.restarts});
        api::FixChoice view;
        view.removed = choice.removed;
        view.at_most = choice.at_most;
        view.total_risk = queue.total_risk;
        view.exact = choice.exact;
        std::vector<std::string> names;
        for (const risk::Choice::Step& step : choice.steps) {
            const QueueRow& row = *rows[step.option];
            view.steps.push_back({row.id, row.fix.name, some(row.fix.version), step.gain, row.restarts});
            names.push_back(row.fix.name + " " + row.fix.version);
        }
        std::string with = budget.windows ? "With " + counted(*budget.windows, "window") : "";
        if (budget.restarts)
            with += (with.empty() ? "With at most " : " and at most ") + counted(*budget.restarts, "restart");
        if (with.empty()) with = "Without a limit";
        view.sentence =
            names.empty() ? with + " no update that is ready removes anything."
                          : with + ": " + listed(names) + " " + (names.size() == 1 ? "removes " : "remove ") +
                                percent(choice.removed, queue.total_risk) + " of the risk; " +
                                (choice.exact ? "no other choice removes more."
                                              : "no other choice removes more than " +
                                                    percent(choice.at_most, queue.total_risk) + ".");
        answer(std::move(view));
    });
}

void ExposureService::assign_fix(const access::Actor& actor, std::string fix, std::string owner,
                                 api::Answer<base::Nothing> answer) {
    assessment::assign_fix(context_.core.writer, actor, std::move(fix), std::move(owner),
                           [answer = std::move(answer)](base::Status status) {
                               if (!status.ok()) return answer(std::move(status).error());
                               answer(base::Nothing{});
                           });
}

void ExposureService::support_ends(const access::Actor& actor, api::PageRequest page,
                                   api::Answer<api::Page<api::SupportEnd>> answer) {
    const TenantId tenant = tenant_of(actor);
    const auto own = assessor_.support().own(tenant);
    const auto all = assessor_.support().in_force(tenant);
    const base::TimePoint now = context_.core.clock.now();
    std::vector<api::SupportEnd> views;
    const auto add = [&](const risk::SupportEnd& row, bool is_own) {
        views.push_back({std::string(risk::to_string(row.of)), row.name, some(row.branch), row.ends,
                         row.source, is_own, row.ends < now});
    };
    for (const risk::SupportEnd& row : own)
        add(row, true);
    for (std::size_t i = 0; i + own.size() < all->rows().size(); ++i)
        add(all->rows()[i], false);
    answer(page_of(std::move(views), page));
}

void ExposureService::replace_support_ends(const access::Actor& actor, std::string table,
                                           api::Answer<base::Nothing> answer) {
    assessor_.support().replace(actor, std::move(table), [answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
