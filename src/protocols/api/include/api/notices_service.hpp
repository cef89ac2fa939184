// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <ports/rows.hpp>

namespace oakum::api {

struct OwnAdvisory {
    ports::NoticeRow row;
    std::optional<std::string> merged_with; // what the data calls it since another source speaks of it
};

// Advisories of this house. Errors: not_found, denied, conflict, invalid with its place.
class NoticesService {
  public:
    virtual ~NoticesService() = default;
    virtual void list(const access::Actor& actor, PageRequest page, Answer<Page<OwnAdvisory>> answer) = 0;
    virtual void add(const access::Actor& actor, advisory::Notice notice, Answer<OwnAdvisory> answer) = 0;
    virtual void edit(const access::Actor& actor, std::string id, advisory::Notice notice,
                      std::optional<std::uint64_t> version, Answer<OwnAdvisory> answer) = 0;
    virtual void withdraw(const access::Actor& actor, std::string id, std::string why,
                          Answer<OwnAdvisory> answer) = 0;
};

} // namespace oakum::api
