// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <ports/clock.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string_view>
#include <utility>

// Time, chance and order of a simulated world: one seed decides everything.
namespace oakum::simulation {

class Scheduler final : public ports::Clock, public ports::Random {
  public:
    explicit Scheduler(std::uint64_t seed) : random_(seed) {}

    // The clock of the server, which may jump, and the right time.
    base::TimePoint now() override { return true_now() + skew; }
    base::TimePoint true_now() const { return base::from_unix_ms(1'764'000'000'000) + elapsed_; }
    base::Duration steady() override { return elapsed_; }
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random_());
    }
    std::uint64_t draw(std::uint64_t below) { return below == 0 ? 0 : random_() % below; }
    bool chance(std::uint64_t in_a_thousand) { return draw(1000) < in_a_thousand; }

    void at(base::Duration delay, std::function<void()> work) {
        // Things of one moment happen in any order.
        queue_.emplace(std::pair{elapsed_ + delay, random_()}, std::move(work));
    }
    // Runs what comes next; false when there is nothing.
    bool step() {
        if (queue_.empty()) return false;
        auto next = queue_.begin();
        elapsed_ = next->first.first;
        auto work = std::move(next->second);
        queue_.erase(next);
        mix(static_cast<std::uint64_t>(elapsed_.count()));
        work();
        ++events_;
        return true;
    }
    std::uint64_t events() const { return events_; }
    bool idle() const { return queue_.empty(); }
    // What happened so far, in one number: two runs of one seed agree in it after every event.
    std::uint64_t digest() const { return digest_; }
    void mix(std::uint64_t what) { digest_ = (digest_ ^ what) * 0x9E3779B97F4A7C15ULL + (digest_ >> 29); }
    void mix(std::string_view text) {
        for (const char c : text)
            digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }

    base::Duration skew{}; // of the server's clock

  private:
    std::mt19937_64 random_;
    std::multimap<std::pair<base::Duration, std::uint64_t>, std::function<void()>> queue_;
    base::Duration elapsed_{};
    std::uint64_t events_ = 0, digest_ = 0;
};

// One logical thread: work in order, each piece an event of its own. What waits when it ends never runs.
class Thread final : public ports::Executor {
  public:
    explicit Thread(Scheduler& scheduler) : scheduler_(scheduler), state_(std::make_shared<State>()) {}
    void post(std::function<void()> work) override {
        state_->waiting.push_back(std::move(work));
        wake();
    }
    void post_after(base::Duration delay, std::function<void()> work) override {
        scheduler_.at(delay, [this, state = std::weak_ptr<State>(state_), work = std::move(work)]() mutable {
            if (!state.expired()) post(std::move(work));
        });
    }

  private:
    struct State {
        std::deque<std::function<void()>> waiting;
    };
    void wake() {
        scheduler_.at(base::Duration(scheduler_.draw(3)), [weak = std::weak_ptr<State>(state_)] {
            const auto state = weak.lock();
            if (!state || state->waiting.empty()) return;
            auto work = std::move(state->waiting.front());
            state->waiting.pop_front();
            work();
        });
    }
    Scheduler& scheduler_;
    std::shared_ptr<State> state_; // shared with the events, which may outlive the thread
};

} // namespace oakum::simulation
