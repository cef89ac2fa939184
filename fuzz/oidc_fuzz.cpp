// LINK: codecs_oidc
// SPDX-License-Identifier: Apache-2.0
#include <oidc/oidc.hpp>

#include <cstdlib>

using namespace oakum;

// Whatever a provider, or somebody in its name, answers: read within bounds, and never taken without a
// signature.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto token = oidc::read_id_token(text); token.ok()) {
        if (oidc::verify(*token, {})) std::abort();
        (void)oidc::subject_of(token->claims).ok();
        (void)oidc::check_claims(
            token->claims, {.issuer = "https://id.example", .client_id = "oakum", .nonce = "n", .now = {}})
            .ok();
    }
    (void)oidc::read_keys(text).ok();
    (void)oidc::read_discovery(text, "https://id.example").ok();
    (void)oidc::read_token_answer(200, text).ok();
    (void)oidc::read_token_answer(400, text).ok();
    if (const auto address = oidc::parse_address(text);
        address.ok() && (address->host.empty() || !address->target.starts_with('/')))
        std::abort();
    return 0;
}
