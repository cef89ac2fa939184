// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace oakum::cli {

// Private keys in files, for `oakum key`: sealed under a passphrase, or plain as the server keeps its own.
class KeyTools {
  public:
    virtual ~KeyTools() = default;
    struct Made {
        std::string text; // of the file
        base::Bytes public_key;
    };
    virtual base::Result<Made> make_sealed(std::string_view holder, std::string_view passphrase) = 0;
    virtual base::Result<Made> make_plain() = 0;
    struct About {
        std::string holder; // empty: nobody is named
        base::Bytes public_key;
        bool sealed = true;
    };
    virtual base::Result<About> about(std::string_view text) = 0;
    using Signing = std::function<base::Result<base::Bytes>(base::ByteView message)>;
    // Errors: denied (another passphrase), invalid.
    virtual base::Result<Signing> open(std::string_view text, std::string_view passphrase) = 0;
    // Files: replaced whole, for the owner alone, or readable by all; a new one never takes an old one's
    // place.
    virtual base::Status write(const std::string& path, std::string_view text, bool secret, bool fresh) = 0;
    virtual base::Result<std::string> read(const std::string& path, std::size_t limit) = 0;
};

} // namespace oakum::cli
