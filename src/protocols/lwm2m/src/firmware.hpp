// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/state.hpp>
#include <lwm2m_data/records.hpp>

#include <optional>
#include <string>
#include <vector>

// Object 5, Firmware Update, as a table: what is to be done next, from where the deployment stands and what
// the device shows. Nothing here knows a device, a clock or a message.
namespace oakum::lwm2m {

enum class Device : std::uint8_t { idle = 0, downloading = 1, downloaded = 2, updating = 3 };
enum class Delivery : std::uint8_t { pull = 0, push = 1, both = 2 };
// Ways to fetch, resource 8.
enum class Fetch : std::uint8_t { coap = 0, coaps = 1, http = 2, https = 3 };

// What the device shows of object 5.
struct Shown {
    Device state = Device::idle;
    std::int64_t result = 0;
    Delivery delivery = Delivery::pull;
    std::vector<Fetch> fetches; // empty: it does not say
    bool operator==(const Shown&) const = default;
};
// Errors: invalid (no state, or one that there is not).
base::Result<Shown> read_shown(const std::vector<lwm2m_data::Record>& records, std::uint16_t instance);

// Where the deployment stands, and what was done about it since this process knows the device.
struct Standing {
    install::State state = install::State::offered;
    bool due = true;               // the pause after a failure is over
    bool open = true;              // it may be installed now
    bool proof_is_awaited = false; // silent since it said that it had installed
    bool was_reset = false;        // the machine was told to begin anew, for this attempt
    unsigned packages = 0;         // how often the package was given to it
    unsigned orders = 0;           // how often it was told to install
    bool came_back = false;        // it registered again since it was told to install
};

enum class Do : std::uint8_t {
    nothing, // until the deployment moves
    look,    // ask what object 5 shows
    wait,    // the device is at it: look again later
    reset,   // make the machine begin anew
    give,    // write the package's address, or the package
    install, // execute Update
    report,  // tell `state`, and go on from there
};
struct Act {
    Do what = Do::nothing;
    install::State state = install::State::offered;
    install::Reason reason = install::Reason::none;
    std::string detail;
    bool operator==(const Act&) const = default;
};
inline constexpr unsigned kMostPackages = 4, kMostOrders = 3;

Act next_act(const Standing& standing, const std::optional<Shown>& shown);

// Resource 5, Update Result, from 2 on, as a reason with its words.
install::Reason reason_of(std::int64_t result);
std::string words_of(std::int64_t result);

} // namespace oakum::lwm2m
