// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <http/multi_client.hpp>
#include <ports/clock.hpp>
#include <wire/native.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace oakum::sim {

struct Model {
    std::string name;        // "AC-GW200"
    std::string version;     // that its devices run at first
    std::uint32_t parts = 1; // its share of the fleet, against the others'
};
struct Options {
    std::string host;
    std::uint16_t port = 8443;
    base::Digest256 ca_fingerprint;
    std::string token;
    std::size_t devices = 1000;
    std::vector<Model> models;
    std::vector<std::string> sites;
    std::uint64_t seed = 1;
    std::uint32_t fail_per_mille = 0;   // whose new firmware does not get well: they fall back
    std::uint32_t silent_per_mille = 0; // who never come back after the restart
    base::Duration install_time = std::chrono::seconds(1);
    base::Duration longest_poll =
        std::chrono::seconds(5); // polls no later than that, whatever the server says
};

struct Tally {
    std::atomic<std::uint64_t> enrolled{0}, refused{0}, polls{0}, offers{0}, installed{0}, fell_back{0},
        silent{0}, errors{0}, bytes{0};
};

// Devices as values, driven over the real protocol and TLS, each with a certificate of its own. An offer is
// taken only when the signed targets list it; the artifact is downloaded and hashed, and not kept. One
// logical thread.
class Fleet {
  public:
    Fleet(Options options, ports::Executor& executor, ports::Clock& clock, base::LogSink& log);
    ~Fleet();
    // Enrols everybody, then lets them poll. Returns once all are enrolled. Errors: unavailable,
    // unauthenticated.
    base::Status enrol();
    void start();
    const Tally& tally() const { return tally_; }

  private:
    struct Device;
    struct Targets;
    void enrol_next(std::size_t device, std::function<void(base::Status)> done);
    void poll(std::size_t device);
    void poll_in(std::size_t device, base::Duration delay);
    void polled(std::size_t device, base::Result<ports::ClientResponse> response);
    void take(std::size_t device, const wire::Offer& offer);
    void download(std::size_t device, const base::Digest256& digest, std::uint64_t length);
    void restart(std::size_t device);
    void report(std::size_t device, install::State state, install::Reason reason, std::string detail,
                std::function<void()> then);
    void send_report(std::size_t device, std::shared_ptr<const std::string> message, unsigned tries,
                     std::function<void()> then);
    void send_inventory(std::size_t device);

    Options options_;
    ports::Executor& executor_;
    ports::Clock& clock_;
    base::LogSink& log_;
    std::minstd_rand random_;
    std::unique_ptr<http::MultiClient> client_;
    std::unique_ptr<Targets> targets_;
    std::vector<std::unique_ptr<Device>> devices_;
    Tally tally_;
};

} // namespace oakum::sim
