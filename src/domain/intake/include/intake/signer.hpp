// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::intake {

// How a maker signs. All but a statement, which says how it was built, sign what devices install.
enum class SignatureKind : std::uint8_t {
    minisign,   // a file beside it
    mcuboot,    // inside of the image
    swupdate,   // CMS over the description inside of the archive, which names each member's digest
    provenance, // an in-toto statement of SLSA in a DSSE envelope, beside it
    rauc        // CMS at the end of the bundle, over the file system or over a manifest with its hash
};
inline constexpr std::size_t kSignatureKinds = static_cast<std::size_t>(SignatureKind::rauc) + 1;
std::string_view to_string(SignatureKind kind);
base::Result<SignatureKind> parse_signature_kind(std::string_view text);

// Whose signature counts for which lines of releases.
struct Signer {
    std::string name; // "acme"
    SignatureKind kind = SignatureKind::minisign;
    std::string key;                // as its kind has it: a line, or PEM
    std::vector<std::string> lines; // of releases; empty: of all
    // Of statements alone: what they have to say.
    std::string builder, build_type;
    std::map<std::string, std::string> parameters; // all of them, and no other
    bool operator==(const Signer&) const = default;
};
inline constexpr std::size_t kMostSigners = 64, kMostLines = 64, kMostParameters = 64, kLongestKey = 16 << 10;

// Names, lists and texts make sense and are within bounds; whether the key can be read is not looked at.
// Errors: invalid with the field as place.
base::Status check(const Signer& signer);
bool speaks_for(const Signer& signer, std::string_view line);

// One signature or statement that came with an artifact, and what became of it.
struct Proof {
    SignatureKind kind = SignatureKind::minisign;
    std::string says; // of itself: "key 1A2B...", "image 1.4.2+7"; may be empty
    std::string by;   // the name of the signer whose it is; empty: of nobody who is trusted for this line
    std::string flaw; // why it does not count, in a sentence without its end; empty: it counts
    bool operator==(const Proof&) const = default;
};
// What they came to together, in sentences: the first that counts, or why none does. `what` is the noun:
// "signature", "statement of how it was built".
struct Proven {
    bool any = false, counts = false;
    std::string evidence;
};
Proven proven(const std::vector<Proof>& proofs, std::string_view what);

// Whether a statement says what its signer's statements have to; the flaw as in Proof, empty: it does.
std::string flaw_of_statement(const Signer& signer, const std::string& builder, const std::string& build_type,
                              const std::map<std::string, std::string>& parameters, bool names_artifact);

} // namespace oakum::intake
