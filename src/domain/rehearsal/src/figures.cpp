// SPDX-License-Identifier: Apache-2.0
#include <rehearsal/figures.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace oakum::rehearsal {
namespace {

constexpr double kNeverSeconds = std::numeric_limits<double>::infinity();

// The smallest value that so much of them does not exceed. Not empty; sorts them.
double at_share(std::vector<double>& values, double share) {
    std::ranges::sort(values);
    const auto place = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(place, 1, values.size()) - 1];
}

Spread spread_of(std::vector<double> values) {
    if (values.empty()) return {};
    return {at_share(values, 0.5), at_share(values, 0.9)};
}

std::optional<double> known(double seconds) {
    return seconds == kNeverSeconds ? std::nullopt : std::optional(seconds);
}

// The seconds by whose end so many were verified.
double reached(const Run& run, double devices) {
    double sum = 0;
    for (std::size_t i = 0; i < run.minutes.size(); ++i) {
        sum += run.minutes[i].verified;
        if (sum >= devices) return static_cast<double>(i + 1) * 60;
    }
    return kNeverSeconds;
}

// What runs are added up into.
struct Sums {
    std::array<std::vector<double>, 3> reached;
    std::vector<std::vector<double>> opens; // by wave
    std::vector<double> verified, points;   // by minute
    std::vector<double> offers, downloads, reports, downloading;
    double device_seconds = 0, not_asked = 0, withdrawn = 0;
    std::array<double, 5> ends{}; // pending, verified, failed, rolled back, silent
};

void add_load(Sums& sums, const Run& run) {
    Minute most;
    for (const Minute& minute : run.minutes) {
        most.offers = std::max(most.offers, minute.offers);
        most.downloads = std::max(most.downloads, minute.downloads);
        most.reports = std::max(most.reports, minute.reports);
    }
    sums.offers.push_back(most.offers / 60.0);
    sums.downloads.push_back(most.downloads / 60.0);
    sums.reports.push_back(most.reports / 60.0);
    sums.downloading.push_back(run.most_downloading);
}

void add(Sums& sums, const Figures& figures, const Run& run) {
    for (std::size_t i = 0; i < figures.patched.size(); ++i)
        sums.reached[i].push_back(reached(run, figures.patched[i].share * figures.devices));
    for (std::size_t wave = 0; wave < sums.opens.size(); ++wave) {
        const auto opened = std::ranges::find_if(run.turns, [&](const Turn& turn) {
            const bool opens = turn.event == rollout::Event::start || turn.event == rollout::Event::proceed ||
                               turn.event == rollout::Event::open_next_wave;
            return opens && turn.wave == wave;
        });
        sums.opens[wave].push_back(opened == run.turns.end() ? kNeverSeconds : opened->at);
    }
    if (sums.verified.size() < run.minutes.size()) {
        sums.verified.resize(run.minutes.size());
        sums.points.resize(run.minutes.size());
    }
    for (std::size_t i = 0; i < run.minutes.size(); ++i) {
        sums.verified[i] += run.minutes[i].verified;
        sums.points[i] += static_cast<double>(run.minutes[i].points);
    }
    add_load(sums, run);
    sums.device_seconds += static_cast<double>(run.device_seconds);
    sums.withdrawn += run.withdrawn;
    sums.not_asked += figures.devices - run.whole.started - run.withdrawn;
    const std::array<std::uint32_t, 5> ends{run.whole.pending, run.whole.verified, run.whole.failed,
                                            run.whole.rolled_back, run.whole.silent};
    for (std::size_t i = 0; i < ends.size(); ++i)
        sums.ends[i] += ends[i];
}

void put_curve(Figures& figures, const Sums& sums) {
    const double whole = std::max(1.0, static_cast<double>(figures.devices) * figures.runs);
    const std::size_t minutes = sums.verified.size();
    const std::size_t places = std::min(Figures::kMostPoints - 1, std::max<std::size_t>(minutes, 1));
    double verified = 0;
    double points = 0;
    std::size_t next = 0;
    for (std::size_t place = 0; place <= places; ++place) {
        const std::size_t until = minutes * place / places;
        for (; next < until; ++next) {
            verified += sums.verified[next];
            points += sums.points[next];
        }
        figures.curve.push_back({static_cast<Seconds>(until * 60), verified / whole,
                                 std::max(0.0, figures.points - points / figures.runs)});
    }
    figures.patched_at_end = verified / whole;
}

std::uint32_t mean_of(double sum, std::uint32_t runs) {
    return static_cast<std::uint32_t>(std::lround(sum / runs));
}

void put(Figures& figures, Sums& sums) {
    for (std::size_t i = 0; i < figures.patched.size(); ++i) {
        Figures::Patched& patched = figures.patched[i];
        patched.runs = static_cast<std::uint32_t>(
            std::ranges::count_if(sums.reached[i], [](double seconds) { return seconds != kNeverSeconds; }));
        patched.median = known(at_share(sums.reached[i], 0.5));
        patched.nine_of_ten = known(at_share(sums.reached[i], 0.9));
    }
    for (std::size_t wave = 0; wave < figures.waves.size(); ++wave)
        figures.waves[wave].opens = known(at_share(sums.opens[wave], 0.5));
    put_curve(figures, sums);
    figures.device_days = sums.device_seconds / figures.runs / 86'400;
    figures.mean.pending = mean_of(sums.ends[0], figures.runs);
    figures.mean.verified = mean_of(sums.ends[1], figures.runs);
    figures.mean.failed = mean_of(sums.ends[2], figures.runs);
    figures.mean.rolled_back = mean_of(sums.ends[3], figures.runs);
    figures.mean.silent = mean_of(sums.ends[4], figures.runs);
    figures.not_asked = mean_of(sums.not_asked, figures.runs);
    figures.withdrawn = mean_of(sums.withdrawn, figures.runs);
    figures.load.offers = at_share(sums.offers, 0.5);
    figures.load.downloads = at_share(sums.downloads, 0.5);
    figures.load.reports = at_share(sums.reports, 0.5);
    figures.load.downloading = at_share(sums.downloading, 0.5);
}

void begin(Figures& figures, const Scene& scene, std::uint32_t runs) {
    figures.runs = runs;
    figures.devices = scene.size();
    figures.horizon = scene.horizon;
    constexpr std::array shares{0.5, 0.9, 0.99};
    for (std::size_t i = 0; i < shares.size(); ++i)
        figures.patched[i].share = shares[i];
    for (const std::uint32_t kind : scene.kind_of) {
        figures.points += static_cast<double>(scene.kinds[kind].points);
        figures.load.polls += (1 - scene.offline) / scene.kinds[kind].turn;
    }
    for (const rollout::Wave& wave : scene.plan.waves)
        figures.waves.push_back({wave.name, 0, {}, rollout::devices_to_prove(wave.gate, {}), 0, false});
    figures.waves.back().last = true;
}

} // namespace

std::optional<Figures> figures(const Scene& scene, Conditions conditions, std::uint32_t runs,
                               const Stop& stop) {
    Figures figures;
    begin(figures, scene, runs);
    Sums sums;
    sums.opens.resize(scene.plan.waves.size());
    for (std::uint32_t i = 0; i < runs; ++i, ++conditions.seed) {
        Run run = play(scene, conditions, nullptr, stop);
        if (run.cut) return std::nullopt;
        add(sums, figures, run);
        figures.halted += run.halt ? 1 : 0;
        figures.held += run.held.empty() ? 0 : 1;
        if (figures.held_words.empty()) figures.held_words = run.held;
        figures.asked_person += run.asked_person > 0 ? 1 : 0;
        std::uint64_t by_then = 0;
        for (std::size_t wave = 0; wave < figures.waves.size(); ++wave) {
            figures.waves[wave].devices = run.wave_devices[wave];
            figures.waves[wave].devices_by_then = by_then += run.wave_devices[wave];
        }
        if (i == 0) figures.turns = std::move(run.turns);
    }
    put(figures, sums);
    return figures;
}

std::optional<BadRelease> bad_release(const Scene& scene, Conditions conditions, double failure_rate,
                                      std::uint32_t runs, const Stop& stop) {
    BadRelease bad;
    bad.failure_rate = conditions.failure_rate = failure_rate;
    bad.runs = runs;
    std::vector<double> restarted, broken, gone, seconds;
    for (std::uint32_t i = 0; i < runs; ++i, ++conditions.seed) {
        const Run run = play(scene, conditions, nullptr, stop);
        if (run.cut) return std::nullopt;
        bad.restarted_at_most = std::max<double>(bad.restarted_at_most, run.restarted);
        if (!run.halt) continue;
        ++bad.halted;
        bad.by_person += run.turns.back().person ? 1 : 0;
        restarted.push_back(run.restarted);
        broken.push_back(run.broken);
        gone.push_back(run.gone);
        seconds.push_back(run.halt->at);
    }
    bad.restarted = spread_of(std::move(restarted));
    bad.broken = spread_of(std::move(broken));
    bad.gone = spread_of(std::move(gone));
    bad.seconds = spread_of(std::move(seconds));
    return bad;
}

std::vector<double> bad_rates(const rollout::Plan& plan) {
    const double tolerated = plan.waves.front().gate.tolerated_failure_ppm / 1e6;
    std::vector<double> rates;
    for (const double rate : {2 * tolerated, 5 * tolerated, 0.5})
        if (rate < 1 && rate > tolerated && std::ranges::find(rates, rate) == rates.end())
            rates.push_back(rate);
    std::ranges::sort(rates);
    return rates;
}

} // namespace oakum::rehearsal
