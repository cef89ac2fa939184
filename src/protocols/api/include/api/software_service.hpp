// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <base/time.hpp>
#include <device/ids.hpp>

namespace oakum::api {

// Either model and version, or a device, never both.
struct SbomNew {
    std::string document; // as received
    std::string name;     // file name, for people
    std::string model, version;
    std::optional<device::DeviceId> device;
};
struct SbomAttached {
    device::SetId set;
    std::string format, name;
    std::uint64_t components = 0, statements = 0;
    std::optional<std::string> model, version;
    std::optional<device::DeviceId> device;
    std::uint64_t devices = 0;
    std::vector<std::string> warnings;
};
struct Firmware {
    std::string model, version;
    device::SetId set;
    std::string sbom_name;
    base::TimePoint at{};
    std::uint64_t components = 0, devices = 0, findings_open = 0;
};

class SoftwareService {
  public:
    virtual ~SoftwareService() = default;
    // Errors: invalid (the document, with its place), not_found (device), too_large.
    virtual void attach(const access::Actor& actor, SbomNew sbom, Answer<SbomAttached> answer) = 0;
    // What a maker or build says of a firmware's components (OpenVEX, CycloneDX VEX, cve-check, pkg-stats),
    // beside its SBOM; `statements`: how many are about something in it. Errors: invalid (the document, with
    // its place), not_found (no SBOM of it), conflict, too_large.
    virtual void state(const access::Actor& actor, SbomNew stated, Answer<SbomAttached> answer) = 0;
    virtual void firmware(const access::Actor& actor, PageRequest page, Answer<Page<Firmware>> answer) = 0;
};

} // namespace oakum::api
