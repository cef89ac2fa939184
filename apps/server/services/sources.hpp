// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/sources_service.hpp>
#include <feed_sync/sync.hpp>

namespace oakum::server {

class SourcesService final : public api::SourcesService {
  public:
    SourcesService(Context context, feed_sync::Sources& sources, feed_sync::Sync& sync)
        : context_(context), sources_(sources), sync_(sync) {}
    void list(const access::Actor& actor, api::Answer<std::vector<api::Source>> answer) override;
    void set(const access::Actor& actor, std::string name, api::SourcePatch patch,
             api::Answer<api::Source> answer) override;
    void remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) override;
    void test(const access::Actor& actor, std::string name, api::Answer<api::SourceTest> answer) override;
    void sync(const access::Actor& actor, std::string name, bool force,
              api::Answer<api::Job> answer) override;

  private:
    api::Source view_of(device::TenantId tenant, const feed_sync::Recorded& recorded) const;

    Context context_;
    feed_sync::Sources& sources_;
    feed_sync::Sync& sync_;
};

} // namespace oakum::server
