// SPDX-License-Identifier: Apache-2.0
#include <budget/budget.hpp>

#include <algorithm>
#include <limits>

namespace oakum::budget {
namespace {

// Letters of the names of facts: "site", "tag.role", "x.rack-2".
bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= 64 && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
}

} // namespace

base::Status check(const Budget& budget) {
    using base::invalid;
    const bool good_name =
        !budget.name.empty() && budget.name.size() <= 60 && std::ranges::all_of(budget.name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
    if (!good_name) return invalid("a name of 1 to 60 of a-z, 0-9 and -").at("/name");
    if (budget.query.size() > 4096) return invalid("a query has at most 4096 characters").at("/query");
    if (budget.by.size() > Budget::kMostKeys)
        return invalid("devices are grouped by at most " + std::to_string(Budget::kMostKeys) + " facts")
            .at("/by");
    for (std::size_t i = 0; i < budget.by.size(); ++i) {
        const std::string place = "/by/" + std::to_string(i);
        if (!is_key(budget.by[i]))
            return invalid("the name of a fact, such as site, model or tag.role").at(place);
        if (std::count(budget.by.begin(), budget.by.end(), budget.by[i]) > 1)
            return invalid("\"" + budget.by[i] + "\" stands there twice").at(place);
    }
    if (const auto* percent = std::get_if<Percent>(&budget.limit); percent != nullptr && percent->most > 100)
        return invalid("a share is 0 to 100 %").at("/percent");
    if (budget.why.size() > 1024) return invalid("a reason has at most 1024 characters").at("/why");
    return {};
}

std::uint32_t allowed(const Limit& limit, std::uint64_t size) {
    if (const auto* devices = std::get_if<Devices>(&limit)) return devices->most;
    const std::uint32_t percent = std::get<Percent>(limit).most;
    if (percent == 0) return 0;
    // Whole hundreds apart, so that no product overflows.
    const std::uint64_t share = size / 100 * percent + size % 100 * percent / 100;
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(share, 1, std::numeric_limits<std::uint32_t>::max()));
}

bool rests_on_size(const Limit& limit) {
    const auto* percent = std::get_if<Percent>(&limit);
    return percent != nullptr && percent->most > 0;
}

std::string in_words(const Limit& limit) {
    if (const auto* devices = std::get_if<Devices>(&limit))
        return devices->most == 0 ? "no device"
                                  : "at most " + std::to_string(devices->most) +
                                        (devices->most == 1 ? " device" : " devices");
    const std::uint32_t percent = std::get<Percent>(limit).most;
    return percent == 0 ? "no device"
                        : "at most " + std::to_string(percent) + " % of the devices (1 at least)";
}

std::string in_words(const Budget& budget) {
    std::string text = in_words(budget.limit);
    for (std::size_t i = 0; i < budget.by.size(); ++i)
        text += (i == 0 ? " with the same " : i + 1 == budget.by.size() ? " and " : ", ") + budget.by[i];
    const auto* devices = std::get_if<Devices>(&budget.limit);
    const bool one = allowed(budget.limit, 1) == 0 || (devices != nullptr && devices->most == 1);
    return text + (one ? " is" : " are") + " out of service at once";
}

} // namespace oakum::budget
