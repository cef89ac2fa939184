// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/cause.hpp>
#include <alarm/ids.hpp>
#include <alarm/words.hpp>
#include <api/answer.hpp>
#include <base/time.hpp>

namespace oakum::api {

enum class AlarmState : std::uint8_t { open, acknowledged, muted, closed };
std::string_view to_string(AlarmState state);

struct Alarm {
    alarm::AlarmId id;
    alarm::Kind kind = alarm::Kind::feeds_stale;
    AlarmState state = AlarmState::open;
    bool urgent = false;
    alarm::Words words;
    alarm::Whom concerns = alarm::Whom::operators;
    std::optional<std::string> owner;     // of the devices, when they have one owner
    std::optional<std::uint64_t> devices; // that it concerns now, in the caller's scope
    std::optional<std::string> query;     // which those are
    std::vector<std::string> things;      // feeds, advisories, artifacts
    base::TimePoint opened{};
    std::optional<base::TimePoint> closed, acknowledged, muted_until;
    std::optional<std::string> acknowledged_by, muted_by, why;
};

// open: also the acknowledged ones, since they are still wrong.
enum class AlarmFilter : std::uint8_t { open, muted, closed, all };

struct AlarmPage : Page<Alarm> {
    std::optional<base::TimePoint> checked; // when the server last looked
};

struct Mute {
    std::optional<base::TimePoint> until; // one of the two
    std::optional<base::Duration> span;
    std::string why;
};

// What concerns devices outside of the actor's scope is not_found. Errors: conflict (it is closed), invalid,
// denied.
class AlarmsService {
  public:
    virtual ~AlarmsService() = default;
    virtual void list(const access::Actor& actor, AlarmFilter filter, PageRequest page,
                      Answer<AlarmPage> answer) = 0;
    virtual void get(const access::Actor& actor, alarm::AlarmId id, Answer<Alarm> answer) = 0;
    virtual void acknowledge(const access::Actor& actor, alarm::AlarmId id, std::string why,
                             Answer<Alarm> answer) = 0;
    virtual void mute(const access::Actor& actor, alarm::AlarmId id, Mute mute, Answer<Alarm> answer) = 0;
    virtual void unmute(const access::Actor& actor, alarm::AlarmId id, std::string why,
                        Answer<Alarm> answer) = 0;
};

} // namespace oakum::api
