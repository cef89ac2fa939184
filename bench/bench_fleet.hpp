// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/live_fleet.hpp>
#include <fleet/software.hpp>
#include <ports/clock.hpp>
#include <shard/ids.hpp>

#include <base/log.hpp>

#include <time.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

// What the benchmarks share: the fleet that they measure, and the ports that they run on.
namespace oakum::bench {

inline const device::TenantId kTenant = device::kDefaultTenant;

[[noreturn]] inline void fail(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}
template <class T> T must(base::Result<T> result) {
    if (!result.ok()) fail(result.error().text());
    return std::move(result).value();
}
inline void must(const base::Status& status) {
    if (!status.ok()) fail(status.error().text());
}

inline double wall() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
// Of this process, all of its threads, so that what else the machine does counts less.
inline double cpu() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}
inline std::uint64_t resident_bytes() {
    std::ifstream status("/proc/self/statm");
    std::uint64_t total = 0, resident = 0;
    status >> total >> resident;
    return resident * 4096;
}

class WallClock final : public ports::Clock {
  public:
    base::TimePoint now() override {
        return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    }
    base::Duration steady() override {
        return std::chrono::duration_cast<base::Duration>(
            std::chrono::steady_clock::now().time_since_epoch());
    }
};
class Dice final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random_());
    }

  private:
    std::mt19937_64 random_{1};
};
// Run by the caller: one thread, no waiting between two pieces of work.
class Queue final : public ports::Executor {
  public:
    void post(std::function<void()> work) override { work_.push_back(std::move(work)); }
    void post_after(base::Duration, std::function<void()>) override {}
    void run() {
        while (!work_.empty()) {
            auto work = std::move(work_.front());
            work_.pop_front();
            work();
        }
    }

  private:
    std::deque<std::function<void()>> work_;
};
// Runs what is posted where it stands, and nothing later.
class InPlace final : public ports::Executor {
  public:
    void post(std::function<void()> work) override { work(); }
    void post_after(base::Duration, std::function<void()>) override {}
};
class ErrorLog final : public base::LogSink {
  public:
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    }
};

// The fleet: 5,000 software sets of 20,000 components, 400 of them images; each of the 4,600 other layers
// runs on two of them. A device has 13 facts and one of those pairs.
class Fleet {
  public:
    static constexpr std::size_t kComponents = 20'000, kSets = 5000, kBaseSets = 400, kImagesALayer = 2,
                                 kProducts = 3000;
    static base::TimePoint day() { return base::from_unix_ms(1'760'000'000'000); }

    Fleet() {
        components_.reserve(kComponents);
        for (std::size_t n = 0; n < kComponents; ++n) {
            component::Component made;
            made.name = "package-" + std::to_string(n % kProducts);
            made.version = "1." + std::to_string(n / kProducts) + "." + std::to_string(n % 17);
            made.purl = "pkg:deb/debian/" + made.name + "@" + made.version;
            components_.push_back({fleet::component_id(made), made});
        }
        for (std::size_t n = 0; n < kSets; ++n) {
            ports::SoftwareSetRow set;
            set.layer = n < kBaseSets ? ports::Layer::base : ports::Layer::delta;
            for (int c = 0; c < (n < kBaseSets ? 200 : 20); ++c)
                set.components.push_back(components_[random_() % components_.size()].id);
            set.id = fleet::set_id(set.components);
            set.origin = "reported";
            sets_.push_back(std::move(set));
        }
    }
    device::DeviceId next_id() { return ids_.next_as<device::DeviceId>(); }
    const std::vector<ports::ComponentRow>& components() const { return components_; }
    const std::vector<ports::SoftwareSetRow>& sets() const { return sets_; }

    // The n-th device: its row, its facts, and what it has had installed since.
    void add(std::vector<ports::Row>& rows, device::DeviceId id, std::size_t n) {
        const std::size_t delta = kBaseSets + random_() % (kSets - kBaseSets);
        ports::DeviceRow row;
        row.id = id;
        row.lifecycle = n % 50 == 0 ? device::Lifecycle::quiet : device::Lifecycle::active;
        row.first_seen = row.last_seen = row.last_inventory = day();
        row.base_set = sets_[(delta + random_() % kImagesALayer * 200) % kBaseSets].id;
        row.delta_set = sets_[delta].id;
        row.running_version = "2." + std::to_string(random_() % 30);
        row.boot_id = fleet::boot_mark(kBoot);
        row.desired_number = 1'760'000'000;
        char serial[33];
        std::snprintf(serial, sizeof(serial), "%032llx",
                      static_cast<unsigned long long>(n * 0x9E3779B97F4A7C15ULL));
        row.certificate_serial = serial;
        row.certificate_expires = base::from_unix_ms(1'900'000'000'000);
        row.row_version = 1;
        rows.emplace_back(row);
        const auto fact = [&](std::string_view key, std::string value) {
            rows.emplace_back(ports::FactRow{
                id, {std::string(key), std::move(value), device::FactSource::reported, "", day()}});
        };
        fact(device::key::serial, "SN" + std::to_string(100'000'000 + n));
        fact(device::key::address, "10." + std::to_string(n >> 16 & 255) + "." +
                                       std::to_string(n >> 8 & 255) + "." + std::to_string(n & 255));
        fact(device::key::model, "MODEL-" + std::to_string(random_() % 40));
        fact(device::key::hw_revision, "r" + std::to_string(random_() % 4));
        fact(device::key::platform, "linux");
        fact(device::key::firmware_version, row.running_version);
        fact(device::key::kernel, "6.1." + std::to_string(random_() % 60));
        fact(device::key::site, "site " + std::to_string(random_() % 1000));
        fact(device::key::zone, "zone " + std::to_string(random_() % 8));
        fact(device::key::criticality, n % 3 == 0 ? "high" : "low");
        fact(device::key::exposure, n % 5 == 0 ? "internet" : "internal");
        fact(device::key::protocol, "native");
        fact(fleet::kInventoryKey, kInventory);
        for (const auto& [layer, set] :
             {std::pair(ports::Layer::base, row.base_set), std::pair(ports::Layer::delta, row.delta_set)})
            rows.emplace_back(ports::DeviceSetRow{id, layer, set, day(), std::nullopt});
    }
    // What every device reports with a poll.
    static constexpr const char* kBoot = "6f1c1d3e-7a0f-4c69-b3d1-0d9d3a4b7e55";
    static constexpr const char* kInventory = "0123456789abcdef";
    std::uint64_t draw() { return random_(); }

  private:
    WallClock clock_;
    Dice dice_;
    shard::Ids ids_{clock_, dice_};
    std::mt19937_64 random_{7};
    std::vector<ports::ComponentRow> components_;
    std::vector<ports::SoftwareSetRow> sets_;
};

} // namespace oakum::bench
