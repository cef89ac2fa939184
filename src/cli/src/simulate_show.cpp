// SPDX-License-Identifier: Apache-2.0
// Rehearsals as a person reads them: sentences, a table with a column for each plan, a picture.
#include "simulate.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <cmath>
#include <fmt/format.h>

namespace oakum::cli {
namespace {

using rehearsal::BadRelease;
using rehearsal::Figures;
using rehearsal::in_words;
using rehearsal::Report;
using rehearsal::Spread;

std::string percent(double share) {
    return share >= 0.9995 ? "100 %" : fmt::format("{:.1f} %", std::floor(share * 1'000) / 10);
}
std::string count(double number) {
    return grouped(std::llround(number));
}
std::string spread(const Spread& of) {
    return of.median == of.nine_of_ten ? count(of.median)
                                       : count(of.median) + " (" + count(of.nine_of_ten) + ")";
}
std::string a_second(double rate) {
    return rate >= 10 ? count(rate) + " /s" : fmt::format("{:.2f} /s", rate);
}

class Rows {
  public:
    explicit Rows(const std::vector<Report>& reports) : reports_(reports) {}
    void add(std::string what, const std::function<std::string(const Report&)>& cell) {
        std::vector<std::string>& row = rows_.emplace_back();
        row.push_back(std::move(what));
        for (const Report& report : reports_)
            row.push_back(cell(report));
    }
    const std::vector<std::vector<std::string>>& all() const { return rows_; }

  private:
    const std::vector<Report>& reports_;
    std::vector<std::vector<std::string>> rows_;
};

std::string time_of(const Figures::Patched& patched, const Figures& figures) {
    if (!patched.median) return "not within " + in_words(figures.horizon);
    const std::string most = patched.nine_of_ten ? in_words(*patched.nine_of_ten) : "not reached";
    const std::string median = in_words(*patched.median);
    return median == most ? median : median + " (" + most + ")";
}

void add_times(Rows& rows) {
    for (const std::size_t i : {0U, 1U, 2U}) {
        const char* titles[] = {"50 % patched after", "90 % patched after", "99 % patched after"};
        rows.add(titles[i],
                 [i](const Report& report) { return time_of(report.figures.patched[i], report.figures); });
    }
    rows.add("patched at the end",
             [](const Report& report) { return percent(report.figures.patched_at_end); });
    rows.add("device-days open", [](const Report& report) {
        const double all = static_cast<double>(report.figures.devices) * report.figures.horizon / 86'400;
        return count(report.figures.device_days) + " of " + count(all);
    });
}

// The points still open when so much of the time has passed.
double points_at(const Figures& figures, double seconds) {
    double points = figures.points;
    for (const Figures::Point& point : figures.curve)
        if (point.at <= seconds) points = point.points;
    return points;
}

void add_points(Rows& rows, const std::vector<Report>& reports) {
    const auto known = [](const Report& report) { return report.figures.points > 0; };
    if (!std::ranges::any_of(reports, known)) return;
    for (const int days : {0, 1, 3, 7, 14}) {
        if (static_cast<rehearsal::Seconds>(days) * 86'400 > reports.front().figures.horizon) break;
        rows.add(days == 0 ? "points open at the start"
                           : fmt::format("  after {} day{}", days, days == 1 ? "" : "s"),
                 [days](const Report& report) { return count(points_at(report.figures, days * 86'400.0)); });
    }
}

void add_bad(Rows& rows, const std::vector<Report>& reports) {
    std::size_t most = 0;
    for (const Report& report : reports)
        most = std::max(most, report.bad.size());
    for (std::size_t i = 0; i < most; ++i) {
        const auto with = [i](const std::function<std::string(const BadRelease&)>& cell, bool of_halted) {
            return [i, cell, of_halted](const Report& report) -> std::string {
                if (i >= report.bad.size()) return "-";
                const BadRelease& bad = report.bad[i];
                return of_halted && bad.halted == 0 ? "-" : cell(bad);
            };
        };
        rows.add("a bad release fails on",
                 with([](const BadRelease& bad) { return percent(bad.failure_rate); }, false));
        rows.add(
            "  halted in",
            with([](const BadRelease& bad) { return fmt::format("{} of {} runs", bad.halted, bad.runs); },
                 false));
        rows.add("  after", with(
                                [](const BadRelease& bad) {
                                    return in_words(bad.seconds.median) + " (" +
                                           in_words(bad.seconds.nine_of_ten) + ")";
                                },
                                true));
        rows.add("  devices that it reaches",
                 with([](const BadRelease& bad) { return spread(bad.restarted); }, true));
        rows.add("  of them broken", with([](const BadRelease& bad) { return spread(bad.broken); }, true));
        rows.add("  of them gone", with([](const BadRelease& bad) { return spread(bad.gone); }, true));
    }
}

void add_load(Rows& rows) {
    rows.add("polls", [](const Report& report) { return a_second(report.figures.load.polls); });
    rows.add("most offers", [](const Report& report) { return a_second(report.figures.load.offers); });
    rows.add("most downloads begun", [](const Report& report) {
        const double rate = report.figures.load.downloads;
        return a_second(rate) +
               fmt::format(", {:.1f} MB/s", rate * static_cast<double>(report.setting.download_bytes) / 1e6);
    });
    rows.add("most downloads at once",
             [](const Report& report) { return count(report.figures.load.downloading); });
    rows.add("most reports", [](const Report& report) { return a_second(report.figures.load.reports); });
}

std::vector<Head> heads_of(const std::vector<Report>& reports) {
    std::vector<Head> heads{{"", false, true}};
    for (std::size_t i = 0; i < reports.size(); ++i)
        heads.push_back({reports.size() == 1
                             ? "MEDIAN (9 OF 10 RUNS)"
                             : std::string(1, static_cast<char>('A' + i)) + ": " + reports[i].name});
    return heads;
}

// ---- the picture
constexpr int kHigh = 10;

double patched_at(const Figures& figures, double seconds) {
    const auto after = std::ranges::find_if(
        figures.curve, [&](const Figures::Point& point) { return static_cast<double>(point.at) >= seconds; });
    if (after == figures.curve.end()) return figures.curve.back().patched;
    if (after == figures.curve.begin()) return after->patched;
    const Figures::Point& before = *(after - 1);
    const double span = static_cast<double>(after->at) - static_cast<double>(before.at);
    const double part = span > 0 ? (seconds - static_cast<double>(before.at)) / span : 1;
    return before.patched + (after->patched - before.patched) * part;
}

// The share that is patched over time; several plans are told apart by their letters.
std::string picture(const std::vector<Report>& reports, int width) {
    double end = 3'600;
    for (const Report& report : reports)
        end = std::max(end, static_cast<double>(report.figures.curve.back().at));
    const int wide = std::clamp(width - 10, 20, 90);
    std::string text;
    for (int row = kHigh; row >= 1; --row) {
        std::string line(static_cast<std::size_t>(wide), ' ');
        for (int column = 0; column < wide; ++column)
            for (std::size_t i = 0; i < reports.size(); ++i) {
                const double share = patched_at(reports[i].figures, end * column / (wide - 1));
                const bool below = share * kHigh > row - 0.5;
                const bool edge = below && (row == kHigh || share * kHigh <= row + 0.5);
                char& cell = line[static_cast<std::size_t>(column)];
                if (reports.size() == 1 && below) cell = '#';
                if (reports.size() > 1 && edge) cell = cell == ' ' ? static_cast<char>('A' + i) : '*';
            }
        line.erase(line.find_last_not_of(' ') + 1);
        text += fmt::format("{:>5} |{}\n", row % 5 == 0 ? fmt::format("{} %", row * 10) : "", line);
    }
    text += "  0 % +" + std::string(static_cast<std::size_t>(wide), '-') + "\n";
    const std::string middle = in_words(end / 2);
    const std::string last = in_words(end);
    std::string axis = "       start";
    const auto place = [&](const std::string& words, int column) {
        const std::size_t at = static_cast<std::size_t>(7 + column) - words.size();
        if (at > axis.size()) axis += std::string(at - axis.size(), ' ') + words;
    };
    place(middle, wide / 2);
    place(last, wide);
    return text + axis + "\n";
}

void show_waves(const Shown& shown, const Report& report) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < report.figures.waves.size(); ++i) {
        const Figures::Wave& wave = report.figures.waves[i];
        rows.push_back({printable(wave.name), count(wave.devices),
                        !wave.opens        ? "never"
                        : *wave.opens == 0 ? "at once"
                                           : in_words(*wave.opens),
                        rehearsal::gate_words(report.setting.plan.waves[i], wave)});
    }
    shown.console->out(
        render_table({{"WAVE"}, {"DEVICES", true, true}, {"OPENS AFTER", false, true}, {"ITS GATE"}}, rows,
                     shown.console->terminal ? shown.console->width : 0));
    shown.console->out("\n");
}

std::string whom(const Report& report) {
    const std::string devices =
        count(report.figures.devices) + (report.figures.devices == 1 ? " device" : " devices");
    return fmt::format("\"{}\" brings {} to {}{} from {} on; {} run{}, {} days, seed {}.", report.name,
                       report.release, report.fleet.synthetic ? "a synthetic fleet of " : "", devices,
                       base::to_iso8601(report.setting.start), count(report.figures.runs),
                       report.figures.runs == 1 ? "" : "s", report.setting.days, report.conditions.seed);
}

void show_curves(const Shown& shown, const std::vector<Report>& reports) {
    std::vector<std::vector<std::string>> rows;
    for (const Report& report : reports)
        for (const Figures::Point& point : report.figures.curve)
            rows.push_back({report.name, std::to_string(point.at), fmt::format("{:.6f}", point.patched),
                            std::to_string(std::llround((1 - point.patched) * report.figures.devices)),
                            report.figures.points > 0 ? fmt::format("{:.2f}", point.points) : ""});
    shown.console->out(
        render_csv({{"plan"}, {"seconds"}, {"patched_share"}, {"devices_open"}, {"points_open"}}, rows));
}

} // namespace

void show_rehearsals(const Shown& shown, const std::vector<Report>& reports) {
    if (shown.output == Output::csv) return show_curves(shown, reports);
    for (const Report& report : reports) {
        shown.sentence(whom(report));
        shown.sentence(rehearsal::sentence(report));
    }
    const bool any =
        std::ranges::any_of(reports, [](const Report& report) { return report.figures.devices > 0; });
    if (any) {
        Rows rows(reports);
        add_times(rows);
        add_points(rows, reports);
        add_bad(rows, reports);
        add_load(rows);
        std::vector<Head> heads = heads_of(reports);
        for (Head& head : heads)
            head.title = printable(head.title);
        const int width = shown.console->terminal ? shown.console->width : 0;
        shown.console->out(render_table(heads, rows.all(), width) + "\n");
        shown.console->out(picture(reports, shown.console->width) + "\n");
    }
    for (const Report& report : reports) {
        if (reports.size() > 1) shown.sentence("Of \"" + report.name + "\":");
        if (any) show_waves(shown, report);
        for (const std::string& each : rehearsal::warnings(report))
            shown.sentence("Mind: " + each);
    }
    for (const std::string& each : rehearsal::assumptions(reports.front()))
        shown.sentence("Assumed: " + each);
}

} // namespace oakum::cli
