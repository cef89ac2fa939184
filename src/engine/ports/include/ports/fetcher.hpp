// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/result.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace oakum::ports {

// What is asked of a publisher, or of another management system.
struct FetchWish {
    std::string url{};
    std::optional<std::pair<std::string, std::string>> key; // a header that goes to this server alone
    bool packed = false;                                    // the answer may come as a gzip file
    // What is held already: it is not sent again when it is still the same.
    std::string etag, last_modified;
    // Held of a download that was cut, and what names the version it is of; zero: from the beginning.
    std::uint64_t from = 0;
    std::string version;
    std::uint64_t largest = 0; // bytes of the whole
    std::string method = "GET";
    std::string body{}, content_type{}; // with another method; then no redirect is followed
};

struct FetchAnswer {
    int status = 0; // of HTTP: 200, 206 (the rest), 304 (the same), or one that is no success
    std::string etag, last_modified;
    std::uint64_t from = 0;              // where the bytes that follow begin
    std::optional<std::uint64_t> length; // of the whole, where it is told
    std::optional<base::Duration> retry_after;
    std::string server; // host and port that answered, after redirects
    std::string said{}; // the beginning of what came with a status other than 200 and 206
};

// Asks publishers for their data, over HTTP. Blocking. Bounded in time and size;
// redirects are few, to https, and not followed with a key.
class Fetcher {
  public:
    virtual ~Fetcher() = default;
    struct Taker {
        // Before the first byte of 200 and 206.
        std::function<base::Status(const FetchAnswer&)> begin;
        std::function<base::Status(base::ByteView)> piece;
        // Looked at now and then: true ends it.
        std::function<bool()> stopped;
    };
    // Errors, in words that may be shown: the taker's own, denied (the address may not be reached), invalid
    // (it cannot be used), too_large, unavailable (to be tried again: cut off, silent, unreachable).
    virtual base::Result<FetchAnswer> fetch(const FetchWish& wish, const Taker& taker) = 0;
};

} // namespace oakum::ports
