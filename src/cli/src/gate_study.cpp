// SPDX-License-Identifier: Apache-2.0
#include "gate_study.hpp"

#include <fmt/format.h>
#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

// From so many devices on a fixed share is usually looked at.
constexpr std::uint32_t kFixedMinimum = 20;

std::string as_json(const rollout::StudyResult& result, std::string_view rule = {}) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    if (!rule.empty()) writer.member("rule", rule);
    writer.member("halted", result.halted)
        .member("proceeded", result.proceeded)
        .member("undecided", result.undecided)
        .key("median_devices_at_decision");
    if (result.median_devices_at_decision)
        writer.value(*result.median_devices_at_decision);
    else
        writer.null();
    writer.end_object();
    return text;
}

base::Status check(double rate, std::string_view option, bool may_be_an_end) {
    if (rate > 0 && rate < 1) return {};
    if (may_be_an_end && (rate == 0 || rate == 1)) return {};
    return base::invalid("a rate is a share between 0 and 1, like 0.05 for 5 %").at(option);
}

} // namespace

base::Status study_gate(const Shown& shown, const rollout::Study& setup) {
    TRY(check(setup.tolerance.halt_error, "alpha", false));
    TRY(check(setup.tolerance.proceed_error, "beta", false));
    TRY(check(setup.tolerance.tolerated, "tolerated", false));
    TRY(check(setup.true_rate, "true-rate", true));
    const rollout::StudyResult result = rollout::study(setup);
    if (shown.output == Output::json) {
        shown.console->out(as_json(result) + "\n");
        return {};
    }
    const rollout::StudyResult fixed = rollout::study_fixed_share(setup, kFixedMinimum);
    shown.sentence(fmt::format(
        "{} rollouts of at most {} devices each, of which {:g} % fail, where {:g} % are tolerated; "
        "looked at after every report.",
        grouped(setup.runs), grouped(setup.devices), setup.true_rate * 100, setup.tolerance.tolerated * 100));
    std::vector<json::Value> rows;
    for (const std::string& row :
         {as_json(result, "this gate"),
          as_json(fixed, fmt::format("more than {:g} % of at least {}", setup.tolerance.tolerated * 100,
                                     kFixedMinimum))}) {
        TRY_VALUE(json::Value value, json::parse(row));
        rows.push_back(std::move(value));
    }
    shown.page({{"RULE", "/rule"},
                {"HALTED", "/halted", Format::integer},
                {"WENT ON", "/proceeded", Format::integer},
                {"UNDECIDED", "/undecided", Format::integer},
                {"DEVICES AT DECISION (MEDIAN)", "/median_devices_at_decision", Format::integer}},
               rows, "");
    return {};
}

} // namespace oakum::cli
