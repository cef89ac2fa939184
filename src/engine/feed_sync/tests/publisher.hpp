// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/fetcher.hpp>

#include <deque>
#include <map>
#include <vector>

namespace oakum::feed_sync::test {

// A publisher with faults: each address has its answers, one after the other; the last is given for ever.
class Publisher final : public ports::Fetcher {
  public:
    struct Answer {
        int status = 200;
        std::string body{};
        std::string etag{};
        std::optional<base::Duration> retry_after = std::nullopt;
        std::size_t cut = std::string::npos; // the connection ends after so many bytes of what is sent
        bool ignores_range = false;
        std::string etag_of_rest = {}; // another one with 206
        std::optional<base::Error> error = std::nullopt;
    };

    base::Result<ports::FetchAnswer> fetch(const ports::FetchWish& wish, const Taker& taker) override {
        asked.push_back(wish);
        const auto found = answers.find(wish.url);
        if (found == answers.end())
            return ports::FetchAnswer{404, "", "", 0, std::nullopt, std::nullopt, "h"};
        const Answer answer = found->second.front();
        if (found->second.size() > 1) found->second.pop_front();
        if (answer.error) return *answer.error;
        ports::FetchAnswer head;
        head.status = answer.status;
        head.etag = answer.etag;
        head.retry_after = answer.retry_after;
        if (answer.status != 200) return head;
        if (!answer.etag.empty() && wish.etag == answer.etag) {
            head.status = 304;
            return head;
        }
        if (wish.from > 0 && wish.version == answer.etag && !answer.ignores_range) {
            head.status = 206;
            head.from = wish.from;
            if (!answer.etag_of_rest.empty()) head.etag = answer.etag_of_rest;
        }
        head.length = answer.body.size();
        if (base::Status begun = taker.begin(head); !begun.ok()) return std::move(begun).error();
        std::string_view rest = std::string_view(answer.body).substr(head.from);
        const bool cut = answer.cut < rest.size();
        if (cut) rest = rest.substr(0, answer.cut);
        for (; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(rest.size(), 7)))
            if (base::Status taken = taker.piece(base::as_bytes(rest.substr(0, 7))); !taken.ok())
                return std::move(taken).error();
        if (cut) return base::unavailable("the connection was cut off");
        return head;
    }

    std::map<std::string, std::deque<Answer>> answers;
    std::vector<ports::FetchWish> asked;
};

} // namespace oakum::feed_sync::test
