// SPDX-License-Identifier: Apache-2.0
#include <native/offer.hpp>

#include <algorithm>

namespace oakum::native {
namespace {

std::uint64_t seconds_of(base::TimePoint at) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, base::unix_seconds(at)));
}

} // namespace

wire::Offer offer_of(fleet::OfferView offer) {
    wire::Offer told{.deployment = std::move(offer.deployment),
                     .attempt = offer.attempt,
                     .release_name = std::move(offer.release_name),
                     .release_version = std::move(offer.release_version),
                     .target_path = std::move(offer.target_path),
                     .length = offer.length,
                     .soak_seconds = offer.soak_seconds,
                     .is_rollback = offer.is_rollback,
                     .withdrawn = offer.withdrawn,
                     .install_windows = std::nullopt,
                     .server_time = 0};
    if (!offer.install_windows) return told;
    told.server_time = seconds_of(offer.as_of);
    told.install_windows.emplace();
    for (const fleet::InstallWindow& each : *offer.install_windows)
        told.install_windows->push_back({seconds_of(each.from), seconds_of(each.to)});
    return told;
}

} // namespace oakum::native
