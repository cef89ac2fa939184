// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connector/managed_device.hpp>

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <vector>

// Microsoft Graph v1.0, deviceManagement.
namespace oakum::management_pages {

// What is asked of each device: nothing that names its user, nor a phone number.
std::string_view intune_device_properties();

// A page of managedDevices. Personal devices come with the least that is kept of them. Errors: invalid,
// too_large.
base::Result<connector::DevicePage> intune_devices(std::string_view body);

struct DetectedApp {
    std::string id;
    component::Component app;
};
struct DetectedApps {
    std::vector<DetectedApp> apps;
    std::string next;
};
// A page of detectedApps. Of phones and tablets only: desktops have agents for that.
base::Result<DetectedApps> intune_apps(std::string_view body);

struct DeviceIds {
    std::vector<std::string> ids;
    std::string next;
};
// A page of an app's managedDevices, asked for their ids.
base::Result<DeviceIds> intune_device_ids(std::string_view body);

} // namespace oakum::management_pages
