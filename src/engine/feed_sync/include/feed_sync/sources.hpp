// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <feed_sync/state.hpp>
#include <fleet/core.hpp>
#include <ports/sealer.hpp>

#include <string>
#include <vector>

namespace oakum::feed_sync {

// A source with what became of it.
struct Recorded {
    source::Source source; // its key sealed, or left out where people see it
    SourceState state;
    bool has_key = false;
    bool offered = false; // by this program: it can be switched off, not taken away
    std::string job;      // that syncs it now
};

// What is set of a source; the rest stays. Of a name that nobody knows yet, kind and url are needed.
struct SourcePatch {
    std::optional<std::string> kind, url;
    std::optional<source::Walk> walk;
    std::optional<std::vector<std::string>> parts;
    std::optional<std::chrono::seconds> every;
    std::optional<std::chrono::milliseconds> pause;
    std::optional<bool> enabled;
    std::optional<std::string> key; // empty: without one from now on
};

// Offered ones and those that were set, by name; keys sealed.
std::vector<Recorded> recorded(const shard::ControlTables& control, device::TenantId tenant);

// The sources of a tenant as people see and set them.
class Sources {
  public:
    Sources(fleet::Core& core, ports::Sealer& sealer, source::Plain plain)
        : core_(core), sealer_(sealer), plain_(plain) {}

    // Errors: denied.
    base::Result<std::vector<Recorded>> list(const access::Actor& actor) const;
    // Errors: denied, not_found.
    base::Result<Recorded> get(const access::Actor& actor, const std::string& name) const;
    // What had failed is tried anew at once. Errors: denied, invalid (with its place), conflict (too many).
    void set(const access::Actor& actor, std::string name, SourcePatch patch,
             shard::Completion<Recorded> done);
    // One of one's own is gone, an offered one is as it was offered. Errors: denied, not_found.
    void remove(const access::Actor& actor, std::string name, std::function<void(base::Status)> done);

    // With its key opened, for who fetches. Errors: not_found, corrupt (the key).
    base::Result<Recorded> opened(device::TenantId tenant, const std::string& name) const;

  private:
    fleet::Core& core_;
    ports::Sealer& sealer_;
    const source::Plain plain_;
};

} // namespace oakum::feed_sync
