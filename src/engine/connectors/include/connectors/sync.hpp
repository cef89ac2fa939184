// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/connectors.hpp>
#include <connectors/conversation.hpp>
#include <connectors/steerer.hpp>
#include <ports/management.hpp>
#include <shard/jobs.hpp>

#include <atomic>
#include <memory>

namespace oakum::connectors {

// Speaks with the system of a connector, whose secret is opened. An explicit list made by the composition
// root. Errors: invalid (its secret is not what such a system gives).
using Opener =
    std::function<base::Result<std::unique_ptr<ports::ManagementSystem>>(const connector::Connector&, World)>;

struct SyncTools {
    ports::Fetcher& fetcher;
    ports::Random& random;
    ports::Executor& looks;   // sees what is due
    ports::Executor& fetches; // blocks while a page is fetched
    ports::Executor& tests;   // blocks while one is tried out
    // Blocks for so long, or until it is stopped.
    std::function<void(base::Duration, const std::function<bool()>& stopped)> pause;
    Opener open;
};

struct Tested {
    bool reached = false;
    std::string sentence;
};

// Syncs connectors: those that are switched on when it is time, and one that a person asks for.
class Sync {
  public:
    Sync(fleet::Core& core, Connectors& connectors, shard::Jobs& jobs, SyncTools tools, base::LogSink& log);

    // Before Jobs::start: the kind of jobs.
    void register_jobs();
    // From then on phones are told what rollouts ask of them. Before register_jobs.
    void steer_with(Steerer& steerer) { steerer_ = &steerer; }
    // After the writer has loaded.
    void start();
    // Before the executors end: nothing is begun any more, and what is asked stops.
    void stop() { stopped_ = true; }

    // Now, also one that is switched off. Forced: a sweep that lost many devices is believed. `done` gets the
    // job's id. Errors: denied, not_found, conflict (it is under way).
    void sync(const access::Actor& actor, std::string name, connector::Trust trust,
              shard::Completion<std::string> done);
    // Errors: denied, not_found.
    void test(const access::Actor& actor, std::string name, shard::Completion<Tested> done);

  private:
    class Work;
    void look_now_and_then();
    void look(device::TenantId tenant);
    bool is_to_tell(device::TenantId tenant, const Recorded& one) const;
    void enqueue(device::TenantId tenant, const std::string& name, const std::string& actor,
                 connector::Trust trust, shard::Completion<std::string> done);
    World world(std::function<bool()> stopped) const;

    fleet::Core& core_;
    Connectors& connectors_;
    shard::Jobs& jobs_;
    const SyncTools tools_;
    Steerer* steerer_ = nullptr;
    base::LogSink& log_;
    std::atomic<bool> stopped_{false};
};

} // namespace oakum::connectors
