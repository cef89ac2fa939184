// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lwm2m_data/path.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::lwm2m_data {

inline constexpr std::size_t kMostLinks = 512, kLongestLinks = 16 * 1024;

// What a device says in its registration that it has.
struct ObjectList {
    std::string root;                   // before every path, "/lwm2m"; mostly empty
    std::vector<Path> paths;            // objects and instances, in order, each once
    std::vector<std::uint16_t> formats; // of content that it can say beside what all can

    bool has_object(std::uint16_t object) const;
    // The first instance; 0 when the device names the object alone.
    std::uint16_t first_instance(std::uint16_t object) const;
    bool says(std::uint16_t format) const;
};

// RFC 6690 as LwM2M uses it: `</>;rt="oma.lwm2m";ct=112,</1/0>,</5/0>;ver=1.1`. Links that name no object are
// passed over. Errors: invalid, too_large.
base::Result<ObjectList> read_objects(std::string_view links);

} // namespace oakum::lwm2m_data
