// SPDX-License-Identifier: Apache-2.0
#include "layouts.hpp"

#include "synonyms.hpp"

#include <algorithm>
#include <array>

namespace oakum::device_lists {
namespace {

// The heads of Microsoft Intune are those of its report DevicesWithInventory, as shown (what "All devices"
// exports) and as asked for by name; those of Jamf Pro the display fields of its inventory searches.
constexpr std::array kIntune = std::to_array<Meaning>({
    {"deviceid", "x.intune_id"},
    {"category", "tag.category"},
    {"categoryname", "tag.category"},
    {"devicetype", ""}, // a number
    {"ethernetmac", "x.ethernet_mac"},
    {"wifimac", "x.mac"},
    {"manageddevicename", ""}, // made of the user's name
});
constexpr std::array kIntuneConstants = std::to_array<Meaning>({{"Microsoft Intune", "x.managed_by"}});

constexpr std::array kJamfComputer = std::to_array<Meaning>({
    {"computername", "name"},
    {"modelidentifier", "model"},
    {"model", "x.model_name"},
    {"macaddress", "x.mac"},
    {"platform", ""}, // "Mac" for all
    {"operatingsystemname", "platform"},
    {"operatingsystem", "platform"},
});
constexpr std::array kJamfComputerConstants =
    std::to_array<Meaning>({{"Apple", "manufacturer"}, {"macos", "platform"}, {"Jamf Pro", "x.managed_by"}});

constexpr std::array kJamfMobile = std::to_array<Meaning>({
    {"displayname", "name"},
    {"devicename", "name"},
    {"mobiledevicename", "name"},
    {"modelidentifier", "model"},
    {"model", "x.model_name"},
    {"wifimacaddress", "x.mac"},
    {"deviceid", ""}, // of Exchange
});
constexpr std::array kJamfMobileConstants =
    std::to_array<Meaning>({{"Apple", "manufacturer"}, {"ios", "platform"}, {"Jamf Pro", "x.managed_by"}});

constexpr std::array kLayouts = std::to_array<KnownLayout>({
    {"Microsoft Intune, all devices", "deviceid",
     "devicename lastcheckin lastcontact managedby managementagent ownership ownertype compliance "
     "compliantstate "
     "enrollmentdate createddate azureaddeviceid microsoftentradeviceid referenceid easactivationid "
     "intuneregistered primaryuserupn securitypatchlevel androidpatchlevel",
     4, kIntune, kIntuneConstants},
    {"Jamf Pro, computers", "jsscomputerid jamfprocomputerid computername",
     "lastinventoryupdate lastcheckin operatingsystem operatingsystemversion operatingsystembuild udid "
     "modelidentifier managed jamfbinaryversion jsscomputerid jamfprocomputerid filevault2status",
     2, kJamfComputer, kJamfComputerConstants},
    {"Jamf Pro, mobile devices", "jssmobiledeviceid jamfpromobiledeviceid displayname mobiledevicename",
     "lastinventoryupdate osversion iosversion osbuild udid modelidentifier managed supervised "
     "wifimacaddress "
     "deviceownershiptype lostmodeenabled jssmobiledeviceid jamfpromobiledeviceid",
     3, kJamfMobile, kJamfMobileConstants},
});

} // namespace

const KnownLayout* known_layout(const std::vector<std::string>& folded_heads) {
    for (const KnownLayout& known : kLayouts) {
        const auto in = [&](std::string_view names) {
            return static_cast<std::size_t>(
                std::count_if(folded_heads.begin(), folded_heads.end(), [&](const std::string& head) {
                    return rank_of(names, head) != std::string_view::npos;
                }));
        };
        if (in(known.one_of) > 0 && in(known.several) >= known.least) return &known;
    }
    return nullptr;
}

} // namespace oakum::device_lists
