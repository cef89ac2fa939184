// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/feeds_service.hpp>
#include <base/time.hpp>
#include <connector/connector.hpp>
#include <connector/floor.hpp>
#include <connector/permissions.hpp>

#include <chrono>

namespace oakum::api {

// Another management system, and what became of the syncs with it. Without its secret.
struct Connector {
    connector::Connector set;
    std::optional<base::TimePoint> tried, synced, next, failing;
    std::uint64_t failures = 0; // in a row
    bool refused = false;       // a person has to look
    std::optional<std::string> error, job;
    struct Sweep { // the last one that came to its end
        std::uint64_t devices = 0, created = 0, changed = 0, unchanged = 0, refused = 0, older = 0, left = 0,
                      gone = 0, pages = 0;
    } sweep;
    std::uint64_t missing = 0; // devices that it did not name the last time, and that are not gone yet
};

struct ConnectorPatch {
    std::optional<connector::Kind> kind;
    std::optional<std::string> account, client, secret, url, sign_in;
    std::optional<std::chrono::seconds> every;
    std::optional<bool> enabled, apps, steers;
};
struct ConnectorKind {
    connector::Kind kind = connector::Kind::intune;
};
struct ConnectorTest {
    bool reached = false;
    std::string sentence; // what happened
};

// What a floor means for a connector's devices, and what would bring it about.
struct FloorPlan {
    std::string words, sentence;
    std::string devices, below; // queries
    std::uint64_t total = 0, short_of_it = 0, cannot_tell = 0, personal_short = 0;
    struct Call {
        std::string method, url, body, what;
    };
    std::vector<Call> calls;
    std::vector<std::string> cannot; // sentences
};

// Errors: denied, not_found, invalid (with its place), conflict.
class ConnectorsService {
  public:
    virtual ~ConnectorsService() = default;
    virtual void list(const access::Actor& actor, Answer<std::vector<Connector>> answer) = 0;
    // Makes one that is not there yet.
    virtual void set(const access::Actor& actor, std::string name, ConnectorPatch patch,
                     Answer<Connector> answer) = 0;
    virtual void remove(const access::Actor& actor, std::string name, Answer<base::Nothing> answer) = 0;
    // Asks it now and waits for what becomes of that.
    virtual void test(const access::Actor& actor, std::string name, Answer<ConnectorTest> answer) = 0;
    // Forced: a sweep that lost many devices is believed.
    virtual void sync(const access::Actor& actor, std::string name, bool force, Answer<Job> answer) = 0;
    // Counts and writes down; nothing is sent.
    virtual void floor(const access::Actor& actor, std::string name, connector::Floor floor,
                       Answer<FloorPlan> answer) = 0;
};

} // namespace oakum::api
