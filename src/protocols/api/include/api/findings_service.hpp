// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/devices_service.hpp>

namespace oakum::api {

// One advisory about one component, on all devices that have it.
struct FleetFinding {
    AdvisoryRef advisory;
    std::optional<double> cvss, epss;
    component::Component component;
    ports::Verdict verdict = ports::Verdict::unknown;
    std::string reason;
    std::optional<std::string> fixed_in;
    std::uint64_t devices = 0;
    // Of these, by what people decided; the rest is open.
    std::uint64_t accepted = 0, mitigated = 0, not_affected = 0, suppressed = 0;
    std::optional<base::TimePoint> disclosed;
};

// assumed: open, and with a deadline that rests on an exposure that nobody told.
enum class FleetFindingFilter : std::uint8_t { open, unknown, all, assumed };

struct FleetFindingWish {
    std::string query;
    FleetFindingFilter filter = FleetFindingFilter::open;
    std::string fix;                      // only what this row of the queue of fixes is about; empty: all
    bool exploited = false;               // only what is known to be exploited
    std::optional<base::TimePoint> as_of; // as it was then, on devices that match now; open and unknown alone
};
struct FleetFindingPage : Page<FleetFinding> {
    std::uint64_t findings = 0; // of all rows: on each device each once, without what was decided about
    bool complete = true;       // false: as of a moment, more devices match than are looked at
};

class FindingsService {
  public:
    virtual ~FindingsService() = default;
    // Exploited ones first, then by severity and devices. Errors: invalid (query, with its column; `as_of` is
    // to come, or before the data begins), not_found (no such row in the queue of fixes).
    virtual void list(const access::Actor& actor, FleetFindingWish wish, PageRequest page,
                      Answer<FleetFindingPage> answer) = 0;
    // Why a device has or has not a finding, and why it still has. Errors: not_found (no such device in
    // scope, or an advisory that nobody holds).
    virtual void explain(const access::Actor& actor, std::string advisory, device::DeviceId device,
                         Answer<Explanation> answer) = 0;
};

} // namespace oakum::api
