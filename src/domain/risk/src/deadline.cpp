// SPDX-License-Identifier: Apache-2.0
#include <risk/deadline.hpp>

#include <algorithm>

namespace oakum::risk {
namespace {

constexpr int kNever = DeadlinePolicy::kMaxDays + 1;

std::optional<Term> term_of(const advisory::AdvisoryView& advisory, const Answers& answers,
                            const Outcome& outcome) {
    std::optional<Term> out;
    const bool exploited = answers[Point::known_exploited] == 1;
    if (outcome.days) {
        out = Term{*outcome.days, advisory.published, false};
        if (exploited && advisory.kev) out->from = std::max(out->from, advisory.kev->added);
    }
    // Old lists have due dates before the day of the entry; those say nothing.
    if (!advisory.kev || advisory.kev->added == base::TimePoint{} || advisory.kev->due <= advisory.kev->added)
        return out;
    const auto given = std::chrono::floor<std::chrono::days>(advisory.kev->due - advisory.kev->added);
    if (given.count() < 1 || given.count() > DeadlinePolicy::kMaxDays) return out;
    if (!out || advisory.kev->due < out->from + std::chrono::days(out->days))
        out = Term{static_cast<int>(given.count()), advisory.kev->added, true};
    return out;
}

std::string phrase(const Answers& answers, Point point) {
    const bool yes = answers[point] == 1;
    switch (point) {
    case Point::known_exploited:
        return yes ? "it is known to be exploited" : "it is not known to be exploited";
    case Point::ransomware:
        return yes ? "ransomware uses it" : "ransomware is not known to use it";
    case Point::exposed:
        return yes ? "the device is publicly exposed" : "the device is not publicly exposed";
    case Point::automatable:
        return yes ? "attacks can be automated" : "attacks cannot be automated";
    case Point::technical_impact:
        return yes ? "control is lost wholly" : "control is lost in part";
    case Point::safety_critical:
        return yes ? "people can be hurt" : "people cannot be hurt";
    case Point::exploitation:
    case Point::exposure:
    case Point::human_impact:
    case Point::severity:
    case Point::criticality:
        break;
    }
    const PointWords& words = words_of(point);
    std::string name(point == Point::criticality ? "the device's criticality"
                     : point == Point::exposure  ? "the device's exposure"
                                                 : words.name);
    std::replace(name.begin(), name.end(), '_', ' ');
    return name + " is " + std::string(words.values[answers[point]]);
}

std::string sentence_of(const Deadline& deadline, const DeadlinePolicy& policy) {
    std::string text = "Fix ";
    const Outcome& outcome = deadline.outcome;
    const bool of_the_list = deadline.term && deadline.term->of_the_list;
    if (of_the_list)
        text += "within " + std::to_string(deadline.term->days) +
                (deadline.term->days == 1 ? " day" : " days") + " of its listing";
    else if (outcome.days)
        text += "within " + std::to_string(*outcome.days) + (*outcome.days == 1 ? " day" : " days");
    else
        text += "with the next upgrade";
    if (outcome.forensic_triage) text += ", and forensic triage";
    text += ": ";
    if (of_the_list) text += "CISA's due date comes before what the policy gives; ";
    bool first = true;
    for (const Point point : policy.points()) {
        text += first ? "" : point == policy.points().back() ? ", and " : ", ";
        first = false;
        text += phrase(deadline.answers, point);
        if (deadline.answers.is_assumed(point)) text += " (assumed)";
        if (deadline.answers.is_derived(point)) text += " (derived)";
    }
    if (first) text += "it is open";
    return text + " (" + policy.name() + ").";
}

} // namespace

std::optional<Term> term(const advisory::AdvisoryView& advisory, const Context& context,
                         const DeadlinePolicy& policy) {
    const Answers answers = risk::answers(advisory, context);
    return term_of(advisory, answers, policy.decide(answers));
}

Kept kept(const std::optional<Term>& term, base::TimePoint first_seen, std::optional<base::TimePoint> closed,
          base::TimePoint as_of) {
    if (!term) return Kept::none;
    const base::TimePoint due = std::max(term->from, first_seen) + std::chrono::days(term->days);
    if (closed) return *closed <= due ? Kept::in_time : Kept::late;
    return as_of <= due ? Kept::not_due : Kept::overdue;
}

bool rests_on_exposure(const advisory::AdvisoryView& advisory, const Context& context,
                       const DeadlinePolicy& policy) {
    if (context.exposure != Exposure::unknown) return false;
    Context closed = context;
    closed.exposure = Exposure::internal;
    const auto as_assumed = term(advisory, context, policy);
    const auto were_it_closed = term(advisory, closed, policy);
    return (as_assumed ? as_assumed->days : kNever) < (were_it_closed ? were_it_closed->days : kNever);
}

Deadline deadline(const advisory::AdvisoryView& advisory, const Context& context,
                  const DeadlinePolicy& policy) {
    Deadline out;
    out.answers = answers(advisory, context);
    out.outcome = policy.decide(out.answers);
    out.term = term_of(advisory, out.answers, out.outcome);
    out.rests_on_assumed_exposure = rests_on_exposure(advisory, context, policy);
    out.sentence = sentence_of(out, policy);
    return out;
}

} // namespace oakum::risk
