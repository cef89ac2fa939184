// SPDX-License-Identifier: Apache-2.0
#include <http/message.hpp>

namespace oakum::http {
namespace {

constexpr int kMaxDigits = 15; // of a chunk's size: beyond any body, within 64 bits
constexpr std::size_t kMaxTrailers = 8 * 1024;

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace

base::Result<std::string_view> ChunkDecoder::next(std::string_view& bytes) {
    while (!bytes.empty() && state_ != State::done) {
        if (state_ == State::data) {
            const std::string_view piece = bytes.substr(0, left_);
            bytes.remove_prefix(piece.size());
            left_ -= piece.size();
            if (left_ == 0) state_ = State::data_cr;
            return piece;
        }
        TRY(step(bytes.front()));
        bytes.remove_prefix(1);
    }
    return std::string_view{};
}

base::Status ChunkDecoder::step(char c) {
    const auto expect = [&](char wanted, State following) -> base::Status {
        if (c != wanted) return base::corrupt("a malformed chunk");
        state_ = following;
        return {};
    };
    switch (state_) {
    case State::size:
        if (const int value = digit(c); value >= 0) {
            if (++digits_ > kMaxDigits) return base::corrupt("a chunk's size has too many digits");
            left_ = left_ * 16 + static_cast<std::uint64_t>(value);
            return {};
        }
        if (digits_ == 0 || c != '\r') return base::corrupt("a malformed chunk size, or a chunk extension");
        state_ = State::size_end;
        return {};
    case State::size_end:
        digits_ = 0;
        return expect('\n', left_ == 0 ? State::trailer_start : State::data);
    case State::data_cr:
        return expect('\r', State::data_lf);
    case State::data_lf:
        return expect('\n', State::size);
    case State::trailer_start:
        if (c == '\r') {
            state_ = State::end_lf;
            return {};
        }
        if (c == ' ' || c == '\t' || c == '\n') return base::corrupt("a malformed trailer");
        state_ = State::trailer;
        [[fallthrough]];
    case State::trailer:
        if (++trailer_bytes_ > kMaxTrailers) return base::corrupt("too many trailers");
        if (c == '\r')
            state_ = State::trailer_lf;
        else if (c == '\n' || c == '\0')
            return base::corrupt("a malformed trailer");
        return {};
    case State::trailer_lf:
        return expect('\n', State::trailer_start);
    case State::end_lf:
        return expect('\n', State::done);
    case State::data:
    case State::done:
        break;
    }
    return base::bug("a chunk decoder fed beyond its end");
}

} // namespace oakum::http
