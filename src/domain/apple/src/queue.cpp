// SPDX-License-Identifier: Apache-2.0
#include <apple/queue.hpp>

#include <algorithm>

namespace oakum::apple {
namespace {

void end(Phone& phone, const Command& command, std::string words, base::TimePoint now) {
    // One line of its kind is enough of what went well.
    if (words.empty())
        std::erase_if(phone.ended,
                      [&](const Ended& one) { return one.kind == command.kind && one.words.empty(); });
    phone.ended.push_back({command.kind, now, std::move(words)});
    if (phone.ended.size() > kMostEnded) phone.ended.erase(phone.ended.begin());
}

std::string spent(const Command& command, base::TimePoint now) {
    if (command.times >= kMostTries)
        return "it was sent " + std::to_string(command.times) + " times and never answered";
    if (now - command.made < kLongestWait) return {};
    return command.put_offs > 0
               ? "the phone put it off " + std::to_string(command.put_offs) + " times in a week"
               : "it waited for a week";
}

// What cannot be sent any more ends; true when something did.
bool drop_spent(Phone& phone, base::TimePoint now) {
    bool any = false;
    for (auto at = phone.queue.begin(); at != phone.queue.end();) {
        const std::string why = spent(*at, now);
        if (why.empty()) {
            ++at;
            continue;
        }
        end(phone, *at, why, now);
        at = phone.queue.erase(at);
        any = true;
    }
    return any;
}

Command* next(Phone& phone) {
    Command* best = nullptr;
    for (Command& one : phone.queue)
        if (!one.waits && (best == nullptr || one.priority > best->priority ||
                           (one.priority == best->priority && one.made < best->made)))
            best = &one;
    return best;
}

} // namespace

Turn take_turn(Phone& phone, Word word, std::string_view uuid, std::string_view error, base::TimePoint now) {
    Turn turn;
    const auto about = std::ranges::find(phone.queue, uuid, &Command::uuid);
    // Only what was sent can be answered: anything else is an idle phone's word.
    if (word == Word::idle) {
        for (Command& one : phone.queue) {
            turn.changed = turn.changed || one.waits;
            one.waits = false;
        }
    } else if (about != phone.queue.end() && about->sent) {
        turn.changed = true;
        if (word == Word::not_now) {
            about->waits = true;
            about->times = 0;
            ++about->put_offs;
            if (!about->put_off) about->put_off = now;
        } else {
            turn.answered = *about;
            std::string told;
            if (word == Word::error)
                told = error.empty() ? "the phone failed and did not say why" : std::string(error);
            if (word == Word::format_error) told = "the phone could not read the command";
            phone.queue.erase(about);
            end(phone, *turn.answered, std::move(told), now);
        }
    }
    if (drop_spent(phone, now)) turn.changed = true;
    if (phone.state != State::enrolled) return turn;
    if (Command* chosen = next(phone)) {
        chosen->sent = now;
        ++chosen->times;
        turn.send = *chosen;
        turn.changed = true;
    }
    return turn;
}

bool would_change(const Phone& phone, Word word, base::TimePoint now) {
    return word != Word::idle || !phone.queue.empty() || is_due(phone, now);
}

bool enqueue(Phone& phone, Kind kind, std::uint32_t priority, const FreshUuid& uuid, base::TimePoint now) {
    const auto same = std::ranges::find_if(
        phone.queue, [&](const Command& one) { return one.kind == kind && (!one.sent || one.put_offs > 0); });
    if (same != phone.queue.end()) {
        same->priority = std::max(same->priority, priority);
        return true;
    }
    if (phone.queue.size() >= kMostWaiting) return false;
    Command command;
    command.uuid = uuid();
    command.kind = kind;
    command.priority = priority;
    command.made = now;
    phone.queue.push_back(std::move(command));
    return true;
}

bool is_due(const Phone& phone, base::TimePoint now) {
    return phone.state == State::enrolled && (!phone.asked || now - *phone.asked >= kAskEvery);
}

void ask_everything(Phone& phone, Declares declares, const FreshUuid& uuid, base::TimePoint now) {
    phone.asked = now;
    enqueue(phone, Kind::device_information, 5, uuid, now);
    enqueue(phone, Kind::security_info, 3, uuid, now);
    if (declares == Declares::yes) enqueue(phone, Kind::declarative_management, 4, uuid, now);
    if (!phone.personal) enqueue(phone, Kind::installed_applications, 2, uuid, now);
}

} // namespace oakum::apple
