// LINK: codecs_tzif
// SPDX-License-Identifier: Apache-2.0
#include <tzif/zone_file.hpp>

#include <cstdlib>

// A file of the system's time zones; what is read is rising and converts both ways.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto zone = tzif::parse("Fuzz/Zone", base::ByteView(data, size));
    if (!zone.ok()) return 0;
    for (std::size_t i = 0; i + 1 < zone->changes.size(); ++i)
        if (zone->changes[i].at >= zone->changes[i + 1].at) std::abort();
    const base::TimePoint at = base::from_unix_ms(1'700'000'000'000);
    const base::TimePoint back = schedule::time_of(*zone, schedule::local_of(*zone, at));
    if (back > at && back - at > std::chrono::hours(60)) std::abort();
    return 0;
}
