// SPDX-License-Identifier: Apache-2.0
#include <floor_files/apple_list.hpp>

#include <json/parse.hpp>

namespace oakum::floor_files {
namespace {

constexpr std::size_t kMostBranches = 100, kMostReleases = 2'000, kMostModels = 5'000, kLongestName = 200;

base::Result<floor::AppleRelease> release_of(const json::Value& value) {
    floor::AppleRelease release;
    TRY_VALUE(release.version, value.string_at("ProductVersion", 64));
    TRY_VALUE(const std::string released, value.string_at("ReleaseDate", 40));
    TRY_VALUE(release.released, base::parse_time(released));
    TRY_VALUE(const auto models, value.optional_array_at("SupportedDevices", kMostModels));
    if (models)
        for (const json::Value& model : models->items()) {
            TRY_VALUE(std::string id, model.as_string(64));
            release.models.push_back(std::move(id));
        }
    return release;
}

// "2026-08-22T18:45:03.083466422+00:00": the day is enough.
base::TimePoint day_of(const json::Value& value, std::string_view name) {
    const auto text = value.string_at(name, 64);
    const auto day = base::parse_time(text.ok() ? std::string_view(*text).substr(0, 10) : "");
    return day.ok() ? *day : base::TimePoint();
}

} // namespace

base::Result<floor::Offered> read_apple_list(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = kLargestAppleList;
    limits.max_values = 1'000'000;
    limits.floats = true;
    TRY_VALUE(const json::Value value, json::parse(text, limits));
    TRY_VALUE(const json::Value branches, value.array_at("OSVersions", kMostBranches));
    std::vector<floor::AppleRelease> releases;
    for (const json::Value& branch : branches.items()) {
        TRY_VALUE(const json::Value list, branch.array_at("SecurityReleases", kMostReleases));
        for (const json::Value& each : list.items()) {
            TRY_VALUE(const std::string product, each.string_at("ProductName", kLongestName));
            if (!product.starts_with("iOS") && !product.starts_with("iPadOS"))
                return base::invalid("it is the list of another system");
            TRY_VALUE(floor::AppleRelease release, release_of(each));
            releases.push_back(std::move(release));
        }
    }
    if (releases.empty()) return base::invalid("it lists no release");
    std::map<std::string, std::string> names;
    TRY_VALUE(const auto devices, value.optional_object_at("Devices", kMostModels));
    if (devices)
        for (const json::Value& each : devices->items()) {
            TRY_VALUE(std::string name, each.string_at("MarketingName", kLongestName));
            names.emplace(std::string(each.key()), std::move(name));
        }
    return floor::Offered(releases, names, day_of(value, "LastCheck"));
}

} // namespace oakum::floor_files
