// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot_env.hpp"
#include "fiber.hpp"
#include "world.hpp"

#include <metadata/reader.hpp>
#include <native/client.hpp>
#include <updates/agent.hpp>
#include <updates/trusted_targets.hpp>

namespace oakum::simulation {

// What an image does once it is started.
enum class Behaviour : std::uint8_t {
    good,
    ill,       // its checks fail
    falls_ill, // they fail from a while after the start on
    dead,      // it never comes up
    mislabelled
};
struct Firmware {
    std::string version;
    Behaviour behaviour = Behaviour::good;
    std::vector<std::string> models;
};
// Every image that was ever made, by the hexadecimal digest.
using Firmwares = std::map<std::string, Firmware>;

// A device with two slots, a flash that forgets what was not synced, a power switch, and the real agent on
// it: the code of engine/updates and clients/native over simulated ports. It runs as a fiber of the world.
class Device final : public ports::HttpClient,
                     public updates::Staging,
                     public updates::SlotWriter,
                     public updates::BootControl,
                     public updates::Health,
                     public updates::Inventory,
                     public updates::Identity,
                     public ports::Clock,
                     public ports::Random,
                     public base::LogSink {
  public:
    struct Made {
        std::size_t number = 0;
        std::string serial, model, hw_revision, site, token;
        base::Digest256 factory;
        base::Duration clock_off{}; // of its own clock
        std::uint32_t kills = 0;    // of a million moments, those at which its power goes
    };
    Device(World& world, const Firmwares& firmwares, Made made);
    ~Device() override;

    // Somebody presses the switch or kills the process.
    void kill();
    // A technician enrols it anew.
    void give_token(std::string token);
    // For good.
    void switch_off();
    // No more faults from now on.
    void heal() { healed_ = true; }

    const Made& made() const { return made_; }
    // Its id once it is enrolled.
    std::optional<device::DeviceId> id() const;
    const std::string& certificate() const { return flash_.certificate; }
    std::string runs() const;
    const updates::AgentState* state() const { return agent_ ? &agent_->state() : nullptr; }
    // When it last ran this version and its checks passed, by the world's steady time.
    std::optional<base::Duration> healthy_with(const std::string& version) const;
    std::uint64_t boots() const { return boots_; }

  private:
    struct Slot {
        std::string bytes;
        std::size_t synced = 0;
    };
    struct Flash {
        std::map<std::string, std::string> state, trust;
        std::string staging;
        std::size_t staging_synced = 0;
        std::map<std::string, Slot> slots;
        agent::BootEnv env;
        std::string certificate; // as text; empty: not enrolled
        std::uint64_t keys = 0;  // that were made for renewals and taken into use
    };
    class Files final : public updates::Keep {
      public:
        Files(Device& device, std::map<std::string, std::string>& files) : device_(device), files_(files) {}
        base::Result<std::optional<std::string>> load(const std::string& name) override;
        base::Status save(const std::string& name, std::string_view text) override;
        base::Status remove(const std::string& name) override;
        base::Result<std::vector<std::string>> names() override;

      private:
        Device& device_;
        std::map<std::string, std::string>& files_;
    };
    enum class End : std::uint8_t { none, process, power, restart };

    void live();
    void boot();
    void enrol();
    void wake();
    void lose(End end);
    void begin_after(base::Duration time);
    void sleep(base::Duration time);
    // Something durable is about to change or has just changed: the power may go.
    void moment();
    bool chance(std::uint64_t in_a_million);
    bool disk_full();
    const Firmware& firmware(const std::string& slot) const;
    void must_be_sound(const std::string& slot, const std::string& when);
    void hold_invariants(const std::string& when);
    base::Result<ports::HttpResponse> ask(const ports::ClientRequest& request);

    // ports::HttpClient
    base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override;
    base::Result<ports::ClientResponse>
    stream(const ports::ClientRequest& request,
           const std::function<base::Status(base::ByteView)>& piece) override;
    // updates::Staging
    base::Result<std::uint64_t> held() override { return flash_.staging.size(); }
    base::Status append(base::ByteView piece) override;
    base::Status sync() override;
    base::Status read(const updates::Piece& piece) override;
    base::Status clear() override;
    base::Result<std::uint64_t> space() override { return std::uint64_t{1} << 30; }
    // updates::SlotWriter
    base::Result<std::uint64_t> capacity(std::uint64_t) override { return std::uint64_t{1} << 20; }
    base::Status begin() override;
    base::Status write(base::ByteView piece) override;
    base::Status finish() override;
    base::Status read_back(const updates::Image& image) override;
    // updates::BootControl
    base::Result<updates::BootView> view() override;
    base::Status activate(const updates::Image& image) override;
    base::Status restart() override;
    base::Status mark_good() override;
    base::Status fall_back(const std::string& bad) override;
    // updates::Health, Inventory, Identity
    updates::HealthState check() override;
    base::Result<wire::InventoryMessage> collect() override;
    base::Result<std::string> request() override;
    base::Status adopt(const std::string& certificate_pem) override;
    // ports::Clock, Random, LogSink
    base::TimePoint now() override { return world_.scheduler().true_now() + made_.clock_off; }
    base::Duration steady() override { return world_.scheduler().steady(); }
    void fill(std::span<std::uint8_t> bytes) override { world_.scheduler().fill(bytes); }
    void write(base::LogLevel level, std::string_view area, std::string_view text) override;

    World& world_;
    const Firmwares& firmwares_;
    Made made_;
    Flash flash_;
    metadata::JsonReader reader_;
    std::unique_ptr<Fiber> fiber_;
    updates::Agent* agent_ = nullptr; // lives on the fiber's stack
    End end_ = End::none;
    std::uint64_t ticket_ = 0; // of what the fiber waits for
    bool healed_ = false, off_ = false;
    std::string running_ = "a";
    base::Duration up_since_{};
    std::uint64_t boots_ = 0;
    std::map<std::string, base::Duration> healthy_with_;
    std::map<std::string, bool> allergic_; // to images that are good elsewhere
};

} // namespace oakum::simulation
