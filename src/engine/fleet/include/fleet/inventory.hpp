// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <map>
#include <string>
#include <vector>

namespace oakum::fleet {

struct InventoryReport {
    std::map<std::string, std::string> facts;
    std::vector<component::Component> components; // the delta layer
    bool tells_components = true;                 // otherwise nothing is known of them: what was stays
    std::vector<std::string> forget;              // facts that it no longer says of itself
};

// What devices say of themselves, and what SBOMs say of their firmware.
class Inventories {
  public:
    explicit Inventories(Core& core) : core_(core) {}

    // `digest`: hex SHA-256 of the message, compared at polls. Errors: denied, invalid (too many, too long).
    void take(DeviceActor device, InventoryReport report, std::string digest,
              std::function<void(base::Status)> done);

    struct Sbom {
        std::string name; // of the file
        std::vector<component::Component> components;
        std::vector<component::Statement> statements;
    };
    // Devices of that model that run that version get the set as base layer, now and later.
    void attach_to_firmware(access::Actor actor, std::string model, std::string version, Sbom sbom,
                            shard::Completion<SetId> done);
    // What its maker or build says of the components of a firmware that has a set already, beside what was
    // said with it; a set of its own. `stated` adds to the statements, given the components, and runs on the
    // caller's thread. Errors also: not_found (no SBOM of that firmware), conflict (another came meanwhile),
    // and its own.
    using Stated = std::function<base::Status(const std::vector<component::Component>&,
                                              std::vector<component::Statement>&)>;
    void state_of_firmware(access::Actor actor, std::string model, std::string version, std::string name,
                           const Stated& stated, shard::Completion<SetId> done);
    // The set of one device, as its delta layer.
    void attach_to_device(access::Actor actor, DeviceId device, Sbom sbom, shard::Completion<SetId> done);
    // Stores a set without attaching it (a release's SBOM).
    void store_set(TenantId tenant, Sbom sbom, shard::Completion<SetId> done);
    // Gives devices the base set that is known for the version they run; after an SBOM came, and once at
    // start.
    void reconcile(TenantId tenant);

  private:
    Core& core_;
};

// The device runs this firmware version from now on, by its own word: the fact, the event, and the base set
// that FirmwareRow knows for its model (none: the open one is closed). Changes `row`, which the caller puts.
// Within a command; polls and reports of deployments both come through here.
void note_running_version(shard::Transaction& transaction, const Software& software, ports::DeviceRow& row,
                          const std::string& version);

// Facts of the user's own that say what a device is to advisories, as CPE 2.3 names.
inline constexpr std::string_view kFirmwareCpe = "x.cpe", kHardwareCpe = "x.hardware_cpe";

// The base set that follows from what is known of a device: its firmware's SBOM, the OS build of a phone, or
// the firmware that a fact x.cpe names, each with the hardware that it runs on as far as that is known; zero
// when its software is not known. Puts the rows of a set that is new.
SetId base_set_for(shard::Transaction& transaction, const Software& software,
                   const std::vector<device::Fact>& facts, const std::string& running_version);
// Changes the row's base set, with its interval and event.
void move_base_set(shard::Transaction& transaction, ports::DeviceRow& row, SetId set);

// Puts the rows of a set that is not stored yet. Within a command.
SetId put_set(shard::Transaction& transaction, const Software& software, ports::Layer layer,
              const std::vector<component::Component>& components,
              std::vector<component::Statement> statements, std::string origin);

} // namespace oakum::fleet
