// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <device_lists/file.hpp>

#include <map>
#include <unordered_map>

namespace oakum::fleet {

struct Match {
    std::optional<DeviceId> device; // nothing: it is new
    std::string by;                 // "serial A1", "MAC address 00:40:8c:12:34:56"
    std::vector<DeviceId> doubles;  // unmanaged ones that are this device too
};

// Which device a record means (README: "An import"). One import's, on one thread; what another change does
// meanwhile is found by the transaction.
class Matcher {
  public:
    Matcher(const Core& core, TenantId tenant) : core_(core), tenant_(tenant) {}
    // Errors: invalid, conflict: why the line is refused.
    base::Result<Match> find(const device_lists::Record& record);
    // That line made this device: another line cannot mean it.
    void made(DeviceId device, std::uint64_t line) { (void)claim("device " + device.text(), line).ok(); }

  private:
    // Places of the devices that have a value for a key, by the value's hash; read from the fleet when first
    // asked.
    using Index = std::vector<std::pair<std::uint64_t, std::uint32_t>>;
    struct Candidate {
        DeviceId id;
        bool unmanaged = false, retired = false;
        std::string serial, mac, other_mac, site;
    };

    const Index& index(std::string_view key);
    // Retired ones are left out, unless the record is a sighting: what somebody passed over is not new again.
    std::vector<Candidate> having(std::string_view key, const std::string& value, bool sighting);
    base::Result<std::optional<Match>> by_key(std::string_view key, std::string_view called,
                                              const device_lists::Record& record, bool without_serial_only);
    base::Result<Match> by_id(const device_lists::Record& record, const std::string& serial);
    base::Result<Match> by_serial(const device_lists::Record& record, const std::string& serial);
    base::Result<Match> by_other_marks(const device_lists::Record& record);
    base::Status claim(const std::string& mark, std::uint64_t line);
    bool is_claimed(DeviceId device, std::uint64_t line) const;

    const Core& core_;
    const TenantId tenant_;
    std::map<std::string, Index, std::less<>> indexes_;
    std::unordered_map<std::uint64_t, std::uint64_t> claimed_; // hash of what names a device -> line
};

} // namespace oakum::fleet
