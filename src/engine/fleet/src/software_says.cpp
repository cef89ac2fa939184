// SPDX-License-Identifier: Apache-2.0
// What software sets say to queries.
#include "software_sets.hpp"

#include <algorithm>
#include <limits>

namespace oakum::fleet {
namespace {

device::Truth truth_of(ports::Verdict verdict) {
    switch (verdict) {
    case ports::Verdict::affected:
        return device::Truth::yes;
    case ports::Verdict::unknown:
        return device::Truth::unknown;
    case ports::Verdict::not_affected:
    case ports::Verdict::fixed:
        return device::Truth::no;
    }
    return device::Truth::unknown;
}

// Who names an advisory asks whether it was found; all others ask for what is open.
bool asks_what_is_open(const device::Term& term) {
    return term.field != device::Field::finding || term.presence;
}
Where where(const Decision& decision, bool open) {
    return open ? decision.closed : decision.ruled_out;
}

// The parts of an answer, and which of them a finding belongs to, by the number of what was decided about it.
class Parts {
  public:
    static constexpr std::size_t kLeftOut = std::numeric_limits<std::size_t>::max();
    Parts(const std::vector<Decision>& decisions, bool open, bool as_found) {
        for (const Decision& decision : decisions) {
            const Where out = as_found ? Where() : where(decision, open);
            if (out.everywhere) {
                of_.push_back(kLeftOut);
                continue;
            }
            const auto at = std::find(not_in_.begin(), not_in_.end(), out.scopes);
            of_.push_back(static_cast<std::size_t>(at - not_in_.begin()));
            if (at == not_in_.end()) not_in_.push_back(out.scopes);
        }
    }
    const std::vector<std::uint64_t>& not_in() const { return not_in_; }
    std::size_t of(std::uint16_t decision) const { return of_[decision]; }

  private:
    std::vector<std::uint64_t> not_in_{0};
    std::vector<std::size_t> of_;
};

} // namespace

std::uint16_t Software::Tenant::decision_number(const Decision& decision) {
    const auto known = std::find(decisions.begin(), decisions.end(), decision);
    if (known != decisions.end()) return static_cast<std::uint16_t>(known - decisions.begin());
    if (decisions.size() > std::numeric_limits<std::uint16_t>::max()) return 0;
    decisions.push_back(decision);
    return static_cast<std::uint16_t>(decisions.size() - 1);
}

void Software::Tenant::decide(const DecidedFindings& of) {
    for (const auto& [subject, those] : of) {
        const std::uint32_t number = set_numbers.find(subject);
        if (number == 0) continue;
        std::vector<Decided> next;
        for (const DecidedFinding& one : those)
            next.push_back({advisory_number(one.advisory), component_number(one.component),
                            decision_number(one.decision)});
        std::sort(next.begin(), next.end());
        if (next.empty())
            decided.erase(number);
        else
            decided[number] = std::move(next);
        for (Finding& finding : sets[number].findings)
            finding.decision = decision_of(number, finding.advisory, finding.component);
    }
}

Software::Overdue Software::Tenant::overdue(const Finding& finding, base::TimePoint now,
                                            std::size_t of_class) const {
    Overdue overdue;
    const auto& deadline = due[finding.advisory * book->count + of_class];
    if (!deadline) return overdue;
    const auto limit = now - std::chrono::days(deadline->days);
    if (deadline->from >= limit) return overdue;
    const device::Truth open = truth_of(finding.verdict);
    if (open == device::Truth::yes) overdue.surely = limit;
    if (open == device::Truth::unknown) overdue.perhaps = limit;
    return overdue;
}

device::Truth Software::Tenant::component_truth(const Set& set, const device::Term& term) const {
    device::Truth truth = device::Truth::no;
    const Set& of = set.of == 0 ? set : sets[set.of];
    if (!of.known) return device::Truth::unknown;
    for (const std::uint32_t number : of.components) {
        const auto& component = components[number];
        if (component && device::names_component(term, *component))
            truth = device::either(truth, device::compare_component(term, *component));
    }
    return truth;
}

bool Software::Tenant::is_asked(const Finding& finding, const device::Term& term) const {
    if (term.field == device::Field::kev) return kev[finding.advisory];
    return term.presence ||
           std::any_of(term.values.begin(), term.values.end(), [&](const device::Literal& literal) {
               return device::matches_text(literal, advisories.keys[finding.advisory]);
           });
}

void Software::publish_kev(TenantId id, std::vector<std::string> advisories) {
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    target.exploited = {advisories.begin(), advisories.end()};
    ++epoch_;
    for (std::size_t i = 1; i < target.kev.size(); ++i)
        target.kev[i] = target.exploited.contains(target.advisories.keys[i]);
}

void Software::publish_unassessed(TenantId id, const std::vector<std::pair<SetId, bool>>& of, bool whole) {
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    bool changed = false;
    if (whole)
        for (Tenant::Set& set : target.sets)
            changed = std::exchange(set.unassessed, false) || changed;
    for (const auto& [subject, unassessed] : of)
        if (const std::uint32_t number = target.set_numbers.find(subject); number != 0)
            changed = std::exchange(target.sets[number].unassessed, unassessed) != unassessed || changed;
    if (changed) ++epoch_;
}

void Software::publish_deadlines(TenantId id, DeadlineBook given) {
    auto book = std::make_shared<const DeadlineBook>(std::move(given));
    std::vector<std::string> known; // worked out while everybody may read on
    {
        base::SharedLock lock(mutex_);
        if (const Tenant* held = find(id)) known = held->advisories.keys;
    }
    std::vector<DeadlinesOf> worked_out;
    for (std::size_t i = 1; i < known.size(); ++i)
        worked_out.push_back(book->of(known[i]));
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    target.book = std::move(book);
    target.due.clear();
    target.due.resize(std::max<std::size_t>(target.kev.size(), 1) * target.book->count);
    for (std::size_t i = 1; i < target.kev.size(); ++i) {
        if (i > worked_out.size()) {
            target.put_due(i, target.advisories.keys[i]);
            continue;
        }
        DeadlinesOf& of = worked_out[i - 1];
        of.resize(target.book->count);
        std::move(of.begin(), of.end(),
                  target.due.begin() + static_cast<std::ptrdiff_t>(i * target.book->count));
    }
    ++epoch_;
}

std::shared_ptr<const DeadlineBook> Software::deadline_book(TenantId id) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant == nullptr ? no_deadlines() : tenant->book;
}

void Software::publish_decisions(TenantId id, DecisionScopes scopes, const DecidedFindings& of, bool whole) {
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    ++epoch_;
    if (whole) {
        target.scopes = std::move(scopes);
        target.decisions.assign(1, Decision());
        target.decided.clear();
        for (Tenant::Set& set : target.sets)
            for (Tenant::Finding& finding : set.findings)
                finding.decision = 0;
    }
    target.decide(of);
}

DecisionScopes Software::decision_scopes(TenantId id) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant == nullptr ? no_scopes() : tenant->scopes;
}

Software::OverdueSets Software::overdue(TenantId id, base::TimePoint now, bool as_found) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {no_deadlines(), nullptr, {{0, {{}}}}};
    const Parts parts(tenant->decisions, true, as_found);
    OverdueSets all{tenant->book, tenant->scopes, {}};
    for (const std::uint64_t not_in : parts.not_in())
        all.parts.push_back(
            {not_in, {tenant->book->count, std::vector<Overdue>(tenant->sets.size(), Overdue())}});
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        for (const Tenant::Finding& finding : tenant->sets[i].findings) {
            const std::size_t part = parts.of(finding.decision);
            if (part == Parts::kLeftOut || !tenant->counts(tenant->sets[i], finding)) continue;
            for (std::size_t of_class = 0; of_class < tenant->book->count; ++of_class)
                all.parts[part].of[of_class][i].add(tenant->overdue(finding, now, of_class));
        }
    return all;
}

std::optional<Software::Overdue> Software::overdue(TenantId id, SetNumber number, base::TimePoint now,
                                                   const DeadlineBook& book, std::size_t of_class,
                                                   const Asked& asked) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return Overdue();
    if (tenant->book.get() != &book || (asked.scopes && asked.scopes != tenant->scopes)) return std::nullopt;
    Overdue overdue;
    if (number == kNoSet || number >= tenant->sets.size()) return overdue;
    for (const Tenant::Finding& finding : tenant->sets[number].findings)
        if (!(asked.scopes && tenant->decisions[finding.decision].closed.holds(asked.cell)) &&
            tenant->counts(tenant->sets[number], finding))
            overdue.add(tenant->overdue(finding, now, of_class));
    return overdue;
}

std::vector<bool> Software::empty_sets(TenantId id) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {true};
    std::vector<bool> all(tenant->sets.size(), true);
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        all[i] = tenant->is_empty(tenant->sets[i]);
    return all;
}

bool Software::is_empty(TenantId id, SetNumber number) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant == nullptr || number == kNoSet || number >= tenant->sets.size() ||
           tenant->is_empty(tenant->sets[number]);
}

std::vector<bool> Software::unassessed_sets(TenantId id) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {};
    std::vector<bool> all(tenant->sets.size(), false);
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        all[i] = tenant->sets[i].unassessed;
    return all;
}

bool Software::is_unassessed(TenantId id, SetNumber number) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant != nullptr && number < tenant->sets.size() && tenant->sets[number].unassessed;
}

Software::Truths Software::truths(TenantId id, const device::Term& term, bool as_found) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {nullptr, {{0, {device::Truth::unknown}}}};
    Truths out;
    if (term.field == device::Field::component) {
        std::vector<device::Truth> by_set(tenant->sets.size(), device::Truth::unknown);
        for (std::size_t i = 1; i < tenant->sets.size(); ++i)
            by_set[i] = tenant->component_truth(tenant->sets[i], term);
        out.parts.push_back({0, std::move(by_set)});
        return out;
    }
    out.scopes = tenant->scopes;
    const Parts parts(tenant->decisions, asks_what_is_open(term), as_found);
    for (const std::uint64_t not_in : parts.not_in()) {
        std::vector<device::Truth> by_set(tenant->sets.size(), device::Truth::no);
        by_set[kNoSet] = device::Truth::unknown;
        out.parts.push_back({not_in, std::move(by_set)});
    }
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        for (const Tenant::Finding& finding : tenant->sets[i].findings) {
            const std::size_t part = parts.of(finding.decision);
            if (part == Parts::kLeftOut || !tenant->is_asked(finding, term) ||
                !tenant->counts(tenant->sets[i], finding))
                continue;
            device::Truth& truth = out.parts[part].by_set[i];
            truth = device::either(truth, truth_of(finding.verdict));
        }
    return out;
}

std::optional<device::Truth> Software::truth(TenantId id, SetNumber number, const device::Term& term,
                                             const Asked& asked) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr || number == kNoSet || number >= tenant->sets.size()) return device::Truth::unknown;
    const Tenant::Set& set = tenant->sets[number];
    if (term.field == device::Field::component) return tenant->component_truth(set, term);
    if (asked.scopes && asked.scopes != tenant->scopes) return std::nullopt;
    const bool open = asks_what_is_open(term);
    device::Truth truth = device::Truth::no;
    for (const Tenant::Finding& finding : set.findings)
        if (tenant->is_asked(finding, term) && tenant->counts(set, finding) &&
            !(asked.scopes && where(tenant->decisions[finding.decision], open).holds(asked.cell)))
            truth = device::either(truth, truth_of(finding.verdict));
    return truth;
}
} // namespace oakum::fleet
