// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/ports.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::agent {

// What a device wants to be true before it downloads or installs. Nothing is asked for unless it is set.
struct LocalRulesConfig {
    bool mains = false;                // installs on mains alone
    std::uint32_t battery_percent = 0; // installs with at least so much, or on mains
    double idle_load = 0;              // installs with a load per processor of at most that; zero: whatever
    std::vector<std::string> metered;  // interfaces over which nothing is downloaded: "wwan0", "wwan*"
    bool any() const { return mains || battery_percent > 0 || idle_load > 0 || !metered.empty(); }
};
// "rules.mains", "rules.battery_percent", "rules.idle_load", "rules.metered". False: the key is not one of
// these. Errors: invalid.
base::Result<bool> set_local_rule(LocalRulesConfig& rules, std::string_view key, std::string_view value);

// Of /sys/class/power_supply.
struct Power {
    bool has_battery = false;
    bool on_mains = false;                // also without any battery
    std::optional<std::uint32_t> percent; // of the batteries together; nothing: none of them says
};
Power read_power(const std::filesystem::path& supplies);
// The interface of the default route with the lowest metric, of /proc/net/route and ipv6_route; empty: none.
std::string read_link(std::string_view route, std::string_view ipv6_route);
// The load of the last five minutes, of /proc/loadavg. Errors: invalid.
base::Result<double> read_load(std::string_view text);

// Why not now, in words; empty: it may.
std::string judge_power(const LocalRulesConfig& rules, const Power& power);
std::string judge_link(const LocalRulesConfig& rules, const std::string& interface);
std::string judge_load(const LocalRulesConfig& rules, double load, unsigned processors);

class LocalRules final : public updates::LocalRules {
  public:
    explicit LocalRules(LocalRulesConfig rules, std::filesystem::path sys = "/sys",
                        std::filesystem::path proc = "/proc")
        : rules_(std::move(rules)), sys_(std::move(sys)), proc_(std::move(proc)) {}
    std::string may_download() override;
    std::string may_install() override;

  private:
    LocalRulesConfig rules_;
    std::filesystem::path sys_, proc_;
};

} // namespace oakum::agent
