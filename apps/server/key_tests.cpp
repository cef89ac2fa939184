// SPDX-License-Identifier: Apache-2.0
#include "key_tests.hpp"

#include <algorithm>
#include <base/signature.hpp>
#include <string>

namespace oakum::server {
namespace {

// Of no form that any of the keys signs, so that it is good for nothing else.
constexpr std::string_view kMessage = "oakum tries whether this key signs";

api::KeyTest test(ports::Signer& signer, std::string_view role, const ports::Signer::PublicKeyInfo& key) {
    api::KeyTest result;
    result.role = role;
    result.key_id = key.key_id;
    if (!signer.available(result.role)) {
        result.sentence =
            role == "root" || role == "targets"
                ? "It is not on this machine, where it need not be: people sign with it elsewhere."
                : "It cannot be read, and this server needs it: look at keys/online.";
        if (role != "root" && role != "targets") result.signs = false;
        return result;
    }
    const auto signature = signer.sign(result.role, key.key_id, base::as_bytes(kMessage));
    if (!signature.ok()) {
        result.signs = false;
        result.sentence = "It does not sign: " + signature.error().message + ".";
        return result;
    }
    const auto half = base::PublicKey::ed25519(key.public_key);
    result.signs = half.ok() && half->verify(base::as_bytes(kMessage), *signature);
    result.sentence = *result.signs
                          ? "It signs, and its public half verifies it."
                          : "What it signs is not verified by its public half: another key is in its place.";
    return result;
}

} // namespace

std::vector<api::KeyTest> test_keys(ports::Signer& signer, const std::vector<std::string_view>& roles,
                                    const std::vector<releases::Repository::Ending>& endings) {
    std::vector<api::KeyTest> results;
    for (const std::string_view role : roles) {
        const auto ending = std::ranges::find(endings, role, &releases::Repository::Ending::role);
        const auto expires = ending == endings.end() ? std::nullopt : std::optional(ending->expires);
        const auto keys = signer.keys(std::string(role));
        if (!keys.ok()) {
            results.push_back(
                {std::string(role), "", "No key is known: " + keys.error().message + ".", false, expires});
            continue;
        }
        for (const ports::Signer::PublicKeyInfo& key : *keys) {
            results.push_back(test(signer, role, key));
            results.back().expires = expires;
        }
    }
    return results;
}

} // namespace oakum::server
