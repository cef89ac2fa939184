// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <base/time.hpp>
#include <search/hits.hpp>

namespace oakum::api {

struct SearchResults {
    // An advisory's id was asked for that nobody holds: never answered as "0 affected".
    struct NotHeld {
        std::string id;
        std::optional<base::TimePoint> newest_record;
        std::string sentence;
    };
    std::vector<search::Hit> items; // best first
    std::uint64_t left_out = 0;     // further things that match
    std::optional<NotHeld> not_held;
};

class SearchService {
  public:
    virtual ~SearchService() = default;
    // At most 50, ten of a kind, in the caller's scope.
    virtual void search(const access::Actor& actor, search::Wanted wanted, Answer<SearchResults> answer) = 0;
};

// "CVE-2031-1 is not in our data; its newest record is of ...": the same sentence wherever it is asked.
std::string not_in_our_data(const std::string& id, const std::optional<base::TimePoint>& newest_record);

} // namespace oakum::api
