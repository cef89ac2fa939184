// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/run.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace oakum::rehearsal {

// What half of the runs kept to, and what nine of ten did.
struct Spread {
    double median = 0, nine_of_ten = 0;
};

// How far many runs of one scene came. Shares are of all devices of the scene.
struct Figures {
    struct Patched {
        double share = 0;                          // 0.5, 0.9, 0.99
        std::uint32_t runs = 0;                    // that reached it within the horizon
        std::optional<double> median, nine_of_ten; // seconds; nothing: so many runs did not reach it
    };
    struct Wave {
        std::string name;
        std::uint32_t devices = 0;          // of the last run
        std::optional<double> opens;        // seconds, the median; nothing: in half of the runs it did not
        std::uint64_t devices_to_prove = 0; // without a failure
        std::uint64_t devices_by_then = 0;  // in this wave and those before
        bool last = false;
    };
    struct Point {
        Seconds at = 0;
        double patched = 0; // share, the mean of the runs
        double points = 0;  // that are still open
    };
    struct Load {         // the highest minute, the median of the runs; a second
        double polls = 0; // steady: of all devices that are in reach
        double offers = 0, downloads = 0, reports = 0;
        double downloading = 0; // at once
    };

    std::uint32_t runs = 0, devices = 0;
    Seconds horizon = 0;
    std::array<Patched, 3> patched;
    double patched_at_end = 0; // share, the mean
    std::vector<Wave> waves;
    std::vector<Point> curve; // rising, from 0 to when nothing more happened; at most kMostPoints
    double points = 0;        // open at the beginning; 0 also where none are known
    double device_days = 0;   // for which devices were not patched, the mean; of devices x days
    rollout::Counts mean;     // how runs ended
    std::uint32_t not_asked = 0, withdrawn = 0; // the means
    std::uint32_t held = 0;                     // runs whose gate kept the next wave shut to the end
    std::string held_words;                     // of one of them
    std::uint32_t halted = 0;                   // runs
    std::uint32_t asked_person = 0;             // runs in which a gate asked one
    Load load;
    std::vector<Turn> turns; // of the first run

    static constexpr std::size_t kMostPoints = 121;
};
// At least one run. The seeds of the runs follow that of the conditions. Nothing: it was stopped.
std::optional<Figures> figures(const Scene& scene, Conditions conditions, std::uint32_t runs,
                               const Stop& stop = {});

// What becomes of a release that fails on so many devices.
struct BadRelease {
    double failure_rate = 0;
    std::uint32_t runs = 0, halted = 0; // by the gate, or a person whom it asked
    std::uint32_t by_person = 0;        // of those
    // Of the runs that halted, when all that was under way had ended: devices that restarted into it or tried
    // to; that it failed on, fell back on or did not come back; the last of these alone.
    Spread restarted, broken, gone;
    Spread seconds;               // to the halt
    double restarted_at_most = 0; // in any run, halted or not
};
std::optional<BadRelease> bad_release(const Scene& scene, Conditions conditions, double failure_rate,
                                      std::uint32_t runs, const Stop& stop = {});
// Twice and five times what the plan's first gate tolerates, and half of all devices; below 1, without
// repeats.
std::vector<double> bad_rates(const rollout::Plan& plan);

} // namespace oakum::rehearsal
