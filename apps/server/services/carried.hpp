// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/carried_service.hpp>
#include <fleet/enrolment.hpp>
#include <releases/carrying.hpp>

namespace oakum::server {

// What people carry to devices, and what they bring back.
class CarriedService final : public api::CarriedService {
  public:
    struct Ports {
        rollouts::Rollouts& rollouts;
        releases::Carrying& carrying;
        fleet::Enrolment& enrolment;
        ports::Blobs& blobs;
        std::string authority_pem; // who issues devices' certificates
    };
    CarriedService(Context context, Ports ports) : context_(context), ports_(std::move(ports)) {}
    void pack(const access::Actor& actor, api::StickWish wish, api::Answer<api::Stick> answer) override;
    void take(const access::Actor& actor, api::ReceiptNew receipt,
              api::Answer<api::ReceiptTaken> answer) override;
    void artifact(const access::Actor& actor, base::Digest256 digest, api::Answer<Stored> answer) override;

  private:
    struct Packing;
    base::Result<std::shared_ptr<Packing>> begin(const access::Actor& actor, api::StickWish wish) const;
    void next(const std::shared_ptr<Packing>& packing);
    void pack_one(Packing& packing, const fleet::DeviceActor& device,
                  rollouts::Rollouts::Carried carried) const;
    void finish(const std::shared_ptr<Packing>& packing);

    Context context_;
    Ports ports_;
};

} // namespace oakum::server
