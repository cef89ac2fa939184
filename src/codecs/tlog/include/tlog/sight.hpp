// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tlog/checkpoint.hpp>
#include <transparency/sight.hpp>

// Checkpoints of a log that is kept in epochs: its origin is "NAME/EPOCH", and its keys have that NAME.
namespace oakum::tlog {

std::string origin_of(std::string_view log, std::uint64_t epoch);

// What a checkpoint says, whoever signed it: for one that the reader kept. Errors: invalid, too_large.
base::Result<transparency::Sight> read_sight(std::string_view note);

// A checkpoint as served, signed by at least `threshold` of these Ed25519 keys; what it names itself is taken
// from it. Errors: denied (signatures), invalid (no such checkpoint), too_large.
base::Result<transparency::Sight> open_sight(std::string_view note, std::span<const base::Bytes> keys,
                                             unsigned threshold);

} // namespace oakum::tlog
