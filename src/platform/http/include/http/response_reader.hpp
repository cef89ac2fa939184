// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <http/message.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::http {

// One answer of a server, fed as its bytes arrive. Pure.
class ResponseReader {
  public:
    using Piece = std::function<base::Status(base::ByteView)>;
    // A body of more than `limit` bytes is an error. With `piece`, a body of status 200 or 206 goes there
    // instead, and has no limit.
    ResponseReader(bool to_head_request, std::size_t limit, const Piece* piece)
        : to_head_request_(to_head_request), limit_(limit), piece_(piece) {}

    // The bytes used; fewer than given only when the answer is complete. Errors: corrupt, too_large, those of
    // `piece`.
    base::Result<std::size_t> feed(std::string_view bytes);
    // The peer ended the stream properly: completes a body without a length. Errors: unavailable (cut off).
    base::Status end();

    bool done() const { return done_; }
    bool begun() const { return begun_; }
    // True once the head of the final answer (not 1xx) is there.
    bool has_head() const { return head_.has_value(); }
    const ResponseHead& head() const { return *head_; }
    bool keep_alive() const { return done_ && head_->keep_alive; }
    ports::ClientResponse take();

  private:
    base::Status feed_head(std::string_view& bytes);
    base::Status feed_body(std::string_view& bytes);
    base::Status keep(std::string_view piece);
    const bool to_head_request_;
    const std::size_t limit_;
    const Piece* const piece_;
    HeadScanner scanner_{HeadLimits{32 * 1024, 100, 8 * 1024}};
    std::string text_; // of the head
    std::optional<ResponseHead> head_;
    int interim_ = 0;
    ChunkDecoder chunks_;
    std::uint64_t left_ = 0;
    std::string body_;
    bool begun_ = false;
    bool done_ = false;
};

} // namespace oakum::http
