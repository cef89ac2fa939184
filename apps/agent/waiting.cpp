// SPDX-License-Identifier: Apache-2.0
#include "waiting.hpp"

#include <algorithm>

namespace oakum::agent {
namespace {

using install::Phase;

std::string named(const wire::Offer& offer) {
    return offer.release_name + " " + offer.release_version;
}

// When it may be installed, by the device's clock; nothing: no window that is known of.
std::optional<base::TimePoint> opening(const updates::Current& current, base::TimePoint now) {
    const std::int64_t shown = base::unix_seconds(now) + current.clock_behind;
    for (const wire::InstallWindow& window : *current.offer.install_windows) {
        if (shown >= static_cast<std::int64_t>(window.to)) continue;
        if (shown >= static_cast<std::int64_t>(window.from)) return now;
        return now + std::chrono::seconds(static_cast<std::int64_t>(window.from) - shown);
    }
    return std::nullopt;
}

Waiting for_window(const updates::Current& current, base::TimePoint now, const std::string& held) {
    Waiting waiting;
    if (!held.empty()) {
        waiting.what = "its own rules, to install " + named(current.offer);
        waiting.why = held;
        return waiting;
    }
    waiting.what = "its window to install " + named(current.offer);
    // Told meanwhile that there are none any more: it goes on at its next look.
    if (!current.offer.install_windows) return waiting;
    if (current.offer.install_windows->empty()) {
        waiting.why = "the server says: not for now";
        return waiting;
    }
    waiting.until = opening(current, now);
    waiting.why = waiting.until ? "the update is downloaded and verified"
                                : "the windows that it knows of are over: the server tells it of later ones";
    if (current.clock_behind != 0)
        waiting.why +=
            "; its clock is off by " + std::to_string(current.clock_behind) + " s, which is allowed for";
    return waiting;
}

Waiting of_idle(const Seen& seen) {
    Waiting waiting;
    if (!seen.standing) {
        waiting.what = "its first word from the server";
        return waiting;
    }
    if (!seen.standing->failure.empty()) {
        waiting.what = "its server";
        waiting.why = seen.standing->failure;
    } else {
        waiting.what = "nothing: all that the server asked for is done";
    }
    if (seen.standing->next_poll > seen.now) waiting.until = seen.standing->next_poll;
    return waiting;
}

} // namespace

Waiting waits_for(const Seen& seen) {
    Waiting waiting;
    if (!seen.runs) {
        waiting.what = "its agent, which does not run";
        if (seen.state.current)
            waiting.why = named(seen.state.current->offer) + " is in phase " +
                          std::string(install::to_string(seen.state.phase)) + " and goes on from there";
        return waiting;
    }
    if (!seen.state.current) return of_idle(seen);
    const updates::Current& current = *seen.state.current;
    const std::string name = named(current.offer);
    switch (seen.state.phase) {
    case Phase::idle:
        return of_idle(seen);
    case Phase::deciding:
        waiting.what = "the signed metadata of " + name;
        break;
    case Phase::downloading:
        waiting.what = "the download of " + name;
        waiting.why =
            bytes_text(std::min(seen.held, current.image.length)) + " of " + bytes_text(current.image.length);
        if (seen.standing && !seen.standing->held.empty()) waiting.why += "; " + seen.standing->held;
        break;
    case Phase::staged:
        waiting.what = "the check of the download of " + name;
        break;
    case Phase::waiting:
    case Phase::written:
        return for_window(current, seen.now, seen.standing ? seen.standing->held : std::string());
    case Phase::writing:
        waiting.what = "slot " + current.slot + " to be written with " + name;
        break;
    case Phase::activating:
    case Phase::restarting:
        waiting.what = "its restart into slot " + current.slot + " with " + name;
        break;
    case Phase::trying:
        waiting.what = "the health checks of " + name + " in slot " + current.slot;
        if (seen.standing) waiting.why = seen.standing->health.detail;
        break;
    case Phase::committing:
        waiting.what = "its boot loader to keep slot " + current.slot;
        break;
    case Phase::soaking:
        waiting.what = name + " to stay healthy for " +
                       span_text(std::chrono::seconds(current.offer.soak_seconds)) + " in slot " +
                       current.slot;
        if (seen.standing) waiting.why = seen.standing->health.detail;
        break;
    case Phase::falling_back:
        waiting.what = "its return from slot " + current.slot;
        waiting.why = std::string(install::to_string(current.reason)) + ": " + current.detail;
        break;
    }
    if (current.network_failures > 0 && seen.state.phase <= Phase::downloading) {
        waiting.why += std::string(waiting.why.empty() ? "" : "; ") + "the network failed " +
                       std::to_string(current.network_failures) + " times";
        if (seen.standing && seen.standing->next_act && *seen.standing->next_act > seen.now)
            waiting.until = seen.standing->next_act;
    }
    return waiting;
}

std::string span_text(base::Duration span) {
    const std::int64_t seconds = std::max<std::int64_t>(0, span.count() / 1000);
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 7'200) return std::to_string(seconds / 60) + " min";
    if (seconds < 172'800) return std::to_string(seconds / 3'600) + " h";
    return std::to_string(seconds / 86'400) + " days";
}

std::string when(base::TimePoint time, base::TimePoint now) {
    return base::to_iso8601(time) +
           (time > now ? " (in " + span_text(time - now) + ")" : " (" + span_text(now - time) + " ago)");
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 10'240) return std::to_string(bytes) + " bytes";
    if (bytes < 10ULL << 20) return std::to_string(bytes >> 10) + " KiB";
    return std::to_string(bytes >> 20) + " MiB";
}

} // namespace oakum::agent
