// SPDX-License-Identifier: Apache-2.0
#include "problem.hpp"

#include <json/writer.hpp>

#include <array>
#include <string_view>

namespace oakum::api {
namespace {

struct Row {
    base::ErrorKind kind;
    int status;
    std::string_view title;
};
using enum base::ErrorKind;
constexpr std::array<Row, 9> kRows{{
    {not_found, 404, "Not found"},
    {invalid, 400, "Not valid"},
    {conflict, 409, "Conflict"},
    {denied, 403, "Not allowed"},
    {unauthenticated, 401, "Not signed in"},
    {too_large, 413, "Too large"},
    {unavailable, 503, "Not available now"},
    {corrupt, 500, "Damaged data"},
    {bug, 500, "Our mistake"},
}};

const Row& row_of(base::ErrorKind kind) {
    for (const Row& row : kRows)
        if (row.kind == kind) return row;
    return kRows.back();
}

constexpr std::string_view kRetry = "retry-after ";

ports::HttpResponse make(int status, const base::Error& error, const std::string& id,
                         const std::optional<std::string>& newest_record) {
    const Row& row = row_of(error.kind);
    ports::HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/problem+json");
    const bool ours = error.kind == corrupt || error.kind == bug;
    const bool retry = error.where.starts_with(kRetry);
    if (retry)
        response.headers.emplace_back("Retry-After", error.where.substr(kRetry.size()));
    else if (status == 503)
        response.headers.emplace_back("Retry-After", "5");
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"oakum\"");
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("type", "about:blank").member("title", row.title).member("status", status);
    writer.member("detail", ours ? "something is wrong on the server; its log says what, under this id"
                                 : error.message);
    writer.member("kind", to_string(error.kind)).key("where");
    if (error.where.empty() || retry || ours)
        writer.null();
    else
        writer.value(error.where);
    writer.member("id", id).member("newest_record", newest_record).end_object();
    response.body = std::move(body);
    add_security_headers(response);
    return response;
}

} // namespace

int status_of(base::ErrorKind kind) {
    return row_of(kind).status;
}

ports::HttpResponse problem(const base::Error& error, const std::string& id) {
    // Unavailable because this caller has to wait is their limit, not our outage.
    const bool throttled = error.kind == unavailable && error.where.starts_with(kRetry);
    return make(throttled ? 429 : status_of(error.kind), error, id, {});
}

ports::HttpResponse problem_with(int status, const base::Error& error, const std::string& id) {
    return make(status, error, id, {});
}

ports::HttpResponse not_in_data(const base::Error& error, const std::string& id,
                                const std::optional<base::TimePoint>& newest_record) {
    return make(404, error, id,
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
