// SPDX-License-Identifier: Apache-2.0
#include <rehearsal_json/report_json.hpp>

#include <cmath>

namespace oakum::rehearsal_json {
namespace {

using rehearsal::BadRelease;
using rehearsal::Figures;
using rehearsal::Report;

// Figures of a simulation have no more than so many digits to tell.
double rounded(double value, double unit) {
    return std::round(value / unit) * unit;
}
double share(double value) {
    return std::round(value * 1e6) / 1e6;
}
double rate(double a_second) {
    return std::round(a_second * 1e3) / 1e3;
}

void whole_seconds(json::Writer& writer, std::string_view name, const std::optional<double>& seconds) {
    writer.key(name);
    if (seconds)
        writer.value(static_cast<std::int64_t>(std::llround(*seconds)));
    else
        writer.null();
}

void write_spread(json::Writer& writer, std::string_view name, const rehearsal::Spread& spread) {
    writer.key(name)
        .begin_object()
        .member("median", std::llround(spread.median))
        .member("nine_of_ten", std::llround(spread.nine_of_ten))
        .end_object();
}

void write_fleet(json::Writer& writer, const Report& report) {
    const rehearsal::Fleet& fleet = report.fleet;
    writer.key("fleet")
        .begin_object()
        .member("kind", fleet.synthetic ? "synthetic" : "real")
        .member("devices", report.figures.devices)
        .member("in_scope", fleet.in_scope)
        .member("asked", fleet.asked)
        .member("read", fleet.read)
        .member("zone_unknown", fleet.notes.zone_unknown)
        .member("never_open", fleet.notes.never_open)
        .member("cadence_unknown", fleet.notes.cadence_unknown)
        .end_object();
}

void write_conditions(json::Writer& writer, const Report& report) {
    writer.key("conditions")
        .begin_object()
        .member("start", base::to_iso8601(report.setting.start))
        .member("days", report.setting.days)
        .member("runs", report.figures.runs)
        .member("seed", report.conditions.seed)
        .member("failure_rate", share(report.conditions.failure_rate))
        .member("offline", share(report.setting.offline))
        .member("download_bytes", report.setting.download_bytes);
    writer.key("person_after_seconds");
    if (report.conditions.person_after)
        writer.value(*report.conditions.person_after);
    else
        writer.null();
    writer.end_object();
}

void write_patched(json::Writer& writer, const Figures& figures) {
    writer.key("patched").begin_array();
    for (const Figures::Patched& patched : figures.patched) {
        writer.begin_object().member("share", patched.share).member("runs", patched.runs);
        whole_seconds(writer, "median_seconds", patched.median);
        whole_seconds(writer, "nine_of_ten_seconds", patched.nine_of_ten);
        writer.end_object();
    }
    writer.end_array();
}

void write_waves(json::Writer& writer, const Report& report) {
    writer.key("waves").begin_array();
    for (std::size_t i = 0; i < report.figures.waves.size(); ++i) {
        const Figures::Wave& wave = report.figures.waves[i];
        writer.begin_object().member("name", wave.name).member("devices", wave.devices);
        whole_seconds(writer, "opens_seconds", wave.opens);
        writer.member("devices_to_prove", wave.devices_to_prove)
            .member("can_prove", !wave.last && wave.devices_by_then >= wave.devices_to_prove)
            .member("sentence", rehearsal::gate_words(report.setting.plan.waves[i], wave))
            .end_object();
    }
    writer.end_array();
}

void write_curve(json::Writer& writer, const Figures& figures) {
    writer.key("curve").begin_array();
    for (const Figures::Point& point : figures.curve) {
        writer.begin_object()
            .member("seconds", point.at)
            .member("patched_share", share(point.patched))
            .member("devices_open", std::llround((1 - point.patched) * figures.devices));
        writer.key("points_open");
        if (figures.points > 0)
            writer.value(rounded(point.points, 0.01));
        else
            writer.null();
        writer.end_object();
    }
    writer.end_array();
}

void write_exposure(json::Writer& writer, const Figures& figures) {
    const double without = static_cast<double>(figures.devices) * figures.horizon / 86'400;
    writer.key("exposure")
        .begin_object()
        .member("device_days_without", std::llround(without))
        .member("device_days", std::llround(figures.device_days))
        .member("device_days_removed", std::llround(without - figures.device_days))
        .end_object();
}

void write_outcomes(json::Writer& writer, const Figures& figures) {
    const rollout::Counts& mean = figures.mean;
    writer.key("outcomes")
        .begin_object()
        .member("verified", mean.verified)
        .member("failed", mean.failed)
        .member("rolled_back", mean.rolled_back)
        .member("silent", mean.silent)
        .member("pending", mean.pending)
        .member("withdrawn", figures.withdrawn)
        .member("not_asked", figures.not_asked)
        .member("runs_halted", figures.halted)
        .member("runs_held", figures.held)
        .member("runs_asking_a_person", figures.asked_person)
        .end_object();
}

void write_bad(json::Writer& writer, const std::vector<BadRelease>& all) {
    writer.key("bad_releases").begin_array();
    for (const BadRelease& bad : all) {
        writer.begin_object()
            .member("failure_rate", share(bad.failure_rate))
            .member("runs", bad.runs)
            .member("halted", bad.halted)
            .member("halted_by_a_person", bad.by_person)
            .member("restarted_at_most", std::llround(bad.restarted_at_most));
        write_spread(writer, "restarted", bad.restarted);
        write_spread(writer, "broken", bad.broken);
        write_spread(writer, "gone", bad.gone);
        write_spread(writer, "seconds", bad.seconds);
        writer.end_object();
    }
    writer.end_array();
}

void write_load(json::Writer& writer, const Report& report) {
    const Figures::Load& load = report.figures.load;
    writer.key("load")
        .begin_object()
        .member("polls_per_second", rate(load.polls))
        .member("offers_per_second", rate(load.offers))
        .member("downloads_per_second", rate(load.downloads))
        .member("reports_per_second", rate(load.reports))
        .member("downloading_at_once", std::llround(load.downloading))
        .member("megabytes_per_second",
                rate(load.downloads * static_cast<double>(report.setting.download_bytes) / 1e6))
        .end_object();
}

void write_sentences(json::Writer& writer, std::string_view name, const std::vector<std::string>& sentences) {
    writer.key(name).begin_array();
    for (const std::string& each : sentences)
        writer.value(each);
    writer.end_array();
}

} // namespace

void write_report(json::Writer& writer, const Report& report) {
    writer.begin_object()
        .member("name", report.name)
        .member("release", report.release)
        .member("sentence", rehearsal::sentence(report));
    write_fleet(writer, report);
    write_conditions(writer, report);
    write_patched(writer, report.figures);
    writer.member("patched_share_at_end", share(report.figures.patched_at_end));
    write_waves(writer, report);
    write_exposure(writer, report.figures);
    write_curve(writer, report.figures);
    write_outcomes(writer, report.figures);
    write_bad(writer, report.bad);
    write_load(writer, report);
    write_sentences(writer, "warnings", rehearsal::warnings(report));
    write_sentences(writer, "assumed", rehearsal::assumptions(report));
    writer.end_object();
}

} // namespace oakum::rehearsal_json
