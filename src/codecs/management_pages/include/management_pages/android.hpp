// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connector/managed_device.hpp>

#include <base/result.hpp>

#include <string>
#include <string_view>

// The Android Management API, v1.
namespace oakum::management_pages {

// What is asked of each device, as the parameter `fields` takes it: nothing that names its user, nor where it
// is. With apps also their reports.
std::string android_device_fields(bool apps);

// A page of enterprises.devices; `next` is the token of the next. Devices that the enterprise let go of are
// left out. A field that a policy does not have reported is not there, and says nothing. Errors: invalid,
// too_large.
base::Result<connector::DevicePage> android_devices(std::string_view body);

// The key file of a service account, as Google gives it.
struct ServiceAccount {
    std::string email, key_id;
    std::string private_key; // PEM, PKCS#8
};
// Errors: invalid. What is wrong is said without what is in it.
base::Result<ServiceAccount> service_account_of(std::string_view file);

} // namespace oakum::management_pages
