// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/feeds_service.hpp>
#include <base/time.hpp>

namespace oakum::api {

struct System {
    struct Counts {
        std::uint64_t devices = 0, pending = 0, active = 0, quiet = 0, retired = 0, groups = 0, users = 0,
                      releases = 0, rollouts_running = 0, advisories = 0;
    };
    struct Step {
        // advisories, devices, owners, exposure, second_user, password, offline_keys
        std::string step;
        bool done = false;
        std::string sentence;
    };
    std::string version, address, ca_fingerprint, ca_pem, how_to_trust;
    bool offline_keys_here = false;
    base::TimePoint now{};
    std::optional<base::TimePoint> data_as_of, newest_advisory;
    std::vector<std::string> stale_feeds, clock_warnings;
    Counts counts; // in the caller's scope
    std::vector<Step> setup;
};

struct BackupRequest {
    std::string file; // a plain file name
    bool with_files = true;
};

struct Health {
    enum class Status : std::uint8_t { ok, starting, degraded };
    struct Check {
        std::string name;
        bool ok = false;
        std::string detail;
    };
    Status status = Status::ok;
    std::vector<Check> checks;
};
std::string_view to_string(Health::Status status);

class SystemService {
  public:
    virtual ~SystemService() = default;
    virtual void system(const access::Actor& actor, Answer<System> answer) = 0;
    // Queues it: a backup takes as long as its files are large. Errors: invalid (no file name), conflict (it
    // exists).
    virtual void backup(const access::Actor& actor, BackupRequest request, Answer<Job> answer) = 0;
    // At once, from any thread.
    virtual Health readiness() = 0;
    // Prometheus text. At once, from any thread.
    virtual std::string metrics() = 0;
};

} // namespace oakum::api
