// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/phone.hpp>

#include <functional>

namespace oakum::apple {

inline constexpr std::size_t kMostWaiting = 32, kMostEnded = 12;
inline constexpr std::uint32_t kMostTries = 10; // sent again and again, and never answered
inline constexpr auto kLongestWait = std::chrono::hours(24 * 7);
inline constexpr auto kAskEvery = std::chrono::hours(12); // a phone is asked for everything anew

// What a message of a phone leads to.
struct Turn {
    std::optional<Command> answered; // the command that it is about, which was out
    std::optional<Command> send;
    bool changed = false; // the phone's record
};
// A phone that says `word` of the command named. `error`: its own words, where it failed.
Turn take_turn(Phone& phone, Word word, std::string_view uuid, std::string_view error, base::TimePoint now);

// Whether a turn would change anything: what need not be decided in a command.
bool would_change(const Phone& phone, Word word, base::TimePoint now);

using FreshUuid = std::function<std::string()>;
// One more command; one of its kind that waits already, and is not out, is enough. False: the queue is full.
bool enqueue(Phone& phone, Kind kind, std::uint32_t priority, const FreshUuid& uuid, base::TimePoint now);
// It is time to ask for everything again.
bool is_due(const Phone& phone, base::TimePoint now);
enum class Declares : bool { no, yes }; // it takes declarations
// What it is, how it is kept safe, which apps it has; of a person's own phone no apps. And to come for what
// is declared.
void ask_everything(Phone& phone, Declares declares, const FreshUuid& uuid, base::TimePoint now);

} // namespace oakum::apple
