// SPDX-License-Identifier: Apache-2.0
#include "simulate.hpp"

#include "plan_forms.hpp"
#include "plan_source.hpp"

#include <budget_files/budget_json.hpp>
#include <rehearsal/synthetic.hpp>
#include <rehearsal_json/report_json.hpp>
#include <rollout/place.hpp>
#include <schedule_files/rule_json.hpp>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <json/parse.hpp>

namespace oakum::cli {
namespace {

using base::invalid;
using plan_files::Document;
using rehearsal::Report;
using rehearsal::Setting;

constexpr std::uint32_t kMostRuns = 1'000;
// Of one command: what takes an hour is a mistake.
constexpr std::uint64_t kMostPlayed = 2'000'000'000;

// One file: its rollout, and the windows, freezes and budgets beside it.
struct Planned {
    Setting setting;
    std::string name, release;
};

base::Result<Planned> planned(const Session& session, const std::string& file) {
    TRY_VALUE(const Plans plans, plans_in(session, file));
    Planned out;
    const Document* rollout = nullptr;
    for (const Document& document : plans.documents) {
        TRY_VALUE(const json::Value form, full_form(document));
        if (document.kind == "rollout") {
            if (rollout != nullptr)
                return invalid(placed(plans.file, document.place(""),
                                      "a rehearsal plays one rollout; this file has another one, \"" +
                                          rollout->name + "\". Put each into a file of its own"));
            rollout = &document;
            TRY_VALUE(out.setting.plan, plan_of(form));
            TRY_VALUE(out.setting.priority, schedule::parse_priority(text_at(form, "/priority")));
            out.release = text_at(form, "/release");
            if (base::Status sound = rollout::check(out.setting.plan); !sound.ok())
                return plans.at_line(document, std::move(sound).error());
        } else if (document.kind == "budget") {
            TRY_VALUE(json::Value rule, json::parse(request_of(form, "")));
            TRY_VALUE(out.setting.budgets.emplace_back(), budget_files::read_budget(rule));
        } else {
            TRY_VALUE(out.setting.rules.emplace_back(), schedule_files::read_rule(form));
        }
    }
    if (rollout == nullptr)
        return invalid(plans.file + " has no rollout: a rehearsal needs a document of kind: rollout");
    out.name = rollout->name;
    return out;
}

// How many synthetic devices; nothing: the real ones.
base::Result<std::optional<std::uint32_t>> size_of(const std::string& fleet) {
    if (fleet == "real") return std::optional<std::uint32_t>();
    std::uint32_t devices = 0;
    const auto [end, error] = std::from_chars(fleet.data(), fleet.data() + fleet.size(), devices);
    if (error != std::errc() || end != fleet.data() + fleet.size() || devices == 0 ||
        devices > rehearsal::kMostDevices)
        return invalid(fmt::format(
            "--fleet is real, or how many devices are made up: 1 to {}, without commas; not \"{}\"",
            rehearsal::kMostDevices, fleet));
    return std::optional(devices);
}

base::Result<rehearsal::Conditions> conditions_of(const SimulateWish& wish) {
    rehearsal::Conditions conditions;
    if (!(wish.failure_rate >= 0 && wish.failure_rate <= 1))
        return invalid("--failure-rate is a share between 0 and 1, like 0.05 for 5 %");
    if (!(wish.offline >= 0 && wish.offline <= rehearsal::kMostOffline))
        return invalid("--offline is a share between 0 and 0.9, like 0.05 for 5 % of the time");
    conditions.failure_rate = wish.failure_rate;
    conditions.seed = wish.seed;
    if (wish.person == "never") {
        conditions.person_after.reset();
        return conditions;
    }
    double hours = -1;
    const auto [end, error] =
        std::from_chars(wish.person.data(), wish.person.data() + wish.person.size(), hours);
    if (error != std::errc() || end != wish.person.data() + wish.person.size() ||
        !(hours >= 0 && hours <= 2'000))
        return invalid("--person is the hours after which one who is asked answers, 0 to 2000, or never");
    conditions.person_after = static_cast<rehearsal::Seconds>(hours * 3'600);
    return conditions;
}

std::uint32_t runs_for(std::uint64_t devices) {
    return devices <= 100'000 ? 20 : devices <= 1'000'000 ? 5 : 1;
}

base::Status check_work(std::uint64_t devices, std::uint64_t runs, std::uint64_t plans) {
    constexpr std::uint64_t kinds = 4; // the release as it is, and three bad ones
    const std::uint64_t played = devices * runs * kinds * plans;
    if (played <= kMostPlayed) return {};
    return invalid(
        fmt::format("that is {} devices to play, {} at most are; take fewer --runs or a smaller --fleet",
                    grouped(static_cast<long long>(played)), grouped(static_cast<long long>(kMostPlayed))));
}

base::Result<Report> rehearse(const Session& session, const SimulateWish& wish,
                              const rehearsal::Conditions& conditions, std::optional<std::uint32_t> synthetic,
                              Planned planned) {
    Setting& setting = planned.setting;
    setting.start = std::max(session.console.now(), setting.plan.starts.value_or(base::TimePoint{}));
    setting.days = wish.days;
    setting.turn = wish.poll_seconds;
    setting.offline = wish.offline;
    if (wish.megabytes > 0) setting.download_bytes = static_cast<std::uint64_t>(wish.megabytes * 1e6);
    // The release is named, and a synthetic fleet has it.
    if (setting.plan.release.is_zero()) setting.plan.release = rollout::ReleaseId(base::Id128{0, 1});
    if (base::Status sound = rehearsal::check(setting); !sound.ok()) {
        base::Error wrong = std::move(sound).error();
        wrong.message = "--" + wrong.where + ": " + wrong.message;
        wrong.where.clear();
        return wrong;
    }
    if (synthetic && std::ranges::any_of(setting.plan.waves,
                                         [](const rollout::Wave& wave) { return !wave.query.empty(); }))
        return invalid("its waves ask what devices are, and made-up devices are nothing in particular; "
                       "--fleet real plays your own");
    Report report;
    report.name = planned.name;
    report.release = planned.release;
    report.conditions = conditions;
    std::optional<RealFleet> real;
    if (!synthetic) {
        auto connected = session.api();
        if (!connected.ok())
            return std::move(connected).error().wrap(
                "reading the devices (--fleet 10000 makes some up, and asks no server)");
        Api api = std::move(*connected);
        TRY_VALUE(real, read_fleet(session, api, setting, planned.release, wish.megabytes <= 0));
        setting = real->setting;
        report.fleet = real->fleet;
        report.warnings = std::move(real->warnings);
    }
    report.setting = setting;
    schedule::Zones& zones = session.console.zones();
    rehearsal::Assembly assembly(setting, zones);
    if (synthetic)
        rehearsal::add_synthetic(assembly, *synthetic, conditions.seed);
    else
        add_devices(assembly, *real);
    report.fleet.synthetic = synthetic.has_value();
    report.fleet.notes = assembly.notes();
    const rehearsal::Scene scene = std::move(assembly).scene();
    const std::uint32_t runs = wish.runs > 0 ? wish.runs : runs_for(scene.size());
    TRY(check_work(scene.size(), runs, wish.files.size()));
    report.play(scene, runs);
    return report;
}

std::string as_json(const std::vector<Report>& reports) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("plans").begin_array();
    for (const Report& report : reports)
        rehearsal_json::write_report(writer, report);
    writer.end_array().end_object();
    return text + "\n";
}

} // namespace

base::Status simulate(const Session& session, const SimulateWish& wish) {
    if (wish.files.size() > 2)
        return invalid("one plan is rehearsed, or two are compared; -f was given more often");
    if (wish.runs > kMostRuns) return invalid(fmt::format("--runs is 1 to {}", kMostRuns));
    if (!(wish.megabytes >= 0 && wish.megabytes <= 1e6)) return invalid("--megabytes is 0 to 1000000");
    TRY_VALUE(const auto synthetic, size_of(wish.fleet));
    TRY_VALUE(const rehearsal::Conditions conditions, conditions_of(wish));
    // All files are read before anything is asked or played.
    std::vector<Planned> plans;
    for (const std::string& file : wish.files) {
        TRY_VALUE(plans.emplace_back(), planned(session, file));
    }
    std::vector<Report> reports;
    for (Planned& plan : plans) {
        TRY_VALUE(reports.emplace_back(), rehearse(session, wish, conditions, synthetic, std::move(plan)));
    }
    if (session.shown().output == Output::json)
        session.console.out(as_json(reports));
    else
        show_rehearsals(session.shown(), reports);
    return {};
}

} // namespace oakum::cli
