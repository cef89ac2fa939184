// SPDX-License-Identifier: Apache-2.0
#include <exchange/identity.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace oakum;
using namespace oakum::exchange;

namespace {

const std::string kDevice = "01jd2m6c7g3v8x0w5n4t9r1k2p";

ports::Peer peer(std::string uri) {
    return {.address = "192.0.2.7",
            .loopback = false,
            .certificate = base::Digest256{},
            .certificate_uri = std::move(uri),
            .certificate_serial = "0a"};
}

} // namespace

TEST_CASE("a device is who its certificate says") {
    const auto one = device_of(peer("urn:oakum:1:" + kDevice));
    REQUIRE(one.ok());
    CHECK(one->tenant == device::TenantId(1));
    CHECK(one->device.text() == kDevice);
    CHECK(one->certificate_serial == "0a");
    CHECK(device_of(peer("urn:oakum:default:" + kDevice))->tenant == device::kDefaultTenant);
    CHECK(device_of(peer("urn:oakum:4294967295:" + kDevice))->tenant == device::TenantId(4294967295U));
}

TEST_CASE("a certificate that names no device of ours is nobody") {
    for (const std::string& uri :
         {std::string(), std::string("urn:oakum:"), std::string("urn:oakum:1"), std::string("urn:oakum:1:"),
          "urn:oakum::" + kDevice, "urn:oakum:01:" + kDevice, "urn:oakum:-1:" + kDevice,
          "urn:oakum:4294967296:" + kDevice, "urn:oakum:0:" + kDevice, "urn:oakum:1:" + kDevice + "x",
          "urn:oakum:1:" + kDevice.substr(1), "urn:other:1:" + kDevice, "URN:OAKUM:1:" + kDevice,
          "urn:oakum:1:1:" + kDevice, std::string("urn:oakum:1:00000000000000000000000000")}) {
        CAPTURE(uri);
        const auto nobody = device_of(peer(uri));
        REQUIRE_FALSE(nobody.ok());
        CHECK(nobody.error().kind == base::ErrorKind::unauthenticated);
    }
    ports::Peer without = peer("urn:oakum:1:" + kDevice);
    without.certificate.reset();
    CHECK_FALSE(device_of(without).ok());
    ports::Peer no_serial = peer("urn:oakum:1:" + kDevice);
    no_serial.certificate_serial.clear();
    CHECK_FALSE(device_of(no_serial).ok());
}
