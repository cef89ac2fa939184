// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/feeds_service.hpp>
#include <base/time.hpp>
#include <source/source.hpp>

#include <chrono>

namespace oakum::api {

// From where advisory data is fetched, and what became of it. Without its key.
struct Source {
    source::Source set;
    bool has_key = false;
    bool offered = false; // by this program: it is switched off, not taken away
    std::optional<base::TimePoint> tried, synced, next, failing;
    std::uint64_t failures = 0; // in a row
    bool refused = false;       // what came was not imported
    std::optional<std::string> error, job;
    // Of what is held of it.
    std::vector<std::string> feeds;
    std::uint64_t accepted = 0, rejected = 0;
    std::optional<base::TimePoint> newest;
};

struct SourcePatch {
    std::optional<std::string> kind, url, key;
    std::optional<source::Walk> walk;
    std::optional<std::vector<std::string>> parts;
    std::optional<std::chrono::seconds> every;
    std::optional<std::chrono::milliseconds> pause;
    std::optional<bool> enabled;
};
struct SourceTest {
    bool reached = false;
    std::string sentence; // what happened
};

// Errors: denied, not_found, invalid (with its place), conflict.
class SourcesService {
  public:
    virtual ~SourcesService() = default;
    virtual void list(const access::Actor& actor, Answer<std::vector<Source>> answer) = 0;
    // Makes one that is not there yet.
    virtual void set(const access::Actor& actor, std::string name, SourcePatch patch,
                     Answer<Source> answer) = 0;
    virtual void remove(const access::Actor& actor, std::string name, Answer<base::Nothing> answer) = 0;
    // Asks it now and waits for what becomes of that.
    virtual void test(const access::Actor& actor, std::string name, Answer<SourceTest> answer) = 0;
    virtual void sync(const access::Actor& actor, std::string name, bool force, Answer<Job> answer) = 0;
};

} // namespace oakum::api
