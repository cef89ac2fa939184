// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "csv_shape.hpp"
#include "fakes.hpp"
#include "requests.hpp"

#include <csv/reader.hpp>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::header_of;
using api::test::Server;
using ports::Method;

namespace {

ports::HttpResponse ask_for_csv(Server& server, const std::string& path) {
    ports::HttpRequest request = server.request(Method::get, path);
    request.headers.emplace_back("accept", "text/csv");
    Server::as(request, server.admin);
    return server.send(std::move(request));
}

// The first pieces of a table: as many as it has, or so many.
std::string text_of(const ports::HttpResponse& response, int pieces = 3) {
    if (const auto* whole = std::get_if<std::string>(&response.body)) return *whole;
    const auto* stream = std::get_if<std::shared_ptr<ports::EventStream>>(&response.body);
    REQUIRE(stream);
    std::string text;
    for (int i = 0; i < pieces; ++i)
        if (const auto piece = (*stream)->next())
            text += *piece;
        else
            break;
    return text;
}

std::vector<std::vector<std::string>> rows_of(const std::string& text) {
    std::vector<std::vector<std::string>> rows;
    csv::Reader reader({.row =
                            [&](csv::Row&& row) {
                                rows.push_back(std::move(row.fields));
                                return base::Status();
                            },
                        .bad = [](std::uint64_t, std::string why) { return base::Status(base::bug(why)); }});
    REQUIRE(reader.feed(base::as_bytes(text)).ok());
    REQUIRE(reader.finish().ok());
    return rows;
}

} // namespace

TEST_CASE("every list is to be had as CSV, with its columns first and as many fields in each row") {
    Server server;
    std::size_t lists = 0, with_rows = 0;
    for (const Route& route : routes()) {
        const CsvShape* shape = csv_shape(route.path);
        if (route.method != Method::get || shape == nullptr) continue;
        CAPTURE(route.path);
        ++lists;
        const auto response = ask_for_csv(server, test::good_path(route));
        if (response.status == 404) continue; // what the fakes do not hold
        REQUIRE(response.status == 200);
        CHECK(header_of(response, "Content-Type").starts_with("text/csv"));
        CHECK(header_of(response, "Content-Disposition").ends_with(".csv\""));
        const auto rows = rows_of(text_of(response));
        REQUIRE(!rows.empty());
        CHECK(rows.front() == csv_titles(*shape));
        for (const auto& row : rows)
            CHECK(row.size() == shape->columns.size());
        with_rows += rows.size() > 1 ? 1 : 0;
    }
    CHECK(lists > 25);
    CHECK(with_rows > 15);
}

TEST_CASE("a route whose answer is a page has a table") {
    for (const Route& route : routes())
        if (route.method == Method::get &&
            (" " + std::string(route.parameters)).find(" limit") != std::string::npos) {
            CAPTURE(route.path);
            if (route.path != "/api/v1/search") CHECK(csv_shape(route.path) != nullptr);
        }
}

TEST_CASE("a table goes on with the next page as long as there is one, and only as fast as it is read") {
    Server server;
    const auto response = ask_for_csv(server, "/api/v1/devices?query=kev");
    REQUIRE(response.status == 200);
    const auto asked = [&] { return server.devices.calls.size(); };
    CHECK(asked() == 1);
    const auto& stream = std::get<std::shared_ptr<ports::EventStream>>(response.body);
    CHECK(rows_of(*stream->next()).size() == 2);
    CHECK(asked() == 1);
    CHECK(rows_of(*stream->next()).size() == 1);
    CHECK(asked() == 2);
    CHECK(server.devices.calls.back().find("after this") != std::string::npos);
    CHECK(server.devices.asked_query == "kev");
}

TEST_CASE("who signs out meanwhile gets no further page, and the table says that it is not whole") {
    Server server;
    const auto response = ask_for_csv(server, "/api/v1/devices");
    const auto& stream = std::get<std::shared_ptr<ports::EventStream>>(response.body);
    REQUIRE(stream->next());
    REQUIRE(server.ask(server.admin, Method::del, "/api/v1/session").status == 204);
    CHECK(stream->next()->starts_with("The list is not whole: "));
    CHECK_FALSE(stream->next());
}

TEST_CASE("what is no list, or asks for a part of one, is refused as always") {
    Server server;
    CHECK(ask_for_csv(server, "/api/v1/me").status == 400);
    CHECK(ask_for_csv(server, "/api/v1/devices?limit=10").status == 400);
    CHECK(ask_for_csv(server, "/api/v1/devices?cursor=x").status == 400);
    const auto wrong = ask_for_csv(server, "/api/v1/devices?sort=colour");
    CHECK(wrong.status == 400);
    CHECK(header_of(wrong, "Content-Type") == "application/problem+json");
    ports::HttpRequest either = server.request(Method::get, "/api/v1/devices");
    either.headers.emplace_back("accept", "application/json, text/csv;q=0.5");
    Server::as(either, server.admin);
    CHECK(header_of(server.send(std::move(either)), "Content-Type") == "application/json");
}
