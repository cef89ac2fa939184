// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/declared.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::apple {

// What is asked of a phone; named as Apple names it.
enum class Kind : std::uint8_t {
    device_information,
    security_info,
    installed_applications,
    declarative_management,
    remove_profile // the one that it was enrolled by: it is managed no more
};
std::string_view to_string(Kind kind); // "DeviceInformation"
std::optional<Kind> parse_kind(std::string_view name);
std::string_view words(Kind kind); // "what it is and runs"

// What a phone says of a command.
enum class Word : std::uint8_t { idle, acknowledged, error, format_error, not_now };
std::string_view to_string(Word word); // "Acknowledged"
std::optional<Word> parse_word(std::string_view name);

struct Command {
    std::string uuid;
    Kind kind = Kind::device_information;
    std::uint32_t priority = 0; // higher ones first
    base::TimePoint made{};
    std::optional<base::TimePoint> sent, put_off; // the last time; when it first said NotNow
    std::uint32_t times = 0, put_offs = 0;        // sent without an answer in a row; NotNow
    bool waits = false;                           // it was put off in this session
    bool operator==(const Command&) const = default;
};
// How one ended.
struct Ended {
    Kind kind = Kind::device_information;
    base::TimePoint at{};
    std::string words; // empty: well
    bool operator==(const Ended&) const = default;
};

enum class State : std::uint8_t {
    begun,    // it said who it is, and not yet how it is reached
    enrolled, // it takes commands
    left      // it said that it goes, or a new enrolment replaced it
};
std::string_view to_string(State state);

struct Phone {
    std::string enrolment;   // UDID, or the id of a user's enrolment
    std::string profile;     // the identifier of the profile that it was enrolled by
    std::string certificate; // that it signs with: SHA-256 of its DER, in hexadecimal
    bool personal = false;   // a person's own: the least is asked
    bool by_user = false;    // enrolled by an account: it names no hardware
    State state = State::begun;
    base::TimePoint since{}; // of the state
    // How Apple's push service reaches it.
    std::string topic, token, magic; // the token in hexadecimal
    std::vector<Command> queue;
    std::optional<base::TimePoint> asked; // when it was last asked for everything
    std::vector<Ended> ended;             // the newest last
    // What is declared of its system, and since when all that is declared is so.
    std::optional<Enforced> enforced;
    std::optional<base::TimePoint> declared;
    // Of check-ins that were taken.
    std::optional<base::TimePoint> signed_at;
    std::vector<std::string> signatures;
    bool operator==(const Phone&) const = default;
};

// A UDID: 40 hexadecimal digits, 8 and 16 of them, or a UUID.
bool is_udid(std::string_view text);

} // namespace oakum::apple
