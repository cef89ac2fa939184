// SPDX-License-Identifier: Apache-2.0
// What software sets say to queries.
#include "software_sets.hpp"

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

} // namespace

Software::Overdue Software::Tenant::overdue(const Set& set, base::TimePoint now, std::size_t of_class) const {
    Overdue overdue;
    for (const Finding& finding : set.findings) {
        const auto& deadline = due[finding.advisory * book->count + of_class];
        if (!deadline || !counts(set, finding)) continue;
        const auto limit = now - std::chrono::days(deadline->days);
        if (deadline->from >= limit) continue;
        const device::Truth open = truth_of(finding.verdict);
        if (open == device::Truth::yes) overdue.surely = std::max(overdue.surely, limit);
        if (open == device::Truth::unknown) overdue.perhaps = std::max(overdue.perhaps, limit);
    }
    return overdue;
}

Clarity Software::Tenant::clarity(const Set& set) const {
    Clarity clarity =
        (set.of == 0 ? set : sets[set.of]).components.empty() ? Clarity::nothing : Clarity::clean;
    for (const Finding& finding : set.findings) {
        if (!counts(set, finding)) continue;
        const device::Truth open = truth_of(finding.verdict);
        if (open == device::Truth::yes) return Clarity::exposed;
        if (open == device::Truth::unknown) clarity = Clarity::unclear;
    }
    return clarity;
}

device::Truth Software::Tenant::truth(const Set& set, const device::Term& term) const {
    device::Truth truth = device::Truth::no;
    if (term.field == device::Field::component) {
        const Set& of = set.of == 0 ? set : sets[set.of];
        if (!of.known) return device::Truth::unknown;
        for (const std::uint32_t number : of.components) {
            const auto& component = components[number];
            if (component && device::names_component(term, *component))
                truth = device::either(truth, device::compare_component(term, *component));
        }
        return truth;
    }
    for (const Finding& finding : set.findings) {
        bool asked =
            term.field == device::Field::kev ? static_cast<bool>(kev[finding.advisory]) : term.presence;
        if (term.field == device::Field::finding && !term.presence)
            asked = std::any_of(term.values.begin(), term.values.end(), [&](const device::Literal& literal) {
                return device::matches_text(literal, advisories.keys[finding.advisory]);
            });
        if (asked && counts(set, finding)) truth = device::either(truth, truth_of(finding.verdict));
    }
    // `!=` is turned around here, once for the set.
    if (term.field == device::Field::finding && !term.presence && term.compare == device::Compare::not_equal)
        truth = device::opposite(truth);
    return truth;
}

void Software::publish_kev(TenantId id, std::vector<std::string> advisories) {
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    target.exploited = {advisories.begin(), advisories.end()};
    ++epoch_;
    for (std::size_t i = 1; i < target.kev.size(); ++i)
        target.kev[i] = target.exploited.contains(target.advisories.keys[i]);
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

Software::OverdueSets Software::overdue(TenantId id, base::TimePoint now) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {no_deadlines(), {{}}};
    OverdueSets all{tenant->book, {}};
    for (std::size_t of_class = 0; of_class < tenant->book->count; ++of_class) {
        std::vector<Overdue>& sets = all.of.emplace_back(tenant->sets.size());
        for (std::size_t i = 1; i < tenant->sets.size(); ++i)
            sets[i] = tenant->overdue(tenant->sets[i], now, of_class);
    }
    return all;
}

std::optional<Software::Overdue> Software::overdue(TenantId id, SetNumber number, base::TimePoint now,
                                                   const DeadlineBook& book, std::size_t of_class) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return Overdue();
    if (tenant->book.get() != &book) return std::nullopt;
    if (number == kNoSet || number >= tenant->sets.size()) return Overdue();
    return tenant->overdue(tenant->sets[number], now, of_class);
}

std::vector<Clarity> Software::clarity(TenantId id) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {};
    std::vector<Clarity> all(tenant->sets.size(), Clarity::nothing);
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        all[i] = tenant->clarity(tenant->sets[i]);
    return all;
}

Clarity Software::clarity(TenantId id, SetNumber number) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr || number == kNoSet || number >= tenant->sets.size()) return Clarity::nothing;
    return tenant->clarity(tenant->sets[number]);
}

std::vector<device::Truth> Software::truths(TenantId id, const device::Term& term) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {device::Truth::unknown};
    std::vector<device::Truth> truths(tenant->sets.size(), device::Truth::unknown);
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        truths[i] = tenant->truth(tenant->sets[i], term);
    return truths;
}

device::Truth Software::truth(TenantId id, SetNumber number, const device::Term& term) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr || number == kNoSet || number >= tenant->sets.size()) return device::Truth::unknown;
    return tenant->truth(tenant->sets[number], term);
}
} // namespace oakum::fleet
