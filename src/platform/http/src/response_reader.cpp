// SPDX-License-Identifier: Apache-2.0
#include <http/response_reader.hpp>

namespace oakum::http {
namespace {

constexpr int kMaxInterim = 8; // answers of status 1xx before the final one

} // namespace

base::Result<std::size_t> ResponseReader::feed(std::string_view bytes) {
    const std::size_t given = bytes.size();
    begun_ = begun_ || given > 0;
    while (!bytes.empty() && !done_) {
        if (!head_)
            TRY(feed_head(bytes));
        else
            TRY(feed_body(bytes));
    }
    return given - bytes.size();
}

base::Status ResponseReader::feed_head(std::string_view& bytes) {
    const std::size_t before = text_.size();
    text_.append(bytes);
    const auto found = scanner_.find_end(text_);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return base::corrupt("in the answer: " + refusal->reason);
    const std::size_t end = std::get<std::size_t>(found);
    if (end == 0) {
        bytes = {};
        return {};
    }
    bytes.remove_prefix(end - before);
    TRY_VALUE(ResponseHead head,
              parse_response_head(std::string_view(text_).substr(0, end), to_head_request_));
    text_.clear();
    scanner_ = HeadScanner(HeadLimits{32 * 1024, 100, 8 * 1024});
    if (head.status < 200) {
        if (head.status == 101 || ++interim_ > kMaxInterim)
            return base::corrupt("an answer that never becomes final");
        return {};
    }
    left_ = head.length;
    done_ = head.framing == Framing::none || (head.framing == Framing::length && left_ == 0);
    if (head.framing == Framing::length && piece_ == nullptr && left_ > limit_)
        return base::too_large("an answer of " + std::to_string(left_) + " bytes");
    head_ = std::move(head);
    return {};
}

base::Status ResponseReader::feed_body(std::string_view& bytes) {
    std::string_view piece = bytes;
    if (head_->framing == Framing::length) {
        piece = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
        bytes.remove_prefix(piece.size());
        left_ -= piece.size();
        done_ = left_ == 0;
    } else if (head_->framing == Framing::chunked) {
        TRY_VALUE(piece, chunks_.next(bytes));
        done_ = chunks_.done();
    } else {
        bytes = {};
    }
    return piece.empty() ? base::Status{} : keep(piece);
}

base::Status ResponseReader::keep(std::string_view piece) {
    if (piece_ != nullptr && (head_->status == 200 || head_->status == 206))
        return (*piece_)(base::as_bytes(piece));
    if (piece.size() > limit_ - body_.size())
        return base::too_large("an answer of more than " + std::to_string(limit_) + " bytes");
    body_.append(piece);
    return {};
}

base::Status ResponseReader::end() {
    if (done_) return {};
    if (!head_ || head_->framing != Framing::until_close)
        return base::unavailable("the connection was cut in the middle of an answer");
    done_ = true;
    return {};
}

ports::ClientResponse ResponseReader::take() {
    ports::ClientResponse response;
    response.status = head_->status;
    response.headers = std::move(head_->headers);
    response.body = std::move(body_);
    return response;
}

} // namespace oakum::http
