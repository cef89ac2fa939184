// SPDX-License-Identifier: Apache-2.0
#include <pki/cleanse.hpp>
#include <pki/request.hpp>
#include <pki/signer.hpp>

#include <algorithm>
#include <fstream>

namespace oakum::pki {
namespace {

constexpr std::size_t kMaxKeyFile = 64 * 1024;
constexpr int kMaxFiles = 1024; // of a folder that is looked through

base::Result<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kMaxKeyFile + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (!file.eof() && file.fail())) return base::unavailable("cannot read " + path.string());
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxKeyFile) return base::too_large(path.string() + " is too large for a key");
    return text;
}

bool is_key_of(const std::filesystem::path& path, const std::string& role) {
    const std::string stem = path.stem().string();
    return path.extension() == ".pem" && (stem == role || stem.starts_with(role + "-"));
}

} // namespace

base::Result<std::vector<ports::Signer::PublicKeyInfo>> FolderSigner::keys(const std::string& role) {
    const auto found = roles_.find(role);
    if (found == roles_.end()) return base::not_found("no keys are configured for the role " + role);
    return found->second.keys;
}

bool FolderSigner::available(const std::string& role) {
    const auto found = roles_.find(role);
    if (found == roles_.end()) return false;
    return find(role, found->second,
                [&](base::ByteView raw) -> base::Result<bool> {
                    return std::any_of(found->second.keys.begin(), found->second.keys.end(),
                                       [&](const auto& key) {
                                           return std::equal(raw.begin(), raw.end(), key.public_key.begin(),
                                                             key.public_key.end());
                                       });
                })
        .ok();
}

base::Result<base::Bytes> FolderSigner::sign(const std::string& role, const std::string& key_id,
                                             base::ByteView message) {
    const auto found = roles_.find(role);
    if (found == roles_.end()) return base::not_found("no keys are configured for the role " + role);
    for (const PublicKeyInfo& key : found->second.keys) {
        if (key.key_id != key_id) continue;
        TRY_VALUE(const PrivateKey secret,
                  find(role, found->second, [&](base::ByteView raw) -> base::Result<bool> {
                      return std::equal(raw.begin(), raw.end(), key.public_key.begin(), key.public_key.end());
                  }));
        return secret.sign(message);
    }
    if (!identify_) return base::not_found("the role " + role + " has no key " + key_id);
    TRY_VALUE(const PrivateKey secret,
              find(role, found->second, [&](base::ByteView raw) -> base::Result<bool> {
                  TRY_VALUE(const std::string id, identify_(raw));
                  return id == key_id;
              }));
    return secret.sign(message);
}

namespace {

// The one file, read and forgotten; nothing: it holds another key.
base::Result<std::optional<PrivateKey>>
key_in(const std::filesystem::path& file, const std::function<base::Result<bool>(base::ByteView)>& wanted) {
    TRY_VALUE(std::string pem, read_file(file));
    auto key = PrivateKey::from_pem(pem);
    cleanse(pem);
    if (!key.ok()) return std::move(key).error().wrap("reading " + file.string());
    if (key->kind() != KeyKind::ed25519) return base::invalid(file.string() + " is not an Ed25519 key");
    TRY_VALUE(const base::Bytes raw, key->public_raw());
    TRY_VALUE(const bool is_it, wanted(raw));
    return is_it ? std::optional(std::move(*key)) : std::nullopt;
}

} // namespace

base::Result<PrivateKey> FolderSigner::find(const std::string& role, const Role& from, const Wanted& wanted) {
    std::error_code failure;
    std::string passed_over; // a file of no use ends the signing of no other key
    std::filesystem::directory_iterator entries(from.folder, failure);
    for (int i = 0; !failure && i < kMaxFiles && entries != std::filesystem::directory_iterator(); ++i) {
        if (is_key_of(entries->path(), role)) {
            auto key = key_in(entries->path(), wanted);
            if (key.ok() && *key) return std::move(**key);
            if (!key.ok()) passed_over += " (" + key.error().text() + ")";
        }
        entries.increment(failure);
    }
    return base::unavailable("the " + role + " key is not in " + from.folder.string() +
                             "; bring the folder back, sign, and move it off again" + passed_over);
}

base::Result<ports::DeviceAuthority::Certificate>
DeviceIssuer::issue(const std::string& csr_pem, const std::string& uri, std::int64_t not_before_unix,
                    std::int64_t not_after_unix, const std::string& renews) {
    constexpr std::int64_t kLastSecond = 253402300799; // 9999-12-31T23:59:59Z
    if (not_before_unix < 0 || not_after_unix > kLastSecond)
        return base::invalid("a certificate's validity lies between 1970 and 9999");
    Serial serial{};
    if (renews.empty()) {
        random_.fill(serial);
    } else {
        TRY_VALUE(const base::Digest256 key, requested_key(csr_pem));
        const base::Digest256 all = base::sha256("renewal\n" + uri + "\n" + renews + "\n" + key.hex());
        std::copy_n(all.bytes.begin(), serial.size(), serial.begin());
    }
    const Validity validity{base::from_unix_ms(not_before_unix * 1000),
                            base::from_unix_ms(not_after_unix * 1000)};
    TRY_VALUE(std::string pem, authority_.issue_device(csr_pem, uri, serial, validity));
    TRY_VALUE(const CertificateInfo info, read_certificate(pem));
    return Certificate{std::move(pem), info.serial,
                       base::Bytes(info.fingerprint.bytes.begin(), info.fingerprint.bytes.end())};
}

} // namespace oakum::pki
