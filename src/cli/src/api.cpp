// SPDX-License-Identifier: Apache-2.0
#include "api.hpp"

#include <array>
#include <base/bytes.hpp>
#include <json/parse.hpp>

namespace oakum::cli {
namespace {

constexpr std::array kKinds{
    base::ErrorKind::not_found,   base::ErrorKind::invalid,         base::ErrorKind::conflict,
    base::ErrorKind::denied,      base::ErrorKind::unauthenticated, base::ErrorKind::too_large,
    base::ErrorKind::unavailable, base::ErrorKind::corrupt,         base::ErrorKind::bug};

base::Error problem(int status, const std::string& body) {
    base::Error error = base::unavailable("the server answered with status " + std::to_string(status));
    if (status == 404) error.kind = base::ErrorKind::not_found;
    const auto parsed = json::parse(body, {.max_bytes = 1 << 20, .floats = true});
    if (!parsed.ok() || !parsed->is_object()) return error;
    const std::string kind = text_at(*parsed, "/kind");
    for (const base::ErrorKind candidate : kKinds)
        if (base::to_string(candidate) == kind) error.kind = candidate;
    const std::string detail = text_at(*parsed, "/detail", text_at(*parsed, "/title"));
    if (!detail.empty()) error.message = detail;
    error.where = text_at(*parsed, "/where");
    return error;
}

} // namespace

base::Result<json::Value> Api::call(ports::Method method, const std::string& target, const Body* body) {
    ports::ClientRequest request;
    request.method = method;
    request.target = target;
    request.response_limit = 64 << 20;
    // A large body may go over a slow line: a quarter of a megabyte a second is waited for.
    request.timeout = std::chrono::seconds(120);
    if (body != nullptr) request.timeout += std::chrono::seconds(body->bytes.size() >> 18);
    request.headers.emplace_back("accept", "application/json");
    if (!token_.empty()) request.headers.emplace_back("authorization", "Bearer " + token_);
    if (body != nullptr) {
        request.headers.emplace_back("content-type", body->content_type);
        for (const auto& header : body->headers)
            request.headers.push_back(header);
        request.body = body->bytes;
    }
    TRY_VALUE(const ports::ClientResponse response, client_->exchange(request));
    if (response.status < 200 || response.status > 299) return problem(response.status, response.body);
    auto parsed =
        json::parse(response.body.empty() ? "null" : response.body,
                    {.max_bytes = 64 << 20, .max_depth = 64, .max_values = 5'000'000, .floats = true});
    if (!parsed.ok()) return std::move(parsed.error()).wrap("reading the server's answer");
    return parsed;
}

base::Status Api::download(const std::string& target,
                           const std::function<base::Status(base::ByteView)>& piece) {
    ports::ClientRequest request;
    request.method = ports::Method::get;
    request.target = target;
    request.timeout = std::chrono::hours(1);
    if (!token_.empty()) request.headers.emplace_back("authorization", "Bearer " + token_);
    TRY_VALUE(const ports::ClientResponse response, client_->stream(request, piece));
    if (response.status != 200) return problem(response.status, response.body);
    return {};
}

std::string encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<std::uint8_t>(c);
            out += '%';
            out += base::to_hex({&byte, 1});
        }
    }
    return out;
}

std::string target(std::string path, const std::vector<std::pair<std::string, std::string>>& parameters) {
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        if (value.empty()) continue;
        path += separator + encode(name) + "=" + encode(value);
        separator = '&';
    }
    return path;
}

std::optional<json::Value> at(const json::Value& value, std::string_view pointer) {
    std::optional<json::Value> here = value;
    while (!pointer.empty() && here) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        here = here->find(pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return here && !here->is_null() ? here : std::nullopt;
}

std::string text_at(const json::Value& value, std::string_view pointer, std::string_view fallback) {
    const auto found = at(value, pointer);
    return found && found->is_string() ? std::string(found->text()) : std::string(fallback);
}

double number_at(const json::Value& value, std::string_view pointer) {
    const auto found = at(value, pointer);
    return found ? found->as_double().value_or(0) : 0;
}

bool flag_at(const json::Value& value, std::string_view pointer) {
    const auto found = at(value, pointer);
    return found && found->as_bool().value_or(false);
}

} // namespace oakum::cli
