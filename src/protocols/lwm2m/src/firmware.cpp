// SPDX-License-Identifier: Apache-2.0
#include "firmware.hpp"

#include <algorithm>
#include <array>

namespace oakum::lwm2m {
namespace {

using install::Reason;
using Said = install::State;

constexpr std::int64_t kNoResult = 0, kSuccess = 1, kDeferred = 11;

struct Result {
    Reason reason;
    std::string_view words;
};
// E.6 of 1.1; 1.0 ends at 9.
constexpr std::array kResults = {
    Result{Reason::none, "no result yet"},
    Result{Reason::none, "updated"},
    Result{Reason::out_of_space, "not enough flash for the package"},
    Result{Reason::out_of_space, "out of memory while it fetched the package"},
    Result{Reason::download_failed, "the connection was lost while it fetched the package"},
    Result{Reason::verification_failed, "the package's integrity check failed"},
    Result{Reason::incompatible, "it does not know packages of this type"},
    Result{Reason::download_failed, "it calls the package's address invalid"},
    Result{Reason::agent_error, "the update failed"},
    Result{Reason::incompatible, "it does not know the protocol of the package's address"},
    Result{Reason::cancelled, "it was cancelled there"},
    Result{Reason::none, "it was put off there"},
};

Act report(Said state, Reason reason = Reason::none, std::string detail = {}) {
    return {Do::report, state, reason, std::move(detail)};
}
Act only(Do what) {
    return {what, Said::offered, Reason::none, {}};
}
Act failed(std::int64_t result) {
    return report(Said::failed, reason_of(result), words_of(result));
}

// Idle, with a result of this attempt or none.
std::optional<Act> ended(const Shown& shown) {
    if (shown.result == kNoResult) return std::nullopt;
    if (shown.result == kSuccess) return report(Said::installed, Reason::none, words_of(kSuccess));
    if (shown.result == kDeferred) return report(Said::awaiting_user, Reason::none, words_of(kDeferred));
    return failed(shown.result);
}

Act give(const Standing& standing) {
    if (standing.packages >= kMostPackages)
        return report(Said::failed, Reason::download_failed,
                      "it was given the package " + std::to_string(standing.packages) +
                          " times and shows nothing of it");
    return only(Do::give);
}

Act while_offered(const Standing& standing, const Shown& shown) {
    // Somebody else's update is under way: it is not disturbed.
    if (shown.state == Device::updating) return only(Do::wait);
    const bool fresh = shown.state == Device::idle && shown.result == kNoResult;
    if (!fresh && !standing.was_reset) return only(Do::reset);
    return report(Said::downloading);
}

Act while_fetching(const Standing& standing, const Shown& shown) {
    switch (shown.state) {
    case Device::idle: {
        // One that keeps the result of an earlier attempt, whatever it is told.
        const bool is_old = standing.was_reset && standing.packages == 0;
        if (auto end = ended(shown); end && !is_old) return *std::move(end);
        return give(standing);
    }
    case Device::downloading:
        return only(Do::wait);
    case Device::downloaded:
        return report(Said::downloaded);
    case Device::updating:
        return report(Said::installing);
    }
    return only(Do::wait);
}

Act while_fetched(const Standing& standing, const Shown& shown) {
    switch (shown.state) {
    case Device::idle:
        // It lost what it had: a restart of one that keeps nothing.
        if (auto end = ended(shown)) return *std::move(end);
        return give(standing);
    case Device::downloading:
        return only(Do::wait);
    case Device::downloaded:
        if (standing.open) return report(Said::installing);
        if (standing.state == Said::awaiting_window) return only(Do::wait);
        return report(Said::awaiting_window);
    case Device::updating:
        return report(Said::installing);
    }
    return only(Do::wait);
}

Act while_installing(const Standing& standing, const Shown& shown) {
    if (shown.state == Device::updating || shown.state == Device::downloading) return only(Do::wait);
    if (shown.state == Device::downloaded) {
        if (standing.orders < kMostOrders) return only(Do::install);
        return report(Said::failed, Reason::agent_error,
                      "it was told to install " + std::to_string(standing.orders) +
                          " times and does not begin");
    }
    // Told once that somebody put it off: from then on it is waited for.
    if (standing.state == Said::awaiting_user && shown.result == kDeferred) return only(Do::wait);
    if (auto end = ended(shown)) return *std::move(end);
    // Many forget the result in their restart. What it runs was asked for first, and is not the new version.
    if (standing.came_back)
        return report(Said::failed, Reason::boot_failed,
                      "it came back with the version that it had, and without a result");
    return only(Do::wait);
}

Act while_silent(const Standing& standing, const Shown& shown) {
    switch (shown.state) {
    case Device::idle:
        if (auto end = ended(shown)) return *std::move(end);
        return standing.due ? report(Said::downloading) : only(Do::nothing);
    case Device::downloading:
        return report(Said::downloading);
    case Device::downloaded:
        return report(Said::downloaded);
    case Device::updating:
        return report(Said::installing);
    }
    return only(Do::wait);
}

Act while_cancelling(const Standing& standing, const Shown& shown) {
    // What is being installed is installed to its end: what it runs then is what counts.
    if (shown.state == Device::updating) return only(Do::wait);
    if (shown.state == Device::idle) return report(Said::withdrawn, Reason::none, "it stopped");
    if (!standing.was_reset) return only(Do::reset);
    return only(Do::wait);
}

} // namespace

Reason reason_of(std::int64_t result) {
    const auto at = static_cast<std::size_t>(result);
    return result >= 0 && at < kResults.size() ? kResults.at(at).reason : Reason::agent_error;
}

std::string words_of(std::int64_t result) {
    const auto at = static_cast<std::size_t>(result);
    const std::string number = " (result " + std::to_string(result) + ")";
    if (result < 0 || at >= kResults.size()) return "a result that LwM2M does not know" + number;
    return std::string(kResults.at(at).words) + number;
}

Act next_act(const Standing& standing, const std::optional<Shown>& shown) {
    switch (standing.state) {
    case Said::offered:
        if (!standing.due) return only(Do::nothing);
        return shown ? while_offered(standing, *shown) : only(Do::look);
    case Said::downloading:
        return shown ? while_fetching(standing, *shown) : only(Do::look);
    case Said::downloaded:
    case Said::awaiting_window:
        return shown ? while_fetched(standing, *shown) : only(Do::look);
    case Said::awaiting_user:
    case Said::installing:
    case Said::rebooting:
        return shown ? while_installing(standing, *shown) : only(Do::look);
    case Said::silent:
        if (standing.proof_is_awaited) return only(Do::nothing);
        return shown ? while_silent(standing, *shown) : only(Do::look);
    case Said::cancelling:
        return shown ? while_cancelling(standing, *shown) : only(Do::look);
    case Said::installed:
    case Said::soaking:
    case Said::verified:
    case Said::failed:
    case Said::rolled_back:
    case Said::withdrawn:
    case Said::superseded:
    case Said::expired:
        return only(Do::nothing);
    }
    return only(Do::nothing);
}

base::Result<Shown> read_shown(const std::vector<lwm2m_data::Record>& records, std::uint16_t instance) {
    using lwm2m_data::Path;
    const auto number = [&](std::uint16_t resource) -> std::optional<std::int64_t> {
        const auto* value = lwm2m_data::find(records, Path{5, instance, resource});
        return value != nullptr ? lwm2m_data::integer_of(*value) : std::nullopt;
    };
    Shown shown;
    const auto state = number(3);
    if (!state || *state < 0 || *state > 3)
        return base::invalid("the device shows no state of its firmware update (/5/0/3)");
    shown.state = static_cast<Device>(*state);
    shown.result = number(5).value_or(kNoResult);
    if (const auto delivery = number(9); delivery && *delivery >= 0 && *delivery <= 2)
        shown.delivery = static_cast<Delivery>(*delivery);
    for (const lwm2m_data::Record& record : records) {
        if (!record.path.is_below_or_same({5, instance, 8})) continue;
        const auto fetch = lwm2m_data::integer_of(record.value);
        constexpr std::size_t kMost = 8;
        if (fetch && *fetch >= 0 && *fetch <= 3 && shown.fetches.size() < kMost)
            shown.fetches.push_back(static_cast<Fetch>(*fetch));
    }
    return shown;
}

} // namespace oakum::lwm2m
