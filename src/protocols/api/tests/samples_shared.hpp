// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encode.hpp"

#include <api/lwm2m_service.hpp>

// What samples of several nouns are made of.
namespace oakum::api::test {

inline const base::TimePoint kAt = base::from_unix_ms(1'763'827'380'000);
template <class Id> Id id(std::uint64_t n) {
    return Id(base::Id128{0x0193'0000'0000'0000ULL, n});
}
inline const base::Digest256 kDigest = base::sha256("sample");

inline GroupRef group_ref() {
    return {.id = id<device::GroupId>(1), .name = "Plant 3"};
}
inline Lwm2mEndpoint lwm2m_endpoint() {
    return {"urn:dev:meter-1", "urn:dev:meter-1", group_ref(), true, kAt};
}
inline DeviceRef device_ref() {
    return {.id = id<device::DeviceId>(2),
            .name = "Camera \"7\"",
            .model = "cam-x2",
            .site = "plant-3",
            .owner = "anna",
            .group = group_ref()};
}
inline ReleaseRef release_ref() {
    return {.id = id<rollout::ReleaseId>(3), .name = "gateway", .version = "1.4.3"};
}
inline RolloutRef rollout_ref() {
    return {.id = id<rollout::RolloutId>(4), .name = "everywhere"};
}
inline component::Component sample_component() {
    return {.kind = component::Kind::package,
            .name = "busybox",
            .version = "1.36.0-r2",
            .purl = "pkg:apk/alpine/busybox@1.36.0-r2",
            .cpe = "cpe:2.3:a:busybox:busybox:1.36.0:*:*:*:*:*:*:*",
            .bundle_id = "org.example.app",
            .patch_level = ""};
}
inline rollout::Counts counts() {
    rollout::Counts value;
    value.started = 50;
    value.pending = 10;
    value.verified = 37;
    value.failed = 1;
    value.rolled_back = 1;
    value.silent = 1;
    return value;
}

} // namespace oakum::api::test
