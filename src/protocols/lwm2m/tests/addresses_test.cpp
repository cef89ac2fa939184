// SPDX-License-Identifier: Apache-2.0
#include <lwm2m/downloads.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::lwm2m;

TEST_CASE("an address is good for one device and one attempt, and short") {
    const Addresses addresses(base::Bytes(32, 1)), others(base::Bytes(32, 2));
    const fleet::DeviceActor device{device::kDefaultTenant, device::DeviceId(base::Id128{1, 2}), "m"};
    const fleet::DeviceActor other{device::kDefaultTenant, device::DeviceId(base::Id128{1, 3}), "m"};
    ports::DeploymentRow row;
    row.id = ports::DeploymentId(base::Id128{5, 6});
    const std::string path = addresses.path_of(device, row);
    CHECK(path.size() < 48);
    CHECK(Addresses::device_in(path) == device.device);
    CHECK(addresses.is_of(path, device, row));
    CHECK_FALSE(others.is_of(path, device, row));
    CHECK_FALSE(addresses.is_of(path, other, row));
    ++row.attempt;
    CHECK_FALSE(addresses.is_of(path, device, row));
    for (const std::string& wrong : {std::string("/fw/"), std::string("/fw/x/y"), path.substr(1),
                                     "/fw/" + std::string(22, '*') + "/x", std::string()})
        CHECK_FALSE(Addresses::device_in(wrong));
}
