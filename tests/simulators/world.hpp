// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oakum::simulation {

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t events = 1500;
    std::size_t agents = 12;
    bool lying_store = false; // the invariants have to catch it
};

// A server that crashes, agents behind a bad network, people who interfere, a disk that fails. The part that
// is to be joined to it (rollouts, the real agent's machine) goes in through `Part`.
class World {
  public:
    // Something that acts in the world and has invariants of its own.
    class Part {
      public:
        virtual ~Part() = default;
        // After each start of the server.
        virtual void started(World& world, Server& server) = 0;
        // After each event, with what is durable; a sentence when something is wrong.
        virtual std::optional<std::string> check(World& world, const memory::Tables& durable) = 0;
    };

    explicit World(Options options);
    void add(std::unique_ptr<Part> part) { parts_.push_back(std::move(part)); }
    // What happened, so that a run can show that it was not idle.
    struct Statistics {
        std::uint64_t crashes = 0, acknowledged = 0, polls = 0, devices = 0;
    };
    const Statistics& statistics() const { return statistics_; }
    // Nothing when every invariant held; otherwise what broke, and when.
    std::optional<std::string> run();

    Scheduler& scheduler() { return scheduler_; }
    Server* server() { return server_.get(); }
    // Sends a request over the network: it may be lost, late or doubled, and so may its reply. `serve` runs
    // at the server when it is up; what it calls `reply` with comes back through `heard`.
    template <class Reply>
    void send(std::function<void(Server&, shard::Completion<Reply>)> serve,
              std::function<void(base::Result<Reply>)> heard) {
        const int copies = scheduler_.chance(60) ? 2 : 1;
        for (int copy = 0; copy < copies; ++copy) {
            if (scheduler_.chance(100)) continue;
            scheduler_.at(base::Duration(scheduler_.draw(200)), [this, serve, heard] {
                if (!server_) return;
                serve(*server_, [this, heard](base::Result<Reply> reply) {
                    if (scheduler_.chance(100)) return;
                    scheduler_.at(base::Duration(scheduler_.draw(200)), [heard, reply] { heard(reply); });
                });
            });
        }
    }
    void fail(std::string what) {
        if (!broken_) broken_ = std::move(what);
    }

  private:
    struct Agent {
        std::size_t number = 0;
        std::string serial, token;
        std::string device;      // id, once enrolled
        std::string certificate; // serial of the one in use
        std::string boot = "boot-0", version = "1.0.0";
        std::uint64_t boots = 0;
        std::uint64_t desired = 0;
        bool revoked = false; // an operator said so, and it was acknowledged
    };

    void start();
    void crash();
    void agent_acts(std::size_t number);
    void enrol(std::size_t number);
    void poll(std::size_t number);
    void inventory(std::size_t number);
    void renew(std::size_t number);
    void person_acts();
    void check_light();
    void check_full();
    void compare(const memory::Tables& durable);
    std::optional<ports::DeviceRow> durable_row(device::DeviceId id);
    void acknowledged(device::DeviceId id, const std::string& what,
                      std::function<bool(const ports::DeviceRow&)> holds);

    const Options options_;
    Scheduler scheduler_;
    Thread disk_;
    memory::LossyStore store_;
    std::unique_ptr<Server> server_;
    std::vector<std::unique_ptr<Part>> parts_;
    std::vector<Agent> agents_;
    std::map<std::string, std::size_t> uses_allowed_;            // token -> uses it was made with
    std::map<std::string, std::set<std::string>> enrolled_with_; // token -> serials that were told of success
    std::map<device::DeviceId, std::uint64_t> acknowledged_version_, desired_;
    std::optional<ports::AuditRow> audited_;
    access::Actor admin_;
    Statistics statistics_;
    std::optional<std::string> broken_;
};

} // namespace oakum::simulation
