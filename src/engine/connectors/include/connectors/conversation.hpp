// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/clock.hpp>
#include <ports/fetcher.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace oakum::connectors {

// What asking borrows.
struct World {
    ports::Fetcher& fetcher;
    ports::Clock& clock;
    ports::Random& random;
    std::function<void(base::Duration)> pause; // blocks; returns early when it is stopped
    std::function<bool()> stopped;
};

// Tokens of this process, until a minute before they end. Any thread.
class Tokens {
  public:
    std::optional<std::string> find(const std::string& whose, base::Duration steady);
    void keep(const std::string& whose, std::string token, base::Duration until);
    void forget(const std::string& whose);

  private:
    struct Held {
        std::string text;
        base::Duration until{};
    };
    base::Mutex mutex_;
    std::map<std::string, Held> held_ GUARDED_BY(mutex_);
};

struct Request {
    std::string url;
    std::string method = "GET";
    std::string body{}, content_type{};
};

// Asks one server, signed in. Blocking; one thread at a time.
class Conversation {
  public:
    // `sign_in` makes the request that is answered with a token; `whose` names what it is asked with.
    Conversation(World world, Tokens& tokens, std::string whose, std::string origin,
                 std::function<base::Result<Request>()> sign_in);

    // The body of an answer with status 200. A token that is refused is asked for anew, once. Errors:
    // unauthenticated, denied (with what the server says), not_found (404 and 410), invalid (also an address
    // of another server), unavailable (after several attempts), too_large.
    base::Result<std::string> ask(const Request& request);
    // The longest that it asked to be left alone, of what was given up.
    std::optional<base::Duration> retry_after() const { return retry_after_; }

  private:
    struct Said {
        ports::FetchAnswer answer;
        std::string body;
    };
    base::Result<Said> once(const Request& request, const std::string& token);
    base::Result<Said> again_and_again(const Request& request, const std::string& token);
    base::Result<std::string> token();

    World world_;
    Tokens& tokens_;
    const std::string whose_, origin_;
    const std::function<base::Result<Request>()> sign_in_;
    std::optional<base::Duration> retry_after_;
};

} // namespace oakum::connectors
