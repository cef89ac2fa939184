// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/phone.hpp>

#include <base/digest.hpp>

namespace oakum::apple {

// Check-ins change who a phone is and how it is reached, and name no number that rises: a copy of an old one
// would be as good as a new one. `signature`: the digest of the whole signed message. `at`: when it was
// signed, by the phone's clock.
enum class Freshness : std::uint8_t { fresh, repeated, seen_before, older };
// repeated: the last one again, since its answer was lost.
Freshness freshness(const Phone& phone, const base::Digest256& signature, std::optional<base::TimePoint> at);
// It was taken.
void note_check_in(Phone& phone, const base::Digest256& signature, std::optional<base::TimePoint> at,
                   base::TimePoint now);

inline constexpr auto kClockSlack = std::chrono::minutes(5);
inline constexpr std::size_t kRemembered = 16;

} // namespace oakum::apple
