// SPDX-License-Identifier: Apache-2.0
#include <rollout/blocked.hpp>

#include <array>

namespace oakum::rollout {
namespace {

struct Trait {
    Blocked by;
    std::string_view name, words;
};

constexpr std::array<Trait, kBlockedCount> kTraits{{
    {Blocked::unmanaged, "unmanaged", "only seen on the network, managed by nobody"},
    {Blocked::managed_elsewhere, "managed_elsewhere",
     "followed by another management system and not enrolled here: that system brings updates"},
    {Blocked::cannot_comply, "cannot_comply", ""},
    {Blocked::not_steered, "not_steered",
     "known by a management system that Oakum only reads: an administrator lets it write there with `oakum "
     "connector steer "},
    {Blocked::set_there, "set_there",
     "known by a management system that Oakum has nothing updated through: set the update there"},
    {Blocked::not_enrolled, "not_enrolled", "known only from an import: out of reach until enrolled"},
    {Blocked::revoked, "revoked", "of a revoked identity: refused until enrolled again"},
    {Blocked::pending, "pending", "enrolled and not accepted yet"},
    {Blocked::quiet, "quiet", "not heard of for too long"},
    {Blocked::held, "held", "on hold by an operator"},
    {Blocked::hardware, "hardware",
     "of another hardware revision, or of none that is known; the release is for "},
    {Blocked::too_old, "too_old",
     "too old, or of no known version: has to pass through another release first, to "},
    {Blocked::needs, "needs",
     "without something that the release's artifact asks for: it is for devices with "},
    {Blocked::newer_rollout, "newer_rollout", "taken over by a newer rollout"},
    {Blocked::busy, "busy", "under way with another rollout's update"},
    {Blocked::left_out, "left_out", "left out: no wave of the plan takes them"},
    {Blocked::window, "window", ""},
    {Blocked::window_ahead, "window_ahead", ""},
    {Blocked::crowded, "crowded", "their group has no room"},
    {Blocked::paced, "paced", ""},
    {Blocked::user, "user", "waiting until somebody at the device agrees"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kTraits.size(); ++i)
        if (static_cast<std::size_t>(kTraits[i].by) != i) return false;
    return true;
}
static_assert(in_order());

const Trait& trait(Blocked by) {
    return kTraits[static_cast<std::size_t>(by)];
}

std::string named(const std::vector<std::string>& names, std::string_view one) {
    std::string text(one);
    if (names.size() > 1) text += "s";
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? " \"" : i + 1 == names.size() ? " and \"" : ", \"") + names[i] + "\"";
    return text;
}

std::string minute(base::TimePoint at) {
    std::string text = base::to_iso8601(at).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

// "wait for window "nights", which opens 2026-05-05 02:00 UTC"
std::string waits(const BlockedDevices& blocked) {
    const std::string wait = blocked.devices == 1 ? "waits for " : "wait for ";
    const std::string windows = named(blocked.windows, "window");
    const std::string freezes = named(blocked.freezes, "freeze");
    const std::string both = blocked.windows.empty()   ? freezes
                             : blocked.freezes.empty() ? windows
                                                       : windows + " and for the end of " + freezes;
    if (!blocked.until)
        return "never may, as far as can be seen, by " + (blocked.windows.empty() ? freezes
                                                          : blocked.freezes.empty()
                                                              ? windows
                                                              : windows + " and " + freezes);
    if (blocked.windows.empty()) return wait + "the end of " + freezes + ", " + minute(*blocked.until);
    if (!blocked.freezes.empty()) return wait + both + ", until " + minute(*blocked.until);
    return wait + windows + ", which " + (blocked.windows.size() == 1 ? "opens " : "open ") +
           minute(*blocked.until);
}

} // namespace

std::string_view to_string(Blocked by) {
    return trait(by).name;
}

std::string in_words(const BlockedDevices& blocked) {
    std::string words(trait(blocked.by).words);
    if (blocked.by == Blocked::window_ahead)
        return (blocked.devices == 1 ? "has the files and " : "have the files and ") + waits(blocked);
    if (blocked.by == Blocked::window) return waits(blocked);
    if (blocked.by == Blocked::hardware || blocked.by == Blocked::needs) return words + blocked.needs;
    if (blocked.by == Blocked::crowded && !blocked.example.empty())
        return words + " (" + blocked.example + ")";
    if (blocked.by == Blocked::paced)
        return (blocked.devices == 1 ? "waits its turn (" : "wait their turn (") + blocked.example +
               (blocked.until ? "; the next from " + base::to_iso8601(*blocked.until) : "") + ")";
    if (blocked.by == Blocked::cannot_comply) return blocked.needs;
    if (blocked.by == Blocked::not_steered) return words + blocked.needs + " --on`";
    if (blocked.by == Blocked::too_old) return words + blocked.needs + " or later";
    return words;
}

} // namespace oakum::rollout
