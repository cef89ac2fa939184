// SPDX-License-Identifier: Apache-2.0
#include "plan.hpp"
#include "glance.hpp"

#include <algorithm>
#include <utility>

namespace oakum::fleet {
namespace {

using device::Compare;
using device::Field;
using device::Truth;

// True when each value names one text exactly, so that an index can find it.
bool is_exact(const device::Term& term) {
    return !term.presence && term.compare == Compare::equal && !term.values.empty() &&
           std::all_of(term.values.begin(), term.values.end(), [](const device::Literal& literal) {
               const bool range = literal.range && (literal.range->bits != (literal.range->v6 ? 128 : 32));
               return !literal.prefix && !range;
           });
}

} // namespace

Plan::Plan(const LiveFleet::Tenant& tenant, const Software& software, std::shared_ptr<const GroupList> groups,
           const Selection& selection)
    : tenant_(tenant), software_(software), groups_(std::move(groups)) {
    query_ = compile(selection.query, false, 0);
    records_ = selection.records;
    if (std::any_of(selection.query.terms.begin(), selection.query.terms.end(),
                    [](const device::Term& term) { return term.field == Field::lifecycle; }))
        records_ = Records::all;
    scope_ = scope_of(selection.scope);
}

std::uint32_t Plan::scope_of(const std::vector<GroupId>& scope) {
    if (scope.empty()) return add(OpKind::everything);
    std::uint32_t any = add(OpKind::nothing);
    for (const GroupId& id : scope) {
        const auto at =
            std::find_if(groups_->begin(), groups_->end(), [&](const GroupInfo& g) { return g.id == id; });
        if (at == groups_->end()) continue; // a group that is gone opens nothing
        const std::uint32_t members = group(*at, 0);
        any = add(OpKind::disjunction, any, members);
    }
    return any;
}

std::uint32_t Plan::add(OpKind kind, std::uint32_t left, std::uint32_t right) {
    ops_.push_back({kind, left, right, {}});
    return static_cast<std::uint32_t>(ops_.size() - 1);
}

std::uint32_t Plan::leaf(Leaf leaf) {
    leaves_.push_back(std::move(leaf));
    return add(OpKind::leaf, static_cast<std::uint32_t>(leaves_.size() - 1));
}

std::uint32_t Plan::compile(const device::Query& query, bool own_only, int depth) {
    std::vector<std::uint32_t> ops(query.nodes.size());
    for (std::size_t i = 0; i < query.nodes.size(); ++i) {
        const device::Node& node = query.nodes[i];
        switch (node.kind) {
        case device::Node::Kind::everything:
            ops[i] = add(OpKind::everything);
            break;
        case device::Node::Kind::term:
            ops[i] = term(query.terms[node.left], own_only, depth);
            break;
        case device::Node::Kind::negation:
            ops[i] = add(OpKind::negation, ops[node.left]);
            break;
        case device::Node::Kind::conjunction:
            ops[i] = add(OpKind::conjunction, ops[node.left], ops[node.right]);
            break;
        case device::Node::Kind::disjunction:
            ops[i] = add(OpKind::disjunction, ops[node.left], ops[node.right]);
            break;
        }
    }
    return ops[query.root];
}

std::uint32_t Plan::term(const device::Term& term, bool own_only, int depth) {
    Leaf made;
    made.term = term;
    const auto flag = [&](std::uint32_t op) {
        return device::wants_yes(term) ? op : add(OpKind::negation, op);
    };
    switch (term.field) {
    case Field::group:
        return groups_named(term, depth);
    case Field::component:
        return of_sets(term);
    case Field::finding:
        return !term.presence && term.compare == Compare::not_equal ? add(OpKind::negation, of_sets(term))
                                                                    : of_sets(term);
    case Field::kev:
        return flag(of_sets(term));
    case Field::overdue:
        return flag(overdue(own_only, depth));
    case Field::cannot_tell:
        return flag(cannot_tell());
    case Field::id:
        made.kind = LeafKind::slots;
        for (const device::Literal& literal : term.values)
            if (const auto id = DeviceId::parse(literal.text); id.ok())
                if (const auto slot = tenant_.find(*id)) made.slots.push_back(*slot);
        return term.compare == Compare::not_equal ? add(OpKind::negation, leaf(std::move(made)))
                                                  : leaf(std::move(made));
    case Field::lifecycle:
    case Field::first_seen:
    case Field::last_seen:
    case Field::running_version:
    case Field::hold:
    case Field::revoked:
    case Field::clone:
    case Field::enrolled:
    case Field::rollout:
    case Field::deployment:
        made.kind = LeafKind::field;
        return leaf(std::move(made));
    case Field::fact:
        break;
    }
    made.key = tenant_.find_key(term.name);
    const bool by_index = term.name == device::key::serial && is_exact(term);
    if (by_index) {
        made.kind = LeafKind::slots;
        for (const device::Literal& literal : term.values)
            tenant_.by_unique.find(hash_of(term.name, literal.text), [&](std::uint32_t slot) {
                made.slots.push_back(slot);
                return false; // all of them: they may differ in case
            });
    }
    const std::uint32_t own = leaf(std::move(made));
    if (own_only) return own;
    Op inherit{OpKind::inherit, own, 0, {}};
    for (const GroupInfo& info : *groups_)
        for (const device::Fact& given : info.defaults)
            if (given.key == term.name)
                inherit.heirs.push_back({group(info, 0), device::compare_value(term, given.value)});
    if (inherit.heirs.empty()) return own;
    ops_.push_back(std::move(inherit));
    return static_cast<std::uint32_t>(ops_.size() - 1);
}

// Without those that stand in one of the scopes of decisions.
std::uint32_t Plan::outside(std::uint32_t op, const DecisionScopes& scopes, std::uint64_t bits) {
    if (bits == 0) return op;
    std::uint32_t inside = add(OpKind::nothing);
    for (std::size_t i = 0; i < scopes->size(); ++i) {
        if ((bits >> i & 1) == 0) continue;
        const auto [known, fresh] = scope_ops_.try_emplace({scopes, i}, 0);
        if (fresh) {
            const bool before = std::exchange(as_found_, true);
            const std::uint32_t members = scope_of((*scopes)[i].scope);
            const std::uint32_t query = compile((*scopes)[i].query, false, 0);
            known->second = add(OpKind::surely, add(OpKind::conjunction, members, query));
            as_found_ = before;
        }
        inside = add(OpKind::disjunction, inside, known->second);
    }
    return add(OpKind::conjunction, op, add(OpKind::negation, inside));
}

std::uint32_t Plan::of_sets(const device::Term& term) {
    Software::Truths truths = software_.truths(tenant_.id, term, as_found_);
    std::optional<std::uint32_t> any;
    for (Software::Truths::Part& part : truths.parts) {
        Leaf made;
        made.kind = LeafKind::sets;
        made.term = term;
        made.by_set = std::move(part.by_set);
        if (term.field != Field::component) made.unassessed = software_.unassessed_sets(tenant_.id);
        const std::uint32_t says = outside(leaf(std::move(made)), truths.scopes, part.not_in);
        any = any ? add(OpKind::disjunction, *any, says) : says;
    }
    return *any;
}

// Nothing is there to be looked at, or nothing is known against it while something is unclear. Always known,
// as exists() is.
std::uint32_t Plan::cannot_tell() {
    device::Term found;
    found.field = Field::finding;
    found.presence = true;
    const std::uint32_t unclear = add(OpKind::unclear, of_sets(found));
    Leaf made;
    made.kind = LeafKind::empty;
    made.empty = software_.empty_sets(tenant_.id);
    const std::uint32_t empty = leaf(std::move(made));
    Leaf other;
    other.kind = LeafKind::field;
    other.term = word_term({}, device::to_string(device::Lifecycle::unmanaged));
    other.term.field = Field::lifecycle;
    const std::uint32_t managed = add(OpKind::negation, leaf(std::move(other)));
    return add(OpKind::conjunction, managed, add(OpKind::disjunction, empty, unclear));
}

// How long a finding may stay open depends on the class of the device, which its facts decide.
std::uint32_t Plan::overdue(bool own_only, int depth) {
    Software::OverdueSets sets = software_.overdue(tenant_.id, tenant_.clock.now(), as_found_);
    const DeadlineBook& book = *sets.book;
    // Of each fact: who has each of its words, and last who has none.
    std::vector<std::vector<std::uint32_t>> having;
    for (const DeadlineBook::Fact& fact : book.facts) {
        std::vector<std::uint32_t>& ops = having.emplace_back();
        std::uint32_t any = add(OpKind::nothing);
        for (const std::string& word : fact.words) {
            ops.push_back(add(OpKind::surely, term(word_term(fact.key, word), own_only, depth)));
            any = add(OpKind::disjunction, any, ops.back());
        }
        ops.push_back(add(OpKind::negation, any));
    }
    std::vector<std::uint32_t> members(book.count, add(OpKind::nothing));
    for (std::size_t place = 0; place < book.classes.size(); ++place) {
        std::uint32_t all = add(OpKind::everything);
        std::size_t rest = place;
        for (std::size_t i = having.size(); i > 0; --i) {
            all = add(OpKind::conjunction, all, having[i - 1][rest % having[i - 1].size()]);
            rest /= having[i - 1].size();
        }
        std::uint32_t& of_class = members[book.classes[place]];
        of_class = add(OpKind::disjunction, of_class, all);
    }
    std::uint32_t either = add(OpKind::nothing);
    for (Software::OverdueSets::Part& part : sets.parts)
        for (std::size_t of_class = 0; of_class < book.count; ++of_class) {
            Leaf made;
            made.kind = LeafKind::overdue;
            made.overdue = std::move(part.of[of_class]);
            const std::uint32_t late = outside(leaf(std::move(made)), sets.scopes, part.not_in);
            either = add(OpKind::disjunction, either, add(OpKind::conjunction, members[of_class], late));
        }
    return either;
}

std::uint32_t Plan::group(const GroupInfo& info, int depth) {
    const std::string memo = info.id_text + "/" + std::to_string(depth) + (as_found_ ? "f" : "");
    if (const auto at = group_ops_.find(memo); at != group_ops_.end()) return at->second;
    Leaf fixed;
    fixed.kind = LeafKind::group;
    fixed.group_value = tenant_.values.find(info.id_text);
    std::uint32_t op = leaf(std::move(fixed));
    if (info.by_query)
        op = add(OpKind::disjunction, op,
                 depth < kGroupDepth ? compile(info.query, true, depth + 1) : add(OpKind::untold));
    group_ops_[memo] = op;
    return op;
}

std::uint32_t Plan::groups_named(const device::Term& term, int depth) {
    std::uint32_t op = add(OpKind::nothing);
    for (const GroupInfo& info : *groups_) {
        const bool named =
            term.presence || std::any_of(term.values.begin(), term.values.end(), [&](const auto& literal) {
                return device::matches_text(literal, info.name) ||
                       device::matches_text(literal, info.id_text);
            });
        if (named) op = add(OpKind::disjunction, op, group(info, depth));
    }
    return !term.presence && term.compare == Compare::not_equal ? add(OpKind::negation, op) : op;
}

// Who stands in the scope of a decision, or in a class of deadlines, is asked for by many ops: each of them
// would work it out anew, and all that lies beneath it.
void Plan::find_shared() {
    if (shared_.size() == ops_.size()) return;
    std::vector<bool> used(ops_.size(), false);
    shared_.assign(ops_.size(), false);
    const auto use = [&](std::uint32_t op) {
        const OpKind kind = ops_[op].kind;
        const bool read = kind == OpKind::leaf || kind == OpKind::everything || kind == OpKind::nothing ||
                          kind == OpKind::untold;
        if (!read && used[op]) shared_[op] = true;
        used[op] = true;
    };
    for (const Op& op : ops_)
        switch (op.kind) {
        case OpKind::conjunction:
        case OpKind::disjunction:
            use(op.right);
            [[fallthrough]];
        case OpKind::negation:
        case OpKind::surely:
        case OpKind::unclear:
            use(op.left);
            break;
        case OpKind::inherit:
            for (const Heir& heir : op.heirs)
                use(heir.member);
            break;
        case OpKind::everything:
        case OpKind::nothing:
        case OpKind::untold:
        case OpKind::leaf:
            break;
        }
}

Slots Plan::run(std::uint32_t number) {
    if (!shared_[number]) return work_out(number);
    std::optional<Slots>& kept = kept_[number];
    if (!kept) kept = work_out(number);
    return *kept;
}

Slots Plan::work_out(std::uint32_t number) {
    const Op& op = ops_[number];
    switch (op.kind) {
    case OpKind::everything:
        return {used_, {}};
    case OpKind::nothing:
        return {};
    case OpKind::untold:
        return {{}, used_};
    case OpKind::leaf:
        return reads_[op.left].slots;
    case OpKind::negation: {
        Slots inner = run(op.left);
        Slots slots;
        slots.yes = used_ - inner.yes;
        slots.yes -= inner.unknown;
        slots.unknown = std::move(inner.unknown);
        return slots;
    }
    case OpKind::surely:
        return {run(op.left).yes, {}};
    case OpKind::unclear:
        return {run(op.left).unknown, {}};
    case OpKind::conjunction: {
        Slots left = run(op.left);
        if (left.yes.isEmpty() && left.unknown.isEmpty()) return left;
        const Slots right = run(op.right);
        // Unknown where both may be true and not both are.
        Roaring may = (left.yes | left.unknown) & (right.yes | right.unknown);
        left.yes &= right.yes;
        may -= left.yes;
        return {std::move(left.yes), std::move(may)};
    }
    case OpKind::disjunction: {
        Slots left = run(op.left);
        const Slots right = run(op.right);
        left.yes |= right.yes;
        left.unknown |= right.unknown;
        left.unknown -= left.yes;
        return left;
    }
    case OpKind::inherit: {
        const Read& own = reads_[ops_[op.left].left];
        Slots slots = own.slots;
        Roaring open = (used_ - own.present) | own.assumed;
        for (const Heir& heir : op.heirs) {
            const Roaring heirs = run(heir.member).yes & open;
            slots.yes -= heirs;
            slots.unknown -= heirs;
            if (heir.truth == Truth::yes) slots.yes |= heirs;
            if (heir.truth == Truth::unknown) slots.unknown |= heirs;
            open -= heirs;
        }
        return slots;
    }
    }
    return {};
}

} // namespace oakum::fleet
