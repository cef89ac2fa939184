// SPDX-License-Identifier: Apache-2.0
#include <artifact/compatibility.hpp>

#include <version/version.hpp>

#include <algorithm>

namespace oakum::artifact {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

// Nothing when one of them cannot be read.
std::optional<std::strong_ordering> order(const std::string& a, const std::string& b) {
    const auto left = version::Version::parse(version::Scheme::generic, a);
    const auto right = version::Version::parse(version::Scheme::generic, b);
    if (!left.ok() || !right.ok()) return std::nullopt;
    const auto compared = version::compare(*left, *right);
    return compared.ok() ? std::optional(*compared) : std::nullopt;
}

std::string or_unknown(const std::string& text) {
    return text.empty() ? "an unknown one" : text;
}

// Older than what runs: by counter when what runs has one, else by version, else it cannot be told and the
// floor alone decides.
bool is_older(const Terms& terms, const Receiver& device) {
    if (device.running_counter) return terms.counter < *device.running_counter;
    const auto compared = order(terms.version, device.running_version);
    return compared && *compared < 0;
}

} // namespace

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
    case Refusal::none:
        return "none";
    case Refusal::malformed:
        return "malformed";
    case Refusal::wrong_model:
        return "wrong_model";
    case Refusal::wrong_revision:
        return "wrong_revision";
    case Refusal::unknown_format:
        return "unknown_format";
    case Refusal::below_floor:
        return "below_floor";
    case Refusal::downgrade:
        return "downgrade";
    case Refusal::too_old_to_start:
        return "too_old_to_start";
    }
    return "?";
}

Floor raise(Floor floor, const Terms& verified) {
    return {std::max(floor.counter, verified.floor)};
}

Verdict may_install(const Terms& terms, const Receiver& device, Intent intent) {
    if (const auto status = check(terms); !status.ok()) return {Refusal::malformed, status.error().text()};
    const std::string what = terms.release + " " + terms.version;
    if (!contains(terms.models, device.model))
        return {Refusal::wrong_model, what + " is not for model " + or_unknown(device.model)};
    if (!terms.hw_revisions.empty() && !contains(terms.hw_revisions, device.hw_revision))
        return {Refusal::wrong_revision,
                what + " is not for hardware revision " + or_unknown(device.hw_revision)};
    if (!contains(device.formats, terms.format))
        return {Refusal::unknown_format, "the device cannot install the format " + terms.format};
    if (terms.counter < device.floor.counter)
        return {Refusal::below_floor, what + " has counter " + std::to_string(terms.counter) +
                                          ", below the floor of " + std::to_string(device.floor.counter)};
    if (intent == Intent::update && is_older(terms, device))
        return {Refusal::downgrade, what + " is older than the running " +
                                        or_unknown(device.running_version) + " and no rollback was ordered"};
    if (intent == Intent::update && !terms.min_from.empty()) {
        const auto compared = order(device.running_version, terms.min_from);
        if (!compared || *compared < 0)
            return {Refusal::too_old_to_start, what + " needs " + terms.min_from +
                                                   " or later to come from, the device runs " +
                                                   or_unknown(device.running_version)};
    }
    return {};
}

} // namespace oakum::artifact
