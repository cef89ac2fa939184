// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/state.hpp>
#include <fleet/core.hpp>
#include <ports/sealer.hpp>

#include <string>
#include <vector>

namespace oakum::connectors {

// A connector with what became of it.
struct Recorded {
    connector::Connector connector; // its secret sealed, or left out where people see it
    ConnectorState state;
    std::string job; // that syncs it now
};

// What is set of a connector; the rest stays. A new one needs its kind, account, client and secret.
struct ConnectorPatch {
    std::optional<connector::Kind> kind; // of a new one
    std::optional<std::string> account, client, secret, url, sign_in;
    std::optional<std::chrono::seconds> every;
    std::optional<bool> enabled, apps, steers;
};

// By name; secrets sealed.
std::vector<Recorded> recorded(const shard::ControlTables& control, device::TenantId tenant);

// The connectors of a tenant as people see and set them.
class Connectors {
  public:
    Connectors(fleet::Core& core, ports::Sealer& sealer, connector::Plain plain)
        : core_(core), sealer_(sealer), plain_(plain) {}

    // Errors: denied.
    base::Result<std::vector<Recorded>> list(const access::Actor& actor) const;
    // Errors: denied, not_found.
    base::Result<Recorded> get(const access::Actor& actor, const std::string& name) const;
    // What had failed is tried anew at once. A secret goes to another server only when it is given anew.
    // Errors: denied, invalid (with its place), conflict (too many; it is to be elsewhere while phones are
    // told).
    void set(const access::Actor& actor, std::string name, ConnectorPatch patch,
             shard::Completion<Recorded> done);
    // Its devices stay as they are known. Errors: denied, not_found, conflict (phones are told through it).
    void remove(const access::Actor& actor, std::string name, std::function<void(base::Status)> done);

    // With its secret opened, for who asks. Errors: not_found, corrupt (the secret).
    base::Result<Recorded> opened(device::TenantId tenant, const std::string& name) const;

  private:
    fleet::Core& core_;
    ports::Sealer& sealer_;
    const connector::Plain plain_;
};

} // namespace oakum::connectors
