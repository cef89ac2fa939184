// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

namespace oakum::version {

// Module versions are semver with a v; "+incompatible" is build metadata, a pseudo-version is a pre-release.
// The toolchain and its standard library write "go1.21rc2" for what semver would call 1.21.0-rc.2.
base::Result<std::string> go_key(std::string_view text) {
    if (!text.starts_with("go")) return semver_key(text);
    text.remove_prefix(2);
    text = text.substr(0, text.find_first_of(" -+"));
    const auto letters = text.find_first_not_of("0123456789.");
    if (letters == std::string_view::npos) return semver_key(text);
    auto rest = text.substr(letters);
    const auto word = take_letters(rest);
    if ((word != "rc" && word != "beta") || rest.empty() || take_digits(rest).empty() || !rest.empty())
        return unreadable("go", "neither a release, a beta nor a release candidate");
    std::string as_semver(text.substr(0, letters));
    as_semver.append("-").append(word).append(".").append(text.substr(letters + word.size()));
    return semver_key(as_semver);
}

} // namespace oakum::version
