// SPDX-License-Identifier: Apache-2.0
#include <exchange/files.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <unistd.h>

using namespace oakum;
using ports::HttpResponse;

namespace {

struct Artifact {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("oakum-files-test-" + std::to_string(::getpid()));
    std::string content;
    Artifact() {
        for (int i = 0; i < 1000; ++i)
            content += static_cast<char>('a' + i % 26);
        std::ofstream(path, std::ios::binary) << content;
    }
    ~Artifact() { std::filesystem::remove(path); }
    Artifact(const Artifact&) = delete;
    Artifact& operator=(const Artifact&) = delete;

    HttpResponse get(std::vector<std::pair<std::string, std::string>> headers,
                     ports::Method method = ports::Method::get) const {
        ports::HttpRequest request;
        request.method = method;
        request.headers = std::move(headers);
        return exchange::answer_file(
            request, {.path = path, .length = 1000, .tag = "\"0123456789abcdef\"", .name = "a.swu"});
    }
};

std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}
std::string drained(const HttpResponse& response) {
    std::string all;
    const auto& parts = std::get<std::shared_ptr<ports::EventStream>>(response.body);
    while (const auto piece = parts->next())
        all += *piece;
    return all;
}

} // namespace

TEST_CASE("a file is answered whole, in part, and with what RFC 9110 asks beside it") {
    const Artifact file;
    const auto whole = file.get({});
    CHECK(whole.status == 200);
    CHECK(std::get<ports::FileRange>(whole.body).length == 1000);
    CHECK(header(whole, "Accept-Ranges") == "bytes");
    CHECK(header(whole, "ETag") == "\"0123456789abcdef\"");
    CHECK(header(whole, "Content-Disposition") == "attachment;filename=\"a.swu\"");
    CHECK(header(whole, "X-Content-Type-Options") == "nosniff");
    const auto part = file.get({{"range", "bytes=10-19"}});
    CHECK(part.status == 206);
    CHECK(header(part, "Content-Range") == "bytes 10-19/1000");
    CHECK(file.get({{"range", "bytes=10-19"}}, ports::Method::head).status == 200);
    CHECK(file.get({{"range", "bytes=10-"}, {"if-range", "\"other\""}}).status == 200);
    CHECK(file.get({{"if-none-match", "\"0123456789abcdef\""}}).status == 304);
    CHECK(file.get({{"if-match", "\"other\""}}).status == 412);
    CHECK(file.get({{"if-match", "*"}}).status == 200);
}

TEST_CASE("a range that is not there is 416 with the length and without a body") {
    const Artifact file;
    for (const char* range : {"bytes=1000-", "bytes=1000-,2000-"}) {
        const auto beyond = file.get({{"range", range}});
        CHECK(beyond.status == 416);
        CHECK(header(beyond, "Content-Range") == "bytes */1000");
        CHECK(std::get<std::string>(beyond.body).empty());
    }
}

TEST_CASE("several ranges come as multipart/byteranges, in the order that was asked") {
    const Artifact file;
    const auto parts = file.get({{"range", "bytes=500-509, 0-4,-3,5000-"}});
    REQUIRE(parts.status == 206);
    const std::string type = header(parts, "Content-Type");
    REQUIRE(type.starts_with("multipart/byteranges; boundary="));
    const std::string line = "\r\n--" + type.substr(type.find('=') + 1);
    const std::string head = "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ";
    CHECK(drained(parts) == line + head + "500-509/1000\r\n\r\n" + file.content.substr(500, 10) + line +
                                head + "0-4/1000\r\n\r\n" + file.content.substr(0, 5) + line + head +
                                "997-999/1000\r\n\r\n" + file.content.substr(997) + line + "--\r\n");
    const auto left = file.get({{"range", "bytes=5000-,1-2"}});
    CHECK(left.status == 206);
    CHECK(header(left, "Content-Range") == "bytes 1-2/1000");
}

TEST_CASE("ranges that overlap or are very many cost the file once") {
    const Artifact file;
    CHECK(file.get({{"range", "bytes=0-500,400-900"}}).status == 200);
    std::string many = "bytes=0-0";
    for (int i = 1; i < 400; ++i)
        many += "," + std::to_string(i * 2) + "-" + std::to_string(i * 2);
    CHECK(file.get({{"range", many}}).status == 200);
    std::string bomb = "bytes=0-";
    for (int i = 0; i < 200; ++i)
        bomb += ",0-";
    CHECK(file.get({{"range", bomb}}).status == 200);
}

TEST_CASE("a file that became shorter ends without the last boundary") {
    const Artifact file;
    const auto parts = file.get({{"range", "bytes=0-9,500-999"}});
    std::filesystem::resize_file(file.path, 600);
    CHECK_FALSE(drained(parts).ends_with("--\r\n"));
}
