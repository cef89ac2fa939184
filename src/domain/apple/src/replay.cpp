// SPDX-License-Identifier: Apache-2.0
#include <apple/replay.hpp>

#include <algorithm>

namespace oakum::apple {

Freshness freshness(const Phone& phone, const base::Digest256& signature, std::optional<base::TimePoint> at) {
    const std::string hex = signature.hex();
    if (!phone.signatures.empty() && phone.signatures.back() == hex) return Freshness::repeated;
    if (std::ranges::find(phone.signatures, hex) != phone.signatures.end()) return Freshness::seen_before;
    if (at && phone.signed_at && *at + kClockSlack < *phone.signed_at) return Freshness::older;
    return Freshness::fresh;
}

void note_check_in(Phone& phone, const base::Digest256& signature, std::optional<base::TimePoint> at,
                   base::TimePoint now) {
    // A phone whose clock was ahead is not shut out once it is set right.
    if (at) phone.signed_at = std::max(phone.signed_at.value_or(*at), std::min(*at, now));
    if (at && phone.signed_at > now) phone.signed_at = now;
    phone.signatures.push_back(signature.hex());
    if (phone.signatures.size() > kRemembered) phone.signatures.erase(phone.signatures.begin());
}

} // namespace oakum::apple
