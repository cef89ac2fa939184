// SPDX-License-Identifier: Apache-2.0
#include <governance/network.hpp>

#include <vector>

namespace oakum::governance {
namespace {

std::vector<std::string> groups_of(std::string_view text) {
    std::vector<std::string> groups;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        std::string_view group = text.substr(0, colon);
        while (group.size() > 1 && group.front() == '0')
            group.remove_prefix(1);
        groups.emplace_back(group);
        text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    }
    return groups;
}

} // namespace

std::string network_of(std::string_view address) {
    if (address.find(':') == std::string_view::npos) return std::string(address);
    // An IPv4 address in the clothes of IPv6.
    if (address.find('.') != std::string_view::npos)
        return std::string(address.substr(address.rfind(':') + 1));
    const std::size_t gap = address.find("::");
    std::vector<std::string> groups = groups_of(address.substr(0, gap));
    if (gap != std::string_view::npos) {
        const std::vector<std::string> after = groups_of(address.substr(gap + 2));
        while (groups.size() + after.size() < 8)
            groups.emplace_back("0");
        groups.insert(groups.end(), after.begin(), after.end());
    }
    std::string network;
    for (std::size_t i = 0; i < 4 && i < groups.size(); ++i)
        network += groups[i] + ":";
    return network + ":/64";
}

} // namespace oakum::governance
