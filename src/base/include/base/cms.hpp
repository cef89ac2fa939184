// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/time.hpp>

#include <functional>

namespace oakum::base {

inline constexpr std::size_t kLargestCms = 64 << 10;

// A certificate in PEM, as it is pinned: its subject in words. Errors: invalid, too_large.
Result<std::string> read_certificate(std::string_view pem);

// Whether this CMS SignedData (RFC 5652, DER) is over that content, by the pinned certificate or by one that
// was issued under it, all valid at that time and for whatever use: the subject of who signed, in words. What
// is signed is the content given here, also when the message carries another one. Digests below SHA-256 do
// not count. Errors: invalid (with the reason in words), too_large.
Result<std::string> verify_cms(ByteView message, ByteView content, std::string_view pinned_pem, TimePoint at);

// The same over a content that comes piece by piece; an empty one is its end. Errors: also those of reading.
using ContentPieces = std::function<Result<Bytes>()>;
Result<std::string> verify_cms(ByteView message, const ContentPieces& content, std::string_view pinned_pem,
                               TimePoint at);

// Whether the message carries what it signs. Errors: invalid (it is no SignedData).
Result<bool> carries_content(ByteView message);
// The same for what the message carries itself, which is known only then: that content. Errors: also invalid
// (it carries none).
Result<Bytes> open_cms(ByteView message, std::string_view pinned_pem, TimePoint at);

} // namespace oakum::base
