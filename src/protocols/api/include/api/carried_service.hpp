// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>
#include <install/state.hpp>

#include <filesystem>

namespace oakum::api {

// What people carry to devices that are not on the network, and what they bring back (docs/sticks.md).
struct StickWish {
    std::string query;                         // whom it is for; empty: everybody who is asked something
    std::optional<rollout::ReleaseId> release; // nothing: whatever is asked of each
    std::uint32_t days = 7;                    // that it is good for
    std::string why;
};

struct Stick {
    struct Device {
        DeviceRef device;
        ReleaseRef release;
        std::string deployment, order;
        std::optional<std::string> direction;
    };
    struct LeftOut {
        DeviceRef device;
        std::string why;
    };
    struct File {
        std::string name, text;
    };
    struct Artifact {
        base::Digest256 sha256;
        std::uint64_t length = 0;
        std::string name;
    };
    std::string sentence;
    base::TimePoint made{}, expires{};
    std::vector<Device> devices;
    std::vector<LeftOut> left_out;   // something is asked of them, and nothing could be packed; at most 50
    std::uint64_t nothing_asked = 0; // devices of the query of which nothing is asked now
    std::uint64_t without_agent = 0; // those that no agent of ours updates
    std::vector<File> metadata;
    std::vector<Artifact> artifacts;
};

struct ReceiptNew {
    std::string receipt, certificate_pem, signature;
};
struct ReceiptTaken {
    std::string outcome; // "accepted", "repeat", "stale"
    DeviceRef device;
    std::string deployment;
    install::State state = install::State::verified; // as the device signed it
    std::string sentence;
};

class CarriedService {
  public:
    virtual ~CarriedService() = default;
    // Errors: invalid (with its place), denied, not_found, conflict (nothing to carry), unavailable.
    virtual void pack(const access::Actor& actor, StickWish wish, Answer<Stick> answer) = 0;
    // Errors: invalid, denied (its signature, or who signed it), not_found.
    virtual void take(const access::Actor& actor, ReceiptNew receipt, Answer<ReceiptTaken> answer) = 0;
    struct Stored {
        std::filesystem::path path;
        std::uint64_t length = 0;
    };
    // Errors: not_found.
    virtual void artifact(const access::Actor& actor, base::Digest256 digest, Answer<Stored> answer) = 0;
};

} // namespace oakum::api
