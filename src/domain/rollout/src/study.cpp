// SPDX-License-Identifier: Apache-2.0
#include <rollout/study.hpp>

#include <algorithm>
#include <functional>
#include <vector>

namespace oakum::rollout {
namespace {

// SplitMix64: a stream of its own for each run, so that a run can be played again alone.
class Dice {
  public:
    Dice(std::uint64_t seed, std::uint64_t run)
        : state_(seed * 0x9E3779B97F4A7C15ULL + run * 0xD1B54A32D192ED03ULL) {}
    // 0 <= x < 1.
    double draw() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
    }

  private:
    std::uint64_t state_;
};

enum class Decision { halt, proceed };
// What a rule says when so many have begun, so many of them failed, and so many have no outcome yet.
using Rule = std::function<std::optional<Decision>(std::uint32_t started, std::uint32_t failed,
                                                   std::uint32_t pending)>;

// The devices that had begun at the decision.
struct Decided {
    Decision decision;
    std::uint32_t devices;
};

std::optional<Decided> play(const Study& setup, std::uint32_t run, const Rule& rule) {
    Dice dice(setup.seed, run);
    // What becomes of each of the last devices when its delay is over: a ring.
    enum class Fate : std::uint8_t { good, silent, told };
    std::vector<Fate> under_way(setup.delay + 1, Fate::told);
    std::uint32_t failed = 0;
    std::uint32_t pending = 0;
    const auto look = [&](std::uint32_t started) -> std::optional<Decided> {
        const auto said = rule(started, failed, pending);
        return said ? std::optional(Decided{*said, started}) : std::nullopt;
    };
    for (std::uint32_t i = 0; i < setup.devices + setup.delay; ++i) {
        const std::uint32_t started = std::min(i + 1, setup.devices);
        Fate& place = under_way[i % under_way.size()];
        if (i < setup.devices) {
            const bool fails = dice.draw() < setup.true_rate;
            const bool silent = dice.draw() < setup.silent_share;
            place = !fails ? Fate::good : silent ? Fate::silent : Fate::told;
            failed += place == Fate::told ? 1 : 0;
            pending += place == Fate::told ? 0 : 1;
            if (const auto decided = look(started)) return decided;
        } else {
            place = Fate::told;
        }
        if (i < setup.delay) continue;
        Fate& due = under_way[(i - setup.delay) % under_way.size()];
        if (due == Fate::told) continue;
        failed += due == Fate::silent ? 1 : 0;
        --pending;
        due = Fate::told;
        if (const auto decided = look(started)) return decided;
    }
    return std::nullopt;
}

StudyResult play_all(const Study& setup, const Rule& rule) {
    StudyResult out;
    std::vector<std::uint32_t> devices;
    devices.reserve(setup.runs);
    for (std::uint32_t run = 0; run < setup.runs; ++run) {
        const auto decided = play(setup, run, rule);
        if (!decided) {
            ++out.undecided;
            continue;
        }
        (decided->decision == Decision::halt ? out.halted : out.proceeded) += 1;
        devices.push_back(decided->devices);
    }
    if (!devices.empty()) {
        const auto middle = devices.begin() + static_cast<std::ptrdiff_t>((devices.size() - 1) / 2);
        std::nth_element(devices.begin(), middle, devices.end());
        out.median_devices_at_decision = *middle;
    }
    return out;
}

} // namespace

StudyResult study(const Study& setup) {
    // Both lines rise with the number of devices, so that one walk finds them all.
    std::vector<std::uint32_t> halts(setup.devices + 1, 0); // the fewest failures that halt
    std::vector<std::uint32_t> proves(setup.devices + 1,
                                      0); // one more than the most failures that still prove
    std::uint32_t above = 0;
    std::uint32_t below = 0;
    for (std::uint32_t n = 1; n <= setup.devices; ++n) {
        while (above <= n && !shown_above(n, above, setup.tolerance))
            ++above;
        while (below <= n && shown_below(n, below, setup.tolerance))
            ++below;
        halts[n] = above;
        proves[n] = below;
    }
    return play_all(
        setup,
        [&](std::uint32_t started, std::uint32_t failed, std::uint32_t pending) -> std::optional<Decision> {
            if (failed >= halts[started]) return Decision::halt;
            if (failed + pending < proves[started]) return Decision::proceed;
            return std::nullopt;
        });
}

StudyResult study_fixed_share(const Study& setup, std::uint32_t minimum) {
    return play_all(
        setup,
        [&](std::uint32_t started, std::uint32_t failed, std::uint32_t pending) -> std::optional<Decision> {
            if (started >= minimum && failed > started * setup.tolerance.tolerated) return Decision::halt;
            if (started == setup.devices && pending == 0) return Decision::proceed;
            return std::nullopt;
        });
}

} // namespace oakum::rollout
