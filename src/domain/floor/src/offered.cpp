// SPDX-License-Identifier: Apache-2.0
#include <floor/offered.hpp>

#include <version/version.hpp>

#include <algorithm>

namespace oakum::floor {
namespace {

// "iPad mini (6th generation) Wi-Fi + Cellular" is sold as "iPad mini (6th generation)": letters and digits
// in lower case, without how it reaches a network.
std::string plain(std::string_view name) {
    std::string out;
    for (char c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
    }
    for (const std::string_view part : {"cellular", "wifi"})
        if (const auto at = out.find(part); at != std::string::npos) out.erase(at, part.size());
    return out;
}

} // namespace

Offered::Offered(const std::vector<AppleRelease>& releases, const std::map<std::string, std::string>& names,
                 base::TimePoint as_of)
    : as_of_(as_of) {
    for (const AppleRelease& release : releases) {
        const auto version = version::Version::parse(version::Scheme::ios, release.version);
        if (version.ok()) releases_.push_back({release.version, version->key(), release.released});
    }
    std::ranges::stable_sort(releases_, {}, &Release::key);
    const auto twice = std::ranges::unique(releases_, {}, &Release::key);
    releases_.erase(twice.begin(), twice.end());
    for (const auto& [id, name] : names) {
        models_[id];
        names_[plain(name)].push_back(id);
    }
    for (const AppleRelease& release : releases) {
        const Release* known = find(release.version);
        if (known == nullptr) continue;
        const auto place = static_cast<std::size_t>(known - releases_.data());
        for (const std::string& id : release.models) {
            auto& places = models_[id];
            const auto at = std::ranges::lower_bound(places, place);
            if (at == places.end() || *at != place) places.insert(at, place);
        }
    }
}

const Offered::Release* Offered::find(std::string_view version) const {
    const auto wanted = version::Version::parse(version::Scheme::ios, version);
    if (!wanted.ok()) return nullptr;
    const auto at = std::ranges::lower_bound(releases_, wanted->key(), {}, &Release::key);
    return at == releases_.end() || at->key != wanted->key() ? nullptr : &*at;
}

const Offered::Release* Offered::newest() const {
    return releases_.empty() ? nullptr : &releases_.back();
}

std::vector<std::string> Offered::ids_of(std::string_view name) const {
    if (models_.contains(std::string(name))) return {std::string(name)};
    const auto known = names_.find(plain(name));
    return known != names_.end() ? known->second : std::vector<std::string>();
}

Offered::Model Offered::model(std::string_view name) const {
    const std::vector<std::string> ids = ids_of(name);
    if (ids.empty()) return {};
    std::optional<std::size_t> all;
    for (const std::string& id : ids) {
        const std::vector<std::size_t>& places = models_.at(id);
        if (places.empty()) return {true, nullptr};
        all = std::min(all.value_or(places.back()), places.back());
    }
    return {true, &releases_[*all]};
}

const Offered::Release* Offered::first_after(std::string_view name, std::string_view key) const {
    const std::vector<std::string> ids = ids_of(name);
    if (ids.empty()) return nullptr;
    const Release* first = nullptr;
    for (const std::size_t place : models_.at(ids.front())) {
        const Release& release = releases_[place];
        if (version::compare_keys(release.key, key) <= 0) continue;
        const bool to_all = std::ranges::all_of(
            ids, [&](const std::string& id) { return std::ranges::binary_search(models_.at(id), place); });
        if (to_all && (first == nullptr || release.released < first->released)) first = &release;
    }
    return first;
}

} // namespace oakum::floor
