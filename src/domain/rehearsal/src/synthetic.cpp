// SPDX-License-Identifier: Apache-2.0
#include <rehearsal/synthetic.hpp>

#include <algorithm>
#include <array>

namespace oakum::rehearsal {
namespace {

constexpr std::array<Portion, 4> kModels{
    {{"model A", 50}, {"model B", 25}, {"model C", 15}, {"model D", 10}}};
constexpr std::array<Portion, 8> kZones{{{"Europe/Berlin", 30},
                                         {"Europe/London", 10},
                                         {"America/New_York", 20},
                                         {"America/Los_Angeles", 10},
                                         {"America/Sao_Paulo", 5},
                                         {"Asia/Kolkata", 10},
                                         {"Asia/Tokyo", 10},
                                         {"Australia/Sydney", 5}}};
constexpr std::array<Portion, 4> kCadences{{{"300", 40}, {"900", 30}, {"3600", 20}, {"21600", 10}}};
constexpr std::array<Portion, 2> kAgents{{{"native", 80}, {"hawkbit", 20}}};

// SplitMix64.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t draw() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    std::size_t of(std::span<const Portion> portions) {
        auto hundred = static_cast<std::uint32_t>(draw() % 100);
        std::size_t at = 0;
        while (hundred >= portions[at].percent)
            hundred -= portions[at++].percent;
        return at;
    }

  private:
    std::uint64_t state_;
};

struct Made final : device::DeviceView {
    std::string_view model, zone, cadence, protocol;
    std::string site;
    std::optional<std::string_view> fact(std::string_view key) const override {
        if (key == device::key::model) return model;
        if (key == device::key::timezone) return zone;
        if (key == device::key::cadence) return cadence;
        if (key == device::key::protocol) return protocol;
        if (key == device::key::site) return site;
        return std::nullopt;
    }
    std::optional<std::string> field(device::Field) const override { return std::nullopt; }
    device::Truth in_group(const device::Literal&) const override { return device::Truth::unknown; }
    device::Truth component(const device::Term&) const override { return device::Truth::unknown; }
    device::Truth finding(const device::Term&) const override { return device::Truth::unknown; }
};

} // namespace

std::span<const Portion> synthetic_models() {
    return kModels;
}
std::span<const Portion> synthetic_zones() {
    return kZones;
}
std::span<const Portion> synthetic_cadences() {
    return kCadences;
}
std::span<const Portion> synthetic_agents() {
    return kAgents;
}

void add_synthetic(Assembly& assembly, std::uint32_t devices, std::uint64_t seed) {
    constexpr std::size_t alike = kModels.size() * kCadences.size() * kAgents.size();
    const std::uint32_t sites = std::clamp<std::uint32_t>(devices / kDevicesASite, 1, kMostSites);
    Dice dice(seed);
    std::vector<std::size_t> zones(sites);
    for (std::size_t& zone : zones)
        zone = dice.of(kZones);
    std::vector<std::uint32_t> counts(sites * alike);
    for (std::uint32_t device = 0; device < devices; ++device) {
        const std::size_t site = dice.draw() % sites;
        const std::size_t kind =
            (dice.of(kModels) * kCadences.size() + dice.of(kCadences)) * kAgents.size() + dice.of(kAgents);
        ++counts[site * alike + kind];
    }
    Made made;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const std::size_t kind = i % alike;
        made.site = "site " + std::to_string(i / alike + 1);
        made.zone = kZones[zones[i / alike]].value;
        made.protocol = kAgents[kind % kAgents.size()].value;
        made.cadence = kCadences[kind / kAgents.size() % kCadences.size()].value;
        made.model = kModels[kind / kAgents.size() / kCadences.size()].value;
        assembly.add(made, std::nullopt, counts[i]);
    }
}

} // namespace oakum::rehearsal
