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
        // advisories, devices, owners, exposure, password, second_user, mail, backup, offline_keys
        std::string step;
        bool done = false;
        std::string sentence;
    };
    struct Ends {
        std::string
            what; // authority, server (certificates); root, targets, snapshot, timestamp (signed lists)
        base::TimePoint at{};
        bool soon = false; // somebody has to do something
    };
    std::string version, address, ca_fingerprint, ca_pem, how_to_trust;
    bool offline_keys_here = false;
    base::TimePoint now{};
    std::optional<base::TimePoint> data_as_of, newest_advisory;
    std::vector<std::string> stale_feeds, notices;
    std::vector<Ends> ends;
    Counts counts; // in the caller's scope
    std::vector<Step> setup;
};

struct BackupRequest {
    std::string file; // a plain file name
    bool with_files = true;
};

struct Backup {
    // verified: read back whole after it was made, or later. unverified: nobody has read it yet.
    enum class State : std::uint8_t { running, verified, unverified, failed };
    std::string file;
    State state = State::unverified;
    bool by_server = false; // made because it was due
    base::TimePoint began{};
    std::optional<base::TimePoint> ended, verified;
    std::uint64_t bytes = 0, devices = 0;
    bool with_files = true;
    std::string detail; // why it failed, or what is worth knowing of it
};
std::string_view to_string(Backup::State state);

struct BackupSchedule {
    std::uint64_t every_seconds = 0; // 0: never
    std::uint32_t keep = 0;
    bool with_files = true;
    std::optional<base::TimePoint> next, newest_verified;
    std::string folder;
    std::optional<std::string> warning;
};
struct BackupSchedulePatch {
    std::optional<std::uint32_t> every_seconds, keep;
    std::optional<bool> with_files;
};

struct SupportBundle {
    struct File {
        std::string name, text;
    };
    base::TimePoint made{};
    std::vector<File> files;
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

// Whether a key that is here signs, and until when what it signed last is good.
struct KeyTest {
    std::string role, key_id, sentence;
    std::optional<bool> signs; // nothing: it is elsewhere, where it belongs
    std::optional<base::TimePoint> expires;
};

class SystemService {
  public:
    virtual ~SystemService() = default;
    virtual void system(const access::Actor& actor, Answer<System> answer) = 0;
    // Queues it: a backup takes as long as its files are large. Errors: invalid (no file name), conflict (it
    // exists).
    virtual void backup(const access::Actor& actor, BackupRequest request, Answer<Job> answer) = 0;
    virtual void list_backups(const access::Actor& actor, PageRequest page, Answer<Page<Backup>> answer) = 0;
    // Queues a look at one that is there, as after it was made. Errors: not_found.
    virtual void verify_backup(const access::Actor& actor, std::string file, Answer<Job> answer) = 0;
    virtual void backup_schedule(const access::Actor& actor, Answer<BackupSchedule> answer) = 0;
    virtual void change_backup_schedule(const access::Actor& actor, BackupSchedulePatch patch,
                                        Answer<BackupSchedule> answer) = 0;
    // Signs something with each key that is here, and forgets it. Errors: denied.
    virtual void test_keys(const access::Actor& actor, Answer<std::vector<KeyTest>> answer) = 0;
    // For somebody who helps; reads the whole store.
    virtual void support_bundle(const access::Actor& actor, Answer<SupportBundle> answer) = 0;
    // At once, from any thread.
    virtual Health readiness() = 0;
    // Prometheus text. At once, from any thread.
    virtual std::string metrics() = 0;
};

} // namespace oakum::api
