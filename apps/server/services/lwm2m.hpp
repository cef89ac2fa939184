// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/lwm2m_service.hpp>
#include <fleet/shared_keys.hpp>

namespace oakum::server {

class Lwm2mService final : public api::Lwm2mService {
  public:
    Lwm2mService(Context context, fleet::SharedKeys& keys) : context_(context), keys_(keys) {}

    void list(const access::Actor& actor, api::PageRequest page,
              api::Answer<api::Page<api::Lwm2mEndpoint>> answer) override;
    void add(const access::Actor& actor, api::Lwm2mEndpointNew endpoint,
             api::Answer<api::Lwm2mEndpointMade> answer) override;
    void remove(const access::Actor& actor, std::string endpoint, api::Answer<base::Nothing> answer) override;

  private:
    api::Lwm2mEndpoint view_of(device::TenantId tenant, const fleet::SharedKeys::Entry& entry) const;

    Context context_;
    fleet::SharedKeys& keys_;
};

} // namespace oakum::server
