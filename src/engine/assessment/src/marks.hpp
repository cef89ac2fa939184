// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/daily_figures.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::assessment {

// Advisories that are known to be exploited and open on devices: on how many of each group (zero: the fleet).
using Hitting = std::map<std::string, std::map<device::GroupId, std::uint64_t>>;
Hitting hitting_now(const fleet::Census& census, const std::vector<const Standing*>& standings,
                    const Knowledge& knowledge);
// One mark for each group that something hits which did not before.
std::vector<ports::MarkRow> marks_of(const Hitting& now, const Hits& before, base::TimePoint at);
// When it began and ended, as far as it has.
std::vector<ports::MarkRow> marks_of(const ports::RolloutRow& rollout);
ports::MarkRow mark_of(const ports::FeedRow& feed, base::TimePoint at);
// Of an import that ended; nothing when no device came or changed.
std::optional<ports::MarkRow> mark_of(const ports::EditRow& edit);
// Of an exception that begins to count or ends; nothing of one that was only asked for or refused.
std::optional<ports::MarkRow> mark_of(const ports::ExceptionRow& exception, base::TimePoint at);
// The device on which a deployment was verified by this change; one that brought it back to what it had
// before does not count.
std::optional<device::DeviceId> verified_device(const ports::ChangeRow& change);

} // namespace oakum::assessment
