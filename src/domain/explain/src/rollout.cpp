// SPDX-License-Identifier: Apache-2.0
#include <explain/rollout.hpp>

#include <rollout/machine.hpp>

namespace oakum::explain {
namespace {

using Reply = Explanation::Reply;
using rollout::State;

std::string wave_words(const RolloutFacts& facts) {
    const std::size_t open = std::min<std::size_t>(facts.open_wave, facts.waves.size() - 1);
    return "wave " + std::to_string(open + 1) + " of " + std::to_string(facts.waves.size()) + " (" +
           facts.waves[open].name + ")";
}

enum class Wait : std::uint8_t { time, room, turn, none }; // none: out of reach

Wait wait_of(rollout::Blocked by) {
    if (by == rollout::Blocked::paced) return Wait::turn;
    return rollout::waits_for_time(by) ? Wait::time : rollout::waits_for_room(by) ? Wait::room : Wait::none;
}

std::string list(const RolloutFacts& facts, Wait wait) {
    std::string text;
    for (const rollout::BlockedDevices& each : facts.blocked)
        if (wait_of(each.by) == wait)
            text += (text.empty() ? "" : "; ") + devices(each.devices) +
                    (wait == Wait::time || wait == Wait::turn ? " " : ": ") + rollout::in_words(each);
    return text;
}

std::string sentence_of(std::string text) {
    if (!text.empty() && !text.ends_with('.')) text += '.';
    return text;
}

// Why it offers its release now, or does not.
Explanation::Step offers_now(const RolloutFacts& facts) {
    Explanation::Step step{"Does it offer " + facts.release + " now?", Reply::no, "", {}};
    step.inputs.push_back({"state", std::string(rollout::to_string(facts.state)), "rollout", facts.started});
    switch (facts.state) {
    case State::draft:
        step.because = facts.starts
                           ? "It is a draft, and starts by itself at " + base::to_iso8601(*facts.starts) + "."
                           : "It is a draft: nothing is offered until it is started.";
        break;
    case State::awaiting_approval:
        step.because = "It waits for the approval of somebody other than " + facts.created_by + ".";
        break;
    case State::scheduled:
        step.because = (facts.approved_by.empty() ? std::string("It is ready")
                                                  : "It was approved by " + facts.approved_by) +
                       (facts.starts ? " and starts by itself at " + base::to_iso8601(*facts.starts) + "."
                                     : " and waits for somebody to start it.");
        break;
    case State::running:
        step.answer = Reply::yes;
        step.because =
            "Its " + wave_words(facts) + " is open" +
            (facts.wave_opened_at ? " since " + in_words(facts.now - *facts.wave_opened_at) : std::string()) +
            ": devices of it are offered the release when they ask.";
        break;
    case State::settled:
        step.answer = Reply::yes;
        step.because = "Every device in reach has its outcome; those that appear later are still served.";
        break;
    case State::paused:
        step.because = "Somebody paused it; what was begun goes on, and nothing new is offered until "
                       "somebody resumes it.";
        break;
    case State::halted:
        step.because = sentence_of("It is halted: " + facts.state_reason);
        break;
    case State::rolling_back:
        step.because = "It takes its devices back to what they ran before.";
        break;
    case State::rolled_back:
        step.because = "It was taken back; it is over.";
        break;
    case State::finished:
        step.because = "It is finished.";
        break;
    case State::aborted:
        step.because = sentence_of("It was ended by a person" +
                                   (facts.state_reason.empty() ? "" : ": " + facts.state_reason));
        break;
    }
    return step;
}

} // namespace

Explanation explain(const RolloutFacts& facts) {
    Explanation told;
    told.steps.push_back(offers_now(facts));
    told.sentence = told.steps.back().because;
    const bool offers = rollout::offers(facts.state);
    const bool last_wave = facts.open_wave + 1 >= facts.waves.size();
    if (facts.state == State::running) {
        const std::string times = list(facts, Wait::time), room = list(facts, Wait::room),
                          turn = list(facts, Wait::turn);
        std::string left; // what they wait for
        for (const auto& [some, words] :
             {std::pair(&times, "their time"), {&room, "room in their group"}, {&turn, "their turn"}})
            if (!some->empty()) left += (left.empty() ? "" : " or for ") + std::string(words);
        if (facts.waiting > 0)
            told.steps.push_back({"Was everybody in the open waves asked?",
                                  Reply::no,
                                  devices(facts.waiting) + " not yet: a device asks about every " +
                                      in_words(facts.asks_every) + " and is offered the release then.",
                                  {}});
        else
            told.steps.push_back({"Was everybody in the open waves asked?",
                                  left.empty() ? Reply::yes : Reply::no,
                                  left.empty() ? "Nobody in reach waits to be asked."
                                               : "Those who are left wait for " + left + ".",
                                  {}});
        if (!times.empty()) {
            told.steps.push_back({"Does a window or a freeze hold somebody up?",
                                  Reply::yes,
                                  times + ". Programs that keep windows are asked up to a week before, and "
                                          "download ahead.",
                                  {}});
            told.sentence += " " + times + ".";
        }
        if (!room.empty()) {
            told.steps.push_back({"Does a budget hold somebody up?",
                                  Reply::yes,
                                  room + ". Each is asked when one of its group is back.",
                                  {}});
            told.sentence += " " + room + ".";
        }
        if (!turn.empty()) {
            told.steps.push_back({"Does the pace of a wave hold somebody up?",
                                  Reply::yes,
                                  turn + ". Each is asked when its turn comes.",
                                  {}});
            told.sentence += " " + turn + ".";
        }
        if (last_wave) {
            told.steps.push_back(
                {"May it end?",
                 facts.waiting == 0 && room.empty() && turn.empty() && facts.totals.pending == 0 ? Reply::yes
                                                                                                 : Reply::no,
                 "It ends when every device in reach has its outcome.",
                 {}});
        } else {
            const bool proceed = facts.gate.verdict == rollout::Verdict::proceed;
            told.steps.push_back({"May the next wave open?",
                                  proceed ? Reply::yes : Reply::no,
                                  sentence_of(facts.gate.sentence),
                                  {{"gate", facts.waves[facts.open_wave].name, "plan", facts.started}}});
            told.sentence += " " +
                             (proceed           ? "The next wave opens at once: "
                              : facts.gate.asks ? "The next waits for a person: "
                                                : std::string("The next waits: ")) +
                             sentence_of(facts.gate.sentence);
        }
    }
    if (facts.totals.pending > 0)
        told.steps.push_back({"Are devices under way?",
                              Reply::yes,
                              devices(facts.totals.pending) + ": each has " + in_words(facts.step_timeout) +
                                  " for a step, and counts once it was well for " + in_words(facts.soak) +
                                  ".",
                              {{"under way", std::to_string(facts.totals.pending), "counts", {}}}});
    else if (facts.started)
        told.steps.push_back({"Are devices under way?", Reply::no, "None is.", {}});
    if (facts.started) {
        const std::uint32_t bad = rollout::bad(facts.totals);
        told.steps.push_back({"Did something go wrong?",
                              bad > 0 ? Reply::yes : Reply::no,
                              bad == 0 ? "Nothing did, on " + devices(facts.totals.started) + "."
                                       : std::to_string(facts.totals.failed) + " failed, " +
                                             std::to_string(facts.totals.rolled_back) + " fell back, " +
                                             std::to_string(facts.totals.silent) + " went silent, of " +
                                             devices(facts.totals.started) + ".",
                              {}});
    }
    if (offers || !facts.started) {
        const std::string who = list(facts, Wait::none);
        told.steps.push_back(
            {"Is somebody out of reach?",
             who.empty() ? Reply::no : Reply::yes,
             who.empty() ? "Nobody, of " + devices(facts.in_scope) + " in scope." : who + ".",
             {}});
        if (offers && facts.state == State::running && !who.empty())
            told.sentence += " Out of reach: " + who + ".";
        if (facts.cannot_tell > 0)
            told.steps.push_back({"Is it known of everybody whether they are in scope?",
                                  Reply::no,
                                  devices(facts.cannot_tell) +
                                      ": a fact that its query asks for is missing, so nothing is asked of "
                                      "them.",
                                  {}});
    }
    if (facts.last)
        told.steps.push_back({"What was decided last?",
                              Reply::yes,
                              sentence_of(facts.last->sentence),
                              {{"decision", facts.last->decision, "decision log", facts.last->at}}});
    return told;
}

} // namespace oakum::explain
