// SPDX-License-Identifier: Apache-2.0
// What a budget means for the devices that it is for.
#include <budgets/budgets.hpp>

#include <algorithm>
#include <functional>
#include <tuple>

namespace oakum::budgets {
namespace {

std::string count_of(std::uint64_t number, std::string_view what) {
    return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

struct Group {
    device::DeviceId example; // one of it, which tells its words
    std::uint64_t devices = 0, out = 0;
    bool unknown = false; // a fact that it goes by is not known
};
using Groups = std::unordered_map<GroupKey, Group>;

// Those that it counts. By the fleet's index where that finds all of them: a device of which the query cannot
// be told counts too, and no query finds those.
void each_counted(const fleet::Core& core, device::TenantId tenant, const fleet::Scope& scope,
                  const Rules& rules, const std::function<void(const fleet::Glance&)>& visit) {
    const auto query = device::parse_query(rules.budgets().front().query);
    if (query.ok() && core.fleet.count({tenant, scope, *query}).unknown == 0)
        return core.fleet.each({tenant, scope, *query}, visit);
    core.fleet.each({tenant, scope, device::parse_query("").value()}, [&](const fleet::Glance& device) {
        if (rules.counts(0, device)) visit(device);
    });
}

Groups groups_of(const fleet::Core& core, device::TenantId tenant, const fleet::Scope& scope,
                 const Rules& rules) {
    Groups groups;
    // A group stands for each other whoever sees them: it is counted whole where one of its devices is
    // theirs.
    if (!scope.empty())
        each_counted(core, tenant, scope, rules,
                     [&](const fleet::Glance& device) { groups.try_emplace(rules.group(0, device)); });
    const std::vector<std::string>& by = rules.budgets().front().by;
    each_counted(core, tenant, {}, rules, [&](const fleet::Glance& device) {
        const GroupKey key = rules.group(0, device);
        const auto at = scope.empty() ? groups.try_emplace(key).first : groups.find(key);
        if (at == groups.end()) return;
        Group& group = at->second;
        if (group.devices++ == 0) {
            group.example = device.id();
            group.unknown = std::ranges::any_of(by, [&](const std::string& fact) {
                const auto value = device.fact(fact);
                return !value || value->empty();
            });
        }
        if (const ports::DeploymentRow* row = device.deployment();
            row != nullptr && budget::out_of_service(row->state))
            ++group.out;
    });
    // Of one whose devices left between the two looks nothing is known.
    std::erase_if(groups, [](const auto& each) { return each.second.devices == 0; });
    return groups;
}

} // namespace

Preview Budgets::view(device::TenantId tenant, const fleet::Scope& scope,
                      const budget::Budget& budget) const {
    const Rules rules({budget});
    const Groups groups = groups_of(core_, tenant, scope, rules);
    Preview preview;
    preview.budget = budget;
    std::uint64_t unknown = 0, alone = 0, over = 0;
    struct Tight {
        std::int64_t left = 0;
        Preview::Group group;
        device::DeviceId example;
    };
    std::vector<Tight> tight;
    tight.reserve(groups.size());
    for (const auto& [key, group] : groups) {
        const std::uint32_t allowed = budget::allowed(budget.limit, group.devices);
        preview.devices += group.devices;
        preview.full += group.out >= allowed ? 1 : 0;
        over += group.out > allowed ? 1 : 0;
        alone += group.devices == 1 ? 1 : 0;
        unknown += group.unknown ? group.devices : 0;
        tight.push_back({static_cast<std::int64_t>(allowed) - static_cast<std::int64_t>(group.out),
                         {"", group.devices, group.out, allowed},
                         group.example});
    }
    preview.groups = groups.size();
    const std::size_t shown = std::min(tight.size(), Preview::kMostGroups);
    std::ranges::partial_sort(tight, tight.begin() + static_cast<std::ptrdiff_t>(shown),
                              [](const Tight& a, const Tight& b) {
                                  return std::tie(a.left, b.group.devices, a.example) <
                                         std::tie(b.left, a.group.devices, b.example);
                              });
    for (std::size_t i = 0; i < shown; ++i) {
        core_.fleet.glance({tenant, tight[i].example}, [&](const fleet::Glance& device) {
            tight[i].group.words = rules.words(0, device);
        });
        preview.tightest.push_back(std::move(tight[i].group));
    }

    if (const auto query = device::parse_query(budget.query); !query.ok())
        preview.warnings.push_back("Its query cannot be read any more, so it counts every device: " +
                                   query.error().text());
    else if (const auto good = sound(core_.control, tenant, budget); !good.ok())
        preview.warnings.push_back(
            "It may lose devices that are out of service, so that more are out than it "
            "says: " +
            good.error().text() + ".");
    if (budget::allowed(budget.limit, 1) == 0)
        preview.warnings.push_back("It allows none: nothing is offered to these devices.");
    if (unknown > 0)
        preview.warnings.push_back(
            "Of " + count_of(unknown, "device") +
            " not every fact is known that it goes by; those that lack the same count as "
            "one group.");
    if (alone > 0 && !budget.by.empty())
        preview.warnings.push_back(
            (alone == 1 ? "1 group is a device" : count_of(alone, "group") + " are devices") +
            " that nobody stands in for.");
    if (over > 0)
        preview.warnings.push_back(
            "In " + count_of(over, "group") +
            " more are out of service now than it allows; nothing is offered there until "
            "they are back.");
    std::string said = budget::in_words(budget);
    said[0] = static_cast<char>(said[0] - 'a' + 'A');
    preview.sentence =
        said + ", of " + count_of(preview.devices, "device") + " in " + count_of(preview.groups, "group") +
        (budget.yields_to
             ? "; rollouts that are " + std::string(schedule::to_string(*budget.yields_to)) +
                   (*budget.yields_to == schedule::Priority::urgent ? " or more" : "") + " do not keep it"
             : "") +
        "." + (scope.empty() ? "" : " Groups without a device of yours are left out.");
    return preview;
}

} // namespace oakum::budgets
