// SPDX-License-Identifier: Apache-2.0
#include <backup/schedule.hpp>

#include <algorithm>

namespace oakum::backup {

namespace {

constexpr base::Duration kAfterStart = std::chrono::minutes(10), kAfterFailure = std::chrono::hours(1);
constexpr base::Duration kYoung = std::chrono::hours(24 * 7);
// What the server goes on with while a backup is made.
constexpr std::uint64_t kLeft = std::uint64_t{512} << 20;

const Attempt* newest_own(const Record& record) {
    const auto found = std::find_if(record.attempts().begin(), record.attempts().end(), is_own);
    return found == record.attempts().end() ? nullptr : &*found;
}

std::string megabytes(std::uint64_t bytes) {
    return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MB";
}

} // namespace

std::optional<base::TimePoint> next_due(const Schedule& schedule, const Record& record,
                                        base::TimePoint started, base::TimePoint now) {
    if (schedule.every <= base::Duration::zero()) return std::nullopt;
    const Attempt* last = newest_own(record);
    if (last == nullptr) return started + std::min(schedule.every, kAfterStart);
    const base::TimePoint began = std::min(last->began, now);
    const bool sound = last->failure.empty();
    return began + (sound ? schedule.every : std::min(schedule.every, kAfterFailure));
}

std::vector<std::string> superfluous(const Schedule& schedule, const Record& record) {
    std::vector<std::string> out;
    std::uint32_t kept = 0;
    for (const Attempt& attempt : record.attempts()) {
        if (!is_own(attempt) || !attempt.ended) continue;
        if (kept >= std::max(schedule.keep, 1U))
            out.push_back(attempt.file);
        else if (attempt.verified && attempt.failure.empty())
            ++kept;
    }
    return out;
}

std::vector<std::string> superfluous_before_upgrade(const Record& record) {
    std::vector<std::string> out;
    bool kept = false;
    for (const Attempt& attempt : record.attempts()) {
        if (!attempt.file.starts_with(kUpgradePrefix)) continue;
        if (kept || !attempt.failure.empty())
            out.push_back(attempt.file);
        else
            kept = true;
    }
    return out;
}

base::Status check_room(std::uint64_t store_bytes, std::uint64_t other_bytes, std::uint64_t free_bytes) {
    // The store twice: in the backup, and as the copy that it is made from, or that it is read back into.
    const std::uint64_t needed = 2 * store_bytes + other_bytes + kLeft;
    if (free_bytes >= needed) return {};
    return base::unavailable(
        "a backup needs " + megabytes(needed) + " of room, the last " + megabytes(kLeft) +
        " of them for the server to go on, and " + megabytes(free_bytes) +
        " are free: make room, keep fewer, or leave out artifacts and feeds (oakum backup schedule)");
}

std::optional<std::string> warning(const Schedule& schedule, const Record& record, base::TimePoint started,
                                   base::TimePoint now) {
    const bool scheduled = schedule.every > base::Duration::zero();
    const base::Duration most = scheduled ? 2 * schedule.every : kYoung;
    const Attempt* sound = record.newest_verified();
    const base::TimePoint since = sound != nullptr ? sound->began : started;
    const Attempt* failed = record.newest_failed();
    if (now - since <= most && (failed == nullptr || !is_own(*failed))) return std::nullopt;
    std::string text = sound != nullptr
                           ? "The newest backup that was verified is of " + base::to_iso8601(since)
                           : std::string("There is no backup that was verified");
    if (failed != nullptr)
        text += "; the last one (" + failed->file + ") failed: " + failed->failure;
    else if (!scheduled)
        text += "; the server makes none by itself (oakum backup schedule)";
    return text + ".";
}

} // namespace oakum::backup
