// SPDX-License-Identifier: Apache-2.0
#include "package_names_table.hpp"

#include <component/package_names.hpp>

#include <algorithm>
#include <iterator>

namespace oakum::component {
namespace {

template <std::size_t N> std::string_view look_up(const table::Entry (&entries)[N], std::string_view name) {
    const auto* found = std::ranges::lower_bound(entries, name, {}, &table::Entry::name);
    return found != std::end(entries) && found->name == name ? found->keys : std::string_view();
}

std::vector<std::string_view> split(std::string_view keys) {
    std::vector<std::string_view> out;
    while (!keys.empty()) {
        const auto end = keys.find(' ');
        out.push_back(keys.substr(0, end));
        keys = end == std::string_view::npos ? std::string_view() : keys.substr(end + 1);
    }
    return out;
}

bool is_plain(const CpeAttribute& attribute) {
    return attribute.kind == CpeAttribute::Kind::value && !attribute.wildcard;
}

} // namespace

std::vector<std::string_view> keys_of_package(std::string_view name) {
    std::string lowered(name);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return split(look_up(table::packages, lowered));
}

std::vector<std::string> keys_of(const Cpe& cpe) {
    if (auto own = cpe.key(); !own.empty()) return {std::move(own)};
    const auto &part = cpe[CpeField::part], &vendor = cpe[CpeField::vendor],
               &product = cpe[CpeField::product];
    if (!is_plain(product)) return {};
    const bool any_part = part.kind == CpeAttribute::Kind::any;
    const bool any_vendor = vendor.kind == CpeAttribute::Kind::any;
    if ((!any_part && !is_plain(part)) || (!any_vendor && !is_plain(vendor))) return {};
    auto known = split(look_up(table::products, product.value));
    if (known.empty() && any_vendor) known = keys_of_package(product.plain());
    std::vector<std::string> out;
    for (const auto key : known) {
        const auto colon = key.find(':', 2);
        const bool fits = (any_part || key.substr(0, 1) == part.value) &&
                          (any_vendor || key.substr(2, colon - 2) == vendor.value);
        if (fits) out.emplace_back(key);
    }
    // Whoever says the vendor and not the part means a program.
    if (out.empty() && any_part && !any_vendor) out.push_back("a:" + vendor.value + ":" + product.value);
    return out;
}

std::string_view without_package_revision(std::string_view version) {
    const auto hyphen = version.rfind('-');
    if (hyphen == std::string_view::npos || hyphen == 0) return version;
    auto revision = version.substr(hyphen + 1);
    if (revision.starts_with('r')) revision.remove_prefix(1);
    const bool number = !revision.empty() && revision.size() <= 4 &&
                        revision.find_first_not_of("0123456789") == std::string_view::npos;
    return number ? version.substr(0, hyphen) : version;
}

Cpe with_key(const Cpe& cpe, std::string_view key) {
    auto out = cpe;
    const auto named = Cpe::parse(std::string("cpe:2.3:").append(key).append(":*:*:*:*:*:*:*:*"));
    if (!named.ok()) return out;
    for (const auto field : {CpeField::part, CpeField::vendor, CpeField::product})
        out.attributes[static_cast<std::size_t>(field)] = (*named)[field];
    return out;
}

} // namespace oakum::component
