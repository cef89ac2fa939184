// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/search_service.hpp>
#include <assessment/assessor.hpp>

namespace oakum::server {

// One text against everything that has a name: the fleet, the advisories and what people made.
class SearchService final : public api::SearchService {
  public:
    SearchService(Context context, fleet::Registry& registry, assessment::Assessor& assessor)
        : context_(context), registry_(registry), assessor_(assessor) {}

    void search(const access::Actor& actor, search::Wanted wanted,
                api::Answer<api::SearchResults> answer) override;

  private:
    struct Found {
        std::vector<search::Hit> hits;
        std::uint64_t left_out = 0;
        void add(search::Kind kind, search::Match match, std::string id, std::string title,
                 std::string detail) {
            if (match != search::Match::none)
                hits.push_back({kind, match, std::move(id), std::move(title), std::move(detail)});
        }
    };
    base::Status add_fleet(const access::Actor& actor, const search::Wanted& wanted, Found& found) const;
    void add_made(const access::Actor& actor, const search::Wanted& wanted, Found& found) const;

    Context context_;
    fleet::Registry& registry_;
    assessment::Assessor& assessor_;
};

} // namespace oakum::server
