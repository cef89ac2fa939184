// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <http/message.hpp>
#include <http/response_reader.hpp>
#include <http/target.hpp>

using namespace oakum;
using namespace oakum::http;

namespace {

int refusal_of(std::string_view head) {
    const HeadLimits limits;
    HeadScanner scanner(limits);
    const auto end = scanner.find_end(head);
    if (const auto* refusal = std::get_if<Refusal>(&end)) return refusal->status;
    REQUIRE(std::get<std::size_t>(end) == head.size());
    const auto parsed = parse_request_head(head, limits);
    const auto* refusal = std::get_if<Refusal>(&parsed);
    return refusal == nullptr ? 0 : refusal->status;
}

RequestHead parsed(std::string_view head) {
    auto result = parse_request_head(head, HeadLimits{});
    REQUIRE(std::holds_alternative<RequestHead>(result));
    return std::get<RequestHead>(std::move(result));
}

// Feeds in pieces of every size; all must agree.
base::Result<ports::ClientResponse> read_answer(std::string_view text, bool head = false,
                                                std::size_t limit = 1000) {
    std::optional<base::Result<ports::ClientResponse>> first;
    for (std::size_t step = 1; step <= text.size(); step = step * 2 + 1) {
        ResponseReader reader(head, limit, nullptr);
        base::Status status;
        for (std::string_view rest = text; !rest.empty() && status.ok() && !reader.done();) {
            const auto used = reader.feed(rest.substr(0, step));
            if (!used.ok())
                status = used.error();
            else
                rest.remove_prefix(*used);
        }
        if (status.ok() && !reader.done()) status = reader.end();
        base::Result<ports::ClientResponse> result =
            status.ok() ? base::Result<ports::ClientResponse>(reader.take())
                        : base::Result<ports::ClientResponse>(status.error());
        if (!first) {
            first = result;
            continue;
        }
        REQUIRE(first->ok() == result.ok());
        if (result.ok()) CHECK((*first)->body == result->body);
    }
    return *std::move(first);
}

} // namespace

TEST_CASE("a proper head is read with its framing and its wish for the connection") {
    const RequestHead get =
        parsed("GET /a?b=c HTTP/1.1\r\nHost: oakum.example:8443\r\nAccept:  text/html \r\n\r\n");
    CHECK(get.method == ports::Method::get);
    CHECK(get.target == "/a?b=c");
    CHECK(get.framing == Framing::none);
    CHECK(get.keep_alive);
    CHECK(get.headers[1] == std::pair<std::string, std::string>{"accept", "text/html"});

    const RequestHead put = parsed("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\nConnection: "
                                   "Close\r\nExpect: 100-Continue\r\n\r\n");
    CHECK(put.framing == Framing::length);
    CHECK(put.length == 7);
    CHECK_FALSE(put.keep_alive);
    CHECK(put.expects_continue);
    CHECK(parsed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").framing ==
          Framing::chunked);
    CHECK_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
    CHECK(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
    CHECK(parsed("GET https://A.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n").target == "/x?y");
    CHECK(parsed("GET http://a?y HTTP/1.1\r\nHost: a\r\n\r\n").target == "/?y");
}

TEST_CASE("heads that two readers could read differently are refused") {
    struct Row {
        int status;
        std::string head;
    };
    const std::string host = "Host: a\r\n";
    const Row rows[] = {
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Content-Length : 1\r\n\r\n"},
        {501, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {501, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n"},
        {501, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n"},
        {400,
         "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n chunked\r\n\r\n"},
        {400, "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + host + "\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: \r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET http://other/ HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET http:///x HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET * HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET a:443 HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + "X: a\nY: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\n" + host + "\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10)},
        {400, "GET / HTTP/1.1\r\n" + host + "X\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + ": a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + "X y: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + host + "Authorization: a\r\nAuthorization: b\r\n\r\n"},
        {400, "GET /a b HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET  / HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET /\xc3\xbc HTTP/1.1\r\n" + host + "\r\n"},
        {400, "GET /\r\n" + host + "\r\n"},
        {400, "\r\n"},
        {505, "GET / HTTP/2.0\r\n" + host + "\r\n"},
        {505, "PRI / HTTP/1.2\r\n" + host + "\r\n"},
        {400, "GET / HTP/1.1\r\n" + host + "\r\n"},
        {501, "TRACE / HTTP/1.1\r\n" + host + "\r\n"},
        {501, "get / HTTP/1.1\r\n" + host + "\r\n"},
        {417, "GET / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\n\r\n"},
        {0, "GET / HTTP/1.1\r\n" + host + "X: \xc3\xbc\t~\r\n\r\n"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.head);
        CHECK(refusal_of(row.head) == row.status);
    }
}

TEST_CASE("heads that are too long are refused at the first byte that shows it") {
    const HeadLimits limits;
    const auto refusal = [&](std::string_view text) {
        HeadScanner scanner(limits);
        const auto found = scanner.find_end(text);
        const auto* refused = std::get_if<Refusal>(&found);
        return refused == nullptr ? 0 : refused->status;
    };
    CHECK(refusal("GET /" + std::string(limits.first_line, 'a')) == 414);
    CHECK(refusal("GET /" + std::string(limits.first_line - 10, 'a')) == 0);
    CHECK(refusal("GET / HTTP/1.1\r\nX: " + std::string(limits.bytes, 'a')) == 431);
    std::string many = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < limits.lines; ++i)
        many += "a: b\r\n";
    CHECK(refusal(many) == 0);
    CHECK(refusal(many + "a: b\r\n") == 431);
    CHECK(std::holds_alternative<RequestHead>(
        parse_request_head("GET / HTTP/1.0\r\n" + many.substr(16) + "\r\n", limits)));
    many += "a: b\r\n\r\n";
    CHECK(std::get<Refusal>(parse_request_head(many, limits)).status == 431);
    CHECK(refusal("GET / HTTP/1.1\n") == 400);
}

TEST_CASE("a head found byte by byte ends where one found at once does") {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
    HeadScanner scanner{HeadLimits{}};
    for (std::size_t i = 1; i < text.size() - 4; ++i)
        CHECK(std::get<std::size_t>(scanner.find_end({text.data(), i})) == 0);
    CHECK(std::get<std::size_t>(scanner.find_end(text)) == text.size() - 4);
}

TEST_CASE("a path is decoded once, normalised once, and cannot hide anything") {
    struct Row {
        const char* target;
        const char* path; // null: refused
    };
    const Row rows[] = {{"/", "/"},
                        {"/a/b", "/a/b"},
                        {"/a//b///c", "/a/b/c"},
                        {"/a/./b/../c", "/a/c"},
                        {"/a/b/..", "/a/"},
                        {"/a/.", "/a/"},
                        {"/a/%2e%2E/b", "/b"},
                        {"/%61pi", "/api"},
                        {"/a%20b", "/a b"},
                        {"/a+b", "/a+b"},
                        {"/%25%32%66", "/%2f"}, // decoded once: what is left is text, not an escape
                        {"/gr%C3%BC%C3%9F", "/gr\xc3\xbc\xc3\x9f"},
                        {"/a?b/../c", "/a"},
                        {"/..", nullptr},
                        {"/a/../..", nullptr},
                        {"/%2e%2e/etc", nullptr},
                        {"/a%2fb", nullptr},
                        {"/a%2Fb", nullptr},
                        {"/a%5cb", nullptr},
                        {"/a\\b", nullptr},
                        {"/a%00b", nullptr},
                        {"/a%0ab", nullptr},
                        {"/a%7f", nullptr},
                        {"/a%", nullptr},
                        {"/a%4", nullptr},
                        {"/a%zz", nullptr},
                        {"/%ff", nullptr},
                        {"/%c0%af", nullptr},
                        {"", nullptr},
                        {"a", nullptr},
                        {"?a", nullptr}};
    for (const Row& row : rows) {
        CAPTURE(row.target);
        const auto target = parse_target(row.target);
        CHECK(target.ok() == (row.path != nullptr));
        if (target.ok() && row.path != nullptr) CHECK(target->path == row.path);
    }
    std::string deep;
    for (int i = 0; i < 65; ++i)
        deep += "/a";
    CHECK_FALSE(parse_target(deep).ok());
}

TEST_CASE("a query is decoded into its parameters in order") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(parse_target("/?a=1&b=x%26y&a=2&flag&=v&&c=d=e&q=a+b%2B")->query ==
          Pairs{{"a", "1"}, {"b", "x&y"}, {"a", "2"}, {"flag", ""}, {"", "v"}, {"c", "d=e"}, {"q", "a b+"}});
    CHECK(parse_target("/?path=%2Fa%5Cb")->query == Pairs{{"path", "/a\\b"}});
    CHECK_FALSE(parse_target("/?a=%00").ok());
    CHECK_FALSE(parse_target("/?a=%").ok());
    CHECK_FALSE(parse_target("/?a=%ff").ok());
    std::string many = "/?";
    for (int i = 0; i < 65; ++i)
        many += "a&";
    CHECK_FALSE(parse_target(many).ok());
}

TEST_CASE("an answer is read by length, by chunks, and to the end of the stream") {
    CHECK(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")->body == "hello");
    CHECK(read_answer("HTTP/1.1 200\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\n")
              ->body == "abc0123456789");
    CHECK(read_answer("HTTP/1.1 200 OK\r\n\r\nto the end")->body == "to the end");
    CHECK(read_answer("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")->body.empty());
    CHECK(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true)->body.empty());
    CHECK(read_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
              ->status == 201);
}

TEST_CASE("answers that are malformed, cut, or too long are errors") {
    using base::ErrorKind;
    struct Row {
        ErrorKind kind;
        std::string text;
    };
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string interim;
    for (int i = 0; i < 9; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    const Row rows[] = {
        {ErrorKind::unavailable, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"},
        {ErrorKind::unavailable, "HTTP/1.1 200 OK\r\nContent-"},
        {ErrorKind::unavailable, chunked + "5\r\nhello\r\n0\r\n"},
        {ErrorKind::corrupt, chunked + "5;a=b\r\nhello\r\n0\r\n\r\n"},
        {ErrorKind::corrupt, chunked + "5\nhello\r\n0\r\n\r\n"},
        {ErrorKind::corrupt, chunked + "\r\nhello"},
        {ErrorKind::corrupt, chunked + "5\r\nhelloX\r\n"},
        {ErrorKind::corrupt, chunked + "0000000000000001\r\nh\r\n0\r\n\r\n"},
        {ErrorKind::corrupt, chunked + "-1\r\n"},
        {ErrorKind::corrupt, chunked + "0\r\n" + std::string(9000, 'a')},
        {ErrorKind::too_large, chunked + "3e9\r\n" + std::string(1001, 'a')},
        {ErrorKind::too_large, "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"},
        {ErrorKind::too_large, "HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'a')},
        {ErrorKind::corrupt, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {ErrorKind::corrupt, "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"},
        {ErrorKind::corrupt, "HTTP/1.1 99 OK\r\n\r\n"},
        {ErrorKind::corrupt, "HTTP/1.1 2000 OK\r\n\r\n"},
        {ErrorKind::corrupt, "HTTP/2 200 OK\r\n\r\n"},
        {ErrorKind::corrupt, "HTTP/1.1 101 Switching Protocols\r\n\r\n"},
        {ErrorKind::corrupt, "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
        {ErrorKind::corrupt, "HTTP/1.1 200 OK\r\nX: " + std::string(40000, 'a')},
        {ErrorKind::corrupt, interim}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto answer = read_answer(row.text);
        REQUIRE_FALSE(answer.ok());
        CHECK(answer.error().kind == row.kind);
    }
}

TEST_CASE("a body that is streamed has no limit, and its receiver can end it") {
    std::string got;
    const ResponseReader::Piece take = [&](base::ByteView piece) -> base::Status {
        got.append(base::as_text(piece));
        if (got.size() > 3000) return base::invalid("enough");
        return {};
    };
    ResponseReader reader(false, 10, &take);
    CHECK(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + std::string(2000, 'a')).ok());
    CHECK(got.size() == 2000);
    CHECK(reader.feed(std::string(2000, 'b')).error().message == "enough");

    ResponseReader refused(false, 10, &take);
    CHECK(refused.feed("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone").ok());
    CHECK(refused.take().body == "none");
}
