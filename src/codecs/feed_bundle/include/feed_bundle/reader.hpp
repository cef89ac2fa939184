// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <feed_bundle/manifest.hpp>

#include <base/bytes.hpp>
#include <functional>
#include <memory>

namespace oakum::feed_bundle {

// Whether a file begins as a bundle does; 512 bytes tell.
bool is_bundle(base::ByteView first);

// Reads a bundle in pieces and hands out its files as they come; nothing of them is to be used before finish
// was ok. Memory is the manifest.
class Reader {
  public:
    struct Taker {
        std::function<base::Status(const Entry&)> begin;
        std::function<base::Status(base::ByteView)> piece;
        std::function<base::Status(const Entry&)> end; // its length and sum were right
    };
    explicit Reader(Taker taker);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Errors: invalid, corrupt (damaged, other files than the manifest says), too_large, the taker's own;
    // afterwards nothing more may be fed.
    base::Status feed(base::ByteView bytes);
    // Errors: corrupt (it is cut off).
    base::Status finish() const;
    const Manifest& manifest() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::feed_bundle
