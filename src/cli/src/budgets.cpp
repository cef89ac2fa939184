// SPDX-License-Identifier: Apache-2.0
#include "budgets.hpp"

#include <json/writer.hpp>

#include <charconv>

namespace oakum::cli {

using ports::Method;

namespace {

// What a budget means: a sentence, what to mind, and the groups with the least room.
void show(const Flow& flow, const json::Value& said) {
    if (flow.shown.output == Output::json) return flow.shown.object({}, said);
    if (flow.shown.output == Output::table) {
        flow.shown.sentence(text_at(said, "/sentence"));
        if (const auto warnings = said.find("warnings"))
            for (const json::Value& warning : warnings->items())
                flow.shown.sentence("Mind: " + std::string(warning.as_string(1000).value_or("")));
    }
    std::vector<json::Value> groups;
    if (const auto list = said.find("tightest"))
        for (const json::Value& group : list->items())
            groups.push_back(group);
    flow.shown.page({{"GROUP", "/group"},
                     {"DEVICES", "/devices", Format::integer},
                     {"OUT OF SERVICE", "/out", Format::integer},
                     {"AT MOST", "/allowed", Format::integer}},
                    groups, "No device is in it yet.");
}

struct Most {
    std::uint32_t number = 0;
    bool percent = false;
};
base::Result<Most> most_of(std::string_view text) {
    Most most;
    most.percent = text.ends_with('%');
    const std::string_view digits = most.percent ? text.substr(0, text.size() - 1) : text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), most.number);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
        (most.percent && most.number > 100))
        return base::invalid("--most is a number of devices such as 1, or a share such as 10%, not \"" +
                             std::string(text.substr(0, 20)) + "\"");
    return most;
}

} // namespace

base::Status list_budgets(const Flow& flow) {
    TRY_VALUE(const json::Value all, flow.api.get("/api/v1/budgets"));
    std::vector<json::Value> items;
    if (const auto list = all.find("items"))
        for (const json::Value& item : list->items())
            items.push_back(item);
    flow.shown.page({{"NAME", "/name", Format::id},
                     {"WHAT", "/sentence"},
                     {"FOR", "/rule/query", Format::text, 1},
                     {"GROUPS", "/groups", Format::integer},
                     {"WITHOUT ROOM", "/full", Format::integer},
                     {"YIELDS TO", "/rule/yields_to", Format::text, 2},
                     {"MIND", "/warnings", Format::list, 3}},
                    items, "No budget: any number of devices may be out of service at once.");
    return {};
}

base::Status add_budget(const Flow& flow, const NewBudget& budget) {
    TRY_VALUE(const Most most, most_of(budget.most));
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("name", budget.name).member("query", budget.query).key("by").begin_array();
    for (const std::string& key : budget.by)
        writer.value(key);
    writer.end_array()
        .member(most.percent ? "percent" : "devices", most.number)
        .member("yields_to", budget.yields_to)
        .member("why", budget.why)
        .end_object();
    if (flow.dry_run) {
        TRY_VALUE(const json::Value said, flow.api.call(Method::post, "/api/v1/budgets/preview", &body));
        show(flow, said);
        return changed_nothing(flow, "Would set the budget \"" + budget.name + "\"");
    }
    TRY_VALUE(const json::Value said,
              flow.api.call(Method::put, "/api/v1/budgets/" + encode(budget.name), &body));
    show(flow, said);
    return {};
}

} // namespace oakum::cli
