// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <ports/clock.hpp>
#include <trust/stream.hpp>
#include <updates/ports.hpp>
#include <updates/standing.hpp>
#include <updates/state.hpp>
#include <updates/token_bucket.hpp>

#include <optional>
#include <string>

namespace oakum::updates {

struct Settings {
    std::string model, hw_revision;
    std::vector<std::string> formats = {"raw", "tar"}; // that the slots understand
    std::uint64_t bytes_per_second = 0;                // of downloads; zero: no limit
    std::uint64_t spare_bytes = 16 << 20;              // that stay free on the staging file system
    base::Duration health_interval = std::chrono::seconds(2);
    base::Duration health_window = std::chrono::seconds(60); // to become healthy in, after a restart
    std::uint32_t health_passes = 2;                         // in a row, to be healthy
    std::uint32_t health_failures = 3;                       // in a row while soaking, to be ill
    std::uint32_t network_failures = 20;                     // of one deployment, before it is given up
    base::Duration longest_backoff = std::chrono::minutes(15);
    base::Duration inventory_interval = std::chrono::hours(6);
};

struct Ports {
    UpdateServer& server;
    Repository& repository;
    Trust& trust;
    Keep& keep;
    Staging& staging;
    SlotWriter& writer;
    BootControl& boot;
    Health& health;
    Inventory& inventory;
    Identity& identity;
    ports::Clock& clock;
    ports::Random& random;
    base::LogSink& log;
    Director* director = nullptr; // without one nothing is installed that a root with a director lists
    Carrier* carrier = nullptr;   // without one nothing is taken from folders
    LocalRules* rules = nullptr; // without them it downloads and installs whatever its battery, link and load
};

// The agent's use case: polls, and takes one deployment at a time through the machine of install/agent.hpp.
// Every phase is stored before its act; every act can be repeated. Borrows its ports; one thread.
class Agent {
  public:
    Agent(Ports ports, Settings settings);

    // Reads the stored state and looks at what runs. Errors: unavailable (the state cannot be read or the
    // boot control fails): the caller tries again.
    base::Status start();
    // Does what is due, at most one act and one poll; returns how long nothing is due.
    base::Duration step();

    const AgentState& state() const { return state_; }
    Standing standing() const;

  private:
    using Phase = install::Phase;
    using Event = install::Event;
    using Reason = install::Reason;

    // poll.cpp: the conversation with the server
    void poll();
    void take(const wire::PollReply& reply);
    void take(const wire::Offer& offer, std::uint64_t desired);
    void repeat_end(const wire::Offer& offer);
    void take_windows(const wire::Offer& offer);
    std::int64_t behind(const wire::Offer& offer) const;
    void flush_reports();
    void tell_what_runs();
    void tell_how_it_ended();
    void send_inventory_if_changed();
    void renew();
    void server_failed(const base::Error& error, std::string_view doing);

    // carried.cpp: folders that people bring
    void look_at_folder();
    bool is_carried() const {
        return ports_.carrier != nullptr && state_.current && !state_.current->order.empty();
    }
    // The folder first, and the network when it is gone.
    std::variant<Listed, NotTrusted> look_up();
    base::Status fetch(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                       const Piece& piece);
    wire::Receipt receipt(install::State ended, AgentState& from, const std::optional<Image>& runs) const;

    // agent.cpp: the machine. Stores, then moves; on an error nothing moved and the act will be repeated.
    base::Status advance(Event event, Reason reason = Reason::none, const std::string& detail = {});
    base::Status save(const AgentState& next);
    void act();

    // acts.cpp: one a phase. An error means that nothing moved.
    base::Status decide_offer();
    base::Status download();
    base::Status verify_staged();
    base::Status wait_for_window();
    // Waits, by this device's own rules, and tells why: as soon as it begins to, and now and then.
    base::Status hold(std::string why);
    base::Status tell_progress(std::uint32_t percent);
    base::Status write_slot();
    base::Status activate();
    base::Status restart();
    base::Status try_out();
    base::Status commit();
    base::Status soak();
    base::Status fall_back();

    base::Status network_failed(std::string detail);
    // direction.cpp: what the director has to do with it
    Question question();
    base::Result<base::Bytes> ask_director();
    wire::Manifest manifest(const AgentState& from, const std::optional<Image>& runs) const;
    void note_attack(trust::Attack attack, const std::string& detail);
    // The permission ended while the device waited: the director is asked again before anything is written.
    // Why a signed target, which has terms and a SHA-256, is not for this device as it is now.
    struct Unfit {
        std::optional<trust::Attack> attack; // that the director commits by permitting it
        std::string sentence;
    };
    std::optional<Unfit> unfit(const trust::TargetFile& file, const wire::Offer& offer) const;
    base::Status renew_permission();
    base::Status download_damaged(std::string detail);
    // Where the download stands, its held bytes hashed again after a restart.
    base::Result<std::uint64_t> open_download();
    // Looks again at what runs; another slot has another inventory.
    base::Status look();
    // How long until installing is allowed; nothing: it is now.
    std::optional<base::Duration> until_window() const;
    bool new_slot_runs() const { return state_.current && view_.running == state_.current->slot; }
    bool new_slot_waits() const { return state_.current && view_.trying == state_.current->slot; }
    wire::Report report(install::State state, const AgentState& from) const;
    base::Duration jitter(base::Duration around);
    base::Duration backoff(std::uint32_t failures);
    void log(base::LogLevel level, std::string_view text);
    void wait_act(base::Duration time);

    Ports ports_;
    Settings settings_;
    AgentState state_;

    // Only for as long as the process lives.
    BootView view_;
    HealthState health_{true, ""};
    std::optional<base::TimePoint> answered_, failing_since_;
    std::string failure_;
    std::uint32_t server_failures_ = 0, renewal_failures_ = 0;
    base::Duration next_poll_{};
    base::Duration next_act_{};
    base::Duration next_inventory_{};
    base::Duration next_renewal_{};
    base::Duration phase_began_{};
    std::uint32_t passes_ = 0, failures_ = 0, restarts_ = 0;
    std::optional<trust::TargetStream> stream_; // of the staging file's content
    bool interrupted_ = false;
    bool held_before_ = false; // the staging file holds bytes of an earlier life
    std::uint32_t progress_told_ = 0;
    bool closed_told_ = false; // of this phase
    std::string held_;         // why this device waits by its own rules; empty: it does not
    std::optional<base::Duration> held_told_;
    bool flush_ = false;
    std::optional<std::pair<std::string, std::uint32_t>> repeated_; // deployment and attempt
    bool tell_carrier_ = false;                                     // an update that came in a folder ended
    TokenBucket bucket_;
};

} // namespace oakum::updates
