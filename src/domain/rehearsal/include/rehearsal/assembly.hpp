// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <budget/rules.hpp>
#include <device/query.hpp>
#include <rehearsal/scene.hpp>
#include <schedule/rulebook.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace oakum::rehearsal {

// What a rehearsal is about, before its devices.
struct Setting {
    rollout::Plan plan;
    schedule::Priority priority = schedule::Priority::normal;
    std::vector<schedule::Rule> rules; // windows and freezes
    std::vector<budget::Budget> budgets;
    base::TimePoint start{};
    std::uint32_t days = 30;
    std::uint32_t turn = 60; // what the server tells devices to wait between polls
    std::uint64_t download_bytes = 50'000'000;
    double offline = 0.05;
};
// Errors: invalid, with the field: the plan's own, or what a scene cannot hold.
base::Status check(const Setting& setting);

// What was found out of devices while they were put into a scene.
struct Notes {
    std::uint64_t devices = 0;
    std::uint64_t zone_unknown = 0;    // of those that a window or freeze binds
    std::uint64_t never_open = 0;      // no window opens for them within the time that is played
    std::uint64_t cadence_unknown = 0; // they poll as the server tells them
    std::uint64_t without_points = 0;  // nobody can tell what is open on them
};

// Makes a scene of devices, wherever they come from: windows, freezes and budgets are put to each by the
// server's own rules, its time zone, agent and cadence are read from its facts. Devices that are alike in all
// of that are kept once.
class Assembly {
  public:
    // The zones outlive it.
    Assembly(Setting setting, schedule::Zones& zones);

    // `count` devices like this one; `points`: what each adds to what is open, nothing: not known.
    void add(const device::DeviceView& device, std::optional<double> points, std::uint32_t count = 1);
    const Notes& notes() const { return notes_; }
    Scene scene() &&;

  private:
    struct Window {
        std::uint64_t bound = 0;
        std::string zone;
        auto operator<=>(const Window&) const = default;
    };
    using Alike = std::tuple<std::uint32_t, std::uint32_t, bool, std::uint32_t, std::vector<std::uint32_t>,
                             float, std::uint32_t>;

    std::uint32_t model(std::string_view name);
    std::uint32_t openings(const device::DeviceView& device, std::uint32_t count);
    std::vector<std::uint32_t> groups(const device::DeviceView& device, std::uint32_t count);
    std::uint32_t turn(const device::DeviceView& device, std::uint32_t count);
    std::uint32_t waves(const device::DeviceView& device) const;

    const Setting setting_;
    schedule::Zones& zones_;
    const schedule::Rulebook rules_;
    const budget::Rules budgets_;
    std::vector<std::optional<device::Query>> wave_queries_;
    Scene scene_;
    Notes notes_;
    std::map<std::string, std::uint32_t, std::less<>> models_;
    std::map<Window, std::uint32_t> windows_;
    std::unordered_map<budget::GroupKey, std::uint32_t> groups_;
    std::vector<std::size_t> budget_of_; // by group
    std::map<Alike, std::uint32_t> kinds_;
};

} // namespace oakum::rehearsal
