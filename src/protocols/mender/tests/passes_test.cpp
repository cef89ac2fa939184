// SPDX-License-Identifier: Apache-2.0
#include "passes.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::mender;

namespace {

const base::Bytes kKey(32, 1), kOther(32, 2);
const base::TimePoint kNow = base::from_unix_ms(1'800'000'000'000);
const fleet::DeviceActor kDevice{device::kDefaultTenant, device::DeviceId(base::Id128{7, 8}), "aa11"};
const ports::DeploymentId kDeployment(base::Id128{1, 2});

} // namespace

TEST_CASE("a token is good for a week, for the device and the key that it was given to") {
    const Passes passes(kKey);
    const std::string token = passes.token(kDevice, kNow);
    const auto read = passes.read_token(token, kNow + std::chrono::hours(24 * 6));
    REQUIRE(read);
    CHECK(read->device == kDevice.device);
    CHECK(read->tenant == kDevice.tenant);
    CHECK(read->certificate_serial == "aa11");
    CHECK_FALSE(passes.read_token(token, kNow + std::chrono::hours(24 * 8)));
}

TEST_CASE("a token that was changed, made elsewhere or is none is nothing") {
    const Passes passes(kKey), other(kOther);
    const std::string token = passes.token(kDevice, kNow);
    CHECK_FALSE(other.read_token(token, kNow));
    for (std::size_t i = 0; i < token.size(); i += 7) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(passes.read_token(changed, kNow));
    }
    for (const std::string& none :
         {std::string(), std::string("."), std::string(".."), std::string(5000, 'a')})
        CHECK_FALSE(passes.read_token(none, kNow));
}

TEST_CASE("a download's address is good for a day, and for nothing else") {
    const Passes passes(kKey);
    const std::string segments = passes.download({kDevice, kDeployment}, kNow);
    const auto read = passes.read_download(segments, kNow + std::chrono::hours(23));
    REQUIRE(read);
    CHECK(read->deployment == kDeployment);
    CHECK(read->device.device == kDevice.device);
    CHECK(read->device.certificate_serial == "aa11");
    CHECK_FALSE(passes.read_download(segments, kNow + std::chrono::hours(25)));
    CHECK_FALSE(passes.read_download(segments + "x", kNow));
    CHECK_FALSE(passes.read_download("1" + segments, kNow));
    CHECK_FALSE(passes.read_download("", kNow));
    CHECK_FALSE(passes.read_token(segments, kNow));
}
