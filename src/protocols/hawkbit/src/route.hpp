// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::hawkbit {

enum class Act : std::uint8_t {
    base,
    deployment,
    deployment_feedback,
    cancel,
    cancel_feedback,
    attributes,
    installed,
    auto_confirm,
    activate,
    deactivate,
    confirmation,
    confirmation_feedback,
    files,
    file,
    unknown, // nothing is there
};

struct Route {
    Act act = Act::unknown;
    ports::Method method = ports::Method::get; // that it is asked with; a file also by HEAD
    std::size_t limit = 0;                     // of the body
    std::string tenant, controller;            // as they were written
    std::int32_t number = 0;                   // of the action or of the module
    std::string file;
};

// "/TENANT/controller/v1/CONTROLLER...", decoded. Numbers that are none of ours lead nowhere.
Route read_route(std::string_view path);
bool is_asked_with(const Route& route, ports::Method method);
std::string_view allowed(const Route& route); // for the Allow header

} // namespace oakum::hawkbit
