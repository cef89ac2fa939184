// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/public_half.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::cli {

// Private keys for `oakum key`: in files, sealed under a passphrase or plain as the server keeps its own; or
// in PKCS#11 tokens, of which a file says where they are.
class KeyTools {
  public:
    virtual ~KeyTools() = default;
    struct Made {
        std::string text; // of the file
        base::PublicHalf public_half;
    };
    virtual base::Result<Made> make_sealed(std::string_view holder, std::string_view passphrase) = 0;
    virtual base::Result<Made> make_plain() = 0;
    // A key of a token: the one that is there, or a new one of this kind.
    struct InToken {
        std::string uri, module, pin; // an empty module: those that the machine is configured with
        std::optional<base::SignatureScheme> made;
    };
    // Errors: those of the token.
    virtual base::Result<Made> in_token(std::string_view holder, const InToken& wish) = 0;
    enum class Kept { plain, sealed, token };
    struct About {
        std::string holder; // empty: nobody is named
        base::PublicHalf public_half;
        Kept kept = Kept::sealed;
        std::string uri; // of the token's key
    };
    virtual base::Result<About> about(std::string_view text) = 0;
    using Signing = std::function<base::Result<base::Bytes>(base::ByteView message)>;
    // `secret`: the passphrase of the file, or the PIN of the token. Errors: denied (another one), invalid,
    // those of the token.
    virtual base::Result<Signing> open(std::string_view text, std::string_view secret,
                                       const std::string& module) = 0;
    // Files: replaced whole, for the owner alone, or readable by all; a new one never takes an old one's
    // place.
    virtual base::Status write(const std::string& path, std::string_view text, bool secret, bool fresh) = 0;
    virtual base::Result<std::string> read(const std::string& path, std::size_t limit) = 0;
};

} // namespace oakum::cli
