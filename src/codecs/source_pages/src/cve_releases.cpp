// SPDX-License-Identifier: Apache-2.0
#include <source_pages/cve_releases.hpp>

#include <json/parse.hpp>

#include <optional>

namespace oakum::source_pages {
namespace {

constexpr std::size_t kMostBytes = 32 << 20, kMostReleases = 1000, kMostAssets = 100;

bool is_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
    return true;
}

std::optional<CveAsset::Kind> kind_of(std::string_view name) {
    if (name == "_all_CVEs_at_midnight.zip.zip" || name == "_all_CVEs_at_midnight.zip")
        return CveAsset::Kind::all;
    if (name == "_delta_CVEs_at_end_of_day.zip") return CveAsset::Kind::changes_of_day;
    constexpr std::string_view kChanges = "_delta_CVEs_at_";
    if (name.starts_with(kChanges) && name.ends_with("Z.zip") && name.size() == kChanges.size() + 9)
        return CveAsset::Kind::changes;
    return std::nullopt;
}

} // namespace

base::Result<std::vector<CveAsset>> read_cve_releases(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = kMostBytes;
    limits.max_values = 2'000'000;
    limits.floats = true;
    TRY_VALUE(const json::Value releases, json::parse(text, limits));
    if (!releases.is_array() || releases.size() > kMostReleases)
        return base::invalid("this is no list of releases");
    std::vector<CveAsset> found;
    for (const json::Value& release : releases.items()) {
        TRY_VALUE(const json::Value assets, release.array_at("assets", kMostAssets));
        for (const json::Value& asset : assets.items()) {
            TRY_VALUE(std::string name, asset.string_at("name", 200));
            TRY_VALUE(std::string url, asset.string_at("browser_download_url", 2048));
            if (name.size() < 10 || !is_day(std::string_view(name).substr(0, 10))) continue;
            const auto kind = kind_of(std::string_view(name).substr(10));
            if (!kind || (!url.starts_with("https://") && !url.starts_with("http://"))) continue;
            std::string day = name.substr(0, 10);
            found.push_back({*kind, std::move(day), std::move(name), std::move(url)});
        }
    }
    return found;
}

} // namespace oakum::source_pages
