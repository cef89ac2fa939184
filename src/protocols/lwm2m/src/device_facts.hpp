// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/facts.hpp>
#include <lwm2m_data/records.hpp>

#include <map>
#include <string>
#include <vector>

namespace oakum::lwm2m {

// How a device speaks, which its page tells.
struct Manner {
    std::string version; // of LwM2M
    bool queue = false;
    bool has_firmware = false; // object 5
    bool proves_itself = true; // over DTLS
};

// What object 3 says of the device, and how it speaks, as attributes (exchange::facts_of makes facts of
// them). What changes all the time is left out or coarse: the battery by tens of percent.
std::map<std::string, std::string> attributes_of(const std::vector<lwm2m_data::Record>& records,
                                                 std::uint16_t instance, const Manner& manner);

// Whether any of these facts differs from what is held.
bool is_news(const std::vector<device::Fact>& held, const std::map<std::string, std::string>& facts);

} // namespace oakum::lwm2m
