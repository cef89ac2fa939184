// SPDX-License-Identifier: Apache-2.0
#include "boot_env.hpp"

#include <base/digest.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::agent {
namespace {

// The last line: what a failing medium changed is not taken for another choice.
constexpr std::string_view sum_key = "sum = ";

bool is_slot(std::string_view text) {
    return text == "a" || text == "b";
}

base::Result<std::uint64_t> whole(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return base::corrupt("a whole number is needed");
    return number;
}

base::Status set(BootEnv& env, std::string_view key, std::string_view value) {
    if (key == "active" && is_slot(value)) {
        env.active = value;
        return {};
    }
    if (key == "trying" && (value.empty() || is_slot(value))) {
        env.trying = value;
        return {};
    }
    if (key == "stage" && (value == "applied" || value == "reverting")) {
        env.stage = value == "applied" ? BootEnv::Stage::applied : BootEnv::Stage::reverting;
        return {};
    }
    if (key == "stage_boot" && value.size() <= 64) {
        env.stage_boot = value;
        return {};
    }
    if (key == "tries_left") {
        TRY_VALUE(const std::uint64_t number, whole(value));
        env.tries_left = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, 100));
        return {};
    }
    const std::size_t dot = key.find('.');
    if (dot == std::string_view::npos || !is_slot(key.substr(0, dot)))
        return base::corrupt("this is not understood");
    updates::Image& image = env.images[std::string(key.substr(0, dot))];
    key.remove_prefix(dot + 1);
    if (key == "digest") {
        TRY_VALUE(image.digest, base::Digest256::parse(value));
        return {};
    }
    if (key == "length") {
        TRY_VALUE(image.length, whole(value));
        return {};
    }
    if (key == "counter") {
        TRY_VALUE(image.counter, whole(value));
        return {};
    }
    if (key == "floor") {
        TRY_VALUE(image.floor, whole(value));
        return {};
    }
    if (key != "version") return base::corrupt("this is not understood");
    image.version = value;
    return {};
}

} // namespace

std::string other_slot(std::string_view slot) {
    return slot == "a" ? "b" : "a";
}

std::string encode(const BootEnv& env) {
    std::string text = "active = " + env.active + "\ntrying = " + env.trying +
                       "\ntries_left = " + std::to_string(env.tries_left) + "\n";
    if (env.stage != BootEnv::Stage::none)
        text += std::string("stage = ") + (env.stage == BootEnv::Stage::applied ? "applied" : "reverting") +
                "\nstage_boot = " + env.stage_boot + "\n";
    for (const auto& [slot, image] : env.images) {
        text += slot + ".digest = " + image.digest.hex() + "\n" + slot +
                ".length = " + std::to_string(image.length) + "\n" + slot + ".version = " + image.version +
                "\n" + slot + ".counter = " + std::to_string(image.counter) + "\n" + slot +
                ".floor = " + std::to_string(image.floor) + "\n";
    }
    return text + std::string(sum_key) + base::sha256(text).hex() + "\n";
}

base::Result<BootEnv> parse_boot_env(std::string_view text) {
    const std::size_t sum = text.rfind(sum_key);
    if (sum == std::string_view::npos ||
        text.substr(sum) != std::string(sum_key) + base::sha256(text.substr(0, sum)).hex() + "\n")
        return base::corrupt("the last line is not the digest of those before it");
    text = text.substr(0, sum);
    BootEnv env;
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        const std::size_t equals = line.find(" = ");
        const std::string place = "line " + std::to_string(number);
        if (equals == std::string_view::npos) return base::corrupt("\"key = value\" is needed").at(place);
        auto status = set(env, line.substr(0, equals), line.substr(equals + 3));
        if (!status.ok()) return base::corrupt(status.error().message).at(place);
    }
    return env;
}

BootChoice choose(BootEnv env) {
    if (!env.trying.empty() && env.tries_left > 0 && env.images.contains(env.trying)) {
        --env.tries_left;
        const std::string slot = env.trying;
        return {slot, std::move(env)};
    }
    if (!env.trying.empty()) {
        const std::string bad = env.trying;
        env = condemn(std::move(env), bad);
    }
    if (env.images.contains(env.active)) {
        const std::string slot = env.active;
        return {slot, std::move(env)};
    }
    return {"", std::move(env)};
}

BootEnv condemn(BootEnv env, const std::string& slot) {
    env.images.erase(slot);
    if (env.trying == slot) {
        env.trying.clear();
        env.tries_left = 0;
    }
    const std::string other = other_slot(slot);
    if (env.active == slot && env.images.contains(other)) env.active = other;
    return env;
}

} // namespace oakum::agent
