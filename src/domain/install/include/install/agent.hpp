// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/state.hpp>

#include <optional>
#include <span>
#include <string>

namespace oakum::install {

// The agent's machine: where one device stands with one deployment. The phase is stored before its act
// begins, so a power cut at any point repeats an act and never skips one.
enum class Phase : std::uint8_t {
    idle,         // nothing is asked of this device
    deciding,     // verify the metadata, look the target up, check that it fits this device
    downloading,  // into the staging file, hashed on the way
    staged,       // read the staging file again and verify it
    waiting,      // until installing is allowed: for the device's window
    writing,      // into the slot that does not run, after it was made unbootable; read back and verify
    written,      // the slot holds the verified image, and no boot loader will take it yet
    activating,   // ask the boot loader to try the new slot
    restarting,   // leave the old slot
    trying,       // the new slot runs; its health decides
    committing,   // make the new slot the one that stays
    soaking,      // stays healthy for the soak time
    falling_back, // return to the old slot
};
inline constexpr std::size_t kPhases = 13;
std::string_view to_string(Phase phase);
base::Result<Phase> parse_phase(std::string_view text);

enum class Event : std::uint8_t {
    offered,      // the server asks for a release
    allowed,      // signed metadata and this device agree with the offer
    already_runs, // the release runs here already
    refused,      // it must not be installed here, with a reason
    unreachable,  // the network failed; the budget is not spent
    spent,        // the network failed once too often
    received,     // every byte is in the staging file and the hash is right
    damaged,      // the hash, the length or a signature is wrong
    sound,        // the staging file, read again, is right
    stored,       // the slot, read back from its medium, is right
    store_failed, // the slot or the boot loader could not be written
    proceed,      // nothing stands in the way of the next phase
    came_up,      // the new slot runs
    fell_back,    // the old slot runs, and the boot loader will not take the new one
    healthy,      // the checks passed often enough
    unhealthy,    // they did not within their window, or the wrong version runs
    committed,    // the new slot stays
    soaked,       // the soak time is over
    closed,       // installing is not allowed now
    withdrawn,    // the server takes the offer back
};
inline constexpr std::size_t kEvents = 20;
std::string_view to_string(Event event);

// One line of the table.
struct Step {
    Phase from;
    Event event;
    Phase to;
    std::optional<State> report; // what the server is told
};
// All that can happen; a pair that is not listed is refused.
std::span<const Step> agent_table();
// Nothing when the event is refused in that phase: the machine stays where it is.
std::optional<Step> next(Phase phase, Event event);

// True while stopping leaves the device exactly as it was before the offer.
bool can_stop(Phase phase);
// True in the phases whose image may run: the boot loader's view decides what comes next.
bool after_activation(Phase phase);

// The table as a Mermaid state diagram.
std::string agent_diagram();

} // namespace oakum::install
