// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ledger.hpp"
#include "server.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oakum::simulation {

// Bugs that are planted to see that the invariants find them.
enum class Planted : std::uint8_t {
    none,
    lying_store,         // acknowledges before it is durable
    pending_as_verified, // gate counts are stored with what is pending counted as verified
    blind_read_back,     // an agent tries a slot without reading it back from its medium
    blind_faith,         // every report counts as "runs the release, and is healthy"
    no_budget,           // rollouts know of no budget
    no_flight,           // waves have limits of what is under way that rollouts know nothing of
    no_rate,             // the same of what begins in a minute
    lost_recount         // a wave's counts do not change with its deployments
};

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t events = 6000; // with faults; as many as it takes follow until all is settled
    std::size_t agents = 6;      // model agents, which only talk
    std::size_t devices = 8;     // with the real agent
    Planted planted = Planted::none;
    std::size_t notes = 0; // keep the last so many
};

// A server that crashes, devices behind a bad network, people who interfere, a disk that fails.
class World final : public base::LogSink {
  public:
    // Something that acts in the world and has invariants of its own.
    class Part {
      public:
        virtual ~Part() = default;
        // The faults end here: whatever is broken is put right, and people finish what they began.
        virtual void heal() = 0;
        // After the faults and a long time: what is still not as it should be; empty when all is.
        virtual std::string unsettled() = 0;
    };

    explicit World(Options options);
    ~World() override;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    void add(std::unique_ptr<Part> part) { parts_.push_back(std::move(part)); }
    // What happened, so that a run can show that it was not idle.
    struct Statistics {
        std::uint64_t crashes = 0, acknowledged = 0, polls = 0, devices = 0, events = 0, requests = 0,
                      device_kills = 0, digest = 0;
    };
    const Statistics& statistics() const { return statistics_; }
    // Nothing when every invariant held; otherwise what broke, and when.
    std::optional<std::string> run();

    // The last notes of a world that keeps them.
    const std::deque<std::string>& notes() const { return notes_; }

    Scheduler& scheduler() { return scheduler_; }
    Server* server() { return server_.get(); }
    std::uint64_t server_life() const { return life_; }
    Ledger& ledger() { return ledger_; }
    PaperBlobs& blobs() { return blobs_; }
    const access::Actor& admin() const { return admin_; }
    const memory::Tables& durable() const { return store_.durable(); }
    bool planted(Planted bug) const { return options_.planted == bug; }
    bool broken() const { return broken_.has_value(); }
    bool healing() const { return healing_; }
    void crash();
    // The server's clock is set wrong by so much, or right.
    void set_clock(base::Duration off);
    // One more token that enrols one device; the store holds it before anything else happens.
    void issue_token(const std::string& secret);
    void counted(std::uint64_t Statistics::* what) { ++(statistics_.*what); }
    void acknowledged(device::DeviceId id, const std::string& what,
                      std::function<bool(const ports::DeviceRow&)> holds);
    void note(std::string_view who, std::string_view what) {
        if (options_.notes != 0) remember(who, what);
    }
    void write(base::LogLevel, std::string_view area, std::string_view text) override { note(area, text); }

    // A device's request over the network to the protocol: it may be lost, late or doubled, and so may its
    // answer. `heard` is called later, at most once for each copy.
    void carry(const std::string& who, ports::HttpRequest request,
               std::function<void(base::Result<ports::HttpResponse>)> heard);
    // Sends a request over the network: it may be lost, late or doubled, and so may its reply. `serve` runs
    // at the server when it is up; what it calls `reply` with comes back through `heard`.
    template <class Reply>
    void send(std::function<void(Server&, shard::Completion<Reply>)> serve,
              std::function<void(base::Result<Reply>)> heard) {
        const int copies = !healing_ && scheduler_.chance(60) ? 2 : 1;
        for (int copy = 0; copy < copies; ++copy) {
            if (!healing_ && scheduler_.chance(100)) continue;
            scheduler_.at(base::Duration(scheduler_.draw(200)), [this, serve, heard] {
                if (!server_) return;
                serve(*server_, [this, heard](base::Result<Reply> reply) {
                    if (!healing_ && scheduler_.chance(100)) return;
                    scheduler_.at(base::Duration(scheduler_.draw(200)), [heard, reply] { heard(reply); });
                });
            });
        }
    }
    void fail(std::string what) {
        if (!broken_) broken_ = std::move(what);
    }
    // Asked by the ledger.
    std::function<std::optional<base::Duration>(ports::DeviceId, const std::string&)> healthy_with;

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

    void remember(std::string_view who, std::string_view what);
    base::Duration delay();
    void watch(const ports::Batch& batch);
    void write_before_start(ports::Row row);
    void start();
    void heal();
    void slow_down();
    bool proceed();
    void agent_acts(std::size_t number);
    void enrol(std::size_t number);
    void poll(std::size_t number);
    void inventory(std::size_t number);
    void renew(std::size_t number);
    void person_acts();
    void edit_many();
    void check_light();
    void check_full();
    void check_edits();
    void compare(const memory::Tables& durable);
    std::optional<ports::DeviceRow> durable_row(device::DeviceId id);

    const Options options_;
    Scheduler scheduler_;
    Thread disk_;
    memory::LossyStore store_;
    PaperBlobs blobs_;
    Ledger ledger_;
    std::unique_ptr<Server> server_;
    std::uint64_t life_ = 0; // counts starts of the server
    bool healing_ = false, dirty_ = false, clock_jumped_ = false;
    std::deque<std::string> notes_;
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
