// SPDX-License-Identifier: Apache-2.0
#include <pki/key_file.hpp>
#include <pki/sealer.hpp>

#include <argon2.h>

#include <algorithm>
#include <charconv>
#include <openssl/crypto.h>

namespace oakum::pki {
namespace {

constexpr std::string_view kForm = "oakum-key-1";
constexpr std::size_t kMaxFile = 4096, kLeastPassphrase = 12, kMaxPassphrase = 1024;

std::string header_of(const KeyFile& file) {
    return std::string(kForm) + "\nholder: " + file.holder + "\npublic: " + base::to_hex(file.public_key) +
           "\nkdf: argon2id m=" + std::to_string(file.cost.memory_kib) +
           " t=" + std::to_string(file.cost.passes) + " p=" + std::to_string(file.cost.lanes) +
           " salt=" + base::to_hex(file.salt) + "\n";
}

base::Result<KeySealer::Key> derive(const KeyFile& file, std::string_view passphrase) {
    if (passphrase.size() > kMaxPassphrase) return base::too_large("a passphrase of more than 1,024 bytes");
    KeySealer::Key key{};
    const int outcome =
        argon2id_hash_raw(file.cost.passes, file.cost.memory_kib, file.cost.lanes, passphrase.data(),
                          passphrase.size(), file.salt.data(), file.salt.size(), key.data(), key.size());
    if (outcome != ARGON2_OK)
        return base::unavailable(std::string("a key from the passphrase: ") + argon2_error_message(outcome));
    return key;
}

// "NAME: VALUE\n" off the front.
bool take_line(std::string_view& text, std::string_view name, std::string_view& value) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.starts_with(name)) return false;
    value = line.substr(name.size());
    return true;
}

bool take_number(std::string_view& text, std::string_view name, std::uint32_t most, std::uint32_t& number) {
    if (!text.starts_with(name)) return false;
    text.remove_prefix(name.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 1 || number > most) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

// Never drawn from: a sealer that only opens.
class NoRandom final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    }
};

} // namespace

base::Status check_holder(std::string_view holder) {
    const bool plain = std::all_of(holder.begin(), holder.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    if (plain && !holder.empty() && holder.size() <= 64) return {};
    return base::invalid("the holder of a key is named by 1 to 64 letters, digits, '.', '_' and '-'");
}

base::Result<std::string> make_key_file(const PrivateKey& key, std::string_view holder,
                                        std::string_view passphrase, ports::Random& random,
                                        const KeyFileCost& cost) {
    TRY(check_holder(holder));
    if (passphrase.size() < kLeastPassphrase)
        return base::invalid("a passphrase has at least 12 characters; five or six words are good");
    KeyFile file;
    file.holder = std::string(holder);
    file.cost = cost;
    TRY_VALUE(file.public_key, key.public_raw());
    random.fill(file.salt);
    const std::string header = header_of(file);
    TRY_VALUE(KeySealer::Key derived, derive(file, passphrase));
    TRY_VALUE(std::string secret, key.secret_pem());
    auto sealed = KeySealer(derived, random).seal(base::as_bytes(secret), header);
    OPENSSL_cleanse(derived.data(), derived.size());
    OPENSSL_cleanse(secret.data(), secret.size());
    if (!sealed.ok()) return std::move(sealed).error();
    return header + "sealed: " + *sealed + "\n";
}

base::Result<KeyFile> read_key_file(std::string_view text) {
    const base::Error bad =
        base::invalid("this is not a key file (" + std::string(kForm) + "), or it is damaged");
    if (text.size() > kMaxFile) return bad;
    const std::string_view whole = text;
    std::string_view value;
    KeyFile file;
    if (!take_line(text, kForm, value) || !value.empty()) return bad;
    if (!take_line(text, "holder: ", value) || !check_holder(value).ok()) return bad;
    file.holder = std::string(value);
    if (!take_line(text, "public: ", value)) return bad;
    auto public_key = base::from_hex(value);
    if (!public_key.ok() || public_key->size() != 32) return bad;
    file.public_key = std::move(*public_key);
    if (!take_line(text, "kdf: argon2id ", value) ||
        !take_number(value, "m=", 1 << 20, file.cost.memory_kib) ||
        !take_number(value, " t=", 10, file.cost.passes) || !take_number(value, " p=", 16, file.cost.lanes) ||
        !value.starts_with(" salt="))
        return bad;
    const auto salt = base::from_hex(value.substr(6));
    if (!salt.ok() || salt->size() != file.salt.size()) return bad;
    std::copy(salt->begin(), salt->end(), file.salt.begin());
    if (!take_line(text, "sealed: ", value) || value.empty() || !text.empty()) return bad;
    file.sealed = std::string(value);
    // One way to write it: what is authenticated is what was read.
    if (header_of(file) + "sealed: " + file.sealed + "\n" != whole) return bad;
    return file;
}

base::Result<PrivateKey> open_key_file(const KeyFile& file, std::string_view passphrase) {
    TRY_VALUE(KeySealer::Key derived, derive(file, passphrase));
    NoRandom none;
    auto secret = KeySealer(derived, none).open(file.sealed, header_of(file));
    OPENSSL_cleanse(derived.data(), derived.size());
    if (!secret.ok()) return base::denied("the passphrase is another one, or the key file was changed");
    auto key = PrivateKey::from_pem(base::as_text(*secret));
    OPENSSL_cleanse(secret->data(), secret->size());
    TRY(key);
    TRY_VALUE(const base::Bytes raw, key->public_raw());
    if (raw != file.public_key) return base::denied("the key file holds another key than it says");
    return key;
}

} // namespace oakum::pki
