// LINK: domain_schedule
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <schedule/openings.hpp>

#include <cstdlib>

// A rule that a person wrote: read, written, read again, and asked for what it leaves open.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto rule = schedule::Recurrence::parse(base::as_text(base::ByteView(data, size)));
    if (!rule.ok()) return 0;
    const auto again = schedule::Recurrence::parse(rule->text());
    if (!again.ok() || !(*again == *rule)) std::abort();
    const auto start = schedule::parse_local("2026-01-31T02:30").value();
    const auto times = schedule::Times::make(start, std::chrono::hours(3), *rule);
    if (!times.ok()) return 0;
    schedule::Rule window;
    window.times.push_back(*times);
    const auto open =
        schedule::openings({{&window, &schedule::utc()}}, base::from_unix_ms(1'780'000'000'000));
    for (std::size_t i = 0; i + 1 < open.open.size(); ++i)
        if (open.open[i].to > open.open[i + 1].from) std::abort();
    return 0;
}
