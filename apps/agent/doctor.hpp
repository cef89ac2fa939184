// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "identity.hpp"

#include <string>
#include <vector>

namespace oakum::agent {

// What was seen of a device, in the words of `oakumd doctor`.
struct Finding {
    enum class Level : std::uint8_t { well, warning, ill };
    Level level = Level::well;
    std::string what;     // "clock"
    std::string sentence; // what was seen; may hold words of a server or an image
    std::string remedy;   // what to do; empty when all is well
};
using Findings = std::vector<Finding>;

// Looks at a device, and changes nothing in it; a running agent goes on meanwhile.
class Examination {
  public:
    Examination(const Config& config, base::TimePoint now) : config_(config), now_(now) {}
    Findings all();

  private:
    void add(Finding::Level level, std::string what, std::string sentence, std::string remedy = {}) {
        findings_.push_back({level, std::move(what), std::move(sentence), std::move(remedy)});
    }
    // doctor.cpp
    void process();
    void permissions();
    void clock();
    void identity();
    void room();
    void state();
    // doctor_slots.cpp: what installs and starts
    void slots();
    void folder_slots();
    void loader_slots();
    void partitions(const std::string& spare);
    void programs();
    void one_system(); // doctor_system.cpp
    // doctor_server.cpp: the way to the server, and what it serves
    void server();
    void metadata(DeviceConnection& connection);

    const Config& config_;
    base::TimePoint now_;
    bool enrolled_ = false;
    FileIdentity identity_{config_.folder, config_.serial};
    Findings findings_;
};

} // namespace oakum::agent
