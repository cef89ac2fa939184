// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device.hpp"

namespace oakum::simulation {

// The devices with the real agent, the releases that there are for them, and the people who roll them out,
// change their minds, and send devices away.
class Town final : public World::Part {
  public:
    explicit Town(World& world, const Options& options);
    void heal() override;
    std::string unsettled() override;

  private:
    struct Planned { // a release that is to be published
        std::string line, version;
        base::Digest256 artifact;
        std::uint64_t length = 0;
        std::vector<std::string> models, hw_revisions;
        std::string min_from;
        base::Duration from{}; // not before
    };
    base::Digest256 make_image(const std::string& line, const std::string& version, Behaviour behaviour,
                               const std::vector<std::string>& models);
    void people();
    void publish();
    void roll_out();
    void decide();
    void meddle();
    void finish();
    bool nobody(ports::RolloutId id) const;
    rollout::Plan plan(ports::ReleaseId release);
    void act(ports::RolloutId id, rollout::Event event);
    Device* device_of(ports::DeviceId id);

    World& world_;
    Firmwares firmwares_;
    std::vector<Planned> catalogue_;
    std::vector<std::unique_ptr<Device>> devices_;
    std::map<ports::DeviceId, bool> revoked_; // an operator said so, and it was acknowledged
    std::map<ports::RolloutId, std::pair<std::uint64_t, base::Duration>> still_; // version, since when
    std::uint64_t sayings_ = 0, tokens_ = 0;
};

} // namespace oakum::simulation
