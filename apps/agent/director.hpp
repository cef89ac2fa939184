// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "identity.hpp"

#include <native/client.hpp>

namespace oakum::agent {

// The device's id, as its certificate has it; empty without one.
std::string device_of(const FileIdentity& identity);

// Asks the server's director in this device's name: what is said is signed with the key of its certificate.
class DeviceDirector final : public updates::Director {
  public:
    DeviceDirector(native::Client& server, const FileIdentity& identity)
        : server_(server), identity_(identity) {}
    std::string device() const override;
    base::Result<base::Bytes> ask(const wire::Manifest& manifest) override;

  private:
    native::Client& server_;
    const FileIdentity& identity_;
};

} // namespace oakum::agent
