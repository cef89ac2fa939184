// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <ports/signer.hpp>

#include <map>
#include <string>

namespace oakum::fleet {

struct EnrolRequest {
    std::string token;
    std::string csr_pem;
    std::string serial; // of the hardware
    std::string model;
    std::string hw_revision;
    std::string protocol = "native";
    std::map<std::string, std::string> facts;
};
struct Enrolled {
    DeviceId device;
    std::string certificate_pem;
    std::string ca_pem;
    std::string trust_root;
    bool pending = false;
    std::uint32_t poll_seconds = 60;
};

// How a device gets, renews and loses its identity.
class Enrolment {
  public:
    Enrolment(Core& core, ports::DeviceAuthority& authority) : core_(core), authority_(authority) {}

    // The tenant comes from the address that was asked (`default` with one tenant). Errors: unauthenticated
    // (token unknown, expired, revoked or used: one answer for all), invalid, conflict (the serial holds an
    // identity). A reply that was lost may be asked for again with the same token and serial until the
    // identity was used once.
    void enrol(TenantId tenant, EnrolRequest request, shard::Completion<Enrolled> done);
    // The present certificate stays valid until the new one was used once. Errors: denied, invalid.
    void renew(DeviceActor device, std::string csr_pem, shard::Completion<std::string> done);

    // A person's: accept a pending device; revoke an identity at once (enrolling again is allowed then).
    void accept(access::Actor actor, DeviceId device, std::string why,
                std::function<void(base::Status)> done);
    void revoke(access::Actor actor, DeviceId device, std::string why,
                std::function<void(base::Status)> done);

    // Checked per request. Errors: denied (revoked, superseded), not_found.
    base::Status check(const DeviceActor& device) const;

  private:
    Core& core_;
    ports::DeviceAuthority& authority_;
};

} // namespace oakum::fleet
