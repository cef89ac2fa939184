// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <shard/writer.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::governance {

using ViewId = base::Id<struct ViewIdTag>;
enum class ViewSharing : bool { own, shared };

// What a list shows, under a name: its query, its order, its columns.
struct ViewWish {
    std::string name;
    std::string list;                         // "devices": the word after /api/v1/
    std::map<std::string, std::string> shows; // parameters of the list, and `columns` with commas
    ViewSharing sharing = ViewSharing::own;
};
struct View {
    ViewId id;
    ViewWish wish;
    access::UserId owner;
    std::string owner_name;
    std::vector<base::Id128> scope; // of whom shared it; empty: the whole fleet
    base::TimePoint changed{};
    std::uint64_t row_version = 0;
};

// Named lists, kept as documents. A shared one is seen by everybody whose scope meets that of its maker, and
// it shows each of them their own devices only. Callable from any thread.
class Views {
  public:
    Views(shard::Writer& writer, const shard::ControlTables& control, shard::Ids& ids)
        : writer_(writer), control_(control), ids_(ids) {}

    // One's own and the shared ones that one may see, by name; of all lists when none is named. Errors:
    // denied.
    base::Result<std::vector<View>> list(const access::Actor& actor, std::string_view of_list = {}) const;
    // Errors: not_found (also somebody else's own one).
    base::Result<View> get(const access::Actor& actor, ViewId id) const;
    // By its id or its name, one's own before a shared one of that name.
    base::Result<View> find(const access::Actor& actor, std::string_view of_list,
                            std::string_view name) const;
    // Errors: denied (to share one needs the rights of an operator), invalid, conflict (the name is taken),
    // too_large.
    void add(const access::Actor& actor, ViewWish wish, shard::Completion<View> done);
    // Errors: also not_found, conflict at If-Match (somebody changed it meanwhile).
    void change(const access::Actor& actor, ViewId id, ViewWish wish, std::optional<std::uint64_t> expected,
                shard::Completion<View> done);
    void remove(const access::Actor& actor, ViewId id, std::function<void(base::Status)> done);

  private:
    shard::Writer& writer_;
    const shard::ControlTables& control_;
    shard::Ids& ids_;
};

// Where a view's last change stands in the audit log; only shared ones do.
std::string resource_of(ViewId id);

} // namespace oakum::governance
