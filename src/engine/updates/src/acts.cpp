// SPDX-License-Identifier: Apache-2.0
#include <updates/agent.hpp>

#include <artifact/compatibility.hpp>

#include <algorithm>

namespace oakum::updates {
namespace {

using install::Reason;

// One request's worth, so that polls and withdrawals are heard in between.
constexpr std::uint64_t chunk = 8 << 20;
constexpr std::uint64_t smallest_request = 16 << 10;
// An act that cannot even read its own files is tried that often.
constexpr std::uint32_t patience = 5;
// Until the clock is looked at again.
constexpr base::Duration longest_wait = std::chrono::seconds(30);
// What a device waits for by its own rules, told once more: often enough to be of use, and flash wears.
constexpr base::Duration tell_again = std::chrono::hours(2);

base::Result<trust::TargetStream> expect(const Image& image) {
    trust::TargetFile file;
    file.length = image.length;
    file.hashes.sha256 = image.digest;
    return trust::TargetStream::expect(file);
}

} // namespace

base::Status Agent::network_failed(std::string detail) {
    // A server that asks for patience costs nothing of the budget.
    const base::Duration asked = ports_.server.asked_pause();
    if (asked == base::Duration::zero()) {
        Current& current = *state_.current;
        if (++current.network_failures >= settings_.network_failures)
            return advance(install::Event::spent, Reason::download_failed, detail);
        TRY(advance(install::Event::unreachable));
    }
    log(base::LogLevel::warning, detail);
    wait_act(std::max(asked, backoff(state_.current->network_failures)));
    return {};
}

base::Status Agent::decide_offer() {
    TRY(look());
    Current& current = *state_.current;
    const wire::Offer& offer = current.offer;
    const auto found = look_up();
    if (const auto* no = std::get_if<NotTrusted>(&found)) {
        if (no->unreachable) return network_failed(no->detail);
        if (no->attack) note_attack(*no->attack, no->detail);
        return advance(Event::damaged, no->reason, no->detail);
    }
    const trust::TargetFile& file = std::get<Listed>(found).file;
    current.permitted_until = std::get<Listed>(found).permitted_until;
    const auto refuse = [this](Reason reason, const std::string& why) {
        return advance(Event::refused, reason, why);
    };
    if (!file.hashes.sha256)
        return refuse(Reason::verification_failed, "the signed target carries no SHA-256");
    if (!file.terms)
        return refuse(Reason::incompatible, "the signed target does not say for which devices it is");
    if (file.terms->version != offer.release_version)
        return refuse(Reason::verification_failed, "the offer names version " + offer.release_version +
                                                       ", its signed target is " + file.terms->version);
    if (view_.image && view_.image->digest == *file.hashes.sha256 &&
        view_.running_version == file.terms->version)
        return advance(Event::already_runs);

    if (const auto why = unfit(file, offer)) {
        // Without a director nobody said that it is for this device: it may be a mistake in a rollout.
        if (current.permitted_until && why->attack) note_attack(*why->attack, why->sentence);
        return refuse(Reason::incompatible, why->sentence);
    }

    const std::string digest = file.hashes.sha256->hex();
    if (state_.staged != digest) {
        TRY(ports_.staging.clear());
    }
    TRY_VALUE(const std::uint64_t held, ports_.staging.held());
    TRY_VALUE(const std::uint64_t space, ports_.staging.space());
    const std::uint64_t missing = file.length - std::min(held, file.length);
    TRY_VALUE(const std::uint64_t capacity, ports_.writer.capacity(missing));
    if (file.length > capacity)
        return refuse(Reason::out_of_space, "the image has " + std::to_string(file.length) +
                                                " bytes, the slot takes " + std::to_string(capacity));
    if (space < missing || space - missing < settings_.spare_bytes)
        return refuse(Reason::out_of_space, "the download needs " + std::to_string(missing) +
                                                " more bytes and " + std::to_string(settings_.spare_bytes) +
                                                " have to stay free, there are " + std::to_string(space));

    current.image = Image{*file.hashes.sha256, file.length, file.terms->version, file.terms->counter,
                          artifact::raise({state_.floor}, *file.terms).counter};
    current.slot = view_.spare;
    state_.staged = digest;
    progress_told_ = 0;
    stream_.reset();
    return advance(Event::allowed);
}

base::Result<std::uint64_t> Agent::open_download() {
    const Image& image = state_.current->image;
    if (!stream_) {
        TRY_VALUE(std::uint64_t held, ports_.staging.held());
        if (held > image.length) {
            TRY(ports_.staging.clear());
            held = 0;
        }
        TRY_VALUE(trust::TargetStream stream, expect(image));
        if (held > 0) {
            TRY(ports_.staging.read([&](base::ByteView piece) { return stream.update(piece); }));
        }
        held_before_ = held > 0 && interrupted_;
        stream_ = std::move(stream);
    }
    return image.length - stream_->left();
}

base::Status Agent::download_damaged(std::string detail) {
    stream_.reset();
    Current& current = *state_.current;
    // What was held from before a power cut may be torn, also where nothing was left to fetch: once, all of
    // it is fetched again.
    if ((current.resumed || held_before_) && !current.began_again) {
        TRY(ports_.staging.clear());
        current.began_again = true;
        log(base::LogLevel::warning, "a resumed download is not what was signed, beginning again: " + detail);
        return save(state_);
    }
    return advance(Event::damaged, Reason::verification_failed, detail);
}

base::Status Agent::download() {
    TRY_VALUE(const std::uint64_t held, open_download());
    Current& current = *state_.current;
    const Image& image = current.image;
    if (stream_->left() == 0) {
        const auto right = stream_->finish();
        stream_.reset();
        if (!right.ok()) return download_damaged(right.error().text());
        TRY(ports_.staging.sync());
        return advance(Event::received);
    }
    const base::Duration now = ports_.clock.steady();
    const std::uint64_t wanted = std::min(stream_->left(), chunk);
    if (ports_.rules != nullptr && !is_carried())
        if (std::string why = ports_.rules->may_download(); !why.empty()) return hold(std::move(why));
    if (!held_.empty()) TRY(tell_progress(progress_told_));
    held_.clear();
    // What lies in a folder costs no network.
    const base::Duration pause =
        is_carried() ? base::Duration::zero() : bucket_.wait(now, std::min(wanted, smallest_request));
    if (pause > base::Duration::zero()) {
        wait_act(pause);
        return {};
    }
    const std::uint64_t granted = is_carried() ? wanted : bucket_.take(now, wanted);

    bool too_long = false;
    bool not_stored = false;
    std::uint64_t got = 0;
    const auto fetched = fetch(image.digest, held, held + granted, [&](base::ByteView piece) {
        auto checked = stream_->update(piece);
        too_long = !checked.ok();
        if (too_long) return checked;
        auto stored = ports_.staging.append(piece);
        not_stored = !stored.ok();
        if (not_stored) return stored;
        got += piece.size();
        return stored;
    });
    if (got > 0 && held > 0 && interrupted_) current.resumed = true;
    if (got > 0) interrupted_ = false;
    if (too_long) return download_damaged(fetched.error().text());
    if (not_stored) {
        stream_.reset();
        return advance(Event::refused, Reason::out_of_space,
                       "storing the download: " + fetched.error().text());
    }
    if (!fetched.ok()) {
        interrupted_ = true;
        if (fetched.error().kind == base::ErrorKind::conflict) {
            stream_.reset();
            TRY(ports_.staging.clear());
        }
        return network_failed("downloading from byte " + std::to_string(held + got) + ": " +
                              fetched.error().text());
    }
    if (got == 0) return network_failed("the download stands still at byte " + std::to_string(held));

    const auto percent = static_cast<std::uint32_t>((held + got) * 100 / image.length);
    if (percent / 25 > progress_told_ / 25 && percent < 100) {
        progress_told_ = percent;
        TRY(tell_progress(percent));
    }
    return {};
}

base::Status Agent::tell_progress(std::uint32_t percent) {
    AgentState next = state_;
    wire::Report progress = report(install::State::downloading, next);
    progress.progress_percent = percent;
    enqueue(next, std::move(progress));
    TRY(save(next));
    state_ = std::move(next);
    flush_ = true;
    return {};
}

base::Status Agent::verify_staged() {
    TRY_VALUE(trust::TargetStream stream, expect(state_.current->image));
    bool wrong = false;
    auto read = ports_.staging.read([&](base::ByteView piece) {
        auto checked = stream.update(piece);
        wrong = !checked.ok();
        return checked;
    });
    if (!read.ok() && !wrong) {
        if (++restarts_ < patience) return read;
        return advance(Event::refused, Reason::agent_error,
                       "reading the staging file: " + read.error().text());
    }
    const auto right = wrong ? base::Status(read) : stream.finish();
    if (!right.ok()) return advance(Event::damaged, Reason::verification_failed, right.error().text());
    return advance(Event::sound);
}

std::optional<base::Duration> Agent::until_window() const {
    const Current& current = *state_.current;
    if (!current.offer.install_windows) return std::nullopt;
    const std::int64_t now = base::unix_seconds(ports_.clock.now()) + current.clock_behind;
    for (const wire::InstallWindow& window : *current.offer.install_windows) {
        if (now >= static_cast<std::int64_t>(window.to)) continue;
        if (now >= static_cast<std::int64_t>(window.from)) return std::nullopt;
        return std::chrono::seconds(static_cast<std::int64_t>(window.from) - now);
    }
    return longest_wait; // the server tells of later ones
}

base::Status Agent::wait_for_window() {
    const auto wait = until_window();
    if (!wait && ports_.rules != nullptr)
        if (std::string why = ports_.rules->may_install(); !why.empty()) return hold(std::move(why));
    held_.clear();
    if (!wait) {
        const auto& until = state_.current->permitted_until;
        return until && ports_.clock.now() >= *until ? renew_permission() : advance(Event::proceed);
    }
    if (!closed_told_) {
        TRY(advance(Event::closed));
        closed_told_ = true;
    }
    // Not in one go: wall clocks are set, and windows change.
    wait_act(std::min(*wait, longest_wait));
    return {};
}

base::Status Agent::hold(std::string why) {
    const base::Duration now = ports_.clock.steady();
    held_ = std::move(why);
    wait_act(longest_wait);
    if (held_told_ && now - *held_told_ < tell_again) return {};
    log(base::LogLevel::info, "waiting: " + held_);
    AgentState next = state_;
    // Servers let a device wait in this state for days, whatever it waits for.
    wire::Report report = this->report(install::State::awaiting_window, next);
    report.detail = held_;
    enqueue(next, std::move(report));
    TRY(save(next));
    state_ = std::move(next);
    flush_ = true;
    held_told_ = now;
    return {};
}

base::Status Agent::write_slot() {
    const Image& image = state_.current->image;
    const auto broken = [this](const base::Error& error) {
        return advance(Event::store_failed, Reason::write_failed, "writing the slot: " + error.text());
    };
    TRY(look());
    if (view_.spare != state_.current->slot)
        return broken(base::bug("the slot to be written is the one that runs"));
    const auto begun = ports_.writer.begin();
    if (!begun.ok()) return broken(begun.error());

    TRY_VALUE(trust::TargetStream stream, expect(image));
    bool not_sound = false;
    const auto written = ports_.staging.read([&](base::ByteView piece) -> base::Status {
        auto checked = stream.update(piece);
        not_sound = !checked.ok();
        if (not_sound) return checked;
        return ports_.writer.write(piece);
    });
    if (!written.ok() && !not_sound) return broken(written.error());
    const auto sound = not_sound ? base::Status(written) : stream.finish();
    if (!sound.ok()) return advance(Event::damaged, Reason::verification_failed, sound.error().text());
    const auto finished = ports_.writer.finish();
    if (!finished.ok()) return broken(finished.error());

    const auto same = ports_.writer.read_back(image);
    if (!same.ok()) return broken(same.error());
    return advance(Event::stored);
}

base::Status Agent::activate() {
    TRY(look());
    if (new_slot_runs()) return advance(Event::came_up);
    const auto activated = ports_.boot.activate(state_.current->image);
    if (activated.ok()) return advance(Event::proceed);
    TRY(ports_.boot.fall_back(state_.current->slot));
    return advance(Event::store_failed, Reason::write_failed,
                   "telling the boot loader: " + activated.error().text());
}

base::Status Agent::restart() {
    TRY(look());
    if (new_slot_runs()) return advance(Event::came_up);
    if (!new_slot_waits()) {
        health_ = ports_.health.check();
        return advance(Event::fell_back, Reason::boot_failed,
                       "slot " + state_.current->slot + " did not come up");
    }
    if (++restarts_ > patience) return ports_.boot.fall_back(state_.current->slot);
    if (server_failures_ == 0) flush_reports();
    return ports_.boot.restart();
}

base::Status Agent::try_out() {
    TRY(look());
    if (!new_slot_runs()) {
        if (new_slot_waits()) return ports_.boot.restart();
        return advance(Event::fell_back, Reason::boot_failed,
                       "slot " + state_.current->slot + " did not stay up");
    }
    const Image& image = state_.current->image;
    if (view_.running_version != image.version)
        return advance(Event::unhealthy, Reason::wrong_version,
                       "slot " + state_.current->slot + " runs " + view_.running_version + " instead of " +
                           image.version);
    health_ = ports_.health.check();
    passes_ = health_.healthy ? passes_ + 1 : 0;
    if (passes_ >= settings_.health_passes) return advance(Event::healthy);
    if (ports_.clock.steady() - phase_began_ >= settings_.health_window)
        return advance(Event::unhealthy, Reason::health_failed, health_.detail);
    wait_act(settings_.health_interval);
    return {};
}

base::Status Agent::commit() {
    TRY(look());
    if (!new_slot_runs())
        return advance(Event::fell_back, Reason::boot_failed,
                       "slot " + state_.current->slot + " did not stay up");
    const auto good = ports_.boot.mark_good();
    if (good.ok()) return advance(Event::committed);
    return advance(Event::store_failed, Reason::write_failed,
                   "telling the boot loader: " + good.error().text());
}

base::Status Agent::soak() {
    TRY(look());
    if (!new_slot_runs())
        return advance(Event::fell_back, Reason::boot_failed, "slot " + view_.running + " runs again");
    health_ = ports_.health.check();
    failures_ = health_.healthy ? 0 : failures_ + 1;
    if (failures_ >= settings_.health_failures)
        return advance(Event::unhealthy, Reason::health_failed, health_.detail);
    const base::Duration soaked = ports_.clock.steady() - phase_began_;
    const base::Duration wanted = std::chrono::seconds(state_.current->offer.soak_seconds);
    if (soaked >= wanted && health_.healthy) return advance(Event::soaked);
    wait_act(soaked >= wanted ? settings_.health_interval
                              : std::min<base::Duration>(settings_.health_interval, wanted - soaked));
    return {};
}

base::Status Agent::fall_back() {
    TRY(look());
    if (!new_slot_runs() && !new_slot_waits()) {
        health_ = ports_.health.check();
        return advance(Event::fell_back);
    }
    TRY(ports_.boot.fall_back(state_.current->slot));
    if (!new_slot_runs()) return {};
    wait_act(std::chrono::seconds(1));
    return ports_.boot.restart();
}

} // namespace oakum::updates
