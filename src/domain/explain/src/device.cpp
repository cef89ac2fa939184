// SPDX-License-Identifier: Apache-2.0
#include <explain/device.hpp>

#include <algorithm>
#include <rollout/machine.hpp>
#include <rollout/place.hpp>

namespace oakum::explain {
namespace {

using Reply = Explanation::Reply;
using install::State;

std::string words(std::string_view state) {
    std::string text(state);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

// ", and counts as silent in 28 minutes when nothing more is heard"; nothing without a deadline to come.
std::string until(const UnderWay& facts, std::string_view then) {
    if (!facts.deadline) return "";
    if (*facts.deadline <= facts.now) return "; its time for that is over, which is noted at once";
    return "; " + std::string(then) + " in " + in_words(*facts.deadline - facts.now) +
           " when nothing more is heard";
}

std::string of_state(const UnderWay& facts) {
    const std::string since = in_words(facts.now - facts.since) + " ago";
    const std::string opens = facts.times ? until_open(*facts.times) : "";
    const std::string silent = opens + until(facts, "it counts as silent");
    const std::string reason =
        facts.reason == install::Reason::none ? "" : " (" + words(install::to_string(facts.reason)) + ")";
    const std::string said = facts.detail.empty() ? "" : ": " + facts.detail;
    switch (facts.state) {
    case State::offered:
        return " was offered " + since + " and the device has not begun" + silent;
    case State::downloading:
        return " is being downloaded, " + std::to_string(facts.progress_percent) + " % so far" + silent;
    case State::downloaded:
        return " is downloaded and checked; the device installs it next" + silent;
    case State::awaiting_window:
        return " is downloaded and waits for the device's window" + silent;
    case State::awaiting_user:
        return " is downloaded and waits until somebody at the device agrees" + silent;
    case State::installing:
        return " is being installed since " + in_words(facts.now - facts.since) + silent;
    case State::rebooting:
        return " is installed and the device restarts into it" + silent;
    case State::installed:
        return " is installed; it counts when the device says that it runs it and is well" + silent;
    case State::soaking:
        if (facts.soak_until && *facts.soak_until > facts.now)
            return " runs and the device is well; it counts as verified in " +
                   in_words(*facts.soak_until - facts.now) + " if that stays so";
        return " runs and the device was well for the time that was asked; it counts as verified when the "
               "device says so again";
    case State::cancelling:
        return " was taken back while it was under way; the device is told when it asks next" + silent;
    case State::verified:
        return " runs and was verified " + since;
    case State::failed:
        return " failed " + since + reason + " after " + std::to_string(facts.attempt) +
               (facts.attempt == 1 ? " attempt" : " attempts") + said;
    case State::rolled_back:
        return " fell back to what ran before, " + since + reason + said;
    case State::withdrawn:
        return " was taken back " + since + " before it was installed";
    case State::superseded:
        return " gave way to a newer one " + since;
    case State::expired:
        return " took too long and was given up " + since;
    case State::silent:
        return ": nothing was heard since " + in_words(facts.now - facts.since) +
               "; it goes on when the device is heard again";
    }
    return "";
}

} // namespace

Explanation::Step contact(const Contact& facts) {
    Explanation::Step step{"Can it be told now?", Reply::no, "", {}};
    step.inputs.push_back({"state", std::string(device::to_string(facts.lifecycle)), "lifecycle", {}});
    if (facts.last_heard)
        step.inputs.push_back(
            {"last heard of", base::to_iso8601(*facts.last_heard), "poll", facts.last_heard});
    if (facts.lifecycle == device::Lifecycle::retired)
        step.because = "It is retired; it comes back by enrolling again.";
    else if (facts.lifecycle == device::Lifecycle::unmanaged)
        step.because = "Nobody manages it: it was only seen on the network.";
    else if (facts.revoked)
        step.because = "Its identity was revoked: it is refused until it enrols again.";
    else if (!facts.enrolled && !facts.through.empty()) {
        step.answer = Reply::yes;
        step.because = "It is reached through the connector " + facts.through +
                       ": what is asked of it is said there each time that it was synced";
        if (facts.told)
            step.because +=
                ", and it last spoke to that system " + in_words(facts.now - *facts.told) + " ago";
        step.because += ".";
    } else if (!facts.enrolled)
        step.because = "It is known from an import only: it cannot be reached until it is enrolled.";
    else if (facts.lifecycle == device::Lifecycle::pending)
        step.because = "It waits for a person to accept it; nothing is offered until then.";
    else if (!facts.last_heard) {
        step.answer = Reply::unknown;
        step.because = "It was enrolled and has not asked yet.";
    } else {
        const base::Duration ago = facts.now - *facts.last_heard;
        const std::string asked =
            "It asked " + in_words(ago) + " ago and asks about every " + in_words(facts.asks_every);
        if (facts.lifecycle == device::Lifecycle::quiet || ago > 3 * facts.asks_every) {
            step.because = asked + ", so it is late: it is told when it asks again.";
        } else {
            step.answer = Reply::yes;
            step.because =
                asked + ": what is decided now reaches it within " +
                in_words(std::max<base::Duration>(facts.asks_every - ago, std::chrono::seconds(1))) + ".";
        }
    }
    return step;
}

Explanation::Step has_room(const std::optional<Room>& full) {
    if (!full)
        return {"May it go out of service now?",
                Reply::yes,
                "Its redundancy groups have room, or no budget counts it.",
                {}};
    return {"May it go out of service now?",
            Reply::no,
            "Not before others are back: " + full->words + ".",
            {{"budget", full->words, "budgets", {}}}};
}

Explanation::Step refused(const Refused& facts) {
    return {"Did anybody try to install something that was not for it?",
            Reply::yes,
            "It refused what it was told to install, since " + facts.what +
                ", and nothing of that was written. If no rollout of yours explains it, somebody else speaks "
                "for this server, or stands before it.",
            {{"what the device noted", facts.detail, "device", facts.told}}};
}

Explanation::Step under_way(const std::optional<UnderWay>& facts) {
    Explanation::Step step{"Is an update under way?", Reply::no, "None is.", {}};
    if (!facts) return step;
    const bool ended = install::is_terminal(facts->state);
    step.answer = ended ? Reply::no : Reply::yes;
    step.because = (ended                ? "The latest, "
                    : facts->is_rollback ? "The order to return to "
                                         : "") +
                   facts->release + (ended ? "," : "") + of_state(*facts) + ".";
    step.inputs.push_back(
        {"state of the update", words(install::to_string(facts->state)), "deployment", facts->since});
    if (facts->deadline && !ended)
        step.inputs.push_back(
            {"deadline of this step", base::to_iso8601(*facts->deadline), "deployment", facts->since});
    return step;
}

Explanation::Step standing(const Standing& facts) {
    Explanation::Step step{"Does it wait for \"" + facts.rollout + "\"?", Reply::yes, "", {}};
    if (!facts.misfit.empty()) {
        step.answer = Reply::no;
        step.because = "\"" + facts.rollout + "\" has it in its scope, but " + facts.release +
                       " does not fit it: " + facts.misfit + ".";
        return step;
    }
    const std::size_t waves = facts.waves.size();
    step.inputs.push_back({"place among all devices",
                           std::to_string(facts.place / 10'000) + " of 100",
                           "drawn from the rollout and the device",
                           {}});
    step.inputs.push_back({"state of the rollout", words(rollout::to_string(facts.state)), "rollout", {}});
    if (!facts.wave) {
        step.answer = Reply::no;
        step.because = "No wave of \"" + facts.rollout + "\" takes it: it is left out.";
        return step;
    }
    std::string now;
    switch (facts.state) {
    case rollout::State::running:
    case rollout::State::settled:
        if (*facts.wave <= facts.open_wave)
            now = facts.held   ? "that wave is open, and the hold keeps it from being asked"
                  : facts.full ? "that wave is open, and it waits until there is room: " + facts.full->words
                  : facts.turn && (!facts.times || facts.times->begins_ahead)
                      ? "that wave is open, and it waits its turn: " + facts.turn->words +
                            (facts.turn->until
                                 ? "; the next begins from " + base::to_iso8601(*facts.turn->until) + " on"
                                 : "")
                  : !facts.times || facts.times->begins_ahead
                      ? "that wave is open, so it is offered when the device asks next" +
                            (facts.times ? until_open(*facts.times) : "")
                      : "that wave is open, and it is offered a week before it may be installed" +
                            until_open(*facts.times);
        else
            now = "wave " + std::to_string(facts.open_wave + 1) + " (" + facts.waves[facts.open_wave].name +
                  ") is open now, and the next opens when its devices are well" +
                  (facts.gate.empty() ? "" : ". There: " + facts.gate);
        break;
    case rollout::State::paused:
        now = "the rollout is paused and offers nothing until somebody resumes it";
        break;
    case rollout::State::halted:
        now = "the rollout is halted: " + facts.state_reason;
        break;
    case rollout::State::awaiting_approval:
        now = "the rollout waits for somebody else's approval";
        break;
    case rollout::State::draft:
    case rollout::State::scheduled:
        now = "the rollout was not started yet";
        break;
    case rollout::State::rolling_back:
    case rollout::State::rolled_back:
    case rollout::State::finished:
    case rollout::State::aborted:
        step.answer = Reply::no;
        now = "the rollout is " + words(rollout::to_string(facts.state)) + " and offers nothing more";
        break;
    }
    if (!now.ends_with('.')) now += '.';
    step.because = "\"" + facts.rollout + "\" brings it " + facts.release + " in wave " +
                   std::to_string(*facts.wave + 1) + " of " + std::to_string(waves) + " (" +
                   facts.waves.at(*facts.wave).name + "); " + now;
    return step;
}

namespace {

// "waits for tonight 22:00-04:00 local"; empty: it need not wait.
std::string waits_for(const std::optional<InstallTimes>& times) {
    if (!times || times->open) return "";
    if (!times->from) return "waits for a time that no window gives";
    return "waits for " + times->span + (times->span.ends_with(" UTC") ? "" : " local");
}

std::string next_of(const UnderWay& update) {
    const std::string what = (update.is_rollback ? "the return to " : "") + update.release + " ";
    switch (update.state) {
    case State::offered:
    case State::downloaded:
    case State::awaiting_window:
        if (const std::string waits = waits_for(update.times); !waits.empty()) return what + waits;
        return what + (update.state == State::offered ? "is offered" : "is there and is installed next");
    case State::downloading:
        return what + "is being downloaded, " + std::to_string(update.progress_percent) + " %";
    case State::awaiting_user:
        return what + "waits until somebody at the device agrees";
    case State::installing:
        return what + "is being installed";
    case State::rebooting:
        return what + "is installed and the device restarts";
    case State::installed:
        return what + "is installed and not verified yet";
    case State::soaking:
        return what + "runs and is watched";
    case State::cancelling:
        return what + "was taken back";
    case State::silent:
        return "nothing was heard since " + what + "was begun";
    default:
        return what + words(install::to_string(update.state));
    }
}

std::string next_of(const Standing& standing) {
    const std::string what = standing.release + " ";
    const std::string which = "\"" + standing.rollout + "\"";
    switch (standing.state) {
    case rollout::State::running:
    case rollout::State::settled:
        if (standing.wave.value_or(0) > standing.open_wave)
            return what + "waits for wave " + std::to_string(*standing.wave + 1) + " of " + which;
        if (const std::string waits = waits_for(standing.times); !waits.empty()) return what + waits;
        if (standing.turn) return what + "waits its turn in wave " + std::to_string(*standing.wave + 1);
        return what + "is offered when the device asks next";
    case rollout::State::paused:
        return what + "waits: " + which + " is paused";
    case rollout::State::halted:
        return what + "waits: " + which + " is halted";
    case rollout::State::awaiting_approval:
        return what + "waits: " + which + " is not approved";
    default:
        return what + "waits: " + which + " is not started";
    }
}

} // namespace

std::string next_for(bool held, const Contact& contact_facts, const std::optional<UnderWay>& update,
                     const std::vector<Standing>& rollouts) {
    using device::Lifecycle;
    if (update && !install::is_terminal(update->state)) return next_of(*update) + (held ? "; on hold" : "");
    if (held) return "on hold";
    if (contact_facts.lifecycle == Lifecycle::retired) return "retired";
    if (contact_facts.lifecycle == Lifecycle::unmanaged) return "managed by nobody";
    if (contact_facts.revoked) return "out of reach: its identity is revoked";
    if (!contact_facts.enrolled && contact_facts.through.empty())
        return "out of reach: known from an import only";
    if (contact_facts.lifecycle == Lifecycle::pending) return "not accepted yet";
    for (const Standing& one : rollouts)
        if (standing(one).answer == Reply::yes)
            return next_of(one) +
                   (contact_facts.lifecycle == Lifecycle::quiet ? ", and the device is not heard of" : "");
    return contact_facts.lifecycle == Lifecycle::quiet ? "not heard of for too long" : "";
}

Explanation::Step why_not_now(bool held, const Contact& contact_facts, const std::optional<UnderWay>& update,
                              const std::vector<Standing>& rollouts) {
    constexpr std::string_view kQuestion = "Is it changed now?";
    const auto as = [&](Explanation::Step step) {
        step.question = kQuestion;
        step.answer = Reply::no;
        return step;
    };
    if (held)
        return {std::string(kQuestion),
                Reply::no,
                "An operator holds it: nothing new is offered.",
                {{"hold", "yes", "person", {}}}};
    Explanation::Step reach = contact(contact_facts);
    if (reach.answer == Reply::no) return as(std::move(reach));
    if (update && !install::is_terminal(update->state)) {
        Explanation::Step step = under_way(update);
        step.question = kQuestion;
        return step; // it is being changed
    }
    for (const Standing& one : rollouts)
        if (Explanation::Step step = standing(one); step.answer == Reply::yes) return as(std::move(step));
    return {std::string(kQuestion), Reply::no, "No rollout that is planned or runs would change it.", {}};
}

} // namespace oakum::explain
