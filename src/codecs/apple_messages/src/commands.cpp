// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/commands.hpp>

#include <plist/write.hpp>

#include <array>

namespace oakum::apple_messages {
namespace {

constexpr std::array<std::string_view, 16> kQueries{"UDID",
                                                    "SerialNumber",
                                                    "DeviceName",
                                                    "OSVersion",
                                                    "BuildVersion",
                                                    "SupplementalBuildVersion",
                                                    "SupplementalOSVersionExtra",
                                                    "ProductName",
                                                    "ModelName",
                                                    "IsSupervised",
                                                    "DeviceCapacity",
                                                    "AvailableDeviceCapacity",
                                                    "BatteryLevel",
                                                    "SoftwareUpdateDeviceID",
                                                    "TimeZone",
                                                    "WiFiMAC"};
// Of a person's own: what findings need.
constexpr std::array<std::string_view, 6> kPersonal{
    "OSVersion",   "BuildVersion", "SupplementalBuildVersion", "SupplementalOSVersionExtra",
    "ProductName", "IsSupervised"};
// An enrolment by account answers neither.
constexpr std::array<std::string_view, 2> kNotByUser{"SupplementalBuildVersion",
                                                     "SupplementalOSVersionExtra"};
constexpr std::array<std::string_view, 4> kApp{"Identifier", "Name", "ShortVersion", "Version"};

template <std::size_t N> plist::Array texts(const std::array<std::string_view, N>& all) {
    return plist::Array(all.begin(), all.end());
}

} // namespace

std::string write_command(const apple::Command& command, const apple::Phone& phone,
                          std::string_view declared) {
    plist::Dict asked{{"RequestType", std::string(apple::to_string(command.kind))}};
    switch (command.kind) {
    case apple::Kind::device_information: {
        plist::Array queries = phone.personal ? texts(kPersonal) : texts(kQueries);
        if (phone.by_user)
            std::erase_if(queries, [](const plist::Value& query) {
                for (const std::string_view name : kNotByUser)
                    if (*query.as<std::string>() == name) return true;
                return false;
            });
        asked.put("Queries", std::move(queries));
        break;
    }
    case apple::Kind::security_info:
        break;
    case apple::Kind::installed_applications:
        asked.put("Items", texts(kApp));
        break;
    case apple::Kind::declarative_management: {
        const base::ByteView bytes = base::as_bytes(declared);
        if (!bytes.empty()) asked.put("Data", base::Bytes(bytes.begin(), bytes.end()));
        break;
    }
    case apple::Kind::remove_profile:
        asked.put("Identifier", phone.profile);
        break;
    }
    return plist::write_xml(plist::Dict{{"Command", std::move(asked)}, {"CommandUUID", command.uuid}});
}

} // namespace oakum::apple_messages
