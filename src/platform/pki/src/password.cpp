// SPDX-License-Identifier: Apache-2.0
#include <pki/password.hpp>

#include <argon2.h>

#include <charconv>

namespace oakum::pki {
namespace {

constexpr std::uint32_t kMemoryKib = 19 * 1024;
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kLanes = 1;
constexpr std::uint32_t kHashBytes = 32;
constexpr std::uint32_t kSaltBytes = 16;
constexpr std::size_t kMaxPassword = 1024;
constexpr std::size_t kMaxStored = 256;

// Reads "name=123" and the separator after it.
bool take_number(std::string_view& text, std::string_view name, char separator, std::uint32_t& number) {
    if (!text.starts_with(name)) return false;
    text.remove_prefix(name.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data() + text.size() || *end != separator) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return true;
}

bool is_affordable(std::string_view stored) {
    constexpr std::string_view kPrefix = "$argon2id$v=19$";
    if (stored.size() > kMaxStored || !stored.starts_with(kPrefix)) return false;
    stored.remove_prefix(kPrefix.size());
    std::uint32_t memory = 0;
    std::uint32_t passes = 0;
    std::uint32_t lanes = 0;
    return take_number(stored, "m=", ',', memory) && take_number(stored, "t=", ',', passes) &&
           take_number(stored, "p=", '$', lanes) && memory <= 10 * kMemoryKib && passes <= 10 * kPasses &&
           lanes <= 4;
}

} // namespace

base::Result<std::string> hash_password(std::string_view password, const std::array<std::uint8_t, 16>& salt) {
    if (password.empty()) return base::invalid("an empty password");
    if (password.size() > kMaxPassword) return base::too_large("a password of more than 1,024 bytes");
    std::string encoded(argon2_encodedlen(kPasses, kMemoryKib, kLanes, kSaltBytes, kHashBytes, Argon2_id),
                        '\0');
    const int outcome =
        argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, password.data(), password.size(), salt.data(),
                              salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (outcome != ARGON2_OK)
        return base::unavailable(std::string("hashing a password: ") + argon2_error_message(outcome));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

base::Result<bool> verify_password(std::string_view password, std::string_view stored) {
    if (!is_affordable(stored))
        return base::corrupt("a stored password that is not an argon2id hash of ours");
    if (password.empty() || password.size() > kMaxPassword) return false;
    const int outcome = argon2id_verify(std::string(stored).c_str(), password.data(), password.size());
    if (outcome == ARGON2_OK) return true;
    if (outcome == ARGON2_VERIFY_MISMATCH) return false;
    if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR) return base::unavailable("no memory to verify a password");
    return base::corrupt(std::string("a stored password that cannot be verified: ") +
                         argon2_error_message(outcome));
}

} // namespace oakum::pki
