// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <base/bytes.hpp>
#include <base/time.hpp>

#include <memory>

namespace oakum::api {

struct Feed {
    std::string name;
    base::TimePoint imported{};
    std::optional<base::TimePoint> newest; // nothing: the file does not say
    std::uint64_t accepted = 0, rejected = 0;
    std::vector<std::string> rejects; // at most 100
    bool stale = false;
};

struct FeedNew {
    std::string name;   // a plain file name
    bool force = false; // also when it is older than what is held, or has shrunk
};

struct Job {
    std::string id, kind, state, detail; // state: queued, running, done, failed, cancelled
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total;
    base::TimePoint created{};
    std::optional<base::TimePoint> ended;
};

// One body on its way to disk, fed in order on one thread. Destroyed without finish: the peer went away.
class FeedUpload {
  public:
    virtual ~FeedUpload() = default;
    // Errors: unavailable (disk full), too_large.
    virtual base::Status write(base::ByteView piece) = 0;
    // Everything is here: becomes a job. Errors: invalid, unavailable.
    virtual void finish(Answer<Job> answer) = 0;
};

class FeedsService {
  public:
    virtual ~FeedsService() = default;
    virtual void list(const access::Actor& actor, Answer<Page<Feed>> answer) = 0;
    // At once, without blocking. Errors: invalid (no such form), unavailable.
    virtual base::Result<std::unique_ptr<FeedUpload>> begin_import(const access::Actor& actor,
                                                                   FeedNew feed) = 0;
};

class JobsService {
  public:
    virtual ~JobsService() = default;
    virtual void list(const access::Actor& actor, PageRequest page, Answer<Page<Job>> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, std::string id, Answer<Job> answer) = 0;
    // Errors: not_found, conflict (it has ended).
    virtual void cancel(const access::Actor& actor, std::string id, Answer<Job> answer) = 0;
};

} // namespace oakum::api
