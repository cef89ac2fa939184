// SPDX-License-Identifier: Apache-2.0
// The devices of a server as a rehearsal needs them: one list with the facts that are asked for.
#include "simulate.hpp"

#include <budget_files/budget_json.hpp>
#include <device/query_text.hpp>
#include <rollout/asked.hpp>
#include <schedule_files/rule_json.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace oakum::cli {
namespace {

constexpr std::size_t kMostFacts = 32, kPage = 500;

// A device of the list, as queries see it. What a list does not tell is unknown, so that no freeze and no
// budget is missed for it.
class Listed final : public device::DeviceView {
  public:
    explicit Listed(const json::Value& item) {
        if (const auto facts = item.find("facts"))
            for (const json::Value& fact : facts->items())
                facts_.emplace(fact.key(), fact.text());
        id_ = text_at(item, "/id");
        lifecycle_ = text_at(item, "/lifecycle");
        group_id_ = text_at(item, "/group/id");
        group_ = text_at(item, "/group/name");
        exploited_ = number_at(item, "/exploited_open") > 0;
    }
    std::optional<std::string_view> fact(std::string_view key) const override {
        const auto at = facts_.find(key);
        return at == facts_.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    }
    std::optional<std::string> field(device::Field field) const override {
        if (field == device::Field::id) return id_;
        if (field == device::Field::lifecycle) return lifecycle_;
        // What the query of devices that are asked says of all of them.
        if (field == device::Field::enrolled) return "yes";
        if (field == device::Field::hold || field == device::Field::revoked) return "no";
        return std::nullopt;
    }
    device::Truth in_group(const device::Literal& name) const override {
        const bool own = device::matches_text(name, group_) || device::matches_text(name, group_id_);
        return own && !group_id_.empty() ? device::Truth::yes : device::Truth::unknown;
    }
    device::Truth component(const device::Term&) const override { return device::Truth::unknown; }
    device::Truth finding(const device::Term& term) const override {
        if (term.field != device::Field::kev) return device::Truth::unknown;
        return exploited_ == device::wants_yes(term) ? device::Truth::yes : device::Truth::no;
    }

  private:
    std::map<std::string, std::string, std::less<>> facts_;
    std::string id_, lifecycle_, group_id_, group_;
    bool exploited_ = false;
};

// What the server keeps, with those of the file in the place of those of their name.
template <class Rule> void lay_over(std::vector<Rule>& kept, const std::vector<Rule>& file) {
    for (const Rule& rule : file) {
        const auto at = std::ranges::find(kept, rule.name, &Rule::name);
        if (at == kept.end())
            kept.push_back(rule);
        else
            *at = rule;
    }
}

base::Status read_rules(Api& api, rehearsal::Setting& setting) {
    std::vector<schedule::Rule> rules;
    TRY_VALUE(const json::Value schedules, api.get("/api/v1/schedules"));
    if (const auto items = schedules.find("items"))
        for (const json::Value& item : items->items()) {
            TRY_VALUE(rules.emplace_back(), schedule_files::read_rule(item.find("rule").value_or(item)));
        }
    lay_over(rules, setting.rules);
    setting.rules = std::move(rules);
    std::vector<budget::Budget> budgets;
    TRY_VALUE(const json::Value kept, api.get("/api/v1/budgets"));
    if (const auto items = kept.find("items"))
        for (const json::Value& item : items->items()) {
            TRY_VALUE(budgets.emplace_back(), budget_files::read_budget(item.find("rule").value_or(item)));
        }
    lay_over(budgets, setting.budgets);
    setting.budgets = std::move(budgets);
    return {};
}

// The facts that decide about waves, windows, freezes, budgets and polls.
base::Result<std::string> facts_needed(const rehearsal::Setting& setting) {
    using namespace device::key;
    std::set<std::string, std::less<>> keys{std::string(model), std::string(timezone), std::string(cadence),
                                            std::string(protocol)};
    const auto of_query = [&](const std::string& text) {
        const auto query = device::parse_query(text);
        if (!query.ok()) return;
        for (const device::Term& term : query->terms)
            if (term.field == device::Field::fact) keys.insert(term.name);
    };
    for (const schedule::Rule& rule : setting.rules)
        of_query(rule.query);
    for (const rollout::Wave& wave : setting.plan.waves)
        of_query(wave.query);
    for (const budget::Budget& budget : setting.budgets) {
        of_query(budget.query);
        keys.insert(budget.by.begin(), budget.by.end());
    }
    if (keys.size() > kMostFacts)
        return base::too_large(fmt::format(
            "waves, windows, freezes and budgets ask for {} facts of devices; {} can be read at once",
            keys.size(), kMostFacts));
    std::string text;
    for (const std::string& key : keys)
        text += (text.empty() ? "" : ",") + key;
    return text;
}

base::Result<std::uint64_t> count_of(Api& api, const std::string& query) {
    TRY_VALUE(const json::Value said, api.get(target("/api/v1/query/preview", {{"query", query}})));
    return static_cast<std::uint64_t>(number_at(said, "/count"));
}

base::Result<rollout::Target> target_of(Api& api, const std::string& given, RealFleet& out, bool own_length) {
    TRY_VALUE(const std::string id, id_of(api, "release", given));
    TRY_VALUE(const json::Value release, api.get("/api/v1/releases/" + encode(id)));
    if (const auto path = release.find("target_path"); path && !path->is_string())
        return base::conflict(
            "\"" + given +
            "\" brings phones to a level of their system; a rehearsal plays devices with an agent");
    rollout::Target target;
    target.version = text_at(release, "/version");
    target.min_from = text_at(release, "/min_from");
    for (const auto& [name, list] :
         {std::pair("models", &target.models), std::pair("hw_revisions", &target.hw_revisions)})
        if (const auto items = release.find(name))
            for (const json::Value& item : items->items())
                list->emplace_back(item.text());
    if (own_length)
        if (const double length = number_at(release, "/artifact/length"); length > 0)
            out.setting.download_bytes = static_cast<std::uint64_t>(length);
    TRY_VALUE(out.setting.plan.release, rollout::ReleaseId::parse(id));
    return target;
}

} // namespace

base::Result<RealFleet> read_fleet(const Session& session, Api& api, rehearsal::Setting setting,
                                   const std::string& release, bool own_length) {
    RealFleet out;
    out.setting = std::move(setting);
    TRY_VALUE(const rollout::Target target_devices, target_of(api, release, out, own_length));
    TRY(read_rules(api, out.setting));
    TRY_VALUE(const std::string facts, facts_needed(out.setting));
    const std::string query = rollout::asked(out.setting.plan.query, target_devices);
    TRY_VALUE(out.fleet.in_scope,
              count_of(api, device::both(out.setting.plan.query, rollout::of_models(target_devices.models))));
    TRY_VALUE(out.fleet.asked, count_of(api, query));
    std::string cursor;
    do {
        TRY_VALUE(const json::Value page, api.get(target("/api/v1/devices", {{"query", query},
                                                                             {"facts", facts},
                                                                             {"sort", "name"},
                                                                             {"limit", std::to_string(kPage)},
                                                                             {"cursor", cursor}})));
        if (const auto items = page.find("items"))
            for (const json::Value& item : items->items())
                out.devices.push_back(item);
        cursor = text_at(page, "/next_cursor");
        progress(session.console, "reading devices", out.devices.size(),
                 std::min(out.fleet.asked, kMostRead));
    } while (!cursor.empty() && out.devices.size() < kMostRead);
    out.fleet.read = out.devices.size();
    if (out.fleet.read < out.fleet.asked && out.fleet.read > 0)
        out.warnings.push_back(fmt::format(
            "The first {} of {} devices were read; each stands for {:.0f}.",
            grouped(static_cast<long long>(out.fleet.read)), grouped(static_cast<long long>(out.fleet.asked)),
            static_cast<double>(out.fleet.asked) / static_cast<double>(out.fleet.read)));
    if (const std::uint64_t left_out = out.fleet.in_scope - std::min(out.fleet.in_scope, out.fleet.asked);
        left_out > 0)
        out.warnings.push_back(fmt::format(
            "{} of the {} devices in its scope are not asked: they run it already, are on hold, "
            "quiet, not enrolled, or of another revision.",
            grouped(static_cast<long long>(left_out)), grouped(static_cast<long long>(out.fleet.in_scope))));
    return out;
}

void add_devices(rehearsal::Assembly& assembly, const RealFleet& from) {
    const std::uint64_t read = from.devices.size();
    if (read == 0) return;
    const std::uint64_t all = std::clamp<std::uint64_t>(from.fleet.asked, read, rehearsal::kMostDevices);
    std::uint64_t put = 0;
    for (std::uint64_t i = 0; i < read; ++i) {
        const std::uint64_t until = all * (i + 1) / read;
        const json::Value& item = from.devices[i];
        const auto risk = item.find("risk");
        const auto points = risk ? risk->as_double() : base::Result<double>(base::not_found("none"));
        assembly.add(Listed(item), points.ok() ? std::optional(*points) : std::nullopt,
                     static_cast<std::uint32_t>(until - put));
        put = until;
    }
}

} // namespace oakum::cli
