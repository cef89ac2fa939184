// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/time.hpp>
#include <intake/file_kind.hpp>
#include <intake/signer.hpp>
#include <vendor_files/read_at.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oakum::vendor_files {

inline constexpr std::size_t kLargestAttachment = 1 << 20;

// A text that stands beside an artifact: a signature of minisign, or a statement in a DSSE envelope. Errors:
// invalid (it is neither), too_large.
base::Result<intake::SignatureKind> kind_of_attachment(std::string_view text);
// Whether a signer's key is one of its kind. Errors: invalid at /key.
base::Status check_key(const intake::Signer& signer);

struct Artifact {
    File file;
    intake::FileKind kind = intake::FileKind::unknown;
    base::Digest256 digest;
    std::vector<std::string> attached;
};
// What makers signed of it, and what it says of itself.
struct Seen {
    std::vector<intake::Proof> signatures, statements;
    std::string version;                  // empty: it does not say
    std::optional<std::uint32_t> counter; // of MCUboot images
};
// By these signers, for a release of that line. What cannot be read is a proof with its flaw.
Seen look_for_proofs(const Artifact& artifact, std::span<const intake::Signer> signers, std::string_view line,
                     base::TimePoint now);

} // namespace oakum::vendor_files
