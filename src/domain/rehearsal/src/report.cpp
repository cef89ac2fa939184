// SPDX-License-Identifier: Apache-2.0
#include <rehearsal/report.hpp>
#include <rehearsal/synthetic.hpp>

#include <cmath>
#include <functional>

namespace oakum::rehearsal {
namespace {

std::string one_digit(double value) {
    const long tenths = std::lround(value * 10);
    std::string text = std::to_string(tenths / 10);
    return tenths % 10 == 0 ? text : text + "." + std::to_string(tenths % 10);
}

std::string percent(double share) {
    const double hundred = share * 100;
    return (hundred >= 10 ? std::to_string(std::lround(hundred)) : one_digit(hundred)) + " %";
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ",");
    return digits;
}

std::string devices(std::uint64_t count) {
    return grouped(count) + (count == 1 ? " device" : " devices");
}
std::string devices(double count) {
    return devices(static_cast<std::uint64_t>(std::llround(count)));
}

std::string of_portions(std::span<const Portion> portions,
                        const std::function<std::string(const Portion&)>& name) {
    std::string text;
    for (const Portion& each : portions)
        text += (text.empty() ? "" : ", ") + name(each) + " " + std::to_string(each.percent) + " %";
    return text;
}

std::string patched_words(const Figures& figures) {
    const Figures::Patched& half = figures.patched[0];
    const Figures::Patched& most = figures.patched[1];
    if (!half.median)
        return "Half of the devices are not reached within " + in_words(figures.horizon) + ": " +
               percent(figures.patched_at_end) + " are patched by then";
    return "Half of the devices are patched after " + in_words(*half.median) + ", " +
           (most.median ? "nine of ten after " + in_words(*most.median)
                        : percent(figures.patched_at_end) + " by the end of " + in_words(figures.horizon));
}

std::string bad_words(const BadRelease& bad) {
    const std::string which = "a release that fails on " + percent(bad.failure_rate) + " of them ";
    if (bad.halted == 0) return which + "is not halted, and gets to " + devices(bad.restarted_at_most);
    std::string reaches = which + "gets to " + devices(bad.restarted.median) + " before it is halted";
    if (bad.halted < bad.runs)
        return reaches + ", in " + std::to_string(bad.halted) + " of " + std::to_string(bad.runs) + " runs";
    if (bad.restarted.median == bad.restarted.nine_of_ten) return reaches;
    return reaches + " (nine of ten times to at most " +
           grouped(static_cast<std::uint64_t>(std::llround(bad.restarted.nine_of_ten))) + ")";
}

} // namespace

bool Report::play(const Scene& scene, std::uint32_t runs, const Stop& stop) {
    std::optional<Figures> played = rehearsal::figures(scene, conditions, runs, stop);
    if (!played) return false;
    figures = std::move(*played);
    for (const double rate : bad_rates(setting.plan)) {
        const std::optional<BadRelease> one = bad_release(scene, conditions, rate, runs, stop);
        if (!one) return false;
        bad.push_back(*one);
    }
    return true;
}

std::string in_words(double seconds) {
    if (seconds < 120) return std::to_string(std::lround(seconds)) + " s";
    if (seconds < 7'200) return std::to_string(std::lround(seconds / 60)) + " min";
    if (seconds < 48 * 3'600) return one_digit(seconds / 3'600) + " h";
    return one_digit(seconds / 86'400) + " days";
}

std::string sentence(const Report& report) {
    const Figures& figures = report.figures;
    if (figures.devices == 0) return "No device is in reach of this plan.";
    std::string text = patched_words(figures);
    if (!report.bad.empty()) text += "; " + bad_words(report.bad.front());
    return text + ".";
}

std::string gate_words(const rollout::Wave& wave, const Figures::Wave& figures) {
    if (figures.last) return "the last one: its gate can only halt it";
    const std::string needed = "It takes " + devices(figures.devices_to_prove) +
                               " without a failure to know that at most " +
                               percent(wave.gate.tolerated_failure_ppm / 1e6) + " fail";
    if (figures.devices_by_then >= figures.devices_to_prove) return needed + ": it can be proven here.";
    return needed + ": not proven here; " +
           (wave.gate.unproven == rollout::Unproven::ask ? "a person opens the next wave."
                                                         : "the next wave opens when its devices are well.");
}

std::vector<std::string> warnings(const Report& report) {
    std::vector<std::string> all = report.warnings;
    const Notes& notes = report.fleet.notes;
    const Figures& figures = report.figures;
    if (notes.never_open > 0)
        all.push_back("For " + devices(notes.never_open) + " no window opens within " +
                      in_words(figures.horizon) + ".");
    if (notes.zone_unknown > 0)
        all.push_back("Of " + devices(notes.zone_unknown) +
                      " with a window or freeze the time zone is not known.");
    if (figures.held > 0)
        all.push_back("In " + std::to_string(figures.held) + " of " + std::to_string(figures.runs) +
                      " runs a gate kept the next wave shut to the end: " + figures.held_words);
    if (figures.halted > 0)
        all.push_back("It was halted in " + std::to_string(figures.halted) + " of " +
                      std::to_string(figures.runs) + " runs, though it fails on " +
                      percent(report.conditions.failure_rate) + " of devices only.");
    if (figures.asked_person > 0)
        all.push_back(
            "In " + std::to_string(figures.asked_person) + " of " + std::to_string(figures.runs) +
            " runs a gate asks a person, who " +
            (report.conditions.person_after
                 ? "answers after " + in_words(*report.conditions.person_after) +
                       ": opens the next wave when its devices are well, and halts it when they are not."
                 : "does not answer."));
    return all;
}

std::vector<std::string> assumptions(const Report& report) {
    const Conditions& conditions = report.conditions;
    std::vector<std::string> all;
    if (report.fleet.synthetic) {
        const auto value = [](const Portion& each) { return std::string(each.value); };
        const auto cadence = [](const Portion& each) {
            return "each " + in_words(std::stod(std::string(each.value)));
        };
        all.push_back("Models: " + of_portions(synthetic_models(), value) + ". Sites of " +
                      std::to_string(kDevicesASite) +
                      " devices, each in one time zone: " + of_portions(synthetic_zones(), value) + ".");
        all.push_back("Polls: " + of_portions(synthetic_cadences(), cadence) +
                      "; agents: " + of_portions(synthetic_agents(), value) +
                      " (only native ones wait for a window by themselves).");
        all.push_back(
            "The plan's query is not asked: all of them are in its scope. Of windows, freezes and budgets "
            "those in the file bind, where they ask for model, site, timezone, cadence or protocol.");
    } else if (report.fleet.notes.cadence_unknown > 0) {
        all.push_back(devices(report.fleet.notes.cadence_unknown) + " do not say how often they poll: each " +
                      in_words(report.setting.turn) + ", as the server tells them.");
    }
    all.push_back(
        "Each device polls at its own pace, within a tenth of its cadence, and is out of reach for " +
        percent(report.setting.offline) + " of the time: once in 6 h to 4 days, in one piece.");
    all.push_back(
        "Downloads of " + one_digit(static_cast<double>(report.setting.download_bytes) / 1e6) +
        " MB at 64 kB/s to 8 MB/s, writing in 1 to 10 min, a restart in 30 s to 3 min; of the first "
        "downloads " +
        percent(conditions.flaky) + " break off.");
    all.push_back("The release fails on " + percent(conditions.failure_rate) + " of devices: of those " +
                  percent(conditions.falls_back) + " fall back, " + percent(conditions.goes_silent) +
                  " never come back, the others fail at each attempt.");
    return all;
}

} // namespace oakum::rehearsal
