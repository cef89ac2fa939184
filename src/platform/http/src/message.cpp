// SPDX-License-Identifier: Apache-2.0
#include <http/message.hpp>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace oakum::http {
namespace {

constexpr std::size_t kMaxResponseHead = 32 * 1024;
constexpr std::size_t kMaxResponseLines = 100;

// RFC 9110 section 5.6.2.
constexpr std::array<bool, 256> kTokenCharacters = [] {
    std::array<bool, 256> table{};
    for (const char c :
         std::string_view("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_token(std::string_view text) {
    for (const char c : text) {
        if (!kTokenCharacters[static_cast<unsigned char>(c)]) return false;
    }
    return !text.empty();
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// The next line without its CR LF.
std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 2));
    return line;
}

// What the headers say about the message as a whole.
struct Summary {
    Headers headers;
    std::optional<std::uint64_t> length;
    bool chunked = false;
    bool close = false;
    bool keep = false;
    std::optional<std::string> host;
    std::optional<std::string> expect;
};

std::optional<Refusal> read_length(std::string_view value, Summary& summary) {
    if (summary.length) return Refusal{400, "Content-Length is there twice"};
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (value.empty() || value.size() > 19 || error != std::errc{} || end != value.data() + value.size())
        return Refusal{400, "Content-Length is not a number"};
    summary.length = number;
    return std::nullopt;
}

void read_connection(std::string_view value, Summary& summary) {
    while (!value.empty()) {
        const std::string_view word = value.substr(0, value.find(','));
        value.remove_prefix(std::min(value.size(), word.size() + 1));
        if (equals_ignoring_case(trim(word), "close")) summary.close = true;
        if (equals_ignoring_case(trim(word), "keep-alive")) summary.keep = true;
    }
}

// Headers that mean something else, or to someone else, when there are two of them.
bool must_be_single(std::string_view name) {
    return name == "authorization" || name == "content-type" || name == "content-range" || name == "cookie";
}

std::optional<Refusal> note(std::string_view name, std::string_view value, Summary& summary) {
    if (name == "content-length") return read_length(value, summary);
    if (name == "transfer-encoding") {
        if (summary.chunked) return Refusal{400, "Transfer-Encoding is there twice"};
        if (!equals_ignoring_case(value, "chunked"))
            return Refusal{501, "a Transfer-Encoding other than chunked"};
        summary.chunked = true;
    } else if (name == "connection") {
        read_connection(value, summary);
    } else if (name == "host") {
        if (summary.host) return Refusal{400, "Host is there twice"};
        summary.host = std::string(value);
    } else if (name == "expect") {
        if (summary.expect) return Refusal{400, "Expect is there twice"};
        summary.expect = std::string(value);
    } else if (must_be_single(name)) {
        for (const auto& [other, unused] : summary.headers) {
            if (other == name) return Refusal{400, std::string(name) + " is there twice"};
        }
    }
    return std::nullopt;
}

std::optional<Refusal> read_header(std::string_view line, Summary& summary) {
    if (line.front() == ' ' || line.front() == '\t')
        return Refusal{400, "a header that goes on in the next line"};
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return Refusal{400, "a header without a proper name"};
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_header_value(value)) return Refusal{400, "a control character in a header"};
    std::string name(line.substr(0, colon));
    for (char& c : name)
        c = lower(c);
    if (auto refusal = note(name, value, summary)) return refusal;
    summary.headers.emplace_back(std::move(name), value);
    return std::nullopt;
}

std::optional<Refusal> read_headers(std::string_view text, std::size_t limit, Summary& summary) {
    for (;;) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        if (summary.headers.size() == limit) return Refusal{431, "too many headers"};
        if (auto refusal = read_header(line, summary)) return refusal;
    }
    if (summary.length && summary.chunked) return Refusal{400, "both Content-Length and Transfer-Encoding"};
    return std::nullopt;
}

std::optional<ports::Method> method_of(std::string_view text) {
    if (text == "GET") return ports::Method::get;
    if (text == "HEAD") return ports::Method::head;
    if (text == "POST") return ports::Method::post;
    if (text == "PUT") return ports::Method::put;
    if (text == "PATCH") return ports::Method::patch;
    if (text == "DELETE") return ports::Method::del;
    return std::nullopt;
}

bool is_visible(std::string_view text) {
    for (const char c : text) {
        if (c <= 0x20 || c >= 0x7f) return false;
    }
    return true;
}

bool is_host(std::string_view host) {
    if (host.empty() || host.size() > 255) return false;
    for (const char c : host) {
        const bool good = kTokenCharacters[static_cast<unsigned char>(c)] || c == ':' || c == '[' || c == ']';
        if (!good) return false;
    }
    return true;
}

std::optional<Refusal> read_request_line(std::string_view line, RequestHead& head, std::string& authority) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return Refusal{400, "a malformed request line"};
    const std::string_view method = line.substr(0, first);
    std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || target.empty() || !is_visible(target))
        return Refusal{400, "a malformed request line"};
    if (version == "HTTP/1.0")
        head.minor_version = 0;
    else if (version != "HTTP/1.1")
        return Refusal{version.starts_with("HTTP/") ? 505 : 400, "a version other than HTTP/1.1"};
    const auto known = method_of(method);
    if (!known) return Refusal{501, "a method that is not served"};
    head.method = *known;

    for (const std::string_view scheme : {std::string_view("https://"), std::string_view("http://")}) {
        if (target.size() < scheme.size() || !equals_ignoring_case(target.substr(0, scheme.size()), scheme))
            continue;
        target.remove_prefix(scheme.size());
        authority = std::string(target.substr(0, target.find_first_of("/?")));
        target.remove_prefix(authority.size());
        if (authority.empty()) return Refusal{400, "an address without a host"};
        break;
    }
    if (!target.starts_with('/') && !authority.empty())
        head.target = "/";
    else if (!target.starts_with('/'))
        return Refusal{400, "an address that does not begin with a slash"};
    head.target += target;
    return std::nullopt;
}

} // namespace

std::variant<std::size_t, Refusal> HeadScanner::find_end(std::string_view bytes) {
    while (scanned_ < bytes.size()) {
        const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
        const std::size_t at = found == nullptr
                                   ? bytes.size()
                                   : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        if (lines_ == 0 && at - line_ > limits_.first_line)
            return Refusal{414, "the request line is too long"};
        if (at >= limits_.bytes) return Refusal{431, "the headers are too long"};
        scanned_ = at;
        if (found == nullptr) break;
        if (at == line_ || bytes[at - 1] != '\r') return Refusal{400, "a line that does not end with CR LF"};
        scanned_ = at + 1;
        if (at - line_ == 1) return scanned_;
        line_ = scanned_;
        if (++lines_ > limits_.lines + 1) return Refusal{431, "too many headers"};
    }
    return std::size_t{0};
}

std::variant<RequestHead, Refusal> parse_request_head(std::string_view text, const HeadLimits& limits) {
    RequestHead head;
    std::string authority;
    if (auto refusal = read_request_line(take_line(text), head, authority)) return *std::move(refusal);
    Summary summary;
    if (auto refusal = read_headers(text, limits.lines, summary)) return *std::move(refusal);

    if (!summary.host && head.minor_version == 1) return Refusal{400, "no Host"};
    if (summary.host && !is_host(*summary.host)) return Refusal{400, "a malformed Host"};
    if (!authority.empty() && !(summary.host && equals_ignoring_case(authority, *summary.host)))
        return Refusal{400, "the address names another host than Host does"};
    if (summary.chunked && head.minor_version == 0) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
    if (summary.expect && !equals_ignoring_case(*summary.expect, "100-continue"))
        return Refusal{417, "an Expect other than 100-continue"};
    head.expects_continue = summary.expect.has_value() && head.minor_version == 1;
    head.framing = summary.chunked ? Framing::chunked : summary.length ? Framing::length : Framing::none;
    head.length = summary.length.value_or(0);
    head.keep_alive = !summary.close && (head.minor_version == 1 || summary.keep);
    head.headers = std::move(summary.headers);
    return head;
}

base::Result<ResponseHead> parse_response_head(std::string_view text, bool to_head_request) {
    if (text.size() > kMaxResponseHead) return base::corrupt("the head of the answer is too long");
    ResponseHead head;
    const std::string_view line = take_line(text);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (line.size() < 12 || !line.starts_with("HTTP/1.") || (line[7] != '0' && line[7] != '1') ||
        line[8] != ' ' || line[9] < '1' || line[9] > '5' || !is_digit(line[10]) || !is_digit(line[11]) ||
        (line.size() > 12 && line[12] != ' '))
        return base::corrupt("a malformed status line");
    head.minor_version = line[7] - '0';
    head.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    Summary summary;
    if (auto refusal = read_headers(text, kMaxResponseLines, summary))
        return base::corrupt("in the answer: " + refusal->reason);
    if (summary.chunked && head.minor_version == 0)
        return base::corrupt("in the answer: Transfer-Encoding in HTTP/1.0");

    const bool bodiless = to_head_request || head.status < 200 || head.status == 204 || head.status == 304;
    if (bodiless)
        head.framing = Framing::none;
    else if (summary.chunked)
        head.framing = Framing::chunked;
    else
        head.framing = summary.length ? Framing::length : Framing::until_close;
    head.length = summary.length.value_or(0);
    head.keep_alive =
        !summary.close && (head.minor_version == 1 || summary.keep) && head.framing != Framing::until_close;
    head.headers = std::move(summary.headers);
    return head;
}

std::string_view to_string(ports::Method method) {
    switch (method) {
    case ports::Method::get:
        return "GET";
    case ports::Method::head:
        return "HEAD";
    case ports::Method::post:
        return "POST";
    case ports::Method::put:
        return "PUT";
    case ports::Method::patch:
        return "PATCH";
    case ports::Method::del:
        return "DELETE";
    }
    return "GET";
}

std::string_view reason_of(int status) {
    struct Row {
        int status;
        std::string_view reason;
    };
    static constexpr Row kRows[] = {{100, "Continue"},
                                    {200, "OK"},
                                    {201, "Created"},
                                    {202, "Accepted"},
                                    {204, "No Content"},
                                    {206, "Partial Content"},
                                    {301, "Moved Permanently"},
                                    {302, "Found"},
                                    {303, "See Other"},
                                    {304, "Not Modified"},
                                    {307, "Temporary Redirect"},
                                    {308, "Permanent Redirect"},
                                    {400, "Bad Request"},
                                    {401, "Unauthorized"},
                                    {403, "Forbidden"},
                                    {404, "Not Found"},
                                    {405, "Method Not Allowed"},
                                    {406, "Not Acceptable"},
                                    {408, "Request Timeout"},
                                    {409, "Conflict"},
                                    {410, "Gone"},
                                    {411, "Length Required"},
                                    {412, "Precondition Failed"},
                                    {413, "Content Too Large"},
                                    {414, "URI Too Long"},
                                    {415, "Unsupported Media Type"},
                                    {416, "Range Not Satisfiable"},
                                    {417, "Expectation Failed"},
                                    {422, "Unprocessable Content"},
                                    {428, "Precondition Required"},
                                    {429, "Too Many Requests"},
                                    {431, "Request Header Fields Too Large"},
                                    {500, "Internal Server Error"},
                                    {501, "Not Implemented"},
                                    {503, "Service Unavailable"},
                                    {504, "Gateway Timeout"},
                                    {505, "HTTP Version Not Supported"},
                                    {507, "Insufficient Storage"}};
    for (const Row& row : kRows) {
        if (row.status == status) return row.reason;
    }
    return "Unknown";
}

bool is_header_name(std::string_view name) {
    return is_token(name);
}

bool is_header_value(std::string_view value) {
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    }
    return true;
}

} // namespace oakum::http
