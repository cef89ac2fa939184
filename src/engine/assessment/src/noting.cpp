// SPDX-License-Identifier: Apache-2.0
// The store's open findings follow what was found, little by little.
#include "import.hpp"

#include <algorithm>

namespace oakum::assessment {

using device::SetId;
using device::TenantId;
using ports::SetFindingRow;
using shard::Transaction;

namespace {

constexpr std::size_t kSetsACommand = 16;
constexpr auto kAgain = std::chrono::seconds(30); // after findings could not be noted

// What begins and what ends between a subject's open findings and what was found now.
struct Difference {
    std::vector<const advisory::SetVerdict*> begins;
    std::vector<const fleet::SetFinding*> ends;
};

// `open` in the order of (advisory, component).
Difference difference(const std::vector<fleet::SetFinding>& open, const AssessedSet& now) {
    struct Found {
        std::string_view advisory;
        device::ComponentId component;
        const advisory::SetVerdict* verdict;
    };
    std::vector<Found> found;
    for (const advisory::SetVerdict& one : now.assessment.verdicts)
        if (one.verdict.verdict == advisory::Verdict::affected ||
            one.verdict.verdict == advisory::Verdict::unknown)
            found.push_back(
                {now.knowledge->file.id(one.verdict.advisory), now.contents->ids[one.component], &one});
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return std::tie(a.advisory, a.component) < std::tie(b.advisory, b.component);
    });
    Difference out;
    auto before = open.begin();
    for (const Found& one : found) {
        const auto earlier = [&](const fleet::SetFinding& finding) {
            const int by = std::string_view(finding.advisory).compare(one.advisory);
            return by != 0 ? by < 0 : finding.component < one.component;
        };
        for (; before != open.end() && earlier(*before); ++before)
            out.ends.push_back(&*before);
        const bool known =
            before != open.end() && before->advisory == one.advisory && before->component == one.component;
        if (!known || before->verdict != stored(one.verdict->verdict.verdict))
            out.begins.push_back(one.verdict);
        if (known) ++before;
    }
    for (; before != open.end(); ++before)
        out.ends.push_back(&*before);
    return out;
}

SetFindingRow begun(SetId subject, const AssessedSet& now, const advisory::SetVerdict& found,
                    base::TimePoint at) {
    const advisory::AdvisoryFile& file = now.knowledge->file;
    SetFindingRow row;
    row.set = subject;
    row.advisory = std::string(file.id(found.verdict.advisory));
    row.component = now.contents->ids[found.component];
    row.verdict = stored(found.verdict.verdict);
    row.from = at;
    row.reason = found.statement.empty()
                     ? advisory::evidence(file, now.components()[found.component], found.verdict).sentence
                     : found.statement;
    return row;
}

} // namespace

// One command of a tenant at a time, so that each is decided by what the one before has stored, and the
// writer's queue never fills with them.
void Assessor::note_findings(TenantId tenant, const Assessed& assessed, bool whole, bool knows) {
    bool in_step = false;
    bool idle = false;
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        idle = !unnoted.busy;
        in_step = std::exchange(unnoted.in_step, knows && (whole || unnoted.in_step)) || !whole;
    }
    if (!knows) return; // who knows nothing closes nothing
    std::vector<SetId> differ;
    for (const auto& [subject, outcome] : assessed) {
        if (in_step && !outcome.changed) continue;
        if (!in_step && idle) { // after a restart the store has most of it already
            const auto open = core_.software.findings(tenant, subject.id);
            const Difference changes = difference(open, *outcome.set);
            if (changes.begins.empty() && changes.ends.empty()) continue;
        }
        differ.push_back(subject.id);
    }
    note_also(tenant, differ);
}

void Assessor::note_also(TenantId tenant, const std::vector<SetId>& subjects) {
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        unnoted.subjects.insert(subjects.begin(), subjects.end());
        if (unnoted.busy || unnoted.subjects.empty()) return;
        unnoted.busy = true;
    }
    note_next(tenant);
}

void Assessor::note_next(TenantId tenant) {
    std::vector<SetId> some;
    std::vector<std::function<void()>> waited;
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        while (some.size() < kSetsACommand && !unnoted.subjects.empty())
            some.push_back(unnoted.subjects.extract(unnoted.subjects.begin()).value());
        if (some.empty()) {
            unnoted.busy = false;
            waited.swap(unnoted.waited);
        }
    }
    for (const auto& go_on : waited)
        go_on();
    if (some.empty()) return;
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::inventory,
        [this, tenant, some](Transaction& transaction) -> base::Status {
            const std::shared_ptr<const AssessedFleet> newest = fleet(tenant);
            if (newest->knowledge->file.size() == 0) return {};
            std::size_t changed = 0;
            for (const SetId subject : some) {
                const auto assessed = newest->sets.find(subject);
                if (assessed == newest->sets.end()) continue;
                const auto open = core_.software.findings(tenant, subject);
                const Difference changes = difference(open, *assessed->second);
                for (const advisory::SetVerdict* found : changes.begins)
                    transaction.put(begun(subject, *assessed->second, *found, transaction.now()));
                for (const fleet::SetFinding* finding : changes.ends)
                    transaction.put(SetFindingRow{subject, finding->advisory, finding->component,
                                                  finding->verdict, finding->reason, finding->from,
                                                  transaction.now()});
                changed += changes.begins.size() + changes.ends.size();
            }
            if (changed > 0)
                transaction.change("finding", std::to_string(changed),
                                   R"({"changed":)" + std::to_string(changed) + "}");
            return {};
        },
        [this, tenant, some](base::Status status) {
            if (status.ok()) return note_next(tenant);
            log_.write(base::LogLevel::error, "assessment",
                       "findings could not be noted, and will be later: " + status.error().text());
            std::vector<std::function<void()>> let_go;
            {
                base::Lock lock(mutex_);
                Unnoted& unnoted = unnoted_[tenant];
                unnoted.subjects.insert(some.begin(), some.end());
                unnoted.busy = false;
                let_go.swap(unnoted.waited);
            }
            for (const auto& go_on : let_go)
                go_on();
            background_.post_after(kAgain, [this, tenant] { note_also(tenant, {}); });
        });
}

void Assessor::when_noted(TenantId tenant, std::function<void()> then) {
    {
        base::Lock lock(mutex_);
        Unnoted& unnoted = unnoted_[tenant];
        if (unnoted.busy) return unnoted.waited.push_back(std::move(then));
    }
    then();
}

} // namespace oakum::assessment
