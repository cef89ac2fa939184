// SPDX-License-Identifier: Apache-2.0
#include <budget_files/budget_json.hpp>

#include <json/parse.hpp>

#include <limits>

namespace oakum::budget_files {

using budget::Budget;

namespace {

constexpr std::size_t kMaxDocument = 1 << 20;

} // namespace

base::Result<Budget> read_budget(const json::Value& value) {
    TRY(value.only({"name", "query", "by", "devices", "percent", "yields_to", "why"}));
    Budget budget;
    for (const auto& [name, into, most] : {std::tuple("query", &budget.query, std::size_t{4096}),
                                           std::tuple("why", &budget.why, std::size_t{1024})}) {
        TRY_VALUE(auto text, value.optional_string_at(name, most));
        if (text) *into = std::move(*text);
    }
    TRY_VALUE(budget.name, value.string_at("name", 60));
    if (value.find("by")) {
        TRY_VALUE(const json::Value by, value.array_at("by", Budget::kMostKeys));
        for (const json::Value& key : by.items()) {
            TRY_VALUE(std::string text, key.as_string(64));
            budget.by.push_back(std::move(text));
        }
    }
    const bool devices = value.find("devices").has_value();
    if (devices == value.find("percent").has_value())
        return base::invalid("a budget says either how many devices or which percentage").at("/devices");
    if (devices) {
        TRY_VALUE(const std::int64_t most,
                  value.int_at("devices", 0, std::numeric_limits<std::uint32_t>::max()));
        budget.limit = budget::Devices{static_cast<std::uint32_t>(most)};
    } else {
        TRY_VALUE(const std::int64_t most, value.int_at("percent", 0, 100));
        budget.limit = budget::Percent{static_cast<std::uint32_t>(most)};
    }
    TRY_VALUE(const auto yields, value.optional_string_at("yields_to", 20));
    if (yields && !yields->empty()) {
        const auto priority = schedule::parse_priority(*yields);
        if (!priority.ok() || *priority == schedule::Priority::normal)
            return base::invalid("a budget yields to \"urgent\" or \"emergency\" rollouts, or to none")
                .at("/yields_to");
        budget.yields_to = *priority;
    }
    TRY(budget::check(budget));
    return budget;
}

void write_budget(json::Writer& w, const Budget& budget) {
    w.begin_object().member("name", budget.name).member("query", budget.query).key("by").begin_array();
    for (const std::string& key : budget.by)
        w.value(key);
    w.end_array();
    if (const auto* devices = std::get_if<budget::Devices>(&budget.limit))
        w.member("devices", devices->most);
    else
        w.member("percent", std::get<budget::Percent>(budget.limit).most);
    if (budget.yields_to) w.member("yields_to", schedule::to_string(*budget.yields_to));
    w.member("why", budget.why).end_object();
}

base::Result<std::vector<Budget>> read_budgets(std::string_view text) {
    std::vector<Budget> budgets;
    if (text.empty()) return budgets;
    json::Limits limits;
    limits.max_bytes = kMaxDocument;
    limits.max_depth = 6;
    TRY_VALUE(const json::Value document, json::parse(text, limits));
    TRY_VALUE(const json::Value list, document.array_at("budgets", kMostBudgets));
    for (const json::Value& each : list.items()) {
        TRY_VALUE(Budget budget, read_budget(each));
        budgets.push_back(std::move(budget));
    }
    return budgets;
}

std::string write_budgets(const std::vector<Budget>& budgets) {
    std::string text;
    json::Writer w(text);
    w.begin_object().key("budgets").begin_array();
    for (const Budget& budget : budgets)
        write_budget(w, budget);
    w.end_array().end_object();
    return text;
}

} // namespace oakum::budget_files
