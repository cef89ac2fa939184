// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/cause.hpp>
#include <alarm/ids.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oakum::alarm {

// What was looked at, and what was found wrong there. Of a kind that was not looked at nothing is known: its
// alarms stay as they are.
struct Look {
    Kinds looked;
    std::vector<Cause> causes; // at most one of each kind and subject
};

// An alarm that is not closed.
struct Held {
    AlarmId id;
    Cause cause;
};

struct Changes {
    struct Changed {
        AlarmId id;
        Cause cause; // as it is now; `extent` moves only when it got worse
        bool worse = false;
    };
    std::vector<Cause> opened;
    std::vector<Changed> changed;
    std::vector<AlarmId> closed;
};

// What is wrong now against the alarms that are held.
Changes compare(std::span<const Held> held, const Look& look);

// So much worse that whoever acknowledged it has to look again.
bool is_worse(const Cause& before, const Cause& now);

// The advisories that are exploited and affect devices now, as causes: an alarm that is held keeps those of
// its own that are left, and what is new since the last look is one cause, since one import brought it.
// `advisories`: sorted.
std::vector<Cause> exploited_causes(std::span<const Held> held, std::span<const std::string> advisories);

// The cause as it concerns a part of the fleet: the advisories that are found there, and no other.
// `found`: whether a query selects any device of the part.
Cause part_of(Cause cause, const std::function<bool(const std::string& query)>& found);

// A disk that is low stays so until it is clearly better: what is written and removed all the time is no
// news.
std::optional<Cause> disk_cause(std::span<const Held> held, std::uint64_t free, std::uint64_t size);

// How many devices of a site are quiet.
struct SiteCount {
    std::string site; // empty: not known
    std::uint64_t quiet = 0, devices = 0;
};
// A site with many quiet devices is one cause; when it is many sites, that is one as well. Sites that have an
// alarm keep it until they are clearly better.
std::vector<Cause> quiet_causes(std::span<const Held> held, std::span<const SiteCount> sites);

// One alarm of all advisories whose score has risen: it gets worse as more come.
Cause epss_cause(std::vector<std::string> advisories);

} // namespace oakum::alarm
