// SPDX-License-Identifier: Apache-2.0
#include "device_facts.hpp"

#include <algorithm>
#include <array>

namespace oakum::lwm2m {
namespace {

struct Meaning {
    std::uint16_t resource;
    const char* attribute;
};
constexpr std::array kTexts = {
    Meaning{0, "manufacturer"},        Meaning{1, "model"},
    Meaning{2, "lwm2m.serial_number"}, Meaning{3, "firmware_version"},
    Meaning{16, "lwm2m.binding"},      Meaning{17, "lwm2m.device_type"},
    Meaning{18, "hw_revision"},        Meaning{19, "lwm2m.software_version"},
};
constexpr std::uint16_t kBattery = 9, kMemory = 21;

} // namespace

std::map<std::string, std::string> attributes_of(const std::vector<lwm2m_data::Record>& records,
                                                 std::uint16_t instance, const Manner& manner) {
    using lwm2m_data::Path;
    std::map<std::string, std::string> said;
    for (const Meaning& each : kTexts)
        if (const auto* value = lwm2m_data::find(records, Path{3, instance, each.resource}))
            if (auto text = lwm2m_data::text_of(*value); text && !text->empty())
                said.emplace(each.attribute, *std::move(text));
    const auto number = [&](std::uint16_t resource) -> std::optional<std::int64_t> {
        const auto* value = lwm2m_data::find(records, Path{3, instance, resource});
        return value != nullptr ? lwm2m_data::integer_of(*value) : std::nullopt;
    };
    if (const auto battery = number(kBattery); battery && *battery >= 0 && *battery <= 100)
        said.emplace("lwm2m.battery_percent", std::to_string(*battery / 10 * 10));
    if (const auto memory = number(kMemory); memory && *memory > 0)
        said.emplace("lwm2m.memory_kib", std::to_string(*memory));
    said.emplace("client", "LwM2M " + manner.version);
    said.emplace("lwm2m.queue_mode", manner.queue ? "yes" : "no");
    said.emplace("lwm2m.firmware_object", manner.has_firmware ? "yes" : "no");
    said.emplace("lwm2m.security", manner.proves_itself ? "key" : "none");
    return said;
}

bool is_news(const std::vector<device::Fact>& held, const std::map<std::string, std::string>& facts) {
    return std::ranges::any_of(facts, [&](const auto& fact) {
        const auto at = std::ranges::find(held, fact.first, &device::Fact::key);
        return at == held.end() || at->value != fact.second;
    });
}

} // namespace oakum::lwm2m
