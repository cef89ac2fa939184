// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <span>
#include <string_view>

namespace oakum::trust {

// Enough different keys of `signers` signed `message`. Two ids of one public key count once, a repeated
// signature makes the document void, signatures of other keys are passed over. `who` names the document in
// errors. Errors: denied.
base::Status verify_threshold(const Keys& keys, const Signers& signers, base::ByteView message,
                              std::span<const Signature> signatures, std::string_view who);

// Length, and every hash that we can compute; hashes of which we can compute none are refused. Errors:
// denied.
base::Status verify_file(const FileVersion& expected, base::ByteView bytes, std::string_view who);
// The same for a whole target in memory. Errors: denied.
base::Status verify_file(const TargetFile& expected, base::ByteView bytes, std::string_view who);

// Both lists name the same keys and ask for as many of them.
bool same_signers(const Keys& a_keys, const Signers& a, const Keys& b_keys, const Signers& b);
// A key that could sign before cannot any more. More keys, or another threshold, take nobody's word away.
bool revokes_signer(const Keys& before_keys, const Signers& before, const Keys& after_keys,
                    const Signers& after);

} // namespace oakum::trust
