// SPDX-License-Identifier: Apache-2.0
#include <updates/agent.hpp>

#include <algorithm>
#include <array>

namespace oakum::updates {
namespace {

constexpr std::string_view state_name = "state.json";
// Between two tries of an act that could not be stored or carried out.
constexpr base::Duration retry_act = std::chrono::seconds(5);
constexpr std::size_t max_detail = 2000;

std::string bounded(std::string text) {
    if (text.size() <= max_detail) return text;
    std::size_t end = max_detail;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    text.resize(end);
    return text;
}

} // namespace

Agent::Agent(Ports ports, Settings settings)
    : ports_(ports), settings_(std::move(settings)),
      bucket_(settings_.bytes_per_second, std::max<std::uint64_t>(settings_.bytes_per_second, 16 << 10)) {}

base::Status Agent::start() {
    TRY_VALUE(const auto text, ports_.keep.load(std::string(state_name)));
    auto stored = text ? decode_state(*text) : base::Result<AgentState>(AgentState{});
    if (!stored.ok()) {
        // Nothing that may boot depends on this file: the boot control knows which images were verified.
        log(base::LogLevel::error, "the stored state is unusable, starting afresh: " + stored.error().text());
        stored = AgentState{};
    }
    state_ = std::move(stored).value();
    // After a loss of the file later reports must still be newer than those already sent.
    if (state_.sequence == 0)
        state_.sequence =
            static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(ports_.clock.now()), 0));
    TRY_VALUE(view_, ports_.boot.view());
    // A slot on trial that no deployment knows of would become the running one without having proved
    // anything.
    if (!install::after_activation(state_.phase) && !view_.trying.empty()) {
        log(base::LogLevel::warning,
            "slot " + view_.trying + " is on trial without a deployment: falling back");
        const std::string bad = view_.trying;
        TRY(ports_.boot.fall_back(bad));
        if (view_.running == bad) {
            TRY(ports_.boot.restart());
        }
        TRY_VALUE(view_, ports_.boot.view());
    }
    // The boot control knows what runs; this file may be older, or the device was flashed by hand.
    if (state_.phase == Phase::idle && view_.image &&
        (!state_.installed || state_.installed->digest != view_.image->digest)) {
        state_.previous.reset();
        state_.installed = Known{view_.image->version, view_.image->digest, view_.image->counter};
    }
    if (state_.phase == Phase::idle && view_.image) state_.floor = std::max(state_.floor, view_.image->floor);
    stream_.reset();
    interrupted_ = true;
    const base::Duration now = ports_.clock.steady();
    phase_began_ = next_act_ = next_inventory_ = next_renewal_ = now;
    next_poll_ = now + jitter(std::chrono::seconds(1));
    flush_ = !state_.reports.empty() || state_.to_tell.has_value();
    // A power cut may have come before it was told.
    tell_carrier_ = ports_.carrier != nullptr && state_.phase == Phase::idle && !state_.receipts.empty();
    log(base::LogLevel::info, "started in slot " + view_.running + " with version " + view_.running_version +
                                  ", phase " + std::string(install::to_string(state_.phase)));
    return {};
}

base::Duration Agent::step() {
    if (ports_.carrier != nullptr) look_at_folder();
    if (ports_.clock.steady() >= next_poll_) poll();
    if (state_.phase != install::Phase::idle && ports_.clock.steady() >= next_act_) act();
    if (flush_ && server_failures_ == 0) flush_reports();
    if (tell_carrier_) {
        tell_carrier_ = false;
        ports_.carrier->ended(state_.receipts);
    }
    const base::Duration now = ports_.clock.steady();
    base::Duration wait = next_poll_ - now;
    if (state_.phase != install::Phase::idle) wait = std::min(wait, next_act_ - now);
    return std::max(wait, base::Duration::zero());
}

base::Status Agent::save(const AgentState& next) {
    return ports_.keep.save(std::string(state_name), encode(next));
}

base::Status Agent::advance(Event event, Reason reason, const std::string& detail) {
    const auto step = install::next(state_.phase, event);
    if (!step)
        return base::bug("event " + std::string(install::to_string(event)) + " in phase " +
                         std::string(install::to_string(state_.phase)));
    AgentState next = state_;
    next.phase = step->to;
    if (reason != Reason::none) {
        next.current->reason = reason;
        next.current->detail = bounded(detail);
    }
    if (step->report) enqueue(next, report(*step->report, next));
    if (step->to == Phase::idle) {
        if (event == Event::soaked) {
            next.previous = next.current->offer.is_rollback ? std::nullopt : next.installed;
            next.installed =
                Known{next.current->image.version, next.current->image.digest, next.current->image.counter};
            next.floor = std::max(next.floor, next.current->image.floor);
            next.attacked.reset();
        }
        next.last = Ended{next.current->offer.release_name,
                          next.current->offer.release_version,
                          step->report.value_or(install::State::withdrawn),
                          next.current->reason,
                          next.current->detail,
                          ports_.clock.now()};
        const bool attacked = next.attacked && next.attacked->deployment == next.current->offer.deployment;
        if (ports_.director != nullptr && (attacked || next.current->permitted_until))
            next.to_tell =
                manifest(next, event == Event::soaked ? std::optional(next.current->image) : view_.image);
        if (is_carried())
            add(next, receipt(step->report.value_or(install::State::withdrawn), next,
                              event == Event::soaked ? std::optional(next.current->image) : view_.image));
        next.done_deployment = next.current->offer.deployment;
        next.done_attempt = next.current->offer.attempt;
        next.done_as = report(step->report.value_or(install::State::withdrawn), next);
        next.current.reset();
    }
    TRY(save(next));

    if (step->to == Phase::idle && is_carried()) tell_carrier_ = true;
    const Phase from = state_.phase;
    std::string line = std::string(install::to_string(from)) + " -> " +
                       std::string(install::to_string(step->to)) + " (" +
                       std::string(install::to_string(event)) + ")";
    if (reason != Reason::none) line += ": " + std::string(install::to_string(reason)) + ", " + detail;
    log(reason == Reason::none ? base::LogLevel::info : base::LogLevel::warning, line);
    state_ = std::move(next);
    flush_ = flush_ || step->report.has_value() || state_.to_tell.has_value();
    next_act_ = ports_.clock.steady();
    if (from != state_.phase) {
        phase_began_ = next_act_;
        passes_ = failures_ = restarts_ = 0;
        closed_told_ = false;
        held_.clear();
        held_told_.reset();
    }
    if (state_.phase == Phase::idle) {
        stream_.reset();
        // What a failed network left is kept for the next attempt.
        if (reason != Reason::download_failed) {
            const auto cleared = ports_.staging.clear();
            if (!cleared.ok())
                log(base::LogLevel::warning, "clearing the staging file: " + cleared.error().text());
        }
        next_inventory_ = next_act_;
    }
    return {};
}

void Agent::act() {
    base::Status done;
    switch (state_.phase) {
    case Phase::idle:
        return;
    case Phase::deciding:
        done = decide_offer();
        break;
    case Phase::downloading:
        done = download();
        break;
    case Phase::staged:
        done = verify_staged();
        break;
    case Phase::waiting:
    case Phase::written:
        done = wait_for_window();
        break;
    case Phase::writing:
        done = write_slot();
        break;
    case Phase::activating:
        done = activate();
        break;
    case Phase::restarting:
        done = restart();
        break;
    case Phase::trying:
        done = try_out();
        break;
    case Phase::committing:
        done = commit();
        break;
    case Phase::soaking:
        done = soak();
        break;
    case Phase::falling_back:
        done = fall_back();
        break;
    }
    if (done.ok()) return;
    log(base::LogLevel::error,
        "in phase " + std::string(install::to_string(state_.phase)) + ": " + done.error().text());
    wait_act(retry_act);
}

wire::Report Agent::report(install::State told, const AgentState& from) const {
    wire::Report report;
    report.deployment = from.current->offer.deployment;
    report.attempt = from.current->offer.attempt;
    report.state = told;
    const bool bad = told == install::State::failed || told == install::State::rolled_back;
    report.reason = bad ? from.current->reason : Reason::none;
    report.detail = bad ? from.current->detail : std::string();
    if (told == install::State::downloaded) report.progress_percent = 100;
    report.running_version = view_.running_version;
    report.boot_id = view_.boot_id;
    report.healthy = health_.healthy;
    report.resumed = from.current->resumed;
    return report;
}

Standing Agent::standing() const {
    const base::TimePoint now = ports_.clock.now();
    const base::Duration steady = ports_.clock.steady();
    Standing standing{now, answered_,     failing_since_,        failure_, now + (next_poll_ - steady),
                      {},  view_.running, view_.running_version, health_,  held_};
    if (state_.current) standing.next_act = now + std::max(next_act_ - steady, base::Duration::zero());
    return standing;
}

base::Status Agent::look() {
    TRY_VALUE(BootView now, ports_.boot.view());
    if (now.running != view_.running) next_inventory_ = ports_.clock.steady();
    view_ = std::move(now);
    return {};
}

base::Duration Agent::jitter(base::Duration around) {
    std::array<std::uint8_t, 2> bytes{};
    ports_.random.fill(bytes);
    const int thousandths = (bytes[0] << 8 | bytes[1]) % 1000;
    return around / 2 + around * thousandths / 1000;
}

base::Duration Agent::backoff(std::uint32_t failures) {
    const base::Duration first = std::chrono::seconds(1);
    return jitter(
        std::min<base::Duration>(first * (1L << std::min(failures, 16U)), settings_.longest_backoff));
}

void Agent::log(base::LogLevel level, std::string_view text) {
    ports_.log.write(level, "agent", text);
}

void Agent::wait_act(base::Duration time) {
    next_act_ = ports_.clock.steady() + time;
}

} // namespace oakum::updates
