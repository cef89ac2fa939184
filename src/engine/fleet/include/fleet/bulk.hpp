// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <fleet/deed.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::fleet {

// Whom a deed is for: those that a query selects, those of them that are chosen, or those that are named.
struct BulkWish {
    std::string query;
    // Whom no query tells apart: asked on the background's thread, of what the query selects. `chosen` says
    // in the record whom: "without a fix".
    std::function<base::Result<std::vector<DeviceId>>()> choose;
    std::string chosen;
    std::vector<DeviceId> devices; // named; then the query is empty
    bool named = false;
    Deed deed;
};
struct BulkPreview {
    struct LeftOut {
        std::string reason; // part of a sentence
        bool already = false;
        std::uint64_t count = 0;
        std::vector<DeviceId> sample; // at most 3
    };
    std::uint64_t matched = 0, unknown = 0; // of the query; of which it cannot tell
    std::uint64_t changes = 0;
    std::vector<DeviceId> sample; // of those that would be changed, at most 10
    std::vector<LeftOut> left_out;
    std::string name;  // the deed in words
    std::string stamp; // of the deed and of the devices that it would change
};

// Deeds on many devices: looked at first, then done to exactly the devices that were shown, device by device
// as commands of their own, recorded as an edit that can be undone.
class Bulk {
  public:
    static constexpr std::size_t kMostNamed = 10'000;

    Bulk(Core& core, ports::Executor& background) : core_(core), background_(background) {}

    // Answered on the background's thread. Errors: invalid, denied, not_found (the group to move to).
    void preview(access::Actor actor, BulkWish wish, shard::Completion<BulkPreview> done);
    // The edit, when it ended or after Edits::kAnswerWithin. Errors: also conflict (other devices would be
    // changed now than the stamp is of), unavailable.
    void apply(access::Actor actor, BulkWish wish, std::string stamp, std::string why,
               shard::Completion<ports::EditRow> done);

  private:
    struct Look;
    struct Run;

    Core& core_;
    ports::Executor& background_;
};

} // namespace oakum::fleet
