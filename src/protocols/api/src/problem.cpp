// SPDX-License-Identifier: Apache-2.0
#include "problem.hpp"

#include <problem/problem.hpp>

#include <string_view>

namespace oakum::api {
namespace {

constexpr std::string_view kRetry = "retry-after ";

ports::HttpResponse make(base::LogSink& log, int status, base::Error error, const std::string& id,
                         const std::optional<std::string>& newest_record) {
    log.write(status >= 500 ? base::LogLevel::error : base::LogLevel::info, "api",
              problem::log_line({status, error, id, {}}));
    ports::HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", problem::kContentType);
    if (error.where.starts_with(kRetry)) {
        response.headers.emplace_back("Retry-After", error.where.substr(kRetry.size()));
        error.where.clear();
    } else if (status == 503) {
        response.headers.emplace_back("Retry-After", "5");
    }
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"oakum\"");
    response.body = problem::encode({status, std::move(error), id, newest_record});
    add_security_headers(response);
    return response;
}

} // namespace

ports::HttpResponse problem_of(base::LogSink& log, const base::Error& error, const std::string& id) {
    // Unavailable because this caller has to wait is their limit, not our outage.
    const bool throttled = error.kind == base::ErrorKind::unavailable && error.where.starts_with(kRetry);
    return make(log, throttled ? 429 : problem::status_of(error.kind), error, id, {});
}

ports::HttpResponse problem_with(base::LogSink& log, int status, const base::Error& error,
                                 const std::string& id) {
    return make(log, status, error, id, {});
}

ports::HttpResponse not_in_data(base::LogSink& log, const base::Error& error, const std::string& id,
                                const std::optional<base::TimePoint>& newest_record) {
    return make(log, 404, error, id,
                newest_record ? std::optional(base::to_iso8601(*newest_record)) : std::nullopt);
}

void add_security_headers(ports::HttpResponse& response) {
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

void add_page_headers(ports::HttpResponse& response) {
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    // Charts write style attributes; scripts come from our own files only.
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    response.headers.emplace_back("Permissions-Policy", "camera=(self), geolocation=(), microphone=()");
}

} // namespace oakum::api
