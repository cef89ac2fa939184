// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// HTTP as values: what protocols read and answer, what clients send. Sockets, TLS and parsing live in
// platform/http.
namespace oakum::ports {

enum class Method { get, head, post, put, patch, del };

// Who is at the other end of the connection, as far as TLS and TCP know.
struct Peer {
    std::string address; // textual IP, without port
    bool loopback = false;
    std::optional<base::Digest256> certificate; // SHA-256 of the verified client certificate's DER
    std::string certificate_uri;                // its SAN URI, "urn:oakum:TENANT:DEVICE"; empty without one
    std::string certificate_serial;             // lower hexadecimal
};

struct HttpRequest {
    Method method = Method::get;
    std::string path; // decoded once, normalised once, no query: the string that is routed
    std::vector<std::pair<std::string, std::string>> query;   // decoded, in order
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;                                         // whole when the route buffers
    Peer peer;

    // First value or empty.
    std::string_view header(std::string_view lower_case_name) const;
    std::optional<std::string_view> parameter(std::string_view name) const;
};

// Bytes of a file that already exists; sent with sendfile or read in pieces, never loaded whole.
struct FileRange {
    std::filesystem::path path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

// Server-sent events. The server asks whenever the connection can take more; `wake` is called (any thread)
// when there is more to ask for. Nothing is produced faster than the peer reads.
class EventStream {
  public:
    virtual ~EventStream() = default;
    // Text ready to send ("id: 7\ndata: ..\n\n"), empty when there is none now, nullopt to end.
    virtual std::optional<std::string> next() = 0;
    virtual void on_wake(std::function<void()> wake) = 0;
    // next() may wait for a disk: then it is asked on a thread that may.
    virtual bool waits_for_disk() const { return false; }
};

struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    // EventStream is shared between its source and the connection that drains it.
    std::variant<std::string, FileRange, std::shared_ptr<EventStream>> body;
};

// A request body that is too large to hold: written to as it arrives, on one thread at a time.
class BodySink {
  public:
    virtual ~BodySink() = default;
    virtual base::Status write(base::ByteView piece) = 0;
    // After the last byte; the response to send.
    virtual void finish(std::function<void(HttpResponse)> respond) = 0;
    // The peer went away or broke a limit; what was written is to be kept or dropped as the sink sees fit.
    virtual void abort() = 0;
};

struct BufferBody {
    std::size_t limit = 1 << 20;
};

// Implemented by protocols. Both functions are called from any thread, and must not block; `respond` may be
// called later, from any thread, exactly once.
class HttpHandler {
  public:
    virtual ~HttpHandler() = default;
    // Decides, from the head alone (the body is empty), what becomes of the body. A response refuses it.
    virtual std::variant<BufferBody, std::unique_ptr<BodySink>, HttpResponse>
    on_head(const HttpRequest& head) = 0;
    virtual void handle(HttpRequest request, std::function<void(HttpResponse)> respond) = 0;
};

// A client's single exchange, blocking, over a connection that is kept for the next one. Implemented by
// platform/http.
struct ClientRequest {
    Method method = Method::get;
    std::string target; // encoded path and query
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::size_t response_limit = 8 << 20; // a longer buffered answer is an error
    base::Duration timeout = std::chrono::seconds(30);
};
struct ClientResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string_view header(std::string_view lower_case_name) const;
};
class HttpClient {
  public:
    virtual ~HttpClient() = default;
    // Errors: unavailable (no connection, timeout, TLS), too_large, denied (the server's certificate is not
    // trusted).
    virtual base::Result<ClientResponse> exchange(const ClientRequest& request) = 0;
    // Like exchange, but a body of status 200 or 206 goes to `piece` as it arrives; a piece that returns an
    // error ends the transfer with that error. The returned response has the status and headers and an empty
    // body.
    virtual base::Result<ClientResponse> stream(const ClientRequest& request,
                                                const std::function<base::Status(base::ByteView)>& piece) = 0;
};

} // namespace oakum::ports
