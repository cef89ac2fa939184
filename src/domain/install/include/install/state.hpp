// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string_view>

namespace oakum::install {

// The vocabulary shared by agent and server (design 3). Installed is not done: verified needs the running
// version that the device reports after its restart, and its health for the soak time.
enum class State : std::uint8_t {
    offered,
    downloading,
    downloaded,
    awaiting_window,
    awaiting_user,
    installing,
    rebooting,
    installed,
    soaking,
    verified,
    failed,
    rolled_back,
    cancelling,
    withdrawn,
    superseded,
    expired,
    silent
};
std::string_view to_string(State state);
base::Result<State> parse_state(std::string_view text);
constexpr bool is_terminal(State state) {
    return state == State::verified || state == State::failed || state == State::rolled_back ||
           state == State::withdrawn || state == State::superseded || state == State::expired;
}

// Why a deployment failed or fell back; the class decides about attempts and backoff.
enum class Reason : std::uint8_t {
    none,
    download_failed, // network; retried, budget 20
    out_of_space,
    verification_failed, // signature, hash or length: nothing was written
    metadata_expired,
    incompatible, // wrong model, hardware revision or starting version
    write_failed,
    boot_failed,   // the new slot never came up; the boot loader fell back
    health_failed, // it came up, and its checks failed
    wrong_version, // it came up with another version than the release's
    cancelled,
    timed_out,
    agent_error
};
std::string_view to_string(Reason reason);
base::Result<Reason> parse_reason(std::string_view text);

} // namespace oakum::install
