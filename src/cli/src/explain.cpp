// SPDX-License-Identifier: Apache-2.0
#include "explain.hpp"

#include "session.hpp"

#include <cli/table.hpp>

namespace oakum::cli {
namespace {

std::string_view word(const std::string& answer) {
    return answer == "unknown" ? std::string_view("cannot tell") : std::string_view(answer);
}

base::Status show(const Flow& flow, const std::string& address) {
    TRY_VALUE(const json::Value told, flow.api.get(address));
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(told.source()) + "\n");
        return {};
    }
    std::vector<json::Value> steps;
    if (const auto list = told.find("steps"))
        for (const json::Value& step : list->items())
            steps.push_back(step);
    if (flow.shown.output == Output::csv) {
        flow.shown.page({{"QUESTION", "/question"}, {"ANSWER", "/answer"}, {"BECAUSE", "/because"}}, steps,
                        "");
        return {};
    }
    flow.shown.sentence(text_at(told, "/sentence"));
    const int width = flow.console.terminal ? flow.console.width : 0;
    for (const json::Value& step : steps) {
        const std::string question = text_at(step, "/question");
        const std::string answer(word(text_at(step, "/answer")));
        flow.console.out(wrap(printable(question + " " + answer), width, 2) + "\n");
        flow.console.out("  " + wrap(printable(text_at(step, "/because")), width > 2 ? width - 2 : 0, 2) +
                         "\n");
        if (const auto inputs = step.find("inputs"))
            for (const json::Value& input : inputs->items()) {
                const std::string at = text_at(input, "/at");
                flow.console.out(
                    "  " +
                    wrap(printable("- " + text_at(input, "/name") + ": " +
                                   text_at(input, "/value", "not known") + " (" + text_at(input, "/source") +
                                   (at.empty() ? "" : ", " + at) + ")"),
                         width > 2 ? width - 2 : 0, 4) +
                    "\n");
            }
    }
    return {};
}

} // namespace

base::Status explain_device(const Flow& flow, const std::string& device) {
    TRY_VALUE(const std::string id, id_of(flow.api, "device", device));
    return show(flow, "/api/v1/devices/" + encode(id) + "/explain");
}

base::Status explain_rollout(const Flow& flow, const std::string& rollout) {
    TRY_VALUE(const std::string id, id_of(flow.api, "rollout", rollout));
    return show(flow, "/api/v1/rollouts/" + encode(id) + "/explain");
}

base::Status explain_finding(const Flow& flow, const std::string& advisory, const std::string& device) {
    TRY_VALUE(const std::string id, id_of(flow.api, "device", device));
    return show(flow, target("/api/v1/findings/" + encode(advisory) + "/explain", {{"device", id}}));
}

} // namespace oakum::cli
