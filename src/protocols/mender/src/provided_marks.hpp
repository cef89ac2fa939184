// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/facts.hpp>
#include <device/ids.hpp>

#include <atomic>
#include <map>
#include <string>
#include <vector>

namespace oakum::mender {

// Marks of what devices said last of their files, to find out at little cost that it is the same again. A
// fixed table: devices that fall into one cell push each other out. Any thread, no lock.
class ProvidedMarks {
  public:
    ProvidedMarks(std::uint64_t key0, std::uint64_t key1) : key0_(key0), key1_(key1), cells_(1 << 16) {}

    using Provides = std::map<std::string, std::string>;
    bool is_same(device::DeviceId device, const Provides& provides) const;
    void keep(device::DeviceId device, const Provides& provides);

  private:
    std::size_t cell_of(device::DeviceId device) const;
    std::uint64_t mark_of(device::DeviceId device, const Provides& provides) const;

    const std::uint64_t key0_, key1_;
    std::vector<std::atomic<std::uint64_t>> cells_;
};

} // namespace oakum::mender
