// SPDX-License-Identifier: Apache-2.0
// What a budget means for the devices that it is for.
#include <budgets/budgets.hpp>

#include <algorithm>

namespace oakum::budgets {
namespace {

std::string count_of(std::uint64_t number, std::string_view what) {
    return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

struct Group {
    std::string words;
    std::uint64_t devices = 0, out = 0;
    bool unknown = false; // a fact that it goes by is not known
};

} // namespace

Preview Budgets::view(device::TenantId tenant, const fleet::Scope& scope,
                      const budget::Budget& budget) const {
    const Rules rules({budget});
    std::unordered_map<GroupKey, Group> groups;
    core_.fleet.each({tenant, scope, device::parse_query("").value()}, [&](const fleet::Glance& device) {
        if (!rules.counts(0, device)) return;
        Group& group = groups[rules.group(0, device)];
        if (group.devices++ == 0) {
            group.words = rules.words(0, device);
            group.unknown = std::ranges::any_of(budget.by, [&](const std::string& key) {
                const auto value = device.fact(key);
                return !value || value->empty();
            });
        }
        if (const ports::DeploymentRow* row = device.deployment();
            row != nullptr && budget::out_of_service(row->state))
            ++group.out;
    });

    Preview preview;
    preview.budget = budget;
    std::uint64_t unknown = 0, alone = 0, over = 0;
    for (auto& [key, group] : groups) {
        const std::uint32_t allowed = budget::allowed(budget.limit, group.devices);
        preview.devices += group.devices;
        preview.full += group.out >= allowed ? 1 : 0;
        over += group.out > allowed ? 1 : 0;
        alone += group.devices == 1 ? 1 : 0;
        unknown += group.unknown ? group.devices : 0;
        preview.tightest.push_back({std::move(group.words), group.devices, group.out, allowed});
    }
    preview.groups = groups.size();
    const auto left = [](const Preview::Group& group) {
        return static_cast<std::int64_t>(group.allowed) - static_cast<std::int64_t>(group.out);
    };
    std::ranges::sort(preview.tightest, [&](const Preview::Group& a, const Preview::Group& b) {
        return std::tuple(left(a), b.devices, a.words) < std::tuple(left(b), a.devices, b.words);
    });
    if (preview.tightest.size() > Preview::kMostGroups) preview.tightest.resize(Preview::kMostGroups);

    if (const auto query = device::parse_query(budget.query); !query.ok())
        preview.warnings.push_back("Its query cannot be read any more, so it counts every device: " +
                                   query.error().text());
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
        ".";
    return preview;
}

} // namespace oakum::budgets
