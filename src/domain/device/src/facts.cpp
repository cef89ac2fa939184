// SPDX-License-Identifier: Apache-2.0
#include <device/facts.hpp>
#include <device/lifecycle.hpp>

#include <array>

namespace oakum::device {
namespace {

constexpr std::array<std::string_view, 5> kLifecycles = {"pending", "active", "quiet", "retired",
                                                         "unmanaged"};
constexpr std::array<std::string_view, 5> kSources = {"assumed", "group", "imported", "reported", "person"};

template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& words, std::string_view text) {
    std::size_t i = 0;
    while (i < N && words[i] != text)
        ++i;
    return i;
}

} // namespace

bool is_for_people(std::string_view key) {
    return key == key::serial || key == key::owner || key == key::criticality || key == key::exposure ||
           key == key::support_end || key == key::safety || key.starts_with("tag.");
}

std::string_view to_string(Lifecycle lifecycle) {
    return kLifecycles[static_cast<std::size_t>(lifecycle)];
}

std::string_view to_string(FactSource source) {
    return kSources[static_cast<std::size_t>(source)];
}

base::Result<Lifecycle> parse_lifecycle(std::string_view text) {
    const std::size_t i = index_of(kLifecycles, text);
    if (i == kLifecycles.size())
        return base::invalid("a lifecycle is pending, active, quiet, retired or unmanaged, not '" +
                             std::string(text) + "'");
    return static_cast<Lifecycle>(i);
}

base::Result<FactSource> parse_fact_source(std::string_view text) {
    const std::size_t i = index_of(kSources, text);
    if (i == kSources.size())
        return base::invalid("a source is assumed, group, imported, reported or person, not '" +
                             std::string(text) + "'");
    return static_cast<FactSource>(i);
}

} // namespace oakum::device
