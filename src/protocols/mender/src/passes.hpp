// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <fleet/core.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::mender {

// What the server gives out and believes when it comes back: signed, not stored. Any thread.
class Passes {
  public:
    // `key`: 32 bytes; whoever has another believes nothing of this one's.
    explicit Passes(base::Bytes key) : key_(std::move(key)) {}

    // In the form of a JSON Web Token, of which clients look at nothing. Good for a week.
    std::string token(const fleet::DeviceActor& device, base::TimePoint now) const;
    std::optional<fleet::DeviceActor> read_token(std::string_view token, base::TimePoint now) const;

    // Path segments of an address from which this device may fetch the file of this deployment for a day.
    struct Download {
        fleet::DeviceActor device;
        ports::DeploymentId deployment;
    };
    static constexpr base::Duration kDownload = std::chrono::hours(24);
    std::string download(const Download& what, base::TimePoint now) const;
    std::optional<Download> read_download(std::string_view segments, base::TimePoint now) const;

  private:
    std::string seal(std::string_view what) const;
    bool is_sealed(std::string_view what, std::string_view seal) const;

    base::Bytes key_;
};

} // namespace oakum::mender
