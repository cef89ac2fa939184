// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <ports/http.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// HTTP/1.1 messages (RFC 9112), read strictly: where two readers could disagree about the end of a message,
// the message is refused. Pure: bytes in, values out.
namespace oakum::http {

struct HeadLimits {
    std::size_t bytes = 16 * 1024;
    std::size_t lines = 100;
    std::size_t first_line = 8 * 1024;
};

enum class Framing { none, length, chunked, until_close };

using Headers = std::vector<std::pair<std::string, std::string>>; // names in lower case

struct RequestHead {
    ports::Method method = ports::Method::get;
    std::string target; // origin form, still encoded
    int minor_version = 1;
    Headers headers;
    Framing framing = Framing::none;
    std::uint64_t length = 0; // with Framing::length
    bool keep_alive = true;
    bool expects_continue = false;
};

struct ResponseHead {
    int status = 0;
    int minor_version = 1;
    Headers headers;
    Framing framing = Framing::none;
    std::uint64_t length = 0;
    bool keep_alive = true;
};

// Why a message is not read further: a status to answer with, and a sentence for the answer and the log.
struct Refusal {
    int status = 400;
    std::string reason;
};

// Finds the end of a head in bytes that arrive in pieces; refuses bare line feeds and what is too long at the
// first byte that shows it, so that nobody waits for the end of a head that will not be read.
class HeadScanner {
  public:
    explicit HeadScanner(HeadLimits limits) : limits_(limits) {}
    // `bytes` begins where the head begins, and grows from call to call. 0: the end has not come yet.
    std::variant<std::size_t, Refusal> find_end(std::string_view bytes);

  private:
    HeadLimits limits_;
    std::size_t scanned_ = 0;
    std::size_t line_ = 0; // where the current line begins
    std::size_t lines_ = 0;
};

// `head` ends with the empty line.
std::variant<RequestHead, Refusal> parse_request_head(std::string_view head, const HeadLimits& limits);
// `to_head_request`: an answer to HEAD has no body whatever its headers say. Errors: corrupt.
base::Result<ResponseHead> parse_response_head(std::string_view head, bool to_head_request);

// A body in chunks, decoded piece by piece. Chunk extensions are refused, trailers are read, bounded, and
// dropped.
class ChunkDecoder {
  public:
    // The next piece of the body within `bytes`, which is advanced past what was used. An empty piece: the
    // end when done(), else more bytes are needed. Errors: corrupt.
    base::Result<std::string_view> next(std::string_view& bytes);
    bool done() const { return state_ == State::done; }

  private:
    enum class State {
        size,
        size_end,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer,
        trailer_lf,
        end_lf,
        done
    };
    base::Status step(char c);
    State state_ = State::size;
    std::uint64_t left_ = 0;
    int digits_ = 0;
    std::size_t trailer_bytes_ = 0;
};

// "GET", and back. Only the methods of ports::Method exist here.
std::string_view to_string(ports::Method method);
// "Not Found"; "Unknown" for a status without a name.
std::string_view reason_of(int status);
// A name or value that can be sent without changing the message around it.
bool is_header_name(std::string_view name);
bool is_header_value(std::string_view value);

} // namespace oakum::http
