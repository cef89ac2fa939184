// SPDX-License-Identifier: Apache-2.0
#include <problem/problem.hpp>

#include <json/writer.hpp>

#include <array>

namespace oakum::problem {
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

} // namespace

int status_of(base::ErrorKind kind) {
    return row_of(kind).status;
}

std::string encode(const Problem& problem) {
    const base::Error& error = problem.error;
    const bool ours = error.kind == corrupt || error.kind == bug;
    std::string body;
    json::Writer writer(body);
    writer.begin_object()
        .member("type", "about:blank")
        .member("title", row_of(error.kind).title)
        .member("status", problem.status)
        .member("detail",
                ours ? "something is wrong on the server; its log says what, under this id" : error.message)
        .member("kind", to_string(error.kind))
        .key("where");
    if (error.where.empty() || ours)
        writer.null();
    else
        writer.value(error.where);
    writer.member("id", problem.id).member("newest_record", problem.newest_record).end_object();
    return body;
}

std::string log_line(const Problem& problem) {
    return problem.id + ": " + std::to_string(problem.status) + " " + problem.error.text();
}

} // namespace oakum::problem
