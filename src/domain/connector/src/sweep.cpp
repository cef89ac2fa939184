// SPDX-License-Identifier: Apache-2.0
#include <connector/sweep.hpp>

#include <algorithm>

namespace oakum::connector {

AfterSweep after_sweep(const std::map<std::string, Missing>& before, const std::vector<std::string>& unnamed,
                       std::uint64_t named, Trust trust, base::TimePoint now) {
    AfterSweep after;
    const auto newly = static_cast<std::uint64_t>(
        std::ranges::count_if(unnamed, [&](const std::string& id) { return !before.contains(id); }));
    // A system that names nothing at all has lost its memory rather than its devices.
    const bool many = (newly > 10 && newly > (named + newly) / 10) || (named == 0 && newly > 1);
    if (trust == Trust::normal && many) {
        after.suspicious = true;
        after.missing = before;
        return after;
    }
    for (const std::string& id : unnamed) {
        const auto held = before.find(id);
        Missing one = held == before.end() ? Missing{0, now} : held->second;
        if (++one.sweeps >= kSweepsUntilGone)
            after.gone.push_back(id);
        else
            after.missing.emplace(id, one);
    }
    return after;
}

} // namespace oakum::connector
