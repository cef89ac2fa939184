// SPDX-License-Identifier: Apache-2.0
#include <exchange/action_id.hpp>

#include <base/digest.hpp>

#include <array>

namespace oakum::exchange {
namespace {

constexpr unsigned kAttemptBits = 5;
constexpr std::uint32_t kAttempts = 1U << kAttemptBits;

std::uint64_t mixed(const base::Id128& id) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(id.high >> (8 * i));
        bytes[8 + i] = static_cast<std::uint8_t>(id.low >> (8 * i));
    }
    // Anybody may compute it: it names, it proves nothing.
    return base::siphash24(0x6f616b756dULL, 0x616374696f6eULL, bytes);
}

} // namespace

std::int32_t action_id(const ports::DeploymentId& deployment, std::uint32_t attempt) {
    const auto high = static_cast<std::uint32_t>(mixed(deployment.get()) % ((1U << 26U) - 1) + 1);
    return static_cast<std::int32_t>(high << kAttemptBits | attempt % kAttempts);
}

std::optional<std::uint32_t> attempt_of(std::int32_t action, const ports::DeploymentId& deployment,
                                        std::uint32_t newest) {
    for (std::uint32_t back = 0; back < kAttempts && back < newest; ++back)
        if (action == action_id(deployment, newest - back)) return newest - back;
    return std::nullopt;
}

std::int32_t release_number(const ports::ReleaseId& release) {
    return static_cast<std::int32_t>(mixed(release.get()) % 0x7fffffffULL + 1);
}

} // namespace oakum::exchange
