// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/connectors_service.hpp>
#include <connectors/sync.hpp>

namespace oakum::server {

class ConnectorsService final : public api::ConnectorsService {
  public:
    ConnectorsService(Context context, connectors::Connectors& connectors, connectors::Sync& sync)
        : context_(context), connectors_(connectors), sync_(sync) {}
    void list(const access::Actor& actor, api::Answer<std::vector<api::Connector>> answer) override;
    void set(const access::Actor& actor, std::string name, api::ConnectorPatch patch,
             api::Answer<api::Connector> answer) override;
    void remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) override;
    void test(const access::Actor& actor, std::string name, api::Answer<api::ConnectorTest> answer) override;
    void sync(const access::Actor& actor, std::string name, bool force,
              api::Answer<api::Job> answer) override;
    void floor(const access::Actor& actor, std::string name, connector::Floor floor,
               api::Answer<api::FloorPlan> answer) override;

  private:
    Context context_;
    connectors::Connectors& connectors_;
    connectors::Sync& sync_;
};

} // namespace oakum::server
