// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <device/facts.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace oakum::fleet {

// A decision of people that names a device, and what becomes of it when another one takes its place.
struct BoundDecision {
    ports::ExceptionId id;
    std::string sentence; // the decision in words
    bool passes = false;  // the same decision is made for the new device
    std::string note;     // how, or why not, as a sentence
};

// What replacements ask of those who keep decisions about findings.
class DecisionsByDevice {
  public:
    virtual ~DecisionsByDevice() = default;
    virtual std::vector<BoundDecision> bound_to(const access::Actor& actor, DeviceId old,
                                                DeviceId fresh) const = 0;
    // Makes the decision `from` for the device that took the place, under the id that is given. Errors: those
    // of deciding; conflict when it does not pass any more.
    struct PassOn {
        ports::ExceptionId from, to;
        DeviceId old, fresh;
        std::string why;
    };
    virtual void pass_on(const access::Actor& actor, PassOn wish, std::function<void(base::Status)> done) = 0;
    // Withdraws what was passed on; well when it is not there, or over.
    virtual void take_back(const access::Actor& actor, ports::ExceptionId id, std::string why,
                           std::function<void(base::Status)> done) = 0;
};

struct ReplacementPreview {
    // Of the new device; an empty value: none. Facts first, then states of it under ports::kEdited*.
    std::vector<device::Fact> before, after;
    bool retires = false;        // the old one, which is not yet
    bool to_be_accepted = false; // the new one waits for a person
    std::vector<BoundDecision> decisions;
    std::string stamp; // of all of this
};

// A unit breaks and another one takes its place: what belongs to the place passes on (domain/device), the old
// one is retired, both name each other, and each keeps its own history. Recorded as an edit that can be
// undone.
class Replacements {
  public:
    static constexpr std::string_view kKind = "replacement"; // of its edits

    Replacements(Core& core, ports::Executor& background, DecisionsByDevice& decisions)
        : core_(core), background_(background), decisions_(decisions) {}

    // Answered on the background's thread. Errors: denied, not_found, conflict (it cannot take that place).
    void preview(access::Actor actor, DeviceId old, DeviceId fresh,
                 shard::Completion<ReplacementPreview> done);
    // Errors: also conflict (something else would be changed now than the stamp is of; nothing to do).
    void apply(access::Actor actor, DeviceId old, DeviceId fresh, std::string stamp, std::string why,
               shard::Completion<ports::EditRow> done);

  private:
    struct Run;
    base::Result<ReplacementPreview> look(const access::Actor& actor, DeviceId old, DeviceId fresh) const;

    Core& core_;
    ports::Executor& background_;
    DecisionsByDevice& decisions_;
};

// A device as people call it: its name, else its serial, else its id.
std::string called(const LiveFleet& fleet, DeviceKey key);

} // namespace oakum::fleet
