// SPDX-License-Identifier: Apache-2.0
#include <install/state.hpp>

#include <array>
#include <string>
#include <utility>

namespace oakum::install {
namespace {

// In the order of the enumerations, which the accessors below rely on and the tests hold.
constexpr std::array<std::string_view, 17> state_words = {
    "offered",    "downloading", "downloaded", "awaiting_window", "awaiting_user", "installing",
    "rebooting",  "installed",   "soaking",    "verified",        "failed",        "rolled_back",
    "cancelling", "withdrawn",   "superseded", "expired",         "silent"};

constexpr std::array<std::string_view, 13> reason_words = {
    "none",         "download_failed", "out_of_space", "verification_failed", "metadata_expired",
    "incompatible", "write_failed",    "boot_failed",  "health_failed",       "wrong_version",
    "cancelled",    "timed_out",       "agent_error"};

template <class Word, std::size_t N>
base::Result<Word> find(const std::array<std::string_view, N>& words, std::string_view text,
                        std::string_view what) {
    for (std::size_t i = 0; i < N; ++i) {
        if (words[i] == text) return static_cast<Word>(i);
    }
    return base::invalid("\"" + std::string(text.substr(0, 40)) + "\" is no " + std::string(what));
}

} // namespace

std::string_view to_string(State state) {
    return state_words.at(static_cast<std::size_t>(state));
}

base::Result<State> parse_state(std::string_view text) {
    return find<State>(state_words, text, "deployment state");
}

std::string_view to_string(Reason reason) {
    return reason_words.at(static_cast<std::size_t>(reason));
}

base::Result<Reason> parse_reason(std::string_view text) {
    return find<Reason>(reason_words, text, "reason");
}

} // namespace oakum::install
