// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/ports.hpp>

#include <string>

namespace oakum::agent {

// A device that was never provisioned: the system that the agent runs on. It is watched, not updated: it has
// no slot that could be written, so each offer is refused before anything is fetched.
class HostSystem final : public updates::SlotWriter, public updates::BootControl {
  public:
    base::Result<std::uint64_t> capacity(std::uint64_t) override { return std::uint64_t{0}; }
    base::Status begin() override { return no_slots(); }
    base::Status write(base::ByteView) override { return no_slots(); }
    base::Status finish() override { return no_slots(); }
    base::Status read_back(const updates::Image&) override { return no_slots(); }

    // What /etc/os-release and the kernel say.
    base::Result<updates::BootView> view() override;
    base::Status activate(const updates::Image&) override { return no_slots(); }
    base::Status restart() override { return no_slots(); }
    base::Status mark_good() override { return no_slots(); }
    base::Status fall_back(const std::string&) override { return no_slots(); }

  private:
    static base::Status no_slots() { return base::conflict("this device has no slots"); }
};

// What the machine calls itself, for an enrolment that does not say it; else what kind of Linux it is.
std::string hardware_model();
// The maker's serial number, else one made of /etc/machine-id, which itself is nobody's business.
std::string hardware_serial();

} // namespace oakum::agent
