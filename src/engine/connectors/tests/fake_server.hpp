// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../shard/tests/fakes.hpp"

#include <connectors/conversation.hpp>

#include <deque>
#include <map>
#include <vector>

namespace oakum::connectors::test {

// Answers by address (with its query where that is known, else without), one answer after the other; the last
// is given for ever.
class Server : public ports::Fetcher, public ports::Random {
  public:
    struct Answer {
        int status = 200;
        std::string body{};
        std::optional<base::Duration> retry_after = std::nullopt;
        std::optional<base::Error> error = std::nullopt;
        bool cut = false; // half of the body comes
    };

    base::Result<ports::FetchAnswer> fetch(const ports::FetchWish& wish, const Taker& taker) override {
        asked.push_back(wish);
        auto found = answers.find(wish.url);
        if (found == answers.end()) found = answers.find(wish.url.substr(0, wish.url.find('?')));
        ports::FetchAnswer head;
        head.status = 404;
        if (found == answers.end()) return head;
        const Answer answer = found->second.front();
        if (found->second.size() > 1) found->second.pop_front();
        if (answer.error) return *answer.error;
        head.status = answer.status;
        head.retry_after = answer.retry_after;
        if (answer.status != 200) {
            head.said = answer.body;
            return head;
        }
        head.length = answer.body.size();
        TRY(taker.begin(head));
        const std::string_view sent =
            std::string_view(answer.body).substr(0, answer.cut ? answer.body.size() / 2 : std::string::npos);
        TRY(taker.piece(base::as_bytes(sent)));
        if (answer.cut) return base::unavailable("the connection was cut off");
        return head;
    }
    void fill(std::span<std::uint8_t> bytes) override { std::ranges::fill(bytes, std::uint8_t{0x80}); }

    // Pauses pass at once, and are noted.
    World world() {
        return {*this, clock, *this,
                [this](base::Duration time) {
                    pauses.push_back(time);
                    clock.steady_ += time;
                },
                [this] { return stopped; }};
    }

    std::map<std::string, std::deque<Answer>> answers;
    std::vector<ports::FetchWish> asked;
    std::vector<base::Duration> pauses;
    shard::test::Clock clock;
    bool stopped = false;
};

} // namespace oakum::connectors::test
