// SPDX-License-Identifier: Apache-2.0
#include "plan.hpp"

#include <algorithm>

namespace oakum::fleet {
namespace {

using device::Compare;
using device::Field;
using device::Truth;

constexpr int kGroupDepth = 4;

bool wants_yes(const device::Term& term) {
    const char first = term.values.empty() ? 'y' : term.values.front().text.front();
    const bool yes = first == 'y' || first == 'Y' || first == 't' || first == 'T' || first == '1';
    return yes == (term.compare == Compare::equal);
}

// True when each value names one text exactly, so that an index can find it.
bool is_exact(const device::Term& term) {
    return !term.presence && term.compare == Compare::equal && !term.values.empty() &&
           std::all_of(term.values.begin(), term.values.end(), [](const device::Literal& literal) {
               const bool range = literal.range && (literal.range->bits != (literal.range->v6 ? 128 : 32));
               return !literal.prefix && !range;
           });
}

Truth compare_seconds(const device::Term& term, std::uint32_t seconds) {
    if (seconds == 0) return Truth::unknown;
    const auto one = [&](const device::Literal& literal) {
        if (!literal.time) return Truth::unknown;
        const std::int64_t wanted = base::unix_seconds(*literal.time), have = seconds;
        bool holds = false;
        switch (term.compare) {
        case Compare::equal:
        case Compare::not_equal:
            holds = have == wanted;
            break;
        case Compare::less:
            holds = have < wanted;
            break;
        case Compare::less_equal:
            holds = have <= wanted;
            break;
        case Compare::greater:
            holds = have > wanted;
            break;
        case Compare::greater_equal:
            holds = have >= wanted;
            break;
        }
        return holds ? Truth::yes : Truth::no;
    };
    Truth truth = Truth::no;
    for (const device::Literal& literal : term.values)
        truth = device::either(truth, one(literal));
    return term.compare == Compare::not_equal ? device::opposite(truth) : truth;
}

void file(Slots& slots, std::uint16_t local, Truth truth) {
    if (truth == Truth::yes)
        slots.yes.add(local);
    else if (truth == Truth::unknown)
        slots.unknown.add(local);
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
    if (selection.scope.empty()) {
        scope_ = add(OpKind::everything);
        return;
    }
    scope_ = add(OpKind::nothing);
    for (const GroupId& id : selection.scope) {
        const auto at =
            std::find_if(groups_->begin(), groups_->end(), [&](const GroupInfo& g) { return g.id == id; });
        if (at == groups_->end()) continue; // a group that is gone opens nothing
        const std::uint32_t members = group(*at, 0);
        scope_ = add(OpKind::disjunction, scope_, members);
    }
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
    switch (term.field) {
    case Field::group:
        return groups_named(term, depth);
    case Field::component:
    case Field::finding:
        made.kind = LeafKind::sets;
        made.by_set = software_.truths(tenant_.id, term);
        return leaf(std::move(made));
    case Field::kev: {
        made.kind = LeafKind::sets;
        made.by_set = software_.truths(tenant_.id, term);
        const std::uint32_t exploited = leaf(std::move(made));
        return term.presence || wants_yes(term) ? exploited : add(OpKind::negation, exploited);
    }
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

std::uint32_t Plan::group(const GroupInfo& info, int depth) {
    const std::string memo = info.id_text + "/" + std::to_string(depth);
    if (const auto at = group_ops_.find(memo); at != group_ops_.end()) return at->second;
    Leaf fixed;
    fixed.kind = LeafKind::group;
    fixed.group_value = tenant_.values.find(info.id_text);
    std::uint32_t op = leaf(std::move(fixed));
    if (info.by_query && depth < kGroupDepth)
        op = add(OpKind::disjunction, op, compile(info.query, true, depth + 1));
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

Truth Plan::truth_of(Leaf& leaf, std::uint32_t value) {
    std::uint8_t& said = leaf.memo.at(value);
    if (said == 0)
        said = static_cast<std::uint8_t>(
            1 + static_cast<int>(device::compare_value(leaf.term, tenant_.values.at(value))));
    return static_cast<Truth>(said - 1);
}

void Plan::by_value(Leaf& leaf, const Inverted& index, Slots& into) {
    for (const auto& [value, slots] : index.by_value) {
        const Truth truth = truth_of(leaf, value);
        if (truth == Truth::yes)
            into.yes |= slots;
        else if (truth == Truth::unknown)
            into.unknown |= slots;
    }
}

void Plan::read_sets(const Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    const bool inverted =
        leaf.term.field == Field::finding && !leaf.term.presence && leaf.term.compare == Compare::not_equal;
    const auto truth_of = [&](std::uint32_t set) {
        return set < leaf.by_set.size() ? leaf.by_set[set] : Truth::unknown;
    };
    if (inverted || !block.base_sets.on || !block.delta_sets.on) {
        for (const std::uint32_t local : block.used) {
            const Slot& slot = *block.look(static_cast<std::uint16_t>(local));
            Truth truth = Truth::unknown;
            if (slot.base_set != 0 && slot.delta_set != 0)
                truth = inverted ? device::both(truth_of(slot.base_set), truth_of(slot.delta_set))
                                 : device::either(truth_of(slot.base_set), truth_of(slot.delta_set));
            else if (slot.base_set != 0 || slot.delta_set != 0)
                truth = truth_of(std::max(slot.base_set, slot.delta_set));
            file(into.slots, static_cast<std::uint16_t>(local), truth);
        }
        return;
    }
    Roaring reported;
    for (const Inverted* layer : {&block.base_sets, &block.delta_sets})
        for (const auto& [set, slots] : layer->by_value) {
            reported |= slots;
            const Truth truth = truth_of(set);
            if (truth == Truth::yes)
                into.slots.yes |= slots;
            else if (truth == Truth::unknown)
                into.slots.unknown |= slots;
        }
    into.slots.unknown |= block.used - reported;
    into.slots.unknown -= into.slots.yes;
}

void Plan::read_field(const Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    const device::Term& term = leaf.term;
    // A condition on one of a few words: the words that it holds for.
    const auto holds = [&](std::string_view word) { return device::compare_value(term, word) == Truth::yes; };
    const Roaring& used = block.used;
    const auto flag = [&](const Roaring& set) REQUIRES_SHARED(block.mutex) {
        if (term.presence || holds("yes")) into.slots.yes |= set;
        if (term.presence || holds("no")) into.slots.yes |= used - set;
    };
    switch (term.field) {
    case Field::lifecycle:
        for (std::size_t i = 0; i < block.lifecycles.size(); ++i)
            if (term.presence || holds(device::to_string(static_cast<device::Lifecycle>(i))))
                into.slots.yes |= block.lifecycles[i];
        return;
    case Field::hold:
        return flag(block.held);
    case Field::revoked:
        return flag(block.revoked);
    case Field::clone:
        return flag(block.clones);
    case Field::deployment: {
        Roaring none = block.used;
        for (std::size_t i = 0; i < block.deploying.size(); ++i) {
            none -= block.deploying[i];
            if (term.presence || holds(install::to_string(static_cast<install::State>(i))))
                into.slots.yes |= block.deploying[i];
        }
        if (!term.presence && holds("none")) into.slots.yes |= none;
        return;
    }
    case Field::first_seen:
    case Field::last_seen:
        for (const std::uint32_t local : block.used) {
            const Slot& slot = *block.look(static_cast<std::uint16_t>(local));
            const std::uint32_t seconds =
                term.field == Field::first_seen
                    ? slot.first_seen
                    : std::max(slot.last_seen, slot.heard.load(std::memory_order_relaxed));
            if (term.presence)
                file(into.slots, static_cast<std::uint16_t>(local), seconds == 0 ? Truth::no : Truth::yes);
            else
                file(into.slots, static_cast<std::uint16_t>(local), compare_seconds(term, seconds));
        }
        return;
    default:
        return;
    }
}

void Plan::read(Leaf& leaf, const LiveFleet::Block& block, Read& into) {
    switch (leaf.kind) {
    case LeafKind::group:
        if (leaf.group_value == 0) return;
        if (const auto at = block.groups.by_value.find(leaf.group_value); at != block.groups.by_value.end())
            into.slots.yes = at->second;
        else if (!block.groups.on)
            for (const std::uint32_t local : block.used)
                if (block.look(static_cast<std::uint16_t>(local))->group == leaf.group_value)
                    into.slots.yes.add(local);
        return;
    case LeafKind::sets:
        return read_sets(leaf, block, into);
    case LeafKind::field:
        if (leaf.term.field != Field::running_version) return read_field(leaf, block, into);
        for (const std::uint32_t local : block.used) {
            const std::uint32_t value = block.look(static_cast<std::uint16_t>(local))->running_version;
            if (value != 0) into.present.add(local);
            if (value != 0 && !block.versions.on)
                into.cells.emplace_back(static_cast<std::uint16_t>(local), value);
        }
        if (block.versions.on && !leaf.term.presence) by_value(leaf, block.versions, into.slots);
        break;
    case LeafKind::fact:
    case LeafKind::slots: {
        const Column* column = leaf.key ? block.column(*leaf.key) : nullptr;
        if (leaf.kind == LeafKind::slots) {
            for (const std::uint32_t number : leaf.slots) {
                if (tenant_.blocks[number / kBlockSlots].load() != &block) continue;
                const auto local = static_cast<std::uint16_t>(number % kBlockSlots);
                if (leaf.term.field == Field::id)
                    into.slots.yes.add(local);
                else if (const std::uint32_t value = column == nullptr ? 0 : column->value(local); value != 0)
                    file(into.slots, local, truth_of(leaf, value));
            }
            if (leaf.term.field == Field::id) return;
        }
        if (column == nullptr) break;
        into.present = column->present;
        into.assumed = column->assumed;
        if (leaf.kind == LeafKind::slots || leaf.term.presence) break;
        if (column->index.on) {
            by_value(leaf, column->index, into.slots);
        } else {
            into.cells.reserve(column->present.cardinality());
            for (const std::uint32_t local : column->present)
                into.cells.emplace_back(static_cast<std::uint16_t>(local),
                                        column->value(static_cast<std::uint16_t>(local)));
        }
        break;
    }
    }
    if (leaf.term.presence)
        into.slots.yes = into.present;
    else
        into.slots.unknown |= block.used - into.present;
}

Plan::Answer Plan::evaluate(const LiveFleet::Block& block) {
    reads_.assign(leaves_.size(), Read{});
    {
        base::SharedLock lock(block.mutex);
        used_ = block.used;
        left_out_ = Roaring();
        if (records_ != Records::all)
            left_out_ |= block.lifecycles[static_cast<std::size_t>(device::Lifecycle::retired)];
        if (records_ == Records::managed || managed_only_)
            left_out_ |= block.lifecycles[static_cast<std::size_t>(device::Lifecycle::unmanaged)];
        for (std::size_t i = 0; i < leaves_.size(); ++i)
            read(leaves_[i], block, reads_[i]);
    }
    for (std::size_t i = 0; i < leaves_.size(); ++i)
        for (const auto& [local, value] : reads_[i].cells)
            file(reads_[i].slots, local, truth_of(leaves_[i], value));
    Answer answer;
    answer.universe = run(scope_).yes & used_;
    answer.universe -= left_out_;
    answer.slots = run(query_);
    answer.slots.yes &= answer.universe;
    answer.slots.unknown &= answer.universe;
    return answer;
}

Slots Plan::run(std::uint32_t number) const {
    const Op& op = ops_[number];
    switch (op.kind) {
    case OpKind::everything:
        return {used_, {}};
    case OpKind::nothing:
        return {};
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

std::vector<std::vector<Plan::Given>> Plan::given(const LiveFleet::Block& block,
                                                  std::span<const std::string_view> keys) {
    // Compiled after the query's own leaves: those are read already, these are read now.
    struct Wanted {
        std::size_t key;
        std::string_view value;
        std::uint32_t op;
    };
    std::vector<Wanted> wanted;
    for (std::size_t k = 0; k < keys.size(); ++k)
        for (const GroupInfo& info : *groups_)
            for (const device::Fact& fact : info.defaults)
                if (fact.key == keys[k]) wanted.push_back({k, fact.value, group(info, 0)});
    const std::size_t known = reads_.size();
    reads_.resize(leaves_.size());
    if (known < leaves_.size()) {
        base::SharedLock lock(block.mutex);
        for (std::size_t i = known; i < leaves_.size(); ++i)
            read(leaves_[i], block, reads_[i]);
    }
    for (std::size_t i = known; i < leaves_.size(); ++i)
        for (const auto& [local, value] : reads_[i].cells)
            file(reads_[i].slots, local, truth_of(leaves_[i], value));
    std::vector<std::vector<Given>> result(keys.size());
    for (const Wanted& entry : wanted)
        result[entry.key].push_back({entry.value, run(entry.op).yes});
    return result;
}

} // namespace oakum::fleet
