// SPDX-License-Identifier: Apache-2.0
#include <rollout/edit.hpp>

#include <rollout/pace.hpp>
#include <rollout/place.hpp>

#include <algorithm>

namespace oakum::rollout {
namespace {

bool alike(const Wave& a, const Wave& b) {
    return a.name == b.name && a.share_ppm == b.share_ppm && a.gate == b.gate && a.query == b.query &&
           a.pace == b.pace;
}

// Each part behind its length, so that no two plans are one text.
class Text {
  public:
    Text& operator()(const std::string& text) {
        text_ += std::to_string(text.size()) + ":" + text + ",";
        return *this;
    }
    Text& operator()(std::int64_t number) { return (*this)(std::to_string(number)); }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::string named(std::size_t at, const Wave& wave) {
    return "wave " + std::to_string(at + 1) + " \"" + wave.name + "\"";
}

// "25 %", "0.5 %"
std::string in_percent(std::uint32_t ppm) {
    std::string text = std::to_string(ppm / 10'000);
    if (ppm % 10'000 != 0) {
        std::string rest = std::to_string(10'000 + ppm % 10'000).substr(1);
        text += "." + rest.substr(0, rest.find_last_not_of('0') + 1);
    }
    return text + " %";
}

std::string or_all(const std::string& query) {
    return query.empty() ? "everybody" : query;
}

std::string or_free(const Pace& pace) {
    const std::string words = in_words(pace);
    return words.empty() ? "no limit" : words;
}

std::string differences(const Wave& was, const Wave& is) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    const auto instead = [&](const std::string& what, const std::string& now, const std::string& before) {
        if (now != before) add(what + " " + now + " instead of " + before);
    };
    const auto seconds = [](base::Duration time) {
        return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
    };
    const auto stop = [](std::uint32_t failures) {
        return failures == 0 ? "none" : std::to_string(failures);
    };
    instead("share", in_percent(is.share_ppm), in_percent(was.share_ppm));
    instead("for", or_all(is.query), or_all(was.query));
    instead("pace", or_free(is.pace), or_free(was.pace));
    instead("minimum", std::to_string(is.gate.minimum), std::to_string(was.gate.minimum));
    instead("tolerated", in_percent(is.gate.tolerated_failure_ppm),
            in_percent(was.gate.tolerated_failure_ppm));
    instead("false halts", in_percent(is.gate.halt_error_ppm), in_percent(was.gate.halt_error_ppm));
    instead("false proofs", in_percent(is.gate.proceed_error_ppm), in_percent(was.gate.proceed_error_ppm));
    instead("hard stop", stop(is.gate.hard_stop), stop(was.gate.hard_stop));
    instead("unproven", std::string(to_string(is.gate.unproven)), std::string(to_string(was.gate.unproven)));
    instead("soak", seconds(is.gate.soak), seconds(was.gate.soak));
    return text;
}

} // namespace

base::Digest256 content_of(const Plan& plan) {
    Text text;
    text(plan.name)(plan.release.text())(plan.query)(plan.soak.count())(plan.step_timeout.count());
    text(plan.max_attempts)(plan.rollback_on_halt ? 1 : 0);
    text(plan.starts ? std::to_string(plan.starts->time_since_epoch().count()) : "");
    text(static_cast<std::int64_t>(plan.waves.size()));
    for (const Wave& wave : plan.waves) {
        text(wave.name)(wave.share_ppm)(wave.query);
        text(wave.gate.minimum)(wave.gate.tolerated_failure_ppm)(wave.gate.halt_error_ppm);
        text(wave.gate.proceed_error_ppm)(wave.gate.hard_stop)(std::string(to_string(wave.gate.unproven)));
        text(wave.gate.soak.count())(wave.pace.max_in_flight)(wave.pace.per_minute);
        text(wave.pace.doubles_after_minutes)(wave.pace.up_to_per_minute);
    }
    return base::sha256(text.text());
}

base::Result<Plan> edited(const Plan& plan, std::optional<std::uint32_t> open_wave, std::vector<Wave> waves) {
    const std::size_t opened = open_wave ? std::size_t{*open_wave} + 1 : 0;
    for (std::size_t i = 0; i < opened && i < plan.waves.size(); ++i) {
        if (i < waves.size() && alike(plan.waves[i], waves[i])) continue;
        return base::conflict(named(i, plan.waves[i]) +
                              " has opened, and stays as it is; only the waves after it can be changed" +
                              (i < waves.size() && waves[i].name == plan.waves[i].name
                                   ? ": " + differences(plan.waves[i], waves[i])
                                   : ""))
            .at("/waves/" + std::to_string(i));
    }
    if (std::ranges::equal(plan.waves, waves, alike)) return base::conflict("nothing would change");
    Plan next = plan;
    next.waves = std::move(waves);
    TRY(check(next));
    return next;
}

std::string changes_in_words(const std::vector<Wave>& before, const std::vector<Wave>& after) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
    for (std::size_t i = 0; i < after.size(); ++i) {
        // A wave is the same by its name, and of two by its place.
        const bool here = i < before.size() && before[i].name == after[i].name;
        const auto was = here ? before.begin() + static_cast<std::ptrdiff_t>(i)
                              : std::ranges::find(before, after[i].name, &Wave::name);
        if (was == before.end())
            add(named(i, after[i]) + " is new (" + in_percent(after[i].share_ppm) + " of " +
                or_all(after[i].query) + ")");
        else if (const std::string different = differences(*was, after[i]); !different.empty())
            add(named(i, after[i]) + ": " + different);
    }
    for (std::size_t i = 0; i < before.size(); ++i)
        if (std::ranges::find(after, before[i].name, &Wave::name) == after.end())
            add(named(i, before[i]) + " is gone");
    return text.empty() ? "the order of the waves" : text;
}

} // namespace oakum::rollout
