// LINK: platform_pki platform_tokens
// SPDX-License-Identifier: Apache-2.0
#include <pki/key_file.hpp>
#include <tokens/token_file.hpp>

#include <cstdlib>

// Any bytes are read or refused; what is read is affordable to open.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto token = oakum::tokens::read_token_file(text); token.ok())
        if (oakum::tokens::write_token_file(*token).value() != text) std::abort();
    const auto file = oakum::pki::read_key_file(text);
    if (!file.ok()) return 0;
    const auto& cost = file->cost;
    if (cost.memory_kib > 1 << 20 || cost.passes > 10 || cost.lanes > 16 || file->public_key.size() != 32)
        std::abort();
    // Opening what fuzzing makes would only measure argon2; a cheap one is tried.
    if (cost.memory_kib <= 256 && cost.passes <= 2 && cost.lanes <= 2 &&
        oakum::pki::open_key_file(*file, "a passphrase of a fuzzer").ok() && size < 100)
        std::abort();
    return 0;
}
