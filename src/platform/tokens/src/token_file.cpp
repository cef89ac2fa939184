// SPDX-License-Identifier: Apache-2.0
#include <tokens/token_file.hpp>

#include <algorithm>

namespace oakum::tokens {
namespace {

constexpr std::size_t kMaxFile = 4096, kMaxHolder = 64, kMaxUri = 2048;

bool is_holder(std::string_view holder) {
    return !holder.empty() && holder.size() <= kMaxHolder && std::ranges::all_of(holder, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
}

// As RFC 7512 writes one: everything that is not plain is escaped. Where its PIN is stands in none.
bool is_uri(std::string_view uri) {
    return uri.starts_with("pkcs11:") && uri.size() <= kMaxUri && uri.find('?') == std::string_view::npos &&
           std::ranges::all_of(uri, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string_view name_of(base::SignatureScheme scheme) {
    return scheme == base::SignatureScheme::ed25519 ? "ed25519" : "p256";
}

// "NAME: VALUE\n" off the front.
bool take_line(std::string_view& text, std::string_view name, std::string_view& value) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !text.substr(0, end).starts_with(name)) return false;
    value = text.substr(name.size(), end - name.size());
    text.remove_prefix(end + 1);
    return true;
}

} // namespace

base::Result<std::string> write_token_file(const TokenFile& file) {
    if (!is_holder(file.holder))
        return base::invalid("the holder of a key is named by 1 to 64 letters, digits, '.', '_' and '-'");
    if (!is_uri(file.uri)) return base::invalid("a token is named by a URI: pkcs11:token=NAME;object=NAME");
    return std::string(kTokenFile) + "\nholder: " + file.holder +
           "\npublic: " + std::string(name_of(file.public_half.scheme)) + " " +
           base::to_hex(file.public_half.bytes) + "\ntoken: " + file.uri + "\n";
}

base::Result<TokenFile> read_token_file(std::string_view text) {
    const base::Error bad = base::invalid("this is not a file of a key in a token (" +
                                          std::string(kTokenFile) + "), or it is damaged");
    if (text.size() > kMaxFile) return bad;
    std::string_view left = text, value;
    TokenFile file;
    if (!take_line(left, kTokenFile, value) || !value.empty()) return bad;
    if (!take_line(left, "holder: ", value)) return bad;
    file.holder = std::string(value);
    if (!take_line(left, "public: ", value)) return bad;
    if (value.starts_with("p256 ")) file.public_half.scheme = base::SignatureScheme::ecdsa_sha2_nistp256;
    const std::string_view name = name_of(file.public_half.scheme);
    if (!value.starts_with(name) || value.substr(name.size(), 1) != " ") return bad;
    auto bytes = base::from_hex(value.substr(name.size() + 1));
    if (!bytes.ok()) return bad;
    file.public_half.bytes = std::move(*bytes);
    if (!file.public_half.verifier().ok()) return bad;
    if (!take_line(left, "token: ", value) || !left.empty()) return bad;
    file.uri = std::string(value);
    // One way to write it.
    const auto again = write_token_file(file);
    if (!again.ok() || *again != text) return bad;
    return file;
}

} // namespace oakum::tokens
