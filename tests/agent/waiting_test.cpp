// SPDX-License-Identifier: Apache-2.0
#include <waiting.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace oakum;
using namespace oakum::agent;
using namespace std::chrono_literals;
using install::Phase;

namespace {

const base::TimePoint noon = base::from_unix_ms(1'800'000'000'000);

Seen in_phase(Phase phase) {
    Seen seen;
    seen.now = noon;
    seen.runs = true;
    seen.standing = updates::Standing{};
    seen.standing->next_poll = noon + 40s;
    seen.state.phase = phase;
    if (phase == Phase::idle) return seen;
    seen.state.current.emplace();
    seen.state.current->offer.release_name = "gateway";
    seen.state.current->offer.release_version = "2.0";
    seen.state.current->offer.soak_seconds = 600;
    seen.state.current->image.length = 90 << 20;
    seen.state.current->slot = "b";
    return seen;
}

wire::InstallWindow window(base::Duration from, base::Duration to) {
    return {static_cast<std::uint64_t>(base::unix_seconds(noon + from)),
            static_cast<std::uint64_t>(base::unix_seconds(noon + to))};
}

} // namespace

TEST_CASE("what a device waits for, in words") {
    Seen seen = in_phase(Phase::idle);
    CHECK(waits_for(seen).what == "nothing: all that the server asked for is done");
    CHECK(waits_for(seen).until == noon + 40s);
    seen.standing->failure = "polling: connection refused";
    CHECK(waits_for(seen).what == "its server");
    CHECK(waits_for(seen).why == "polling: connection refused");
    seen.standing.reset();
    CHECK(waits_for(seen).what == "its first word from the server");

    seen = in_phase(Phase::downloading);
    seen.held = 12 << 20;
    CHECK(waits_for(seen).why == "12 MiB of 90 MiB");
    seen.state.current->network_failures = 3;
    seen.standing->next_act = noon + 30s;
    CHECK(waits_for(seen).why == "12 MiB of 90 MiB; the network failed 3 times");
    CHECK(waits_for(seen).until == noon + 30s);

    seen = in_phase(Phase::soaking);
    CHECK(waits_for(seen).what == "gateway 2.0 to stay healthy for 10 min in slot b");
    seen.runs = false;
    CHECK(waits_for(seen).what == "its agent, which does not run");
    CHECK(waits_for(seen).why == "gateway 2.0 is in phase soaking and goes on from there");

    seen = in_phase(Phase::falling_back);
    seen.state.current->reason = install::Reason::health_failed;
    seen.state.current->detail = "no uplink";
    CHECK(waits_for(seen).why == "health_failed: no uplink");
}

TEST_CASE("every phase is said in words of its own") {
    std::vector<std::string> said;
    for (std::size_t phase = 0; phase < install::kPhases; ++phase) {
        const Waiting waiting = waits_for(in_phase(static_cast<Phase>(phase)));
        CHECK_FALSE(waiting.what.empty());
        said.push_back(waiting.what);
    }
    std::ranges::sort(said);
    // `waiting` and `written`, `activating` and `restarting` are the same to whoever waits.
    CHECK(said.size() - static_cast<std::size_t>(std::unique(said.begin(), said.end()) - said.begin()) == 2);
}

TEST_CASE("a window is told as the device's clock shows it") {
    Seen seen = in_phase(Phase::waiting);
    seen.state.current->offer.install_windows = {{window(-2h, -1h), window(3h, 4h)}};
    CHECK(waits_for(seen).what == "its window to install gateway 2.0");
    CHECK(waits_for(seen).until == noon + 3h);
    seen.state.current->clock_behind = 3600;
    CHECK(waits_for(seen).until == noon + 2h);
    CHECK(waits_for(seen).why.ends_with("its clock is off by 3600 s, which is allowed for"));
    seen.state.current->clock_behind = 0;
    seen.state.current->offer.install_windows = {{window(-2h, -1h)}};
    CHECK_FALSE(waits_for(seen).until);
    seen.state.current->offer.install_windows.emplace();
    CHECK(waits_for(seen).why == "the server says: not for now");
}

TEST_CASE("times and sizes are short") {
    CHECK(span_text(-5s) == "0 s");
    CHECK(span_text(119s) == "119 s");
    CHECK(span_text(2min) == "2 min");
    CHECK(span_text(47h) == "47 h");
    CHECK(span_text(72h) == "3 days");
    CHECK(when(noon + 1h, noon).ends_with("Z (in 60 min)"));
    CHECK(when(noon - 1h, noon).ends_with("Z (60 min ago)"));
    CHECK(bytes_text(10'239) == "10239 bytes");
    CHECK(bytes_text(11 << 20) == "11 MiB");
}
