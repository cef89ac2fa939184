// SPDX-License-Identifier: Apache-2.0
#include <connector/floor.hpp>

#include <array>
#include <base/time.hpp>
#include <version/version.hpp>

namespace oakum::connector {
namespace {

constexpr std::uint32_t kMostDays = 365;

struct Release {
    std::string_view version;
    unsigned level;
};
constexpr std::array<Release, 11> kReleases{{{"8", 26},
                                             {"8.1", 27},
                                             {"9", 28},
                                             {"10", 29},
                                             {"11", 30},
                                             {"12", 31},
                                             {"12L", 32},
                                             {"13", 33},
                                             {"14", 34},
                                             {"15", 35},
                                             {"16", 36}}};

bool is_android(const Floor& floor) {
    return floor.platform == "android";
}

} // namespace

std::optional<unsigned> api_level_of(std::string_view android_version) {
    for (const Release& release : kReleases)
        if (release.version == android_version) return release.level;
    return std::nullopt;
}

base::Status check(const Floor& floor) {
    if (floor.platform != "ios" && floor.platform != "android")
        return base::invalid("a floor is for ios (iPadOS too) or android").at("/platform");
    if (floor.version.empty() && floor.patch_level.empty())
        return base::invalid("a floor names a version, or a patch level").at("/version");
    if (!floor.version.empty()) {
        const bool known = is_android(floor) ? api_level_of(floor.version).has_value()
                                             : version::ios_branch(floor.version).ok();
        if (!known)
            return base::invalid(is_android(floor)
                                     ? "there is no such release of Android, as far as is known here"
                                     : "that is no version of iOS")
                .at("/version");
    }
    if (!floor.patch_level.empty()) {
        if (!is_android(floor))
            return base::invalid("only Android has patch levels; of iOS say the version").at("/patch_level");
        if (floor.patch_level.size() != 10 || !base::parse_time(floor.patch_level).ok())
            return base::invalid("a patch level is a day such as 2026-08-05").at("/patch_level");
    }
    if (floor.days > kMostDays) return base::invalid("at most 365 days").at("/days");
    return {};
}

std::string words(const Floor& floor) {
    std::string text = is_android(floor) ? "Android" : "iOS";
    if (!floor.version.empty()) text += " " + floor.version;
    if (!floor.patch_level.empty()) text += " with the patch level " + floor.patch_level;
    return text;
}

std::string devices_of(const Floor& floor, std::string_view connector) {
    return "x.connector = \"" + std::string(connector) + "\" and " +
           (is_android(floor) ? "platform = android" : "platform in (ios, ipados)");
}

std::string below(const Floor& floor) {
    std::string below;
    if (!floor.version.empty()) below = "os_version < \"" + floor.version + "\"";
    if (!floor.patch_level.empty())
        below += (below.empty() ? "" : " or ") + ("patch_level < \"" + floor.patch_level + "\"");
    return below;
}

std::string short_of(const Floor& floor, std::string_view connector) {
    return devices_of(floor, connector) + " and (" + below(floor) + ")";
}

} // namespace oakum::connector
