// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <assessment/in_force.hpp>
#include <exception/wish.hpp>
#include <risk/cvss.hpp>
#include <set>

namespace oakum::assessment {
namespace {

int strength(exception::Kind kind) {
    switch (kind) {
    case exception::Kind::not_affected:
        return 3;
    case exception::Kind::accept:
        return 2;
    case exception::Kind::suppress:
        return 1;
    case exception::Kind::mitigate:
        break;
    }
    return 0;
}

// Of equally strong ones the one that ends last.
bool outranks(const InForce::One& one, const InForce::One& other) {
    const int by = strength(one.wish().kind) - strength(other.wish().kind);
    if (by != 0) return by > 0;
    const auto end = [](const InForce::One& each) {
        return each.wish().expires.value_or(base::TimePoint::max());
    };
    return end(one) > end(other);
}

} // namespace

InForce::InForce(device::TenantId tenant, const Knowledge& knowledge,
                 std::vector<shard::Held<ports::ExceptionRow>> rows)
    : rows_(std::move(rows)) {
    std::vector<exception::Scope> scopes;
    for (const auto& row : rows_) {
        if (row->state != exception::State::approved) continue;
        const exception::Wish& wish = row->wish;
        auto matcher = exception::Matcher::make(wish.subject);
        if (!matcher.ok()) continue;
        One one{row, *std::move(matcher), 0};
        if (!wish.scope.group.is_zero() || !wish.scope.query.empty()) {
            auto known = std::find(scopes.begin(), scopes.end(), wish.scope);
            if (known == scopes.end()) {
                auto query = device::parse_query(wish.scope.query);
                if (!query.ok() || scopes.size() == fleet::kMostCells) continue;
                fleet::Scope groups;
                if (!wish.scope.group.is_zero()) groups.push_back(wish.scope.group);
                cells_.push_back({tenant, std::move(groups), *std::move(query)});
                known = scopes.insert(known, wish.scope);
            }
            one.cell = std::uint64_t{1} << (known - scopes.begin());
        }
        const auto place = static_cast<std::uint32_t>(all_.size());
        if (wish.subject.advisory.empty()) {
            classes_.push_back(place);
        } else {
            // Two ids may mean one advisory.
            std::set<std::uint32_t> advisories;
            for (const std::string& id : exception::advisories_of(wish.subject))
                for (const std::uint32_t advisory : knowledge.file.find(id))
                    advisories.insert(advisory);
            for (const std::uint32_t advisory : advisories)
                by_advisory_[advisory].push_back(place);
        }
        all_.push_back(std::move(one));
    }
}

void InForce::each(const AssessedSet& set, const advisory::SetVerdict& found,
                   const std::function<void(const One&)>& visit) const {
    if (!all_.empty()) each(*set.knowledge, found.verdict.advisory, set.components()[found.component], visit);
}

void InForce::each(const Knowledge& knowledge, std::uint32_t advisory, const component::Component& component,
                   const std::function<void(const One&)>& visit) const {
    if (const auto those = by_advisory_.find(advisory); those != by_advisory_.end())
        for (const std::uint32_t place : those->second)
            if (all_[place].matcher.is_about(component)) visit(all_[place]);
    if (classes_.empty()) return;
    const advisory::AdvisoryView view = knowledge.file.brief(advisory);
    for (const std::uint32_t place : classes_) {
        const One& one = all_[place];
        const std::uint32_t below = one.wish().subject.below_tenths;
        const bool scored = view.severity != advisory::Severity::not_scored;
        if (below != 0 && (view.exploited || !scored || view.base_score * 10 >= below - 0.01)) continue;
        if (one.matcher.is_about(component)) visit(one);
    }
}

const InForce::One* InForce::about(const AssessedSet& set, const advisory::SetVerdict& found,
                                   std::uint64_t cell) const {
    const One* best = nullptr;
    each(set, found, [&](const One& one) {
        if (one.is_on(cell) && (best == nullptr || outranks(one, *best))) best = &one;
    });
    return best;
}

InForce::Touch InForce::touch(const AssessedSet& set) const {
    Touch touch;
    if (all_.empty()) return touch;
    for (const advisory::SetVerdict& found : set.assessment.verdicts)
        each(set, found, [&](const One& one) {
            touch.any = true;
            touch.cells |= one.cell;
        });
    return touch;
}

std::vector<shard::Held<ports::ExceptionRow>> as_if_approved(std::vector<ports::ExceptionRow> rows) {
    std::vector<shard::Held<ports::ExceptionRow>> held;
    for (ports::ExceptionRow& row : rows) {
        row.state = exception::State::approved;
        held.push_back(std::make_shared<const ports::ExceptionRow>(std::move(row)));
    }
    return held;
}

advisory::SetAssessment open_part(const AssessedSet& set, const InForce& in_force, std::uint64_t cell) {
    advisory::SetAssessment open = set.assessment;
    std::erase_if(open.verdicts, [&](const advisory::SetVerdict& found) {
        const InForce::One* one = in_force.about(set, found, cell);
        return one != nullptr && !is_open_under(one->wish().kind);
    });
    return open;
}

std::uint64_t cell_of(const fleet::LiveFleet& fleet, fleet::DeviceKey device, const AssessedFleet& assessed) {
    std::uint64_t cell = 0;
    const auto cells = cells_of(assessed);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!fleet.in_scope(device, cells[i].scope)) continue;
        fleet.glance(device, [&](const fleet::Glance& seen) {
            if (device::evaluate(cells[i].query, seen) == device::Truth::yes) cell |= std::uint64_t{1} << i;
        });
    }
    return cell;
}

CellsByDevice cells_by_device(const fleet::LiveFleet& fleet, const AssessedFleet& assessed) {
    CellsByDevice found;
    const auto cells = cells_of(assessed);
    for (std::size_t i = 0; i < cells.size(); ++i)
        fleet.each(cells[i], [&](const fleet::Glance& seen) { found[seen.id()] |= std::uint64_t{1} << i; });
    return found;
}

double left_by(const exception::Wish& mitigation, const advisory::AdvisoryView& advisory) {
    if (advisory.cvss.empty()) return 1;
    const auto changed =
        risk::Cvss::parse(std::string(advisory.cvss.front().vector) + "/" + mitigation.metric);
    if (!changed.ok() || !changed->overall_score || changed->base_score <= 0) return 1;
    return std::clamp(*changed->overall_score / changed->base_score, 0.0, 1.0);
}

} // namespace oakum::assessment
