// SPDX-License-Identifier: Apache-2.0
#include "route.hpp"

#include <array>
#include <charconv>
#include <vector>

namespace oakum::hawkbit {
namespace {

using ports::Method;
constexpr std::size_t kMaxBody = 256 << 10;

// What follows the controller; "#" stands for a number, "*" for a file's name.
struct Shape {
    std::string_view path;
    Act act;
    Method method;
};
constexpr std::array kShapes = {
    Shape{"", Act::base, Method::get},
    Shape{"deploymentBase/#", Act::deployment, Method::get},
    Shape{"deploymentBase/#/feedback", Act::deployment_feedback, Method::post},
    Shape{"cancelAction/#", Act::cancel, Method::get},
    Shape{"cancelAction/#/feedback", Act::cancel_feedback, Method::post},
    Shape{"configData", Act::attributes, Method::put},
    Shape{"installedBase/#", Act::installed, Method::get},
    Shape{"confirmationBase", Act::auto_confirm, Method::get},
    Shape{"confirmationBase/activateAutoConfirm", Act::activate, Method::post},
    Shape{"confirmationBase/deactivateAutoConfirm", Act::deactivate, Method::post},
    Shape{"confirmationBase/#", Act::confirmation, Method::get},
    Shape{"confirmationBase/#/feedback", Act::confirmation_feedback, Method::post},
    Shape{"softwaremodules/#/artifacts", Act::files, Method::get},
    Shape{"softwaremodules/#/artifacts/*", Act::file, Method::get},
};

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> parts;
    while (parts.size() < 16) {
        const std::size_t slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    return parts;
}

bool read_number(std::string_view text, std::int32_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number > 0 && text.front() != '0';
}

bool fits(std::string_view shape, const std::vector<std::string_view>& parts, std::size_t from,
          Route& route) {
    const std::vector<std::string_view> wanted =
        shape.empty() ? std::vector<std::string_view>() : split(shape);
    if (parts.size() - from != wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string_view part = parts[from + i];
        if (part.empty()) return false;
        if (wanted[i] == "#") {
            if (!read_number(part, route.number)) return false;
        } else if (wanted[i] == "*") {
            route.file = part;
        } else if (part != wanted[i]) {
            return false;
        }
    }
    return true;
}

} // namespace

Route read_route(std::string_view path) {
    Route route;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    const std::vector<std::string_view> parts = split(path);
    if (parts.size() < 4 || parts[1] != "controller" || parts[2] != "v1") return route;
    route.tenant = parts[0];
    route.controller = parts[3];
    for (const Shape& shape : kShapes) {
        if (!fits(shape.path, parts, 4, route)) continue;
        route.act = shape.act;
        route.method = shape.method;
        route.limit = shape.method == Method::get ? 0 : kMaxBody;
        break;
    }
    return route;
}

bool is_asked_with(const Route& route, Method method) {
    return method == route.method || (method == Method::head && route.act == Act::file);
}

std::string_view allowed(const Route& route) {
    if (route.act == Act::file) return "GET, HEAD";
    return route.method == Method::get ? "GET" : route.method == Method::put ? "PUT" : "POST";
}

} // namespace oakum::hawkbit
