// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/notice.hpp>
#include <fleet/core.hpp>

#include <vector>

namespace oakum::assessment {

// Advisories of our own. They are compiled like a feed as soon as they are stored, and match like any other;
// one that was withdrawn matches nothing. Changing: durable before it is answered, audited, told by the
// change feed. What is compiled is one file for all tenants of a server.
class Notices {
  public:
    explicit Notices(fleet::Core& core) : core_(core) {}

    std::vector<shard::Held<ports::NoticeRow>> list(device::TenantId tenant) const;
    // Errors: denied, invalid with its place.
    void add(const access::Actor& actor, advisory::Notice notice, shard::Completion<std::string> done);
    // `version`: of the row that was edited; nothing: whichever. Errors: also not_found, conflict (somebody
    // else edited it, or it was withdrawn).
    void edit(const access::Actor& actor, const std::string& id, advisory::Notice notice,
              std::optional<std::uint64_t> version, std::function<void(base::Status)> done);
    void withdraw(const access::Actor& actor, const std::string& id, std::string why,
                  std::function<void(base::Status)> done);

  private:
    fleet::Core& core_;
};

// Of all that are stored: another one when what is to be compiled is.
std::string notices_mark(const shard::ControlTables& control);
inline constexpr const char* kNoticesCompiled = "notices/compiled"; // the document with the mark of the file

} // namespace oakum::assessment
