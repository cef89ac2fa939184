// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <exceptions/exceptions.hpp>
#include <fleet/replacements.hpp>

namespace oakum::exceptions {

// Exceptions that hang on one device go on with the unit that takes its place. Where a second person
// approves, each is asked for anew; elsewhere it goes on as it was approved when the new one is of the same
// model by its own word or its records. The old one's own stay as they are, and count nothing when it is
// retired.
class PassedOn final : public fleet::DecisionsByDevice {
  public:
    PassedOn(fleet::Core& core, Exceptions& exceptions, access::SecondPerson rule)
        : core_(core), exceptions_(exceptions), rule_(rule) {}

    std::vector<fleet::BoundDecision> bound_to(const access::Actor& actor, device::DeviceId old,
                                               device::DeviceId fresh) const override;
    void pass_on(const access::Actor& actor, PassOn wish, std::function<void(base::Status)> done) override;
    void take_back(const access::Actor& actor, ports::ExceptionId id, std::string why,
                   std::function<void(base::Status)> done) override;

  private:
    fleet::Core& core_;
    Exceptions& exceptions_;
    const access::SecondPerson rule_;
};

} // namespace oakum::exceptions
