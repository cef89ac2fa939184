// SPDX-License-Identifier: Apache-2.0
#include <device/query.hpp>

namespace oakum::device {
namespace {

Truth member(const Term& term, const DeviceView& device) {
    if (term.presence) {
        Literal any;
        any.prefix = true;
        return device.in_group(any);
    }
    Truth truth = Truth::no;
    for (const Literal& literal : term.values)
        truth = either(truth, device.in_group(literal));
    return term.compare == Compare::equal ? truth : opposite(truth);
}

Truth flag(const Term& term, Truth truth) {
    return wants_yes(term) ? truth : opposite(truth);
}

Truth as_truth(const std::optional<std::string>& value) {
    return !value ? Truth::unknown : *value == "yes" ? Truth::yes : Truth::no;
}

Truth ask(const Term& term, const DeviceView& device) {
    switch (term.field) {
    case Field::fact: {
        const auto value = device.fact(term.name);
        if (term.presence) return value && !value->empty() ? Truth::yes : Truth::no;
        return value ? compare_value(term, *value) : Truth::unknown;
    }
    case Field::group:
        return member(term, device);
    case Field::component:
        return device.component(term);
    case Field::kev:
        return flag(term, device.finding(term));
    case Field::overdue:
    case Field::cannot_tell:
        return flag(term, as_truth(device.field(term.field)));
    case Field::finding:
        return device.finding(term);
    case Field::id:
    case Field::lifecycle:
    case Field::first_seen:
    case Field::last_seen:
    case Field::running_version:
    case Field::hold:
    case Field::revoked:
    case Field::clone:
    case Field::enrolled:
    case Field::rollout:
    case Field::deployment: {
        const auto value = device.field(term.field);
        const bool none =
            (term.field == Field::deployment || term.field == Field::rollout) && value == "none";
        if (term.presence) return value && !value->empty() && !none ? Truth::yes : Truth::no;
        return value ? compare_value(term, *value) : Truth::unknown;
    }
    }
    return Truth::unknown;
}

} // namespace

bool wants_yes(const Term& term) {
    if (term.presence) return true;
    const char first =
        term.values.empty() || term.values.front().text.empty() ? 'y' : term.values.front().text.front();
    const bool yes = first == 'y' || first == 'Y' || first == 't' || first == 'T' || first == '1';
    return yes == (term.compare == Compare::equal);
}

Truth evaluate(const Query& query, const DeviceView& device) {
    const auto walk = [&](const auto& self, std::uint32_t at) -> Truth {
        const Node& node = query.nodes[at];
        switch (node.kind) {
        case Node::Kind::everything:
            return Truth::yes;
        case Node::Kind::term:
            return ask(query.terms[node.left], device);
        case Node::Kind::negation:
            return opposite(self(self, node.left));
        case Node::Kind::conjunction: {
            const Truth left = self(self, node.left);
            return left == Truth::no ? left : both(left, self(self, node.right));
        }
        case Node::Kind::disjunction: {
            const Truth left = self(self, node.left);
            return left == Truth::yes ? left : either(left, self(self, node.right));
        }
        }
        return Truth::unknown;
    };
    return walk(walk, query.root);
}

} // namespace oakum::device
