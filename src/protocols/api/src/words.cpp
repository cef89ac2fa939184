// SPDX-License-Identifier: Apache-2.0
#include <api/devices_service.hpp>
#include <api/exposure_service.hpp>
#include <api/figures_service.hpp>
#include <api/releases_service.hpp>
#include <api/rollouts_service.hpp>
#include <api/system_service.hpp>

#include <array>

// The words of the API's own enums, in their order; openapi.json lists the same.
namespace oakum::api {
namespace {

template <std::size_t N, class E>
std::string_view word(const std::array<std::string_view, N>& words, E value) {
    return words[static_cast<std::size_t>(value)];
}
using namespace std::string_view_literals;

} // namespace

std::string_view to_string(Severity v) {
    return word(std::array{"critical"sv, "high"sv, "medium"sv, "low"sv, "none"sv, "unknown"sv}, v);
}
std::string_view to_string(Advisory::FixKind v) {
    return word(std::array{"release"sv, "vendor_update"sv, "none"sv}, v);
}
std::string_view to_string(Fix::Kind v) {
    return word(std::array{"release"sv, "vendor_update"sv, "gap"sv}, v);
}
std::string_view to_string(Fix::State v) {
    return word(std::array{"ready"sv, "draft"sv, "withdrawn"sv, "rolling_out"sv, "rolled_out"sv, "vendor"sv,
                           "none"sv, "cannot"sv},
                v);
}
std::string_view to_string(Adoption::Kind v) {
    return word(std::array{"version"sv, "others"sv, "unknown"sv}, v);
}
std::string_view to_string(ExposureWindows::Class v) {
    return word(std::array{"exploited"sv, "critical"sv, "high"sv, "medium"sv, "low"sv, "all"sv}, v);
}
std::string_view to_string(Hole::Standing v) {
    return word(
        std::array{"kept"sv, "kept_late"sv, "not_due"sv, "overdue"sv, "excepted"sv, "without_deadline"sv}, v);
}
std::string_view to_string(HoleFilter::State v) {
    return word(std::array{"any"sv, "open"sv, "closed"sv, "kept"sv, "kept_late"sv, "overdue"sv, "excepted"sv,
                           "not_due"sv, "without_deadline"sv},
                v);
}
std::string_view to_string(DeploymentFilter::Outcome v) {
    return word(std::array{"any"sv, "started"sv, "pending"sv, "verified"sv, "failed"sv, "rolled_back"sv,
                           "silent"sv, "trouble"sv, "wrong"sv},
                v);
}
std::string_view to_string(ReleaseState v) {
    return word(std::array{"draft"sv, "published"sv, "withdrawn"sv}, v);
}
std::string_view to_string(ReleaseAction v) {
    return word(std::array{"publish"sv, "withdraw"sv, "approve"sv, "refuse"sv, "let-through"sv, "change"sv},
                v);
}
std::string_view to_string(Care v) {
    return word(std::array{"careful"sv, "normal"sv, "urgent"sv}, v);
}
std::string_view to_string(RolloutAction v) {
    return word(std::array{"start"sv, "approve"sv, "pause"sv, "resume"sv, "halt"sv, "abort"sv,
                           "open-next-wave"sv, "roll-back"sv, "finish"sv},
                v);
}
std::string_view to_string(RolloutWave::State v) {
    return word(std::array{"waiting"sv, "open"sv, "passed"sv, "halted"sv}, v);
}
std::string_view to_string(RolloutWave::Gate v) {
    return word(std::array{"wait"sv, "proceed"sv, "hold"sv, "halt"sv, "none"sv}, v);
}
std::string_view to_string(Backup::State v) {
    return word(std::array{"running"sv, "verified"sv, "unverified"sv, "failed"sv}, v);
}
std::string_view to_string(Health::Status v) {
    return word(std::array{"ok"sv, "starting"sv, "degraded"sv}, v);
}
std::string_view to_string(DeviceAction v) {
    return word(std::array{"accept"sv, "hold"sv, "release"sv, "retire"sv, "revoke"sv, "update-now"sv,
                           "clear-clone"sv},
                v);
}
std::string_view to_string(Finding::State v) {
    return word(std::array{"open"sv, "mitigated"sv, "accepted"sv, "closed"sv, "none"sv, "not_affected"sv,
                           "suppressed"sv},
                v);
}
std::string_view to_string(DeviceImportResult::How v) {
    return word(std::array{"named"sv, "guessed"sv, "remembered"sv, "told"sv, "left_out"sv}, v);
}
std::string_view to_string(DeviceImportResult::Outcome v) {
    return word(std::array{"new"sv, "changed"sv, "unchanged"sv, "refused"sv}, v);
}

} // namespace oakum::api
