// LINK: codecs_floor_files
// SPDX-License-Identifier: Apache-2.0
#include <floor_files/apple_list.hpp>
#include <floor_files/floor_json.hpp>
#include <json/parse.hpp>

#include <cstdlib>

using namespace oakum;

// Whatever is imported as Apple's list, and whatever somebody sends as a floor: read within bounds; a model's
// newest is one of the releases, and a floor that was read is the same once it was kept.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto list = floor_files::read_apple_list(text); list.ok())
        for (const std::string_view model : {"iPhone16,1", "iPhone 15 Pro", "", "x"})
            if (const auto known = list->model(model);
                known.newest != nullptr && (!known.known || list->find(known.newest->version) == nullptr))
                std::abort();
    (void)floor_files::parse_hours(text).ok();
    if (const auto value = json::parse(text); value.ok())
        if (const auto policy = floor_files::read_policy(*value); policy.ok()) {
            floor::Floor floor;
            floor.policy = *policy;
            const auto again = floor_files::read_floor(floor_files::write_floor(floor));
            if (!again.ok() || again->policy != *policy) std::abort();
        }
    if (const auto floor = floor_files::read_floor(text); floor.ok())
        if (!floor_files::read_floor(floor_files::write_floor(*floor)).ok()) std::abort();
    return 0;
}
