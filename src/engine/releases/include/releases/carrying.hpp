// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <releases/director.hpp>
#include <trust/order.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::releases {

// What lies in a folder that people carry to devices (docs/sticks.md), made of what devices on the network
// get. Borrows its ports; any thread.
class Carrying {
  public:
    Carrying(fleet::Core& core, Repository& repository, Director& director, ports::Signer& signer)
        : core_(core), repository_(repository), director_(director), signer_(signer) {}

    struct File {
        std::string name, text;
    };
    // Of one moment: all orders of a folder are for this timestamp.
    struct Metadata {
        std::vector<File> files; // every root, the newest of everything else
        trust::Root root;
        std::uint64_t timestamp_version = 0;
        std::string timestamp;
        base::TimePoint ends{}; // of the first that people have to sign anew
    };
    // Errors: unavailable (nothing was signed yet, the clock is in doubt), corrupt.
    base::Result<Metadata> metadata(device::TenantId tenant) const;

    // For one device, to which it is being carried (Rollouts::carry). `answer`: what it would be told on the
    // network, as JSON.
    struct Packed {
        std::string order;
        std::optional<std::string> direction; // nothing: the root names no director
    };
    // Errors: those of Director::carried; unavailable (the keys of timestamps are not here).
    base::Result<Packed> pack(const Metadata& metadata, const fleet::DeviceActor& device, std::string answer,
                              const base::Digest256& artifact, base::TimePoint until) const;

  private:
    fleet::Core& core_;
    Repository& repository_;
    Director& director_;
    ports::Signer& signer_;
};

} // namespace oakum::releases
