// SPDX-License-Identifier: Apache-2.0
#include "deadline_book.hpp"

#include <assessment/exposure.hpp>
#include <device/facts.hpp>
#include <risk/deadline.hpp>

#include <algorithm>

namespace oakum::assessment {
namespace {

// The facts that the policy asks about, with the words that it tells apart; context_of says what all else is.
std::vector<fleet::DeadlineBook::Fact> facts_of(const risk::DeadlinePolicy& policy) {
    using risk::Point;
    const bool human_impact = policy.asks(Point::human_impact);
    std::vector<fleet::DeadlineBook::Fact> facts;
    if (policy.asks(Point::exposed) || policy.asks(Point::exposure))
        facts.push_back({std::string(device::key::exposure), {"isolated", "internal"}});
    if (human_impact || policy.asks(Point::criticality))
        facts.push_back({std::string(device::key::criticality), {"low", "high", "critical"}});
    if (human_impact || policy.asks(Point::safety_critical))
        facts.push_back({std::string(device::key::safety), {"yes"}});
    return facts;
}

} // namespace

fleet::DeadlineBook deadline_book(std::shared_ptr<const Knowledge> knowledge, Policy policy) {
    fleet::DeadlineBook book;
    book.facts = facts_of(*policy);
    book.classes.clear();
    std::size_t places = 1;
    for (const fleet::DeadlineBook::Fact& fact : book.facts)
        places *= fact.words.size() + 1;
    std::vector<risk::Context> contexts; // one of each class
    std::vector<std::uint32_t> numbers;
    for (std::size_t place = 0; place < places; ++place) {
        std::string_view criticality, exposure, safety;
        std::size_t rest = place;
        for (std::size_t i = book.facts.size(); i > 0; --i) {
            const fleet::DeadlineBook::Fact& fact = book.facts[i - 1];
            const std::size_t word = rest % (fact.words.size() + 1);
            rest /= fact.words.size() + 1;
            const std::string_view value = word < fact.words.size() ? std::string_view(fact.words[word]) : "";
            (fact.key == device::key::exposure      ? exposure
             : fact.key == device::key::criticality ? criticality
                                                    : safety) = value;
        }
        const risk::Context context = context_of(criticality, exposure, safety);
        const std::uint32_t number = policy->class_of(context);
        const auto known = std::find(numbers.begin(), numbers.end(), number);
        book.classes.push_back(static_cast<std::uint8_t>(known - numbers.begin()));
        if (known != numbers.end()) continue;
        numbers.push_back(number);
        contexts.push_back(context);
    }
    book.count = contexts.size();
    book.of = [knowledge = std::move(knowledge), policy = std::move(policy),
               contexts = std::move(contexts)](const std::string& advisory) -> fleet::DeadlinesOf {
        fleet::DeadlinesOf deadlines(contexts.size());
        for (const std::uint32_t found : knowledge->file.find(advisory)) {
            if (knowledge->file.id(found) != advisory) continue;
            const advisory::AdvisoryView view = knowledge->file.advisory(found);
            for (std::size_t i = 0; i < contexts.size(); ++i)
                if (const auto term = risk::term(view, contexts[i], *policy))
                    deadlines[i] = fleet::Deadline{term->days, term->from};
            break;
        }
        return deadlines; // of one that is no longer known: with the next upgrade
    };
    return book;
}

} // namespace oakum::assessment
