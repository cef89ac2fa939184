// SPDX-License-Identifier: Apache-2.0
#include "provided_marks.hpp"

#include <base/digest.hpp>

namespace oakum::mender {

std::size_t ProvidedMarks::cell_of(device::DeviceId device) const {
    return base::siphash24(key0_, key1_, base::to_bytes(device.get())) & (cells_.size() - 1);
}

std::uint64_t ProvidedMarks::mark_of(device::DeviceId device, const Provides& provides) const {
    std::string said = device.text();
    for (const auto& [name, value] : provides)
        for (const std::string* text : {&name, &value})
            said += " " + std::to_string(text->size()) + ":" + *text;
    return base::siphash24(key1_, key0_, base::as_bytes(said));
}

bool ProvidedMarks::is_same(device::DeviceId device, const Provides& provides) const {
    return cells_[cell_of(device)].load(std::memory_order_relaxed) == mark_of(device, provides);
}

void ProvidedMarks::keep(device::DeviceId device, const Provides& provides) {
    cells_[cell_of(device)].store(mark_of(device, provides), std::memory_order_relaxed);
}

} // namespace oakum::mender
